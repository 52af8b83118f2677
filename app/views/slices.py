"""Work that is too long for one turn of the event loop, done in many."""

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot


class Slices(QObject):
    """Pieces of work in their order, one in each turn; between them the window gets its own."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], object]] = deque()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._work)

    def add(self, pieces: Iterable[Callable[[], object]]) -> None:
        self._waiting.extend(pieces)
        self._next.start()

    def finish(self) -> None:
        """All that is left, now: somebody needs the end of it."""
        while self._waiting:
            self._waiting.popleft()()

    @Slot()
    def _work(self) -> None:
        if self._waiting:
            self._waiting.popleft()()
        if self._waiting:
            self._next.start()
