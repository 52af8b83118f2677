"""Text that knows which places of an answer it was made from."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """text[place : place + length] was made from answer[start : end].

    Where both are equally long they go character by character.
    """

    place: int
    length: int
    start: int
    end: int


class Traced:
    """Immutable; origins has a (start, end) of the answer for each character."""

    __slots__ = ("origins", "text")

    def __init__(self, text: str = "", origins: Iterable[tuple[int, int]] = ()) -> None:
        self.text, self.origins = text, list(origins)

    def __len__(self) -> int:
        return len(self.text)

    def __add__(self, other: "Traced") -> "Traced":
        return Traced(self.text + other.text, self.origins + other.origins)

    def __getitem__(self, part: slice) -> "Traced":
        return Traced(self.text[part], self.origins[part])

    def strip(self) -> "Traced":
        start = len(self.text) - len(self.text.lstrip())
        return self[start : start + len(self.text.strip())]

    def sub(self, pattern: re.Pattern[str], replaced: Callable[[re.Match[str]], str]) -> "Traced":
        """What replaces a match comes from all the places the match came from."""
        at, text, origins = 0, "", []
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = replaced(match)
            if new == match[0]:
                continue
            text += self.text[at:start] + new
            origins += self.origins[at:start]
            if start < end:
                origins += [self.range(start, end)] * len(new)
            else:
                origins += [(self.range(start - 1, start)[1],) * 2] * len(new)
            at = end
        if not at and not text:
            return self
        return Traced(text + self.text[at:], origins + self.origins[at:])

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The places of the answer that text[start:end] came from; (0, 0) for no text."""
        part = self.origins[max(start, 0) : end]
        if not part:
            return (0, 0)
        return min(one[0] for one in part), max(one[1] for one in part)

    def spans(self) -> tuple[Span, ...]:
        found: list[Span] = []
        place = 0
        while place < len(self.origins):
            start, end = self.origins[place]
            exact, whole = self._run(place, 1), self._run(place, 0)
            if exact >= whole:
                found.append(Span(place, exact, start, start + exact))
            elif whole == end - start:  # equally long by chance, yet not one to one
                found += [Span(place, 1, start, end), Span(place + 1, whole - 1, start, end)]
            else:
                found.append(Span(place, whole, start, end))
            place += max(exact, whole)
        return tuple(found)

    def _run(self, place: int, step: int) -> int:
        """How many characters from here come from the same places, or (step 1) one by one."""
        start, end = self.origins[place]
        if step and end - start != 1:
            return 0
        length = 1
        for origin in self.origins[place + 1 :]:
            if origin != (start + step * length, end + step * length):
                break
            length += 1
        return length


def from_source(text: str, place: int) -> Traced:
    return Traced(text, ((place + i, place + i + 1) for i in range(len(text))))


def made(text: str, start: int, end: int) -> Traced:
    return Traced(text, [(start, end)] * len(text))
