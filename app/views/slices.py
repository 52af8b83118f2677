"""Work that is too long for one turn of the event loop, done in many."""

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot
from shiboken6 import isValid

BETWEEN_MS = 1  # in which the window paints and takes what the person does

Piece = Callable[[], object]


class Slices(QObject):
    """Pieces of work in their order, one in each turn. One queue for all, or pieces would pile."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.instance())
        self.waiting: deque[tuple[QObject, Piece]] = deque()
        self.next = QTimer(self, singleShot=True, interval=BETWEEN_MS)
        self.next.timeout.connect(self._work)

    @Slot()
    def _work(self) -> None:
        if self.waiting:
            owner, piece = self.waiting.popleft()
            if isValid(owner):
                piece()
        if self.waiting:
            self.next.start()


_queue: list[Slices] = []  # the one of this application


def queue() -> Slices:
    if not _queue or not isValid(_queue[0]):
        _queue[:] = [Slices()]
    return _queue[0]


def later(owner: QObject, pieces: Iterable[Piece]) -> None:
    """Do these one by one from now on; they fall away when their owner does."""
    queue().waiting.extend((owner, piece) for piece in pieces)
    queue().next.start()


def finish(owner: QObject) -> None:
    """Do all that is left for it now: somebody needs the end of it."""
    ours = forget(owner)
    for piece in ours:
        piece()
    if ours:  # and it has its place
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def forget(owner: QObject) -> list[Piece]:
    """What is left for it is not done by itself any more."""
    waiting = queue().waiting
    queue().waiting = deque((one, piece) for one, piece in waiting if one is not owner)
    return [piece for one, piece in waiting if one is owner]
