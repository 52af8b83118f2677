"""The conversation on screen: its turns, its branches, and the answer being written."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app import reports
from app.controllers import turns
from app.controllers.ahead import Ahead
from app.controllers.answering import Answer, Answering
from app.controllers.consent import ConsentController
from app.controllers.drafts import Drafts
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice, ShownTurn
from app.controllers.terms import AsSet, Source, Terms
from app.controllers.toolbox import ToolboxController
from app.controllers.undo import UndoStack
from app.store.conversations import Store, StoredPart, StoredTurn
from engines.errors import ParleyError

BUSY = Notice("An answer is being written.", "Wait for it, or stop it with Esc.")


class ChatController(QObject):
    opened = Signal(object)  # list[ShownTurn]
    turn_added = Signal(object)  # ShownTurn
    turn_changed = Signal(object)  # ShownTurn
    cut = Signal(int)  # only the first n turns remain
    text_added = Signal(str)
    thought_added = Signal(str)
    busy_changed = Signal(bool)
    title_changed = Signal(str)
    draft_changed = Signal(str)
    notice = Signal(object)  # Notice
    answer_finished = Signal(str)
    stored = Signal(int)  # a conversation that changed on disk

    def __init__(
        self,
        store: Store,
        answering: Answering,
        models: ModelController,
        preferences: PreferencesController,
        undo: UndoStack,
        toolbox: ToolboxController,
        consent: ConsentController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._answering, self._models = store, answering, models
        self._undo, self._consent = undo, consent
        self.terms: Source = AsSet(preferences, toolbox)
        self.conversation: int | None = None
        self.title = self.draft = ""
        self.branch: list[StoredTurn] = []  # the one on screen
        self._mark = -1  # index of the turn the cut mark stands above
        self._sending = self._called_off = False  # between Send and the answer's beginning
        self.drafts, self.ahead = Drafts(store), Ahead(models, self)
        answering.text_added.connect(self._on_text)
        answering.thought_added.connect(self._on_thought)
        answering.changed.connect(self._put)
        answering.finished.connect(self._on_answer_finished)
        consent.changed.connect(self._on_question)

    # What the page asks

    @property
    def busy(self) -> bool:
        return self._sending or self._answering.answer is not None

    @property
    def turns(self) -> list[ShownTurn]:
        self._take_in_running_answer()
        return [self._shown(turn, i == self._mark) for i, turn in enumerate(self.branch)]

    def copy_text(self, key: int) -> str:
        self._take_in_running_answer()
        return turns.text_of(self.branch[self._index(key)].parts)

    def details(self, key: int) -> tuple[tuple[str, str], ...]:
        return turns.details(self.branch[self._index(key)])

    def turn_of(self, key: int) -> StoredTurn | None:
        return next((turn for turn in reversed(self.branch) if turn.id == key), None)

    def note(self, turn: StoredTurn, facts: dict[str, Any]) -> None:
        """More is known about an answer that is finished."""
        turn.facts.update(facts)
        self._store.write_answer(turn.id, turn.parts, turn.status, turn.facts)
        if here := self.turn_of(turn.id):
            here.facts.update(facts)
            self._put(here)

    def error_details(self, key: int) -> str:
        error = self.branch[self._index(key)].facts.get("error", {})
        return reports.details(" ".join(error.get(k, "") for k in ("message", "hint", "detail")))

    # What the person does

    @Slot(str)
    def send(self, text: str) -> None:
        self.ask(text)

    def ask(
        self,
        text: str,
        sounds: Iterable[StoredPart] = (),
        facts: dict[str, Any] | None = None,
        done: Callable[[], None] = lambda: None,
        files: Sequence[StoredPart] = (),
    ) -> None:
        """Like send, with its sound, files (which need no words) and facts; done: on disk."""
        if self.busy or not (text.strip() or files):
            return
        parts = turns.asked_with(files, text, sounds)
        self.ahead.forget()
        self._set_sending(True)
        facts = (facts or {}) | self.terms.asked(self.conversation, self.branch)

        def begun(conversation: int, turn: StoredTurn) -> None:
            done()
            self._begun(conversation, turn)

        def asked(turn: StoredTurn) -> None:
            done()
            self._asked(turn)

        def failed(error: ParleyError) -> None:
            self.draft_changed.emit(text)  # nothing the person wrote is lost
            self._not_written(error)

        if self.conversation is None:
            self._store.begin(turns.title_of(parts), "user", parts, begun, failed, facts)
        else:
            self._add(parts, asked, failed, facts)

    @Slot()
    def stop(self) -> None:
        self._called_off = self._sending
        self._answering.stop()

    @Slot(str, str)
    def answer_question(self, key: str, choice: str) -> None:
        """key and choice of a ShownQuestion: whether a tool may go on."""
        self._consent.answer(key, choice)

    @Slot(int, str)
    def edit(self, key: int, text: str) -> None:
        """Ask again in other words: a sibling of the turn, the old branch stays."""
        if self._free() and text.strip():
            index = self._index(key)
            parts = turns.asked_anew(self.branch[index].parts, text)
            facts = self.terms.facts(self.terms.again(self.branch, index), self.branch[:index])
            self._keep(index)
            self._set_sending(True)
            self._add(parts, self._asked, facts=facts)

    @Slot(int)
    def regenerate(self, key: int) -> None:
        """Another answer to the same question: a sibling of the answer."""
        if self._free():
            variant = self.terms.again(self.branch, index := self._index(key))
            self._keep(index)
            self._answer([*self.branch], variant)

    @Slot(int)
    def delete(self, key: int) -> None:
        if not self._free() or self.conversation is None:
            return
        leaf, conversation = self.branch[-1].id, self.conversation

        def restore() -> None:
            self._store.restore_turn(key, leaf, lambda _=None: self._reload(conversation))

        def deleted(_: Any = None) -> None:
            self._undo.push("Delete turn", restore)
            self.notice.emit(Notice("Deleted.", action="Undo"))
            self._reload(conversation)

        self._store.delete_turn(key, deleted)

    @Slot(int, int)
    def switch_version(self, key: int, step: int) -> None:
        if not self._free() or self.conversation is None:
            return
        siblings = self._store.siblings(key)
        place = siblings.index(key) + step
        if 0 <= place < len(siblings):
            leaf = self._store.newest_leaf(siblings[place])
            self._store.show(self.conversation, leaf)
            index = self._index(key)
            self._keep(index)
            for turn in self._store.branch(self.conversation, leaf)[index:]:
                self._append(turn)

    @Slot()
    def new(self) -> None:
        self._show(None)

    @Slot(int)
    def open(self, conversation: int) -> None:
        if conversation != self.conversation:
            self._show(conversation)

    @Slot(str)
    def keep_draft(self, text: str) -> None:
        self.draft = text
        self.drafts.keep(self.conversation, text)
        if text:
            self.read_ahead()

    def knows(self, conversation: int | None) -> bool:
        """Whether a conversation is still there; None is the next new one."""
        return conversation is None or self._store.conversation(conversation) is not None

    def add_to_draft(self, conversation: int | None, text: str) -> None:
        """Put words into the message of a conversation that may not be on screen."""
        before = self.draft if conversation == self.conversation else self.drafts.of(conversation)
        whole = turns.joined(before, text)
        self.drafts.keep(conversation, whole)
        if conversation == self.conversation:
            self.draft = whole
            self.draft_changed.emit(whole)

    def read_ahead(self, said: str = "") -> None:
        """Have the model read the branch and what is being said, while it is."""
        if not self.busy:
            self.ahead.read(self.branch, said, self.terms, self.conversation)

    def sounds_of(self, key: int) -> list[Path]:
        """The files of what the person said in a turn."""
        parts = self.branch[self._index(key)].parts
        return [self._store.attachment(part.attachment) for part in parts if part.kind == "sound"]

    def closed(self, conversation: int) -> None:
        """The conversation was deleted: leave it if it is on screen."""
        answer = self._answering.answer
        if answer and answer.turn.conversation == conversation:
            self._answering.stop()
        if conversation == self.conversation:
            self._show(None)

    def retitled(self, conversation: int, title: str) -> None:
        if conversation == self.conversation:
            self.title = title
            self.title_changed.emit(title)

    # The store answers

    def _begun(self, conversation: int, turn: StoredTurn) -> None:
        self.conversation = conversation
        self.terms.begun(conversation)
        stored = self._store.conversation(conversation)
        self.retitled(conversation, stored.title if stored else "")
        self._asked(turn)

    def _asked(self, turn: StoredTurn) -> None:
        self._append(turn)
        self.stored.emit(turn.conversation)
        self._answer([*self.branch], self.terms.in_force(turn.conversation, self.branch))

    def _answer(self, history: list[StoredTurn], variant: str) -> None:
        self._set_sending(True)
        facts, asked = self.terms.facts(variant, history), history[-1]

        def prepared(terms: Terms) -> None:
            about = asked.conversation, asked.id, "assistant", terms.found, "streaming", facts
            started = partial(self._start, history, terms)
            self._store.add_turn(*about, done=started, failed=self._not_written)

        self.terms.prepare(history, variant, prepared)

    def _start(self, history: list[StoredTurn], terms: Terms, turn: StoredTurn) -> None:
        if turn.conversation == self.conversation:
            self._append(turn)
        facts = self._models.facts() | terms.facts | turn.facts | turns.times_of(history)
        self._sending = False
        self._answering.start(Answer(turn, history, terms, facts, list(turn.parts)))
        self.busy_changed.emit(True)
        if self._called_off:
            self.stop()

    def _add(self, parts, done, failed=None, facts=None) -> None:
        """What the person says, at the end of the branch on screen."""
        assert self.conversation is not None
        parent = self.branch[-1].id if self.branch else None
        about = self.conversation, parent, "user", parts, "done", facts
        self._store.add_turn(*about, done=done, failed=failed or self._not_written)

    def _not_written(self, error: ParleyError) -> None:
        self._set_sending(False)
        self.notice.emit(Notice(error.message, error.hint, error.detail, kind="error"))

    # The answer grows

    def _on_screen(self) -> bool:
        answer = self._answering.answer
        return bool(answer and self.branch and self.branch[-1].id == answer.turn.id)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        if self._on_screen():
            self.text_added.emit(text)

    @Slot(str)
    def _on_thought(self, text: str) -> None:
        if self._on_screen():
            self.thought_added.emit(text)

    @Slot(object)
    def _put(self, turn: StoredTurn) -> None:
        """In the place of the one it was."""
        for index in reversed(range(len(self.branch))):
            if self.branch[index].id == turn.id:
                self.branch[index] = turn
                self.turn_changed.emit(self._shown(turn, index == self._mark))
                self._move_mark()
                break

    @Slot()
    def _on_question(self) -> None:
        if self._on_screen() and (answer := self._answering.answer):
            self._put(answer.current())

    def _shown(self, turn: StoredTurn, cut: bool = False) -> ShownTurn:
        return turns.shown(turn, cut, self._store.attachment, self._consent.question)

    @Slot(object)
    def _on_answer_finished(self, turn: StoredTurn) -> None:
        self._put(turn)
        self.busy_changed.emit(False)
        self.stored.emit(turn.conversation)
        self._models.when_identified(self._remember_hash, turn)
        if turn.conversation == self.conversation:
            self.answer_finished.emit(turns.text_of(turn.parts))

    def _remember_hash(self, turn: StoredTurn, sha256: str) -> None:
        """The file that spoke is named in the facts, once its hash is known."""
        if turn.facts.get("hash") != sha256:
            self.note(turn, {"hash": sha256})

    # The list of turns

    def _show(self, conversation: int | None) -> None:
        self.conversation, self.title, self.branch = conversation, "", []
        if conversation is not None and (stored := self._store.conversation(conversation)):
            self.title = stored.title
            self.branch = self._store.branch(conversation)
        self._mark = turns.mark_of(self.branch)
        self.draft = self.drafts.of(conversation)
        self.opened.emit(self.turns)
        self.title_changed.emit(self.title)
        self.draft_changed.emit(self.draft)

    def _take_in_running_answer(self) -> None:
        """What is being said is in the answer; the turn holds it when somebody looks."""
        if self.branch:
            self.branch[-1] = self._answering.newest(self.branch[-1])

    def _reload(self, conversation: int) -> None:
        self.stored.emit(conversation)
        if conversation != self.conversation:
            return
        fresh = self._store.branch(conversation)
        same = 0
        while same < min(len(fresh), len(self.branch)) and fresh[same] == self.branch[same]:
            same += 1
        self._keep(same)
        for turn in fresh[same:]:
            self._append(turn)

    def _append(self, turn: StoredTurn) -> None:
        self.branch.append(turn := self._answering.newest(turn))
        self.turn_added.emit(self._shown(turn))

    def _keep(self, count: int) -> None:
        del self.branch[count:]
        self.cut.emit(count)

    def _index(self, key: int) -> int:
        return next(i for i in reversed(range(len(self.branch))) if self.branch[i].id == key)

    def _move_mark(self) -> None:
        old, self._mark = self._mark, turns.mark_of(self.branch)
        for index in {old, self._mark} if old != self._mark else ():
            if 0 <= index < len(self.branch):
                self.turn_changed.emit(self._shown(self.branch[index], index == self._mark))

    def _free(self) -> bool:
        if self.busy:
            self.notice.emit(BUSY)
        return not self.busy

    def _set_sending(self, sending: bool) -> None:
        self._sending, self._called_off = sending, False
        self.busy_changed.emit(self.busy)
