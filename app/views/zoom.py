"""The size of the text, changed by keys."""

from PySide6.QtCore import QObject, Slot

from app.controllers.preferences import PreferencesController

STEP = 1
USUAL = 15


class Zoom(QObject):
    def __init__(self, preferences: PreferencesController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences

    @Slot()
    def larger(self) -> None:
        self._by(STEP)

    @Slot()
    def smaller(self) -> None:
        self._by(-STEP)

    @Slot()
    def usual(self) -> None:
        self._preferences.set("text_size", USUAL)

    def _by(self, step: int) -> None:
        """At the smallest and largest size the setting refuses, and nothing happens."""
        self._preferences.set("text_size", self._preferences.settings.text_size + step)
