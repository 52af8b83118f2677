"""Whether model files (.gguf) open with Parley on this desktop; the person turns it on and off."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.background import Background, Task
from app.registering.opener import Opener
from engines.errors import ParleyError

OFF = "Models (.gguf) and variants (.parley) you open in your file manager can open with Parley."
ON = "Models (.gguf) and variants (.parley) you open in your file manager open with Parley."


class ShownRegistering(msgspec.Struct, frozen=True):
    """What the row shows."""

    state: str = "unknown"  # unknown, off, on, busy, unusable
    words: str = ""
    trouble: str = ""  # what did not work
    hint: str = ""  # what to do next


class RegisteringController(QObject):
    changed = Signal(object)  # ShownRegistering

    def __init__(
        self, opener: Opener | str, background: Background, parent: QObject | None = None
    ) -> None:
        """opener: of this system, or why there is none."""
        super().__init__(parent)
        self._opener, self._background = opener, background
        self.shown = ShownRegistering()

    @Slot()
    def look(self) -> None:
        """Find out how it is now: another program may have changed it."""
        if isinstance(self._opener, str):
            self._show(ShownRegistering("unusable", self._opener))
        elif self.shown.state != "busy":
            self._do(lambda opener: None)

    @Slot()
    def register(self) -> None:
        self._change(lambda opener: opener.register())

    @Slot()
    def undo(self) -> None:
        self._change(lambda opener: opener.undo())

    def _change(self, verb: Callable[[Opener], None]) -> None:
        if self.shown.state in ("on", "off"):
            self._show(ShownRegistering("busy", "Your desktop is being told…"))
            self._do(verb)

    def _do(self, verb: Callable[[Opener], None]) -> None:
        assert not isinstance(self._opener, str)
        opener = self._opener

        def work(_task: Task) -> ShownRegistering:
            error = None
            try:
                verb(opener)
            except ParleyError as caught:
                error = caught
            on = opener.is_registered()
            told = (error.message, error.hint) if error else ("", "")
            return ShownRegistering("on" if on else "off", ON if on else OFF, *told)

        self._background.run(work, self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        self._show(ShownRegistering("off", OFF, "Your desktop could not be asked.", str(error)))

    def _show(self, shown: ShownRegistering) -> None:
        self.shown = shown
        self.changed.emit(shown)
