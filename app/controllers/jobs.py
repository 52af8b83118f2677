"""Requests to one engine, each with what hears of it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from engines.messages import ENDINGS, Event, Failed, Request

Hears = Callable[[Event], None]
BROKEN_OFF = Failed("This was broken off.", "Try again.")


class Jobs(QObject):
    """warm has the engine ready before a request; it costs nothing when it is."""

    def __init__(
        self, link: Any, warm: Callable[[], None] = lambda: None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._link, self.warm = link, warm
        self._open: dict[int, Hears] = {}
        link.event.connect(self._on_event)

    def ask(self, request: Request, hears: Hears) -> None:
        """hears gets every event of the job, its ending last."""
        self.warm()
        self._open[self._link.submit(request)] = hears

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        hears = self._open.get(job)
        if hears is None:
            return
        if isinstance(event, ENDINGS):
            del self._open[job]
        hears(event)


def trouble(ending: Event) -> Failed:
    """Why a job that was not Done gave nothing, in words."""
    return ending if isinstance(ending, Failed) else BROKEN_OFF
