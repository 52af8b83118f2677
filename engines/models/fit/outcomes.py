"""What models really took and how fast they were, kept to make the next forecast better."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec

FILE = "outcomes.json"
KEPT = 200  # the newest
LIMITS = (0.8, 1.5)  # no correction is trusted beyond these
WORTH = 64 << 20  # bytes: of a smaller model the process itself is the larger part

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    architecture: str
    quantisation: str
    on_card: bool
    forecast: int  # bytes, before any correction
    took: int


class Outcomes:
    """Of one folder. Not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._all: list[Outcome] = []
        with suppress(OSError, msgspec.MsgspecError):
            self._all = msgspec.json.decode(self._path.read_bytes(), type=list[Outcome])

    def add(self, outcome: Outcome) -> None:
        """Remember it; writes a small file."""
        if min(outcome.forecast, outcome.took) < WORTH:
            return
        self._all = [*self._all, outcome][-KEPT:]
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.encode(self._all))
            fresh.replace(self._path)
        except OSError as error:
            log.info("what a model took is not kept: %s", error)

    def factor(self, architecture: str, quantisation: str, on_card: bool) -> float:
        """How many times the forecast such models took; 1.0 where nobody knows.

        Of the same architecture and packing, else of the same packing.
        """
        alike = [one for one in self._all if one.on_card == on_card]
        alike = [one for one in alike if one.quantisation == quantisation]
        same = [one for one in alike if one.architecture == architecture]
        ratios = [one.took / one.forecast for one in (same or alike)[-9:]]
        return min(max(median(ratios), LIMITS[0]), LIMITS[1]) if ratios else 1.0
