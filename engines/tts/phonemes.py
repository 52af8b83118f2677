"""Which phonemes of a sentence belong to which of its words.

espeak-ng gives one string of phonemes for a sentence. It runs short words together ("of the")
and says others in several ("3.50"), so that spaces among the phonemes are not always words.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence

NEAR = 3  # phonemes within which a word begins at a space after all
LONG = 250  # phonemes of one breath; a longer sentence is made in parts
SPACE, PAUSES = " ", ",;:"


def word_starts(
    rows: Sequence[Sequence[str]], words: Sequence[str], weigh: Callable[[str], int]
) -> list[int]:
    """For each word the number of its first phoneme, counted through all rows.

    weigh tells how many phonemes a word has by itself; asked only where spaces do not tell.
    """
    starts = list(_after_spaces(rows))
    if len(starts) == len(words):
        return starts
    total = sum(len(row) for row in rows)
    weights = [max(weigh(word), 1) for word in words]
    scale = total / max(sum(weights), 1)
    reached = itertools.accumulate(weights[:-1], initial=0)
    found: list[int] = []
    for place in (round(weight * scale) for weight in reached):
        near = [one for one in starts if abs(one - place) <= NEAR]
        best = min(near, key=lambda one: abs(one - place), default=place)
        found.append(max(best, found[-1] if found else 0))
    return found


def _after_spaces(rows: Sequence[Sequence[str]]) -> Iterator[int]:
    place = 0
    for row in rows:
        begins = True
        for number, phoneme in enumerate(row):
            if phoneme == SPACE:
                begins = True
            elif begins and not (len(phoneme) == 1 and phoneme in ".,;:!?"):
                begins = False
                yield place + number
        place += len(row)


def breaths(row: Sequence[str]) -> Iterator[Sequence[str]]:
    """A sentence in parts short enough to wait for, cut at its last pause, or space, in each."""
    while len(row) > LONG:
        end = _last(row[:LONG], PAUSES) or _last(row[:LONG], SPACE) or LONG
        yield row[:end]
        row = row[end:]
    if row:
        yield row


def _last(row: Sequence[str], signs: str) -> int:
    """The end of the last of these signs in the second half of a row; 0 for none."""
    half = len(row) // 2
    places = [n for n, phoneme in enumerate(row) if n > half and phoneme in signs]
    return places[-1] + 1 if places else 0
