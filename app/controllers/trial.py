"""One question outside any conversation, answered by the open model as a given variant.

Used by tests, by the preview of the editor and where two are compared. Nothing of it is kept, no
tool is run that could change or tell anything, and it gives way to whatever the person asks.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.controllers.answering import CLOSED, REPEATED, ROUNDS, Answering
from app.controllers.terms import Terms
from app.controllers.toolbox import Taken, ToolboxController
from app.controllers.turns import as_part, pretended, text_of
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import (
    ENDINGS,
    Cancelled,
    Done,
    Event,
    Failed,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    ToolsDropped,
)
from engines.tools.registry import Effect
from engines.variants.variant import Example, Variant

NOT_IN_TRIALS = "This tool is not run while a variant is only tried. Answer without it."
FREE = ("ready", "stopped")  # states of a link nobody waits for
CLOSED_HOME = "tools"  # whose jail opens nothing; what its tools read is the clock

# (variant, question, done) -> done(Terms), once
Prepare = Callable[[Variant, str, Callable[[Terms], None]], None]


class Tried(msgspec.Struct, frozen=True):
    """What came of a trial so far."""

    text: str = ""
    thought: str = ""
    tools: tuple[str, ...] = ()  # names of those that were called, in their order
    state: str = "waiting"  # waiting, running, done, stopped, failed
    failed: Failed | None = None
    reason: str = ""  # of its end: "stop", "length", …
    tokens: int = 0
    seconds: float = 0.0
    without_tools: bool = False  # they did not fit the model's context


class Asked(msgspec.Struct):
    """One trial, from its question on."""

    number: int
    variant: Variant
    question: str
    before: tuple[Example, ...]
    seed: int | None
    terms: Terms | None = None
    parts: list[StoredPart] = []
    waiting: list[ToolCall] = []  # calls not yet made
    made: list[tuple[str, str]] = []
    tools: list[str] = []
    times: int = 0  # it was begun
    without_tools: bool = False
    rounds: int = 0
    tokens: int = 0
    began: float = 0.0

    def tried(self, state: str, failed: Failed | None = None, reason: str = "") -> Tried:
        seconds = time.monotonic() - self.began if self.began else 0.0
        text, thought = text_of(self.parts), text_of(self.parts, "thought")
        about = text, thought, tuple(self.tools), state, failed, reason, self.tokens
        return Tried(*about, seconds, self.without_tools)

    def forget(self) -> None:
        """It is asked anew, as if it had not been."""
        self.parts, self.waiting, self.made, self.tools = [], [], [], []
        self.rounds = self.tokens = 0
        self.without_tools = False


class Trial(QObject):
    """One at a time, the others wait. Each ends with exactly one finished, unless it is cancelled.

    finished is never emitted before ask has returned its number.
    """

    changed = Signal(int, object)  # number, Tried
    finished = Signal(int, object)  # number, Tried
    _next = Signal()

    def __init__(
        self,
        link: Any,
        answering: Answering,
        toolbox: ToolboxController,
        prepare: Prepare,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._answering, self._toolbox = link, answering, toolbox
        self._prepare = prepare
        self._numbers = count(1)
        self._queue: deque[Asked] = deque()
        self._running: Asked | None = None
        self._job = -1
        self._calling = False
        link.event.connect(self._on_event)
        link.state_changed.connect(self._soon)
        answering.started.connect(self._give_way)
        answering.finished.connect(self._soon)
        self._next.connect(self._go_on, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        variant: Variant,
        question: str,
        before: Sequence[Example] = (),
        *,
        seed: int | None = None,
        first: bool = False,
    ) -> int:
        """The number of its signals. first: ahead of those that wait. seed: where none is set."""
        asked = Asked(next(self._numbers), variant, question, tuple(before), seed)
        if first:
            self._queue.appendleft(asked)
        else:
            self._queue.append(asked)
        self._next.emit()
        return asked.number

    def cancel(self, number: int) -> None:
        """Nothing more is heard of it."""
        self._queue = deque(one for one in self._queue if one.number != number)
        if self._running and self._running.number == number:
            self._leave()
            self._next.emit()

    @Slot()
    def _soon(self, _: object = None) -> None:
        self._next.emit()

    @Slot()
    def _go_on(self) -> None:
        """The next one, when nobody else wants the model."""
        if self._running or not self._queue or self._answering.answer:
            return
        if self._link.state not in FREE:
            return
        asked = self._running = self._queue.popleft()
        asked.began, asked.times = time.monotonic(), asked.times + 1
        self.changed.emit(asked.number, asked.tried("running"))
        self._prepare(asked.variant, asked.question, partial(self._prepared, asked, asked.times))

    def _prepared(self, asked: Asked, times: int, terms: Terms) -> None:
        if self._running is not asked or asked.times != times:
            return
        request = terms.request
        if request.sampling.seed is None and asked.seed is not None:
            request = replace(request, sampling=replace(request.sampling, seed=asked.seed))
        asked.terms = replace(terms, request=request)
        asked.parts = list(terms.found)
        self._submit(asked)

    def _submit(self, asked: Asked) -> None:
        assert asked.terms
        asked.rounds += 1
        request = asked.terms.request
        tools = request.tools if asked.rounds <= ROUNDS else ()
        turns = asked.terms.told(branch_of(asked))
        self._job = self._link.submit(replace(request, turns=turns, tools=tools))

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        asked = self._running
        if job != self._job or asked is None:
            return
        match event:
            case TextDelta(text, tokens):
                self._add(asked, "text", text, tokens)
            case ThoughtDelta(text, tokens):
                self._add(asked, "thought", text, tokens)
            case ToolCall():
                asked.parts.append(as_part(event))
                asked.tools.append(event.name)
                asked.waiting.append(event)
                self.changed.emit(asked.number, asked.tried("running"))
            case ToolsDropped():
                asked.without_tools = True
        if isinstance(event, ENDINGS):
            self._job = -1
            self._on_ending(asked, event)

    def _add(self, asked: Asked, kind: str, text: str, tokens: int) -> None:
        asked.tokens += tokens
        if not text:
            return
        if asked.parts and asked.parts[-1].kind == kind:
            text = asked.parts.pop().text + text
        asked.parts.append(StoredPart(kind, text))
        self.changed.emit(asked.number, asked.tried("running"))

    def _on_ending(self, asked: Asked, ending: Event) -> None:
        match ending:
            case Done(reason="tools") if asked.waiting:
                self._call_next(asked)
            case Done(reason):
                self._finish(asked, asked.tried("done", reason=reason))
            case Failed():
                self._finish(asked, asked.tried("failed", ending))
            case Cancelled():  # not by us: another model was opened
                self._finish(asked, asked.tried("failed", CLOSED))

    def _call_next(self, asked: Asked) -> None:
        if self._running is not asked:
            return
        if not asked.waiting:
            self._submit(asked)
            return
        call = asked.waiting.pop(0)
        key = (call.name, repr(sorted(call.arguments.items())))
        if key in asked.made:
            self._took(asked, Taken(ToolResult(call.id, REPEATED, error=True)))
        elif not self._may(asked, call.name):
            self._took(asked, Taken(ToolResult(call.id, NOT_IN_TRIALS, error=True)))
        else:
            asked.made.append(key)
            self._calling = True
            self._toolbox.run(call, None, False, partial(self._took, asked))

    def _may(self, asked: Asked, name: str) -> bool:
        """What neither changes nor tells anything, and what the variant was offered."""
        assert asked.terms
        offered = self._toolbox.offered().get(name)
        if offered is None or offered.tool is None or offered.places or asked.terms.refuses(name):
            return False
        looks_only = offered.effect is Effect.READS and offered.home == CLOSED_HOME
        return offered.effect is Effect.PURE or looks_only

    def _took(self, asked: Asked, taken: Taken) -> None:
        self._calling = False
        if self._running is asked:
            asked.parts.append(as_part(taken.result))
            self._call_next(asked)

    def _finish(self, asked: Asked, tried: Tried) -> None:
        self._running = None
        self._next.emit()
        self.finished.emit(asked.number, tried)

    @Slot()
    def _give_way(self) -> None:
        """The person asks something: what is running begins again when that is answered."""
        if asked := self._running:
            self._leave()
            asked.forget()
            self._queue.appendleft(asked)
            self.changed.emit(asked.number, asked.tried("waiting"))

    def _leave(self) -> None:
        job, self._job, self._running = self._job, -1, None
        if job >= 0:
            self._link.cancel(job)
        if self._calling:
            self._calling = False
            self._toolbox.stop()


def branch_of(asked: Asked) -> list[StoredTurn]:
    """The question with what was before it and what is said by now, as a stored branch would be."""
    turns: list[StoredTurn] = []
    for example in asked.before:
        turns.append(pretended((StoredPart("text", example.question),)))
        turns.append(answered((StoredPart("text", example.answer),)))
    turns.append(pretended((StoredPart("text", asked.question),)))
    if asked.parts:
        turns.append(answered(tuple(asked.parts)))
    return turns


def answered(parts: tuple[StoredPart, ...]) -> StoredTurn:
    return replace(pretended(parts), role="assistant")
