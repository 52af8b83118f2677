"""One list of things that can be taken back, newest last."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

LONGEST = 100


class UndoStack(QObject):
    """Holds the inverse of each store operation the person made, in memory only."""

    changed = Signal(str)  # what would be undone, "" for nothing

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[tuple[str, Callable[[], object]]] = []

    @property
    def label(self) -> str:
        return self._done[-1][0] if self._done else ""

    def push(self, label: str, undo: Callable[[], object]) -> None:
        self._done = [*self._done[-LONGEST + 1 :], (label, undo)]
        self.changed.emit(self.label)

    @Slot()
    def undo(self) -> None:
        if self._done:
            _, undo = self._done.pop()
            undo()
            self.changed.emit(self.label)
