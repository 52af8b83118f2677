"""Where the characters of a markdown source stand in what is shown of it, found by its words."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

AHEAD = 60  # words of the source that may be missing in a row: an address, a formula

_WORD = re.compile(r"[^\W_]+")


class Place(NamedTuple):
    """Characters start to end of one of the shown texts."""

    number: int  # which text
    start: int
    end: int


class Aligned:
    """One stretch of source and the texts it became, in order."""

    def __init__(self, source: str, texts: Sequence[str]) -> None:
        self._words = [(found.start(), found.end()) for found in _WORD.finditer(source)]
        self._texts = texts
        shown = [
            (number, found.start(), found.end())
            for number, text in enumerate(texts)
            for found in _WORD.finditer(text)
        ]
        pairs = paired(
            [source[start:end] for start, end in self._words],
            [texts[number][start:end] for number, start, end in shown],
        )
        self._shown = [shown[pair] if pair >= 0 else None for pair in pairs]

    def place(self, start: int, end: int) -> Place | None:
        """Where these characters of the source are shown; None when none of their words is.

        What runs over two texts is only shown in the first.
        """
        found: Place | None = None
        for index in range(self._first_after(start), len(self._words)):
            first, last = self._words[index]
            if first >= end:
                break
            if (shown := self._shown[index]) is None:
                continue
            number, begin, _ = shown
            left, right = begin + max(0, start - first), begin + min(last, end) - first
            if found is None:
                found = Place(number, left, right)
            elif found.number == number:
                found = Place(number, found.start, right)
        return found

    def following(self, place: int) -> Place | None:
        """The first shown word that begins at or after a place of the source."""
        for index in range(self._first_after(place), len(self._words)):
            shown = self._shown[index]
            if shown and self._words[index][0] >= place:
                return Place(*shown)
        return None

    def last_before(self, place: int) -> Place | None:
        """The last shown word that begins before a place of the source."""
        for index in range(bisect_left(self._words, (place, 0)) - 1, -1, -1):
            if shown := self._shown[index]:
                return Place(*shown)
        return None

    def _first_after(self, place: int) -> int:
        """The first word that ends after a place."""
        return bisect_left(self._words, place + 1, key=lambda word: word[1])


@lru_cache(64)
def aligned(source: str, texts: tuple[str, ...]) -> Aligned:
    return Aligned(source, texts)


def paired(source: Sequence[str], shown: Sequence[str]) -> list[int]:
    """For each word of source which of the shown words it is, -1 for none; both in order.

    Where the two differ, they meet again at the nearest two words that follow one another in both.
    """
    spots: dict[tuple[str, str], list[int]] = {}
    for place, pair in enumerate(zip(shown, [*shown[1:], ""], strict=True)):
        spots.setdefault(pair, []).append(place)
    after = [*source[1:], ""]
    pairs = [-1] * len(source)
    here, there = 0, 0
    while here < len(source) and there < len(shown):
        if source[here] != shown[there]:
            nearest = len(source) + len(shown)
            meets = None
            for skipped in range(min(AHEAD, len(source) - here)):
                if skipped >= nearest:
                    break
                known = spots.get((source[here + skipped], after[here + skipped]), ())
                at = bisect_left(known, there)
                if at < len(known) and skipped + known[at] - there < nearest:
                    nearest = skipped + known[at] - there
                    meets = here + skipped, known[at]
            if meets is None:
                here += 1
                continue
            here, there = meets
        pairs[here] = there
        here, there = here + 1, there + 1
    return pairs


def in_document(text: str, place: int) -> int:
    """A place in text as a document counts: what lies beyond the first 65,536 characters of
    Unicode, as pictures of faces, takes two places there."""
    return place + sum(letter > "\uffff" for letter in text[:place])
