"""Keeps what models really took and how fast they were, for the forecasts of the next ones."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from app.background import Background
from engines.messages import Done, Event, Loaded, Usage
from engines.outcomes import Learnt, Outcome, Outcomes

ENOUGH = 16  # tokens of an answer, from which on its speed says something
LARGE = 64 << 20  # bytes for a token: less may lie in the processor's own memory


class OutcomesController(QObject):
    def __init__(
        self, link: Any, folder: Path, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folder, self._background = folder, background
        self._outcomes: Outcomes | None = None
        self._loaded: Loaded | None = None
        link.event.connect(self._on_event)

    def learnt(self) -> tuple[Learnt, ...]:
        """Of what was used here so far."""
        return self._kept().learnt()

    def _kept(self) -> Outcomes:
        if self._outcomes is None:
            self._outcomes = Outcomes(self._folder)
        return self._outcomes

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        match event:
            case Loaded(forecast=expected) if job == 0:
                self._loaded = event if expected else None
                if self._loaded:
                    self._keep(size_of(event))
            case Done(usage=usage) if self._loaded and usage.output_tokens >= ENOUGH:
                if outcome := speed_of(self._loaded, usage):
                    self._keep(outcome)

    def _keep(self, outcome: Outcome) -> None:
        self._kept().add(outcome)
        save = self._kept().saving()
        self._background.run(lambda _task: save(), lambda _: None, lambda _error: None)


def size_of(loaded: Loaded) -> Outcome:
    return Outcome(
        loaded.architecture,
        loaded.quantisation,
        on_card=loaded.layers > 0,
        forecast=round((loaded.forecast + loaded.card_forecast) / (loaded.corrected or 1)),
        took=loaded.took + loaded.card_took,
    )


def speed_of(loaded: Loaded, usage: Usage) -> Outcome | None:
    """None where it says nothing, as where the processor and the card shared the work."""
    mixed = 0 < loaded.layers < loaded.layers_total
    if usage.output_seconds <= 0 or mixed or loaded.reads < LARGE:
        return None
    rate = loaded.reads * usage.output_tokens / usage.output_seconds
    return Outcome(loaded.architecture, loaded.quantisation, on_card=loaded.layers > 0, rate=rate)
