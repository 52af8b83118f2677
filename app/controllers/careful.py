"""Hearing something once more: with more care, and with the largest speech model there is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app.background import Background
from app.controllers.hearing import Hearing
from engines.stt import folders

Start = Callable[[Path], None]


class Careful(QObject):
    """A process of its own, so that talking goes on meanwhile; it rests soon after."""

    def __init__(
        self,
        link: Any,
        start: Start,
        chosen: Callable[[], Path],
        places: Sequence[Path],
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        """start opens link with a model; chosen is the model that hears usually."""
        super().__init__(parent)
        self.hearing = Hearing(link, parent=self)
        self.link, self._start, self._chosen = link, start, chosen
        self._places, self._background = tuple(places), background
        self._open = Path()

    def prepare(self, ready: Callable[[str], None]) -> None:
        """Open the best model; ready gets its name, "" where it is the usual one."""
        chosen = self._chosen()
        places = (*self._places, chosen.parent)

        def found(best: Path) -> None:
            if best != self._open or self.link.state == "stopped":
                self._open = best
                self._start(best)
            ready("" if best == chosen else folders.name(best))

        self._background.run(lambda _: largest(chosen, places), found, lambda _: found(chosen))


def largest(chosen: Path, places: Sequence[Path]) -> Path:
    """Of what can be used in these places, and larger than the chosen one: the largest."""
    known = [(model.size, model.path) for model in folders.find(*places) if not model.problem]
    return max([(folders.size(chosen), chosen), *known], key=lambda one: one[0])[1]
