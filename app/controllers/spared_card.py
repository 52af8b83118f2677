"""A model whose process ended on a graphics card is loaded once more, without the card.

A driver may end the process that uses it; nobody shall be left without a model for that.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.messages import Failed
from engines.process import CRASHED

SAID = "Its process ended when it used the graphics card, so the processor alone computes it."
TO_DO = "Bring the driver of the card up to date, or choose 0 layers for it in Preferences."


class SparedCard:
    """there: whether this computer may have a card; asked when a process has died."""

    def __init__(self) -> None:
        self.there: Callable[[], bool] = lambda: False
        self._without: set[Path] = set()

    def asked(self, path: Path, options: Any) -> Any:
        """The options a model is opened with, the card left out where it has to be."""
        spare = path in self._without and hasattr(options, "gpu_layers")
        return replace(options, gpu_layers=0) if spare else options

    def again(self, failed: Failed, path: Path, options: Any) -> bool:
        """Whether to load it once more: it died of its loading, and a card may be why."""
        if path in self._without or failed.message != CRASHED.message or not self.there():
            return False
        if not getattr(options, "gpu_layers", 0):
            return False
        self._without.add(path)
        return True

    def said(self, path: Path) -> str:
        return SAID if path in self._without else ""

    def forget(self) -> None:
        """The person chose other options: all is tried again."""
        self._without.clear()
