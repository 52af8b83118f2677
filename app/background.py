"""Work that is slow but needs no engine: hashing, reading files, downloads."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot


class Task:
    """One piece of work as the worker thread and its owner both see it."""

    def __init__(self, report: Callable[[float], None]) -> None:
        self.cancelled = False  # set by the owner, read by the work
        self.report = report  # called by the work with a fraction from 0 to 1

    def cancel(self) -> None:
        self.cancelled = True


class _Run(QRunnable):
    def __init__(self, work: Callable[[], Any], finished: Callable[[Any, Any], None]) -> None:
        super().__init__()
        self._work, self._finished = work, finished

    def run(self) -> None:
        try:
            result, error = self._work(), None
        except Exception as caught:
            result, error = None, caught
        self._finished(result, error)


class Background(QObject):
    """Runs functions off the GUI thread; done, failed and progressed are called back on it.

    A cancelled task calls back nothing.
    """

    _finished = Signal(object, object, object, object)
    _progressed = Signal(object, object, float)
    _delivered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        queued = Qt.ConnectionType.QueuedConnection
        self._finished.connect(self._call_back, queued)
        self._progressed.connect(self._call_progress, queued)
        self._delivered.connect(self._deliver, queued)
        self._tasks: set[Task] = set()
        self._stopped = False

    def run(
        self,
        work: Callable[[Task], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        progressed: Callable[[float], None] | None = None,
    ) -> Task:
        def report(fraction: float) -> None:
            if progressed:
                self._progressed.emit(task, progressed, fraction)

        def finished(result: Any, error: Any) -> None:
            self._finished.emit(task, failed if error else done, result, error)

        task = Task(report)
        self._tasks.add(task)
        QThreadPool.globalInstance().start(_Run(lambda: work(task), finished))
        return task

    def stop(self) -> None:
        """Cancel everything and wait for it: at the end of the program. Nothing is delivered."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        QThreadPool.globalInstance().waitForDone(5_000)

    @Slot(object, object, object, object)
    def _call_back(self, task: Task, callback: Callable[[Any], None], result, error) -> None:
        self._tasks.discard(task)
        if not task.cancelled:
            callback(result if error is None else error)

    @Slot(object, object, float)
    def _call_progress(self, task: Task, callback: Callable[[float], None], value: float) -> None:
        if not task.cancelled:
            callback(value)

    def deliver(self, callback: Callable[[], None]) -> None:
        """Have callback called on the GUI thread; safe to ask from any thread."""
        self._delivered.emit(callback)

    @Slot(object)
    def _deliver(self, callback: Callable[[], None]) -> None:
        if not self._stopped:  # else the parts it would ask may be closed already
            callback()
