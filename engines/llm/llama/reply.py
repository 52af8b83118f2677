"""Turns the bytes a model says into events: text, thoughts and tool calls, nothing lost.

Text is held back only while it may still become a mark: half a character, the beginning of a
stop string, of <think>, or of a tool call.
"""

import codecs
from collections.abc import Callable, Collection, Sequence
from enum import Enum, auto

from engines.llm.llama import calls
from engines.messages import Event, TextDelta, ThoughtDelta

THOUGHTS = {  # opening mark -> closing mark
    "<think>": "</think>",
    "[THINK]": "[/THINK]",
    "<|channel|>analysis<|message|>": "<|end|>",
    "<|channel>thought\n": "<channel|>",
}
PREAMBLES = (  # gpt-oss says with these that the answer comes next
    "<|start|>assistant",
    "<|channel|>final<|message|>",
    "<|channel|>commentary<|message|>",
)
MARKS = (*THOUGHTS, *THOUGHTS.values(), *PREAMBLES, *calls.READERS, *calls.INSIDE)
BEGUN = 100  # characters after which it is clear that a call is one
CLOSING = frozenset("}]>")  # one of these ends every call
ECHO = "<tool_response>"  # a model that goes on after its call and makes up the result


class Where(Enum):
    START = auto()  # nothing of the answer was said yet
    THOUGHT = auto()
    ANSWER = auto()
    CALL = auto()


