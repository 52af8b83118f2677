"""The row that makes model files open with Parley, and undoes it."""

from PySide6.QtCore import Slot

from app.controllers.registering import RegisteringController, ShownRegistering
from app.views.card import Card
from app.views.controls import Button
from app.views.voice_rows import Line

TITLE = "Model files"


class RegisteringCard(Card):
    def __init__(self, registering: RegisteringController) -> None:
        self.register = Button("Open with Parley")
        self.undo = Button("Undo")
        self.register.setAccessibleName("Open model files with Parley")
        self.undo.setAccessibleName("Open model files with Parley no longer")
        self.line = Line(TITLE, "", self.register, self.undo)
        super().__init__((self.line,))
        self._registering = registering
        self._sought = f"{TITLE} gguf open with parley desktop file manager".casefold()
        self.register.clicked.connect(registering.register)
        self.undo.clicked.connect(registering.undo)
        registering.changed.connect(self._show)
        self._show(registering.shown)

    def look(self) -> None:
        self._registering.look()

    def narrow_to(self, words: list[str]) -> bool:
        found = all(word in self._sought for word in words)
        self.setVisible(found)
        return found

    @Slot(object)
    def _show(self, shown: ShownRegistering) -> None:
        self.line.say(shown.words or "Looking how it is now…")
        self.line.complain(f"{shown.trouble} {shown.hint}".strip())
        self.register.setVisible(shown.state == "off")
        self.undo.setVisible(shown.state == "on")
