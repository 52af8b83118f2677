"""Makes one answer at a time: asks the model, runs the tools it calls, keeps the store current."""

import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec.structs import asdict, replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.controllers.describing import Describing
from app.controllers.looking import TOO_MANY, Looking
from app.controllers.terms import Terms
from app.controllers.toolbox import Taken, ToolboxController
from app.controllers.turns import PARAGRAPH, as_part, quotable, tainted
from app.store.conversations import Store, StoredPart, StoredTurn
from engines.messages import (
    ENDINGS,
    Done,
    Event,
    Failed,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    ToolsDropped,
    TurnsDropped,
    Unseen,
    Usage,
)

log = logging.getLogger(__name__)
ROUNDS = 8  # of tools in one answer; then the model must say something
SAVE_EVERY = 700  # ms; what was said is on disk at least once a second
CLOSED = Failed("The model was closed before it had answered.", "Try again.")
NO_ROOM = "they do not fit its context; choose a longer one in Preferences"
NOT_ITS_OWN = "You may not use this tool here. Answer without it."
REPEATED = "You already made this call; its result is above. Answer with it."


@dataclass
class Answer:
    """The answer being made. parts grow; turn.parts are what the store was last told."""

    turn: StoredTurn
    history: list[StoredTurn]  # root to the question
    terms: Terms
    facts: dict[str, Any]
    parts: list[StoredPart] = field(default_factory=list)
    waiting: list[ToolCall] = field(default_factory=list)  # calls not yet made
    made: list[tuple[str, str]] = field(default_factory=list)
    rounds: int = 0
    tokens: int = 0  # of the running job
    unseen: tuple[str, ...] = ()  # pictures the model does not know, or no longer
    showed: bool = False  # them, in the running round: once is enough
    began: float = 0.0
    wrote: float = 0.0  # when the running job's first token came
    saved: bool = True

    def add(self, kind: str, text: str) -> str:
        """What this adds to all of its kind (turns.text_of)."""
        if not text:  # tokens of a call that is not whole yet
            return ""
        self.saved = False
        if self.parts and self.parts[-1].kind == kind:
            self.parts[-1] = StoredPart(kind, self.parts[-1].text + text)
            return text
        goes_on = any(part.kind == kind for part in self.parts)
        self.parts.append(StoredPart(kind, text))
        return PARAGRAPH + text if goes_on else text

    def current(self, status: str = "streaming") -> StoredTurn:
        return replace(self.turn, parts=tuple(self.parts), status=status, facts=self.facts)


