"""The person's token for the hub: some models are only given to people their makers know."""

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.keys import KeysController

NAME = "hub"  # in the key store
NONE = "Some models are only given to people their makers know. The hub gives you a token for that."
KEPT = "A token is kept."


class HubToken(QObject):
    changed = Signal()

    def __init__(self, keys: KeysController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.kept = False
        self.words = NONE  # where it lies, for people; never the token itself

    @Slot()
    def look(self) -> None:
        """Whether there is one; the system may ask the person to unlock its store."""

        def found(token: str) -> None:
            if bool(token) != self.kept:
                self._show(bool(token), KEPT if token else NONE)

        self._keys.find(NAME, found)

    @Slot(str)
    def keep(self, token: str) -> None:
        if token := token.strip():
            self._keys.keep(NAME, token, lambda where: self._show(True, f"{KEPT} {where}"))

    @Slot()
    def forget(self) -> None:
        self._keys.keep(NAME, "", lambda _: self._show(False, NONE))

    def _show(self, kept: bool, words: str) -> None:
        self.kept, self.words = kept, words
        self.changed.emit()
