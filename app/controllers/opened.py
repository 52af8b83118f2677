"""Files that an engine is opened with, one after another."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app.controllers.jobs import Jobs
from app.controllers.readings import FailedBy, Got, gathering
from engines import registry
from engines.messages import Request


class Opened(QObject):
    """The engine is started for every file, and ends with it."""

    def __init__(self, link: Any, engine: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._engine, self._jobs = link, engine, Jobs(link, parent=self)
        self._waiting: list[tuple[Path, Request, Got, FailedBy]] = []
        self._now: Path | None = None

    def read(self, path: Path, request: Request, got: Got, failed: FailedBy) -> None:
        self._waiting.append((path, request, got, failed))
        self._next()

    def drop(self, path: Path) -> None:
        """Nobody waits for this file any more."""
        self._waiting = [one for one in self._waiting if one[0] != path]
        if self._now == path:
            self._link.unload()

    def _next(self) -> None:
        if self._now is not None or not self._waiting:
            return
        path, request, got, failed = self._waiting.pop(0)
        self._now = path
        self._link.open(self._engine, path, registry.all_specs()[self._engine].options())
        over = gathering(
            lambda events: self._over(partial(got, events)),
            lambda why: self._over(partial(failed, why)),
        )
        self._jobs.ask(request, over)

    def _over(self, tell: Callable[[], None]) -> None:
        self._now = None
        self._link.unload()
        tell()
        self._next()
