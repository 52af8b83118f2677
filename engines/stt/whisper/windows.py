"""How much Whisper hears and writes at once, and what is tried again when a result looks bad."""

import math
from collections.abc import Iterator
from typing import NamedTuple

PER_SECOND = 100  # frames of the spectrum
SHORTEST = 10  # seconds; a shorter window loses words and makes loops
ROOM = 2  # seconds after the sound
PATIENCE_OF_LOOPS = 8  # tokens besides those that the length allows
RATE, FINE_RATE = 6, 20  # tokens that may be said in a second, FINE_RATE with a small vocabulary
SMALL = 20_000  # tokens; with fewer it was taught on little
TEMPERATURES = (0.4, 0.8)


def window(seconds: float, most: int) -> int:
    """Frames to encode for so many seconds: with some room, and `most` where that is near it."""
    length = max(math.ceil(seconds) + ROOM, SHORTEST) * PER_SECOND
    return min(length, most)


def longest(most: int) -> float:
    """Seconds of sound that a model of so many frames hears at once."""
    return most / PER_SECOND - ROOM


def tokens(seconds: float, vocabulary: int) -> int:
    """How many tokens so many seconds can hold; more is a loop."""
    rate = FINE_RATE if vocabulary < SMALL else RATE
    return PATIENCE_OF_LOOPS + math.ceil(rate * seconds)


class Attempt(NamedTuple):
    frames: int
    beam: int
    temperature: float
    tokens: int


def attempts(
    seconds: float, most: int, vocabulary: int, beam: int = 1, once: bool = False
) -> Iterator[Attempt]:
    """What to try, in order, until a result is good: short and quick first, then the whole
    window, then chance."""
    short, limit = window(seconds, most), tokens(seconds, vocabulary)
    yield Attempt(short, beam, 0.0, limit)
    if once:
        return
    if short < most:
        yield Attempt(most, beam, 0.0, 2 * limit)
    for temperature in TEMPERATURES:
        yield Attempt(most, 1, temperature, 2 * limit)
