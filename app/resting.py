"""Engines that are started with their first use, and again after they rested."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Start = Callable[[], tuple[str, Path, Any, dict[str, Any]]]


class Resting:
    """An EngineLink with what it runs: start answers engine, model, options and grants of it."""

    def __init__(self, link: Any, start: Start) -> None:
        self.link, self._start = link, start
        self._current = False  # what it was opened with is what it would be opened with now

    def warm(self) -> None:
        """Have it ready for the next request; costs nothing when it is."""
        if not self._current or self.link.state == "stopped":
            self._current = True
            name, model, options, grants = self._start()
            self.link.open(name, model, options, **grants)

    def renew(self, *_: object) -> None:
        """Something it is started with was changed: at once where it runs, else with its use."""
        self._current = False
        if self.link.state != "stopped":
            self.warm()