class Reply:
    """One answer being written. take() its tokens, then finish()."""

    def __init__(
        self,
        *,
        tools: Collection[str] = (),
        stop: Sequence[str] = (),
        thinking: str = "",  # the closing mark of a thought that the prompt has opened
        space_first: bool = False,  # a SentencePiece model begins with a space that is not meant
    ) -> None:
        self.over = False  # a stop string was said
        self.calls = 0
        self.text = ""  # the answer as it was sent
        self._tools = tools
        self._stops = [s for s in stop if s]
        self._space_first = space_first
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held = ""
        self._close = thinking
        self._where = Where.THOUGHT if thinking else Where.START
        self._opening = ""  # the mark of the call being read
        self._out: list[Event] = []
        self._untold = 0  # tokens no event has told of yet
        self._openings = tuple(calls.READERS) if tools else ()
        self._starts = (*THOUGHTS, *PREAMBLES, *self._openings)
        self._marks = (*self._stops, *self._openings, *((ECHO,) if tools else ()))
        self._alarming = {mark[0] for mark in self._marks}

    @property
    def call(self) -> str | None:
        """What was said of a Hermes call so far; None outside of one."""
        return self._held if self._opening == "<tool_call>" else None

    @property
    def in_thought(self) -> bool:
        return self._where is Where.THOUGHT

    @property
    def closing(self) -> str:
        """The mark that ends the thought being said; "" outside of one."""
        return self._close if self.in_thought else ""

    def take(self, said: bytes, control: str = "") -> Sequence[Event]:
        """The events of one more token. control: the name of a token that has no text."""
        self._untold += 1
        text = self._decode(said)
        if control and self._expects(control):
            text += control
        if self._where is Where.ANSWER and not self._held and self._alarming.isdisjoint(text):
            self._say(text)
        elif text:
            self._held += text
            inside = self._where is Where.CALL and len(self._held) > BEGUN
            if not inside or not CLOSING.isdisjoint(text):
                self._settle(False)
        return self._sent()

    def pulse(self) -> Event:
        """An event without text for a token that brought none, so that it is counted."""
        kind = ThoughtDelta if self.in_thought else TextDelta
        tokens, self._untold = self._untold, 0
        return kind("", tokens)

    def finish(self) -> Sequence[Event]:
        """What was held back and will not become anything else."""
        if not self.over:
            self._held += self._decode(b"", True)
            self._settle(True)
            if self._where is Where.CALL:  # nothing came after the mark
                self._say(self._opening)
        return self._sent()

    def _sent(self) -> Sequence[Event]:
        out, self._out = self._out, []
        return out

    def _say(self, text: str) -> None:
        self.text += text
        self._add(TextDelta, text)

    def _add(self, kind: Callable[[str, int], Event], text: str) -> None:
        if text:
            self._out.append(kind(text, self._untold))
            self._untold = 0

    def _expects(self, control: str) -> bool:
        """Control tokens are seen only where they may be part of a mark."""
        if self._where is Where.START:
            return any(control in mark for mark in self._starts)
        if self._where is Where.THOUGHT:
            return control in self._close
        if self._where is Where.ANSWER:
            return any(control in mark for mark in self._openings)
        return True

    def _settle(self, last: bool) -> None:
        """Say of what is held whatever can be said; all of it, when nothing more will come."""
        steps = {
            Where.START: self._start,
            Where.THOUGHT: self._think,
            Where.ANSWER: self._answer,
            Where.CALL: self._read_call,
        }
        while self._held and not self.over and steps[self._where](last):
            pass

    # Each step returns whether something has changed and the next may go on.

    def _start(self, last: bool) -> bool:
        text = self._held.lstrip()
        if not text:
            return False
        for mark in self._starts:
            if text.startswith(mark):
                return self._open(mark, text[len(mark) :])
        if self._tools and text.startswith("{") and calls.may_be_bare(text):
            return self._enter(Where.CALL, text)
        if not last and any(mark.startswith(text) for mark in self._starts):
            return False
        held = self._held.lstrip("\r\n")
        if self._space_first and held.startswith(" "):
            held = held[1:]
        self._space_first = False
        return self._enter(Where.ANSWER, held if not self._close else text)

    def _open(self, mark: str, rest: str) -> bool:
        if mark in THOUGHTS:
            self._close = THOUGHTS[mark]
            return self._enter(Where.THOUGHT, rest)
        if mark in PREAMBLES:
            return self._enter(Where.START, rest)
        self._opening = mark
        return self._enter(Where.CALL, rest)

    def _enter(self, where: Where, held: str) -> bool:
        self._where, self._held = where, held
        return True

    def _think(self, last: bool) -> bool:
        text = self._held
        before, found, after = text.partition(self._close)
        if found:
            self._add(ThoughtDelta, before)
            return self._enter(Where.START, after)
        keep = 0 if last else overlap(text, (self._close,))
        self._held = text[len(text) - keep :]
        self._add(ThoughtDelta, text[: len(text) - keep])
        return False

    def _answer(self, last: bool) -> bool:
        text = self._held
        found = [(at, mark) for mark in self._marks if (at := self._find(mark, text)) >= 0]
        if not found:
            keep = 0 if last else overlap(text, self._marks)
            self._held = text[len(text) - keep :]
            self._say(text[: len(text) - keep])
            return False
        at, mark = min(found, key=lambda one: one[0])
        self._say(text[:at])
        if mark not in self._openings:
            self.over, self._held = True, ""
            return False
        return self._open(mark, text[at + len(mark) :])

    def _find(self, mark: str, text: str) -> int:
        """Where a mark is meant as one: not in `code`, where a model explains itself."""
        at = text.find(mark)
        while at >= 0 and mark in self._openings:
            before = text[at - 1] if at else self.text[-1:]
            if before != "`":
                break
            at = text.find(mark, at + 1)
        return -1 if mark == ECHO and not self.calls else at

    def _read_call(self, last: bool) -> bool:
        opening, text = self._opening, self._held
        try:
            if opening:
                found = calls.READERS[opening](text, last)
            else:
                found = calls.read_bare(text, last, self._tools)
        except calls.Unfinished:
            if not last:
                return False
        except calls.NoCall:
            pass
        else:
            self._out += found.calls
            self.calls += len(found.calls)
            self._opening = ""
            return self._enter(Where.START, text[found.length :].lstrip(calls.SEPARATORS))
        self._opening = ""
        self._say(opening)  # shown as it was said; what follows may be a call again
        return self._enter(Where.ANSWER, text)


def overlap(text: str, marks: Collection[str]) -> int:
    """How many characters at the end of the text may be the beginning of a mark."""
    longest = max(map(len, marks), default=0)
    for length in range(min(longest - 1, len(text)), 0, -1):
        end = text[-length:]
        if any(mark.startswith(end) for mark in marks):
            return length
    return 0
