"""What was read of a file is shown to the open model, or to the programs that describe it."""

from PySide6.QtCore import QObject, Signal

from app.controllers import attached
from app.controllers.chips import DEAF, LOOKING, READY, Chip, still
from app.controllers.describing import READ, Describing, missing
from app.controllers.jobs import BROKEN_OFF
from app.controllers.looking import Looking
from app.store.conversations import StoredPart
from engines.messages import Failed


class TakingIn(QObject):
    changed = Signal(object)  # Chip
    settled = Signal(object)  # Chip: it is ready, or failed

    def __init__(
        self, looking: Looking, describing: Describing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._looking, self._describing = looking, describing

    def begin(self, chip: Chip) -> None:
        """For the model that is open now, whatever another one has seen."""
        chip.begin(LOOKING, "the model is looking…")
        chip.seen, chip.cost = self._looking.model, None
        if not chip.looked_at:
            self._end(chip)
        elif not self._looking.known and self._looking.loading:
            chip.words = "waits for the model"  # which will be another one then: see seen
            self.changed.emit(chip)
        elif takes := self._looking.takes(chip.looked_at):
            self.changed.emit(chip)
            looked, failed = still(chip, self._looked), still(chip, self._not_looked)
            work = chip.work
            self._looking.show(takes, looked, failed, chip.sensed, lambda: chip.work == work)
        else:
            self._describe(chip)

    def _looked(self, chip: Chip) -> None:
        chip.cost = self._looking.cost(chip.looked_at)
        if self._looking.is_read_to and missing(chip.parts, READ):
            chip.words = "its text is being read…"
            self.changed.emit(chip)
            self._describing.read(chip.parts, still(chip, self._described), chip.sensed)
        else:
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
        chip.sensed.clear()
        self.settled.emit(chip)

    def _describe(self, chip: Chip) -> None:
        if not missing(chip.parts):
            deaf = any(part.kind == attached.LISTENED for part in chip.parts)
            return self._end(chip, DEAF if deaf else "")
        chip.words = "programs are looking…"
        self.changed.emit(chip)
        return self._describing.describe(chip.parts, still(chip, self._described), chip.sensed)

    def _described(self, chip: Chip, parts: tuple[StoredPart, ...]) -> None:
        chip.parts = parts
        self.changed.emit(chip)
        self._end(chip)
