"""What was read of a file is shown to the open model, or to the programs that describe it."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.controllers import attached
from app.controllers.chips import BLIND, LOOKING, READY, Chip, still
from app.controllers.decoding import Decoding
from app.controllers.jobs import BROKEN_OFF
from app.controllers.looking import Looking
from app.store.conversations import StoredPart
from engines.messages import Failed, Look, Pixels


class Findings(Protocol):
    """Programs that tell what is in a picture (app/controllers/findings.py)."""

    def find(self, look: Look, done: Callable[[Any], None]) -> Any: ...


class TakingIn(QObject):
    changed = Signal(object)  # Chip
    settled = Signal(object)  # Chip: it is ready, or failed

    def __init__(self, looking: Looking, decoding: Decoding, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looking, self._decoding = looking, decoding
        self.findings: Findings | None = None

    def begin(self, chip: Chip) -> None:
        """For the model that is open now, whatever another one has seen."""
        chip.begin(LOOKING, "the model is looking…")
        chip.seen, chip.cost = self._looking.model, None
        if not chip.looked_at:
            self._end(chip)
        elif not self._looking.known:
            chip.words = "waits for the model"  # which will be another one then: see seen
            self.changed.emit(chip)
        elif self._looking.sees:
            self.changed.emit(chip)
            looked, failed = still(chip, self._looked), still(chip, self._not_looked)
            self._looking.show(chip.looked_at, looked, failed, chip.pixels)
        else:
            self._describe(chip)

    def _looked(self, chip: Chip) -> None:
        chip.cost = self._looking.cost(chip.looked_at)
        self._end(chip)

    def _not_looked(self, chip: Chip, why: Failed) -> None:
        if why != BROKEN_OFF:
            self._fail(chip, why)
        elif not self._looking.loading:  # unloaded: it is shown with the question
            self._end(chip)

    def _fail(self, chip: Chip, why: Failed) -> None:
        chip.fail(why)
        self.settled.emit(chip)

    def _end(self, chip: Chip, words: str = "") -> None:
        chip.state, chip.words = READY, words
        chip.pixels.clear()
        self.settled.emit(chip)

    def _describe(self, chip: Chip) -> None:
        """One picture after another; what was found stays with the picture."""
        found = ((part, attached.about(part)) for part in chip.pictures)
        left = [(part, one) for part, one in found if one and one.found is None]
        if not left or self.findings is None:
            return self._end(chip, "" if self.findings else BLIND)
        chip.words = "programs are looking…"
        self.changed.emit(chip)
        part, one = left[0]

        def told(chip: Chip, what: Any) -> None:
            chip.parts = with_found(chip.parts, one.hash, what.text)
            self._describe(chip)

        def look(chip: Chip, pixels: Pixels) -> None:
            assert self.findings
            about = Look(one.hash, pixels.width, pixels.height, pixels.rgb)
            self.findings.find(about, still(chip, told))

        if one.hash in chip.pixels:
            return look(chip, chip.pixels[one.hash])
        return self._decoding.pixels(part, still(chip, look), still(chip, self._fail))


def with_found(parts: Iterable[StoredPart], name: str, found: str) -> tuple[StoredPart, ...]:
    """The parts, with what programs found in the picture of this hash."""
    changed = []
    for part in parts:
        one = attached.about(part) if part.kind == attached.SEEN else None
        if one and one.hash == name:
            part = attached.stored(replace(one, found=found), part.attachment)
        changed.append(part)
    return tuple(changed)