class Answering(QObject):
    text_added = Signal(str)
    thought_added = Signal(str)
    changed = Signal(object)  # StoredTurn: the answer's, or one programs found something in
    started = Signal()
    finished = Signal(object)  # StoredTurn, as it is on disk from now on

    def __init__(
        self, llm: Any, toolbox: ToolboxController, store: Store, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._llm, self._toolbox, self._store = llm, toolbox, store
        self.answer: Answer | None = None
        self.looking: Looking | None = None  # shows the model what it does not know
        self.describing: Describing | None = None  # what a model cannot see, or read
        self._unwritten: dict[int, StoredTurn] = {}  # finished, not yet on the disk
        self._job = -1
        self._timer = QTimer(self, interval=SAVE_EVERY)
        self._timer.timeout.connect(self._save)
        llm.event.connect(self._on_event)

    def start(self, answer: Answer) -> None:
        self.answer = answer
        answer.began = time.monotonic()
        self._timer.start()
        self.started.emit()
        looking, describing = self.looking, self.describing
        described = partial(self._described, answer)
        if looking and describing and not looking.sees:
            describing.describe_all(answer.history, described)
        elif looking and describing and looking.is_read_to:
            describing.read_all(answer.history, described)
        else:
            self._ask()

    def _described(self, answer: Answer, turns: list[StoredTurn]) -> None:
        """What programs found in pictures stays with their turns."""
        for turn in turns:
            self._store.write_answer(turn.id, turn.parts, turn.status)
            self.changed.emit(turn)
        if self.answer is answer:
            fresh = {turn.id: turn for turn in turns}
            answer.history = [fresh.get(turn.id, turn) for turn in answer.history]
            self._ask()

    @Slot()
    def stop(self) -> None:
        """Free the window at once; what comes later of the cancelled job is not heard."""
        if self._job >= 0:
            self._llm.cancel(self._job)
        if self.answer:
            self._toolbox.stop()  # not what is tried outside conversations
            self._count(None)
            self._finish("stopped", "stopped")

    def _ask(self) -> None:
        answer = self.answer
        assert answer
        answer.rounds += 1
        answer.showed = False
        self._submit()

    def _submit(self) -> None:
        answer, looking = self.answer, self.looking
        assert answer
        answer.tokens, answer.wrote, answer.unseen = 0, 0.0, ()
        senses = looking.senses if looking else ()
        turns = answer.terms.told(self._so_far(answer), senses)
        asked = answer.terms.request
        tools = asked.tools if answer.rounds <= ROUNDS else ()
        self._job = self._llm.submit(replace(asked, turns=turns, tools=tools))

    def _so_far(self, answer: Answer) -> list[StoredTurn]:
        said = [replace(answer.turn, parts=tuple(answer.parts))] if answer.parts else []
        return [*answer.history, *said]

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        answer = self.answer
        if job != self._job or answer is None:
            return
        match event:
            case TextDelta(text, tokens):
                self._wrote(tokens)
                self.text_added.emit(answer.add("text", text))
            case ThoughtDelta(text, tokens):
                self._wrote(tokens)
                self.thought_added.emit(answer.add("thought", text))
            case ToolCall():
                answer.parts.append(as_part(event))
                answer.waiting.append(event)
                self.changed.emit(answer.current())
            case TurnsDropped(count):
                answer.facts["dropped"] = max(0, count - len(answer.terms.before))
                self.changed.emit(answer.current())
            case Unseen(hashes):
                answer.unseen = hashes
            case ToolsDropped():
                answer.facts["no tools"] = NO_ROOM
        if isinstance(event, ENDINGS):
            self._job = -1
            self._on_ending(event)

    def _on_ending(self, ending: Event) -> None:
        answer = self.answer
        assert answer
        match ending:
            case Done() if answer.unseen:
                self._show(answer)
            case Done(reason, usage, seed):
                self._count(usage)
                answer.facts["seed"] = seed
                if reason == "tools" and answer.waiting:
                    self._call_next()
                else:
                    ended = "done" if reason in ("stop", "tools") else reason
                    self._finish(ended, reason)
            case _:  # our own stop does not wait for this: another model was opened meanwhile
                failed = ending if isinstance(ending, Failed) else CLOSED
                self._count(None)
                answer.facts["error"] = {f: getattr(failed, f) for f in Failed.__struct_fields__}
                self._finish("failed", "failed")

    def _show(self, answer: Answer) -> None:
        """The model was asked about pictures it does not know: once they are shown to it."""

        def done() -> None:
            if self.answer is answer:
                self._submit()

        def failed(why: Failed) -> None:
            if self.answer is answer:
                answer.unseen = ()
                self._on_ending(why)

        if answer.showed or self.looking is None:
            return failed(TOO_MANY)
        answer.showed = True
        return self.looking.show_again(self._so_far(answer), answer.unseen, done, failed)

    def _call_next(self) -> None:
        answer = self.answer
        assert answer
        if not answer.waiting:
            self._ask()
            return
        call = answer.waiting.pop(0)
        key = (call.name, repr(sorted(call.arguments.items())))
        if key in answer.made:
            self._took(Taken(ToolResult(call.id, REPEATED, error=True)))
            return
        if answer.terms.refuses(call.name):
            self._took(Taken(ToolResult(call.id, NOT_ITS_OWN, error=True)))
            return
        answer.made.append(key)
        parts = [*(turn.parts for turn in answer.history), answer.parts]
        strangers = answer.terms.strange or any(map(tainted, parts))
        said = quotable([*answer.history, answer.current()])
        self._toolbox.run(call, answer.turn.conversation, strangers, self._took, said)

    def _took(self, taken: Taken) -> None:
        answer = self.answer
        assert answer
        answer.parts += [*taken.pictures, as_part(taken.result)]
        answer.saved = False
        self.changed.emit(answer.current())
        self._save()
        self._call_next()

    def _wrote(self, tokens: int) -> None:
        answer = self.answer
        assert answer
        if not answer.wrote:
            answer.wrote = time.monotonic()
            answer.facts.setdefault("first_token_seconds", answer.wrote - answer.began)
        answer.tokens += tokens

    def _count(self, usage: Usage | None) -> None:
        """Add what the job that just ended cost; without the engine's word, what we saw."""
        answer = self.answer
        assert answer
        if usage is None:
            seconds = time.monotonic() - answer.wrote if answer.wrote else 0.0
            usage = Usage(output_tokens=answer.tokens, output_seconds=seconds)
        for name, value in asdict(usage).items():
            answer.facts[name] = answer.facts.get(name, 0) + value
        answer.tokens, answer.wrote = 0, 0.0

    @Slot()
    def _save(self) -> None:
        if self.answer and not self.answer.saved:
            self.answer.saved = True
            self._store.write_answer(self.answer.turn.id, tuple(self.answer.parts), "streaming")

    def _finish(self, status: str, reason: str) -> None:
        answer, self.answer = self.answer, None
        assert answer
        self._job = -1
        self._timer.stop()
        answer.facts |= {"reason": reason, "seconds": time.monotonic() - answer.began}
        if self.looking:
            answer.facts |= self.looking.facts(answer.history)
        turn = answer.current(status)
        self._unwritten[turn.id] = turn
        self._store.write_answer(turn.id, turn.parts, status, turn.facts, done=self._written)
        self.finished.emit(turn)

    def _written(self, turn: int) -> None:
        self._unwritten.pop(turn, None)

    def newest(self, turn: StoredTurn) -> StoredTurn:
        """A turn of the store with what was said since; who reads it may be before the writer."""
        if self.answer and self.answer.turn.id == turn.id:
            return self.answer.current()
        return self._unwritten.get(turn.id, turn)
