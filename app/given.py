"""The application as Qt has it, which on a Mac is told of files that are opened with it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    given = Signal(object)  # list[str]: paths and links, as Instance.received has them

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(words)

    def event(self, event: QEvent) -> bool:
        """Only what is for the application itself comes here, which is little."""
        if isinstance(event, QFileOpenEvent):
            self.given.emit([event.file() or event.url().toString()])
            return True
        return super().event(event)
