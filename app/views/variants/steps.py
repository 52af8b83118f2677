"""Work of the GUI thread in small steps: widgets that are many are made a few at a time."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal, Slot

BUDGET = 0.003  # seconds of the processor for one go
Work = Iterator[None]  # a generator that yields between two widgets


class Steps(QObject):
    """Works go one after the other; each goes on until it is over."""

    done = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._works: list[Work] = []
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        return bool(self._works)

    def add(self, work: Work) -> None:
        self._works.append(work)
        self._timer.start()

    def drop(self) -> None:
        """Nothing of what is left is done."""
        self._works = []

    @Slot()
    def _go_on(self) -> None:
        start = time.thread_time()
        while self._works and time.thread_time() - start < BUDGET:
            work = self._works[0]
            try:
                next(work)
            except StopIteration:
                if work in self._works:
                    self._works.remove(work)
        if self._works:
            self._timer.start()
        else:
            self.done.emit()
