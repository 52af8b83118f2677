"""Tasks that only teach the tower; their heads are thrown away."""

from typing import NamedTuple

import drills
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LEAST = 0.05  # what a patch with nothing on it counts for


class Drilled(NamedTuple):
    """Labels of a batch of drills."""

    kinds: Tensor  # (batch, patches)
    shades: Tensor
    marks: Tensor  # (batch, patches, SEEN)
    middles: Tensor

    @classmethod
    def of(cls, made: list[drills.Drill]) -> "Drilled":
        return cls(
            *(
                torch.from_numpy(np.stack([one[part] for one in made]).astype(np.int64))
                for part in range(1, 5)
            )
        )


class Heads(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.kinds = nn.Linear(width, drills.KINDS)
        self.shades = nn.Linear(width, drills.SHADES)
        self.marks = nn.Linear(width, drills.SEEN * drills.LETTERS)
        self.middles = nn.Linear(width, 2)

    def forward(self, seen: Tensor, drilled: Drilled) -> tuple[Tensor, Tensor]:
        """seen: (batch, patches, width) -> the loss, and the shares got right where there is
        something: kinds, shades, marks, middles."""
        parts = [
            (self.kinds(seen), drilled.kinds),
            (self.shades(seen), drilled.shades),
            (self.marks(seen).unflatten(-1, (drills.SEEN, -1)), drilled.marks),
            (self.middles(seen), drilled.middles),
        ]
        loss, right = seen.new_zeros((), dtype=torch.float32), []
        for scores, wanted in parts:
            something = (wanted != drills.NOTHING).float()
            weight = something + LEAST * (1 - something)
            each = functional.cross_entropy(
                scores.float().flatten(0, -2), wanted.flatten(), reduction="none"
            )
            loss = loss + (each * weight.flatten()).sum() / weight.sum()
            hits = (scores.argmax(-1) == wanted) * something
            right.append(hits.sum() / something.sum().clamp(min=1))
        return loss, torch.stack(right).detach()
