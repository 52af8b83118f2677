"""Does for the person what a tool may not do itself, and checks everything the tool says again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.preferences import PreferencesController
from app.controllers.reminders import RemindersController
from app.controllers.seal import SealController
from app.controllers.shown import Notice
from app.controllers.toolbox import ToolboxController
from app.store.stored import now
from engines.errors import ParleyError
from engines.messages import Act, ToolCall
from engines.tools.moments import FARTHEST
from engines.tools.opening import thing
from engines.tools.reminders import LONGEST
from engines.tools.web.addresses import Address

NOT_DONE = "A tool asked for something other than you were told. It was not done."
NO_PROGRAM = "No program of this computer opens {}."
SLACK = 60  # seconds a reminder may be past when it arrives here


class ActingController(QObject):
    notice = Signal(object)

    def __init__(
        self,
        toolbox: ToolboxController,
        preferences: PreferencesController,
        seal: SealController,
        reminders: RemindersController,
        notes: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences, self._seal = preferences, seal
        self._reminders, self._notes = reminders, notes
        # an address or a path -> whether a program took it; given by whoever has a screen
        self.open_with: Callable[[str], bool] = lambda target: False
        toolbox.acted.connect(self._on_act)

    @Slot()
    def open_notes(self) -> None:
        """The folder of the notes, in the person's own program for files."""
        self._notes.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._complain(self._hand_over(str(self._notes)))

    @Slot(object, object, object)
    def _on_act(self, act: Act, call: ToolCall, conversation: int | None) -> None:
        match act.kind:
            case "remind":
                self._complain(self._remind(act.details, conversation))
            case "open":
                self._complain(self._open(act.details, call))

    def _remind(self, details: dict[str, Any], conversation: int | None) -> str:
        at, about = details.get("at"), details.get("about")
        if type(at) is not int or not isinstance(about, str) or len(about) > LONGEST:
            return NOT_DONE
        if not -SLACK < (at - now()) / 1000 < FARTHEST + SLACK:
            return NOT_DONE
        return self._reminders.add(at, about, conversation)

    def _open(self, details: dict[str, Any], call: ToolCall) -> str:
        """Only what the person read in the question, as we ourselves understand it."""
        try:
            meant = thing(str(call.arguments.get("target")), self._preferences.usable_folders())
        except ParleyError as error:
            return f"{error.message} {error.hint}"
        target = meant.url if isinstance(meant, Address) else str(meant)
        if details.get("target") != target:
            return NOT_DONE
        if isinstance(meant, Address) and not self._seal.permits(meant.place):
            return NOT_DONE
        return self._hand_over(target)

    def _hand_over(self, target: str) -> str:
        return "" if self.open_with(target) else NO_PROGRAM.format(target)

    def _complain(self, trouble: str) -> None:
        if trouble:
            self.notice.emit(Notice(trouble, kind="error"))
