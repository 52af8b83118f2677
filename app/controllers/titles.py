"""Titles for conversations: asks the model once, after the first answer, and never insists."""

from typing import Any

from PySide6.QtCore import QObject, Slot

from app.controllers.answering import Answering
from app.controllers.history import HistoryController
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.terms import AsSet, Source
from app.controllers.toolbox import ToolboxController
from app.store.conversations import Store, StoredTurn
from engines.messages import ENDINGS, Chat, Done, Event, Sampling, Text, TextDelta, Turn

REQUEST = "Give this conversation a title of two to six words. Write only the title."
LONGEST = 60  # characters; whatever is longer is no title


class TitleController(QObject):
    """The first words of the question are the title until the model offers a better one.

    The starter is not asked: it answers requests and knows no summaries.
    """

    def __init__(
        self,
        link: Any,
        store: Store,
        answering: Answering,
        models: ModelController,
        history: HistoryController,
        toolbox: ToolboxController,
        preferences: PreferencesController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._store, self._models = link, store, models
        self._history, self._answering = history, answering
        self.terms: Source = AsSet(preferences, toolbox)
        self._job, self._conversation, self._text = -1, -1, ""
        link.event.connect(self._on_event)
        answering.finished.connect(self._on_finished)
        answering.started.connect(self._give_way)

    @Slot(object)
    def _on_finished(self, turn: StoredTurn) -> None:
        stored = self._store.conversation(turn.conversation)
        if turn.status != "done" or not stored or stored.titled_by or self._models.is_starter:
            return
        branch = [*self._store.branch(turn.conversation, turn.parent), turn]
        if len(branch) == 2:
            ask = Turn("user", (Text(REQUEST),))
            self._conversation, self._text = turn.conversation, ""
            # begins as the conversation does, tools included: what the model has read is kept
            senses = self._models.sees, self._models.hears
            terms = self.terms.of(turn.conversation, branch)
            asked = terms.prefill(branch, senses)
            self._job = self._link.submit(
                Chat((*asked.turns, ask), asked.tools, Sampling(temperature=0.0), max_tokens=24,
                     stop=("\n",), think=False, adapters=asked.adapters)
            )  # fmt: skip

    @Slot()
    def _give_way(self) -> None:
        if self._job >= 0:
            self._link.cancel(self._job)
            self._job = -1

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if job != self._job:
            return
        if isinstance(event, TextDelta):
            self._text += event.text
        if isinstance(event, ENDINGS):
            self._job = -1
            title = " ".join(self._text.split()).strip("\"'“”*# .").removeprefix("Title: ")
            if isinstance(event, Done) and title and len(title) <= LONGEST:
                self._history.retitle(self._conversation, title)
