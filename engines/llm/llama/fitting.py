"""Fits a conversation into the context: the oldest turns are left out, the newest never."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.errors import ParleyError
from engines.llm.llama.media import Media
from engines.llm.llama.prompt import Asked, Prompt, Prompter
from engines.llm.llama.vocabulary import Vocabulary
from engines.messages import Part, Picture, Sound, ToolCall, Turn

LONG = 16  # bytes: no text has fewer tokens than one for as many
USUAL = 4  # bytes of a token of ordinary text
AROUND = 8  # tokens a template puts around a turn, more or less
MOST_OF_TOOLS = 3 / 4  # of the context; where they take more, they are left out
FILL = 3 / 4  # of the room is used when turns are left out, so that the next ones still fit


class TooLong(ParleyError):
    def __init__(self, what: str, tokens: int, room: int, *, about: bool = False) -> None:
        super().__init__(
            f"{what} longer than this model can read"
            f" ({'about ' if about else ''}{tokens:,} of {room:,} tokens).",
            "Shorten it, or choose a longer context in Preferences.",
        )


@dataclass(frozen=True)
class Fitted:
    prompt: Prompt
    dropped: int  # turns
    without_tools: bool = False


class Fitter:
    """Remembers what it left out, so that a conversation keeps its beginning from turn to turn."""

    def __init__(
        self,
        prompter: Prompter,
        vocabulary: Vocabulary,
        size: int,
        tokens_of_media: Callable[[Media], int] = lambda _: 0,
    ) -> None:
        self._prompter, self._vocabulary, self._size = prompter, vocabulary, size
        self._media = tokens_of_media
        self._dropped: tuple[Turn, ...] = ()
        self._tools: tuple[str, int] = ("", 0)  # what they say of themselves, and its tokens

    def fit(self, asked: Asked, longest_answer: int) -> Fitted:
        """The prompt of as many turns as leave room for an answer. Raises TooLong."""
        if without := self._crowded(asked.tools):
            asked = replace(asked, tools=())
        reserve = min(longest_answer, self._size // 4)
        room = self._size - reserve
        head, groups = split(asked.turns)
        self._check_newest(head, groups)
        start = self._where_before(groups)
        fitting = self._fitting_at_all(groups[start:], room) + start
        prompt = None
        if fitting == start:
            prompt = self._write(asked, head, groups[start:])
            if len(prompt.tokens) > room or (start and len(prompt.tokens) < room / 2):
                prompt = None
        if prompt is None:
            start, prompt = self._choose(asked, head, groups, room)
        if len(prompt.tokens) > self._size - min(reserve, self._size // 16):
            raise self._too_long(head, groups[-1] if groups else (), len(prompt.tokens))
        left_out = [turn for group in groups[:start] for turn in group]
        self._dropped = tuple(left_out)
        return Fitted(prompt, len(left_out), without)

    def _crowded(self, tools: Sequence[dict[str, Any]]) -> bool:
        """Whether the tools leave too little room for anything else."""
        text = json.dumps(tools, ensure_ascii=False) if tools else ""
        if text != self._tools[0]:
            self._tools = (text, len(self._vocabulary.tokens(text, special=False)))
        return self._tools[1] > self._size * MOST_OF_TOOLS

    def _choose(
        self, asked: Asked, head: Sequence[Turn], groups: Sequence[Sequence[Turn]], room: int
    ) -> tuple[int, Prompt]:
        """The newest exchanges that fill the room up to FILL; the last one in any case."""
        everything = self._fitting_at_all(groups, room)
        if everything == 0:
            prompt = self._write(asked, head, groups)
            if len(prompt.tokens) <= room:
                return 0, prompt
        start, used = max(len(groups) - 1, 0), self._tokens_of(head)
        used += sum(map(self._tokens_of, groups[start:]))
        while start > everything:
            used += self._tokens_of(groups[start - 1])
            if used > room * FILL:
                break
            start -= 1
        while True:
            prompt = self._write(asked, head, groups[start:])
            if len(prompt.tokens) <= room or start >= len(groups) - 1:
                return start, prompt
            start += 1

    def _write(
        self, asked: Asked, head: Sequence[Turn], groups: Sequence[Sequence[Turn]]
    ) -> Prompt:
        turns = [*head, *(turn for group in groups for turn in group)]
        return self._prompter.write(replace(asked, turns=turns))

    def _where_before(self, groups: Sequence[Sequence[Turn]]) -> int:
        """How many exchanges were left out of this conversation the last time."""
        count, start = 0, 0
        while count < len(self._dropped) and start < len(groups) - 1:
            group = tuple(groups[start])
            if self._dropped[count : count + len(group)] != group:
                return 0
            count, start = count + len(group), start + 1
        return start if count == len(self._dropped) else 0

    def _fitting_at_all(self, groups: Sequence[Sequence[Turn]], room: int) -> int:
        """The first exchange from which on everything might fit, without cutting it into tokens."""
        weight, start = 0, len(groups)
        while start:
            weight += sum(
                AROUND // 2 + size_of(turn) // LONG + self._media_in(turn)
                for turn in groups[start - 1]
            )
            if weight > room:
                break
            start -= 1
        return min(start, max(len(groups) - 1, 0))

    def _check_newest(self, head: Sequence[Turn], groups: Sequence[Sequence[Turn]]) -> None:
        """Refuse by its bytes what is far too long: cutting 10 MB into tokens takes seconds."""
        newest = groups[-1] if groups else []
        size = sum(map(size_of, (*head, *newest)))
        media = sum(map(self._media_in, newest))
        if size > LONG * self._size or media > self._size:
            raise self._too_long(head, newest, 0)

    def _too_long(self, head: Sequence[Turn], newest: Sequence[Turn], tokens: int) -> TooLong:
        sizes = {
            "The instructions are": sum(map(size_of, head)),
            "Your message is": sum(size_of(t) for t in newest if t.role == "user"),
            "What the tools answered is": sum(size_of(t) for t in newest if t.role != "user"),
            "What you show is": USUAL * sum(map(self._media_in, newest)),
        }
        what = max(sizes, key=lambda name: sizes[name])
        about = not tokens
        return TooLong(what, tokens or sum(sizes.values()) // USUAL, self._size, about=about)

    def _tokens_of(self, turns: Sequence[Turn]) -> int:
        return sum(AROUND + sum(self._tokens_in(part) for part in turn.parts) for turn in turns)

    def _media_in(self, turn: Turn) -> int:
        """Tokens of its pictures and sounds."""
        return sum(self._media(p) for p in turn.parts if isinstance(p, Picture | Sound))

    def _tokens_in(self, part: Part) -> int:
        if isinstance(part, Picture | Sound):
            return self._media(part)
        if isinstance(part, ToolCall):
            return AROUND + size_in(part) // USUAL
        return len(self._vocabulary.tokens(part.text, special=False))


def split(turns: Sequence[Turn]) -> tuple[list[Turn], list[list[Turn]]]:
    """The instructions at the beginning, and the exchanges: a question and all up to the next."""
    first = next((n for n, turn in enumerate(turns) if turn.role != "system"), len(turns))
    groups: list[list[Turn]] = []
    for turn in turns[first:]:
        if turn.role == "user" or not groups:
            groups.append([])
        groups[-1].append(turn)
    return list(turns[:first]), groups


def size_of(turn: Turn) -> int:
    return sum(size_in(part) for part in turn.parts)


def size_in(part: Part) -> int:
    """Bytes of its words, about."""
    if isinstance(part, Picture | Sound):
        return 0
    if isinstance(part, ToolCall):
        return len(part.name) + len(repr(part.arguments))
    return len(part.text) if part.text.isascii() else len(part.text.encode("utf-8", "replace"))
