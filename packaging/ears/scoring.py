"""Word errors, and how sure they are."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from spoken import spoken, written


class Errors(NamedTuple):
    wrong: int  # words put in, left out or mistaken
    words: int


def errors(wanted: str, found: str) -> Errors:
    """wanted: as spoken; found: as written down, digits or not."""
    one, other = _loosened(wanted), _loosened(words_of(found))
    row = list(range(len(other) + 1))
    for place, word in enumerate(one, 1):
        before, row[0] = row[0], place
        for at, heard in enumerate(other, 1):
            cost = min(row[at] + 1, row[at - 1] + 1, before + (word != heard))
            before, row[at] = row[at], cost
    return Errors(row[-1], len(one))


def words_of(text: str) -> str:
    plain = written(text)
    return spoken(plain) if plain else text.lower()


def _loosened(words: str) -> list[str]:
    """British and American numbers are the same."""
    return re.sub(r"\b(hundred|thousand|million) and\b", r"\1", words).split()


def rate(found: Sequence[Errors]) -> tuple[float, float, float]:
    """Word error in percent with its 95 % interval, from drawing utterances again 1,000 times."""
    wrong = np.array([one.wrong for one in found], float)
    words = np.array([one.words for one in found], float)
    random = np.random.default_rng(1)
    drawn = random.integers(0, len(found), (1000, len(found)))
    again = 100 * wrong[drawn].sum(1) / words[drawn].sum(1)
    low, high = np.percentile(again, (2.5, 97.5))
    return 100 * wrong.sum() / words.sum(), float(low), float(high)
