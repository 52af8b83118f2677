"""Python's garbage is collected on the GUI thread only.

The collector otherwise runs in whichever thread happens to allocate, and an object of Qt that dies
with a cycle in a worker thread takes the program with it: its timers fire after its end.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 250  # ms


class Garbage(QObject):
    """Made once, on the GUI thread; from then on nobody else collects."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(collect)
        self._timer.start()


def keep_all() -> None:
    """What lives by now is not looked at again, so that collecting stays short."""
    gc.freeze()


def collect() -> None:
    """Collect as far as is due by Python's own thresholds."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation] > 0:
            gc.collect(generation)
            break
