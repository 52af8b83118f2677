"""Which words of a growing take stand, and which may still change.

LocalAgreement-2: a word is confirmed when two hypotheses in a row, each of the whole take so far,
agree on it and on all before it. A confirmed word is never taken back.
"""

import re
from collections.abc import Sequence

# scripts written without spaces between words: Thai to Burmese, Khmer, Japanese, Chinese
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"\s*(?:[{UNSPACED}]|[^\s{UNSPACED}]+)")
TAIL = 12  # confirmed words that are looked for in a hypothesis that differs from them
SHIFT = 4  # by so many words they may have moved
MARKS = re.compile(r"[\W_]+")


def words(text: str) -> list[str]:
    """The words of a text with the space before each; joined they are the text, but for its end."""
    return WORD.findall(text)


def same(one: str, other: str) -> bool:
    """Whether two words differ in no more than capitals and punctuation."""
    return _bare(one) == _bare(other)


def _bare(word: str) -> str:
    word = word.strip().casefold()
    return MARKS.sub("", word) or word


class Agreement:
    """The live text of one take."""

    def __init__(self) -> None:
        self._confirmed: list[str] = []
        self._open: list[str] = []  # what the last hypothesis says after the confirmed words

    @property
    def confirmed(self) -> str:
        return "".join(self._confirmed).strip()

    @property
    def unconfirmed(self) -> str:
        return "".join(self._open).strip()

    @property
    def text(self) -> str:
        return "".join((*self._confirmed, *self._open)).strip()

    def hear(self, hypothesis: str) -> None:
        """Take in what the whole take so far is thought to say."""
        heard = words(hypothesis)
        rest = heard[_place(self._confirmed, heard) :]
        agreed = 0
        while agreed < min(len(rest), len(self._open)) and same(rest[agreed], self._open[agreed]):
            agreed += 1
        self._confirmed += rest[:agreed]
        self._open = rest[agreed:]


def _place(confirmed: Sequence[str], heard: Sequence[str]) -> int:
    """Where in a hypothesis the words after the confirmed ones begin.

    A hypothesis may see a confirmed word otherwise, or as two. The last confirmed words are
    laid over it so that the fewest words differ.
    """
    count = len(confirmed)
    if all(same(*pair) for pair in zip(confirmed, heard, strict=False)):
        return min(count, len(heard))
    ours = [_bare(word) for word in confirmed[-TAIL:]]
    first = max(count - len(ours) - SHIFT, 0)
    theirs = [_bare(word) for word in heard[first : count + SHIFT]]
    free = first > 0  # what lies before the last words is not compared
    costs = [0 if free else place for place in range(len(theirs) + 1)]
    for number, word in enumerate(ours, 1):
        before, costs = costs, [number]
        for place, other in enumerate(theirs):
            swapped = before[place] + (word != other)
            costs.append(min(swapped, before[place + 1] + 1, costs[place] + 1))
    places = range(len(theirs) + 1)
    return first + min(places, key=lambda place: (costs[place], abs(first + place - count)))
