"""How the open model is doing right now: memory, the context it has used, how warm it gets."""

import os

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.background import Background
from app.controllers.loaded_words import size_words
from app.controllers.models import ModelController
from engines import machine
from engines.messages import Done, Event

USED = "Context used"  # the row whose share is known, too
LOOK_MS = 2_000  # between two looks, while somebody watches


class RunningController(QObject):
    """Looks only while it is watched: the answer is asked of the system, off the GUI thread."""

    changed = Signal()

    def __init__(
        self, models: ModelController, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._models, self._background = models, background
        self._used, self._looking, self._speed = 0, False, 0.0
        self._memory = 0
        self._warm: float | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        models.link.event.connect(self._on_event)
        models.link.state_changed.connect(self._on_state)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(label, value); the value is "" where nobody knows it."""
        whole = self._models.context
        return (
            (USED, f"{self._used:,} of {whole:,} tokens" if self._used and whole else ""),
            ("Speed", f"{self._speed:,.0f} tokens a second" if self._speed else ""),
            ("Memory now", size_words(self._memory) if self._memory else ""),
            ("Processor", f"{self._warm:.0f} °C" if self._warm is not None else ""),
        )

    @property
    def share(self) -> float:
        """Of the context that is used, from 0 to 1."""
        whole = self._models.context
        return min(1.0, self._used / whole) if whole else 0.0

    @Slot()
    def watch(self) -> None:
        self._timer.start()
        self._look()

    @Slot()
    def rest(self) -> None:
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        if self._looking:
            return  # the system is slow to answer
        pid = self._models.link.pid or 0
        self._looking = True
        self._background.run(lambda _: look(pid), self._looked, self._failed)

    def _looked(self, answer: tuple[int, float | None]) -> None:
        self._looking = False
        self._memory, self._warm = answer
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._looking = False

    @Slot(str)
    def _on_state(self, state: str) -> None:
        """A model that was unloaded has read nothing."""
        if state in ("loading", "stopped"):
            self._used, self._memory, self._speed = 0, 0, 0.0
            self.changed.emit()

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        match event:
            case Done(usage=usage) if usage.prompt_tokens and job:
                self._used = usage.prompt_tokens + usage.output_tokens
                if usage.output_tokens > 1 and usage.output_seconds > 0:
                    self._speed = usage.output_tokens / usage.output_seconds
                self.changed.emit()


def look(pid: int) -> tuple[int, float | None]:
    """Bytes the process holds (0: there is none), and degrees Celsius where the system says."""
    return held(pid), machine.temperature()


def held(pid: int) -> int:
    import psutil  # a few milliseconds, in a thread

    try:
        return psutil.Process(pid).memory_info().rss if pid and pid != os.getpid() else 0
    except (psutil.Error, ValueError):
        return 0
