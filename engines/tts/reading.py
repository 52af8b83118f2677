"""What of an answer is read aloud, and in which pieces, while the answer still grows.

reading = Reading()
for delta in answer:
    for clause in reading.feed(delta):
        speak(clause.text)
speak the rest: reading.end()
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engines.tts.announcing import announcement, instead
from engines.tts.blocks import Announced, Blocks, Item
from engines.tts.clauses import first_cut
from engines.tts.inline import Inline
from engines.tts.saying import ended, said
from engines.tts.traced import Span, Traced, made
from engines.tts.words import words_of

WINDOWS = (400, 3000)  # characters of a block that are looked at for one clause
CALM = 9  # a number of clauses after which commas matter little


class Clause(NamedTuple):
    """Words ready to be spoken (Speak.text), and where in the answer they come from."""

    text: str
    spans: tuple[Span, ...]

    def source(self, place: int, length: int) -> tuple[int, int] | None:
        """(start, end) in the answer of text[place : place + length]; None where it has none."""
        found = [
            (
                span.start + max(place - span.place, 0),
                span.start + min(end - span.place, span.length),
            )
            if span.end - span.start == span.length
            else (span.start, span.end)
            for span in self.spans
            if span.place < (end := place + length) and place < span.place + span.length
        ]
        return (min(one[0] for one in found), max(one[1] for one in found)) if found else None


class Reading:
    """One answer, fed as it grows. How it was cut into deltas makes no difference.

    language: two letters, of the answer. hurry: the first clause is a short one, for nothing is
    being heard yet. 1000 characters take 3 to 10 ms: feed a long text in pieces.
    """

    def __init__(self, language: str = "en", *, hurry: bool = True) -> None:
        self._language = language[:2].lower()
        self._instead = instead(self._language)
        self._blocks = Blocks()
        self._block = Traced()  # what is not spoken of the block of text that grows
        self._clauses = 0 if hurry else CALM
        self._announced = ""  # the last thing said, where it was not text

    def feed(self, delta: str) -> list[Clause]:
        return list(self._read(self._blocks.feed(delta)))

    def end(self) -> list[Clause]:
        return list(self._read(self._blocks.end()))

    def _read(self, items: Iterable[Item]) -> Iterator[Clause]:
        for item in items:
            if isinstance(item, Announced):
                yield from self._announce(item)
            elif item is None:  # END
                yield from self._cut(final=True)
            else:
                self._block += item
                yield from self._cut(final=False)

    def _cut(self, final: bool) -> Iterator[Clause]:
        while self._block:
            text = self._next(WINDOWS[0], final)
            if text is None and len(self._block) > WINDOWS[0]:
                text = self._next(WINDOWS[1], final)
            if text is None:
                return
            yield from self._clause(text, closes=final and not self._block)

    def _next(self, window: int, final: bool) -> Traced | None:
        """What can be cut off the block, seeing so much of it; None where that tells nothing."""
        seen = self._block[:window]
        whole = final and len(seen) == len(self._block)
        inline = Inline(seen, whole, self._instead)
        cut = first_cut(inline, self._clauses)
        if cut and cut.begins < len(inline.starts):
            text, self._block = inline.text[: cut.end], self._block[inline.starts[cut.begins] :]
        elif whole:
            text, self._block = inline.text, Traced()
        elif window == WINDOWS[-1] < len(self._block):  # all of it marks, or one word
            text, self._block = inline.text, self._block[max(inline.used, 1) :]
        else:
            return None
        return text

    def _clause(self, text: Traced, closes: bool) -> Iterator[Clause]:
        spoken = said(text, self._language)
        if not words_of(spoken.text):
            return
        if closes:
            spoken = ended(spoken)
        self._clauses += 1
        self._announced = ""
        yield Clause(spoken.text, spoken.spans())

    def _announce(self, item: Announced) -> Iterator[Clause]:
        """Once for neighbours of a kind."""
        text = announcement(item.what, item.detail, self._language)
        if text and item.what != self._announced:
            self._announced = item.what
            yield Clause(text, made(text, item.start, item.end).spans())
