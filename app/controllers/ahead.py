"""Reading ahead: the model reads a branch, and what is being said, before it is asked."""

from typing import Any

from PySide6.QtCore import QObject, Slot

from app.controllers.models import ModelController
from engines.messages import ENDINGS, Event, Prefill, Text, Turn


class Ahead(QObject):
    """One reading at a time; of those that were wanted meanwhile only the newest follows."""

    def __init__(self, models: ModelController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._job: int | None = None
        self._next: Prefill | None = None
        self._read: object = None  # what was read last: once is enough
        models.link.event.connect(self._on_event)

    def wants(self, last: int | None, said: str) -> bool:
        return (last, said) != self._read and self._models.ready

    def read(
        self, last: int | None, told: tuple[Turn, ...], tools: tuple[dict[str, Any], ...], said: str
    ) -> None:
        """last is the turn the branch ends with; said what the person has said by now, or ""."""
        self._read = last, said
        if said and told and told[-1].role == "user":
            return  # two turns of the person in a row are no dialogue to many models
        question = (Turn("user", (Text(said),)),) if said else ()
        self._next = Prefill((*told, *question), tools)
        if self._job is None:
            self._go_on()

    def forget(self) -> None:
        """The question itself is asked now."""
        self._next = self._job = None

    def _go_on(self) -> None:
        if request := self._next:
            self._next = None
            self._job = self._models.link.submit(request)

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if job == self._job and isinstance(event, ENDINGS):
            self._job = None
            self._go_on()
