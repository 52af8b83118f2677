"""One text on its way to the loudspeaker: what is still to be said, and what was heard of it."""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from app.store.conversations import StoredTurn
from engines.tts.reading import Clause, Reading

SLICE = 500  # characters of a finished text that are read at a time


class Said(NamedTuple):
    """A word in the sound of a speech (seconds) and in the text of its turn (characters)."""

    begins: float
    ends: float
    start: int
    end: int


@dataclass(eq=False)
class Speech:
    """number is what Sound knows it by; seconds count from its first sample."""

    number: int
    turn: StoredTurn
    cuts: bool  # who interrupts it does not know the rest: it is the answer to what was asked
    reading: Reading
    asked: float = 0.0  # when the person sent what this answers
    text: str = ""  # that is not read yet
    whole: bool = False  # no more text will come
    waiting: deque[Clause] = field(default_factory=deque)
    words: list[Said] = field(default_factory=list)
    length: float = 0.0  # of the sound so far
    heard: float = 0.0  # of it, by the person
    spoken: Clause | None = None  # is being made into sound
    closed: bool = False  # the loudspeaker knows that nothing follows
    _since: float = 0.0  # where its sound begins
    _ended: bool = False
    _closed: str = ""  # the end of a paragraph that was read before it came

    def add(self, text: str) -> None:
        """More of a text that grows."""
        text, self._closed = text.removeprefix(self._closed), ""
        self.text += text

    def close_paragraph(self, mark: str) -> None:
        """What comes next begins with mark; the words before it can be said."""
        if not self._closed:
            self.text += mark
            self._closed = mark

    def end(self) -> None:
        """The text has come to its end."""
        self.whole = True

    def next(self) -> Clause | None:
        """What is to be said next; None while it is not known, and when nothing is left."""
        while not self.waiting and self.text:
            piece, self.text = self.text[:SLICE], self.text[SLICE:]
            self.waiting += self.reading.feed(piece)
        if not self.waiting and self.whole and not self._ended:
            self._ended = True
            self.waiting += self.reading.end()
        self.spoken = self.waiting.popleft() if self.waiting else None
        self._since = self.length
        return self.spoken

    @property
    def over(self) -> bool:
        """Nothing is left to be said."""
        return self._ended and not self.waiting and self.spoken is None

    def take_word(self, place: int, length: int, begins: float, ends: float) -> None:
        """A word of the clause; begins and ends count from where the sound of the clause does."""
        if self.spoken and (source := self.spoken.source(place, length)):
            self.words.append(Said(self._since + begins, self._since + ends, *source))

    def done(self) -> None:
        """The clause is sound."""
        self.spoken = None

    def again(self, whole: bool = False) -> None:
        """The voice broke off: the clause once more, unless some of it was heard; whole: then
        too."""
        if self.spoken and (whole or not self.sounded):
            self.waiting.appendleft(self.spoken)
        self.spoken = None

    def give_up(self) -> None:
        """There is no voice for the rest: it is only on the screen, and that cuts nothing."""
        self.waiting.clear()
        self.text, self.spoken, self.cuts, self._ended = "", None, False, True

    def take_sound(self, seconds: float) -> None:
        self.length += seconds

    @property
    def sounded(self) -> bool:
        """Some of the clause that is spoken has become sound."""
        return self.length > self._since

    def word_at(self, seconds: float) -> Said | None:
        """The word being said, or the last one before a pause."""
        number = bisect_right(self.words, seconds, key=lambda word: word.begins)
        return self.words[number - 1] if number else None

    def heard_to(self, seconds: float) -> int:
        """Up to which character the text was heard; of a word at least half must have been."""
        return max((w.end for w in self.words if (w.begins + w.ends) / 2 <= seconds), default=0)

    def cut_at(self, seconds: float) -> int:
        """Like heard_to; 0 when nothing was heard, -1 when all there is to hear was."""
        heard = self.heard_to(seconds)
        all_said = self.over and all((w.begins + w.ends) / 2 <= seconds for w in self.words)
        return -1 if all_said else heard
