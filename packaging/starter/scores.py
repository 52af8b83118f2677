"""How many were right, and how sure that figure is."""

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple


class Score(NamedTuple):
    right: int
    of: int

    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        if not self.of:
            return 0.0, 1.0
        z, n, share = 1.96, self.of, self.right / self.of
        middle, spread = (
            share + z * z / (2 * n),
            z * sqrt(share * (1 - share) / n + (z / n) ** 2 / 4),
        )
        low, high = ((middle + way * spread) / (1 + z * z / n) for way in (-1, 1))
        return max(0.0, low), min(1.0, high)

    def __str__(self) -> str:
        low, high = self.interval()
        share = self.right / self.of if self.of else 0
        return f"{self.right:4}/{self.of:<4} {share:6.1%} [{low:.1%}, {high:.1%}]"

    def as_json(self) -> dict[str, float]:
        low, high = self.interval()
        return {"right": self.right, "of": self.of, "low": round(low, 4), "high": round(high, 4)}


def total(scores: Iterable[Score]) -> Score:
    found = list(scores)
    return Score(sum(one.right for one in found), sum(one.of for one in found))
