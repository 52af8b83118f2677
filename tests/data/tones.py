"""Sounds a test can make and recognise without numpy: plain tones."""

import math
import statistics
from array import array
from itertools import pairwise

LOUD = 9_000  # of 32767


def tone(hertz: float, seconds: float, rate: int = 16_000, loud: int = LOUD) -> bytes:
    """Mono, s16."""
    step = 2 * math.pi * hertz / rate
    return array(
        "h", (round(loud * math.sin(step * n)) for n in range(int(rate * seconds)))
    ).tobytes()


def silence(seconds: float, rate: int = 16_000) -> bytes:
    return bytes(2 * int(rate * seconds))


def pitch(samples: array, rate: int) -> float:
    """Hertz of a plain tone: by the middle one of its waves, as a busy computer tears some."""
    ups = [n for n in range(1, len(samples)) if samples[n - 1] < 0 <= samples[n]]
    at = [n - samples[n] / (samples[n] - samples[n - 1]) for n in ups]
    waves = [after - before for before, after in pairwise(at)]
    return rate / statistics.median(waves) if waves else 0.0
