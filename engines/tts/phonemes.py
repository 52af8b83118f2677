"""Which phonemes of a sentence belong to which of its words.

espeak-ng gives one string of phonemes for a sentence. It runs short words together ("of the")
and says others in several ("3.50"), so that spaces among the phonemes are not always words.
"""

from collections.abc import Iterator, Sequence

NEAR = 5  # phonemes that a word may be from where it should be
ENOUGH = 6  # phonemes of a word that are compared
AFTER_SPACE, FAR = 0.7, 0.4  # what a space before it, and each phoneme of distance, weigh
LONG = 250  # phonemes of one breath; a longer sentence is made in parts
SPACE, PAUSES, STRESS = " ", ",;:", "ˈˌ"
UNHEARD = f" .,;:!?{STRESS}ː"


def word_starts(rows: Sequence[Sequence[str]], apart: Sequence[Sequence[str]]) -> list[int]:
    """For each word the number of its first phoneme, counted through all rows.

    apart has the phonemes of each word when it is said by itself: from word to word the place is
    looked for that is most like it, near where it should be.
    """
    together = [phoneme for row in rows for phoneme in row]
    places = [n for n, one in enumerate(together) if one not in UNHEARD]
    sound = [together[n] for n in places]
    opens = {n for n, place in enumerate(places) if together[place - 1] in UNHEARD}
    found, least, expected = [], 0, 0
    for word in apart:
        bare = [one for one in word if one not in UNHEARD]
        best = _most_alike(bare, sound, range(least, expected + NEAR + 1), expected, opens)
        place = places[best] if places else 0
        found.append(place - (place > 0 and together[place - 1] in STRESS))
        least, expected = best + 1, best + len(bare)
    return found


def _most_alike(
    word: list[str], sound: list[str], places: range, expected: int, opens: set[int]
) -> int:
    tried = range(max(places.start, expected - NEAR), min(places.stop, len(sound)))

    def likeness(place: int) -> float:
        same = sum(
            a == b for a, b in zip(word[:ENOUGH], sound[place : place + ENOUGH], strict=False)
        )
        return same + AFTER_SPACE * (place in opens) - FAR * abs(place - expected)

    return max(tried, key=likeness, default=max(len(sound) - 1, 0))


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
