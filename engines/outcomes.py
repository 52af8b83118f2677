"""What models really took and how fast they were, kept to make the next forecast better."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import msgspec

FILE = "outcomes.json"
KEPT = 200  # the newest
LAST = 9  # of a kind, of which the middle one counts
LIMITS = (0.8, 1.5)  # no correction is trusted beyond these
WORTH = 64 << 20  # bytes: of a smaller model the process itself is the larger part

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """Of one loading, or of one answer: then rate is not 0."""

    architecture: str
    quantisation: str
    on_card: bool
    forecast: int = 0  # bytes, before any correction
    took: int = 0
    rate: float = 0.0  # bytes of weights a second, while words were written


@dataclass(frozen=True)
class Learnt:
    """Of one kind of model: what it took of what was forecast, and how fast it was; 0 unknown."""

    architecture: str
    quantisation: str
    on_card: bool
    factor: float = 0.0
    rate: float = 0.0


class Outcomes:
    """Of one folder. Not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._all: list[Outcome] = []
        with suppress(OSError, msgspec.MsgspecError):
            self._all = msgspec.json.decode(self._path.read_bytes(), type=list[Outcome])

    def add(self, outcome: Outcome) -> None:
        if outcome.rate or min(outcome.forecast, outcome.took) >= WORTH:
            self._all = [*self._all, outcome][-KEPT:]

    def saving(self) -> Callable[[], None]:
        """Writes what there is now: to be called wherever a file may be written."""
        return partial(save, self._path, msgspec.json.encode(self._all))

    def learnt(self) -> tuple[Learnt, ...]:
        kinds: dict[tuple[str, str, bool], list[Outcome]] = {}
        for one in self._all:
            key = (one.architecture, one.quantisation, one.on_card)
            kinds.setdefault(key, []).append(one)
        return tuple(Learnt(*key, factor_of(some), rate_of(some)) for key, some in kinds.items())


def save(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError as error:
        log.info("what models took is not kept: %s", error)


def factor_of(outcomes: list[Outcome]) -> float:
    ratios = [one.took / one.forecast for one in outcomes if one.forecast > 0][-LAST:]
    return min(max(median(ratios), LIMITS[0]), LIMITS[1]) if ratios else 0.0


def rate_of(outcomes: list[Outcome]) -> float:
    rates = [one.rate for one in outcomes if one.rate > 0][-LAST:]
    return median(rates) if rates else 0.0


def likest(
    learnt: tuple[Learnt, ...], architecture: str, quantisation: str, on_card: bool, what: str
) -> float:
    """The factor or the rate of such models; 0.0 where nobody knows.

    Of the same architecture and packing, else of the same packing.
    """
    alike = [one for one in learnt if (one.quantisation, one.on_card) == (quantisation, on_card)]
    alike = [one for one in alike if getattr(one, what)]
    same = [one for one in alike if one.architecture == architecture]
    return median(getattr(one, what) for one in same or alike) if alike else 0.0
