"""Reading ahead: the model reads a branch, and what is being said, before it is asked."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Slot

from app.controllers.looking import Looking
from app.controllers.models import ModelController
from app.controllers.terms import Source
from app.controllers.turns import asked_with, pretended
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import ENDINGS, Done, Event, Prefill, Unseen


class Ahead(QObject):
    """One reading at a time; of those that were wanted meanwhile only the newest follows."""

    def __init__(self, models: ModelController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self.files: Callable[[], Sequence[StoredPart]] = tuple  # with the message on screen
        self.looking: Looking | None = None  # shows the model what it does not know yet
        self._job: int | None = None
        self._turns: Sequence[StoredTurn] = ()  # of what is read and of what is next
        self._request: Prefill | None = None
        self._next: Prefill | None = None
        self._unseen: tuple[str, ...] = ()
        self._read: object = None  # what was read last: once is enough
        models.link.event.connect(self._on_event)

    def read(
        self,
        branch: Sequence[StoredTurn],
        said: str,
        terms: Source,
        conversation: int | None,
    ) -> None:
        """A branch, and what the person has said by now, or ""."""
        mark = terms.mark(conversation, branch)
        files, last = self.files(), branch[-1] if branch else None
        what = (last.id if last else None, said, tuple(part.text for part in files), mark)
        if what == self._read or not self._models.ready:
            return
        self._read = what
        question = asked_with(files, said)
        if question and last and last.role == "user":
            return  # two turns of the person in a row are no dialogue to many models
        self._turns = [*branch, pretended(question)] if question else [*branch]
        self._next = terms.of(conversation, branch).prefill(self._turns, self._models.senses)
        if self._job is None:
            self._go_on()

    def forget(self) -> None:
        """The question itself is asked now."""
        self._next = self._request = self._job = None

    def _go_on(self) -> None:
        self._request, self._next = self._next, None
        if self._request:
            self._unseen = ()
            self._job = self._models.link.submit(self._request)

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if job != self._job:
            return
        if isinstance(event, Unseen):
            self._unseen = event.hashes
        if isinstance(event, ENDINGS):
            self._job = None
            if isinstance(event, Done) and self._unseen and self.looking and not self._next:
                self._show(self._unseen)
            else:
                self._go_on()

    def _show(self, hashes: tuple[str, ...]) -> None:
        """Pictures of a conversation that was opened later: then it is read once more."""
        assert self.looking and self._request
        again = partial(self._again, self._request)
        self.looking.show_again(self._turns, hashes, again, lambda _: None)

    def _again(self, request: Prefill) -> None:
        if self._request is request and self._job is None:  # else the question was asked
            self._unseen, self._request = (), None
            self._job = self._models.link.submit(request)
