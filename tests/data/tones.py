"""Sounds a test can make and recognise without numpy: plain tones."""

import math
from array import array

LOUD = 9_000  # of 32767


def tone(hertz: float, seconds: float, rate: int = 16_000, loud: int = LOUD) -> bytes:
    """Mono, s16."""
    step = 2 * math.pi * hertz / rate
    return array(
        "h", (round(loud * math.sin(step * n)) for n in range(int(rate * seconds)))
    ).tobytes()


def silence(seconds: float, rate: int = 16_000) -> bytes:
    return bytes(2 * int(rate * seconds))


def strength(samples: array, hertz: float, rate: int) -> float:
    """How much of the sound is a tone of this pitch, from 0 to 1 (Goertzel's way)."""
    power = sum(value * value for value in samples)
    if not power:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    before = last = 0.0
    for value in samples:
        before, last = last, value + turn * last - before
    found = before * before + last * last - turn * before * last
    return 2 * found / (power * len(samples))


def pitch(samples: array, rate: int) -> float:
    """Hertz of a plain tone, by its crossings of zero."""
    ups = [n for n in range(1, len(samples)) if samples[n - 1] < 0 <= samples[n]]
    parts = [n - samples[n] / ((samples[n] - samples[n - 1]) or 1) for n in ups]
    return (len(parts) - 1) * rate / (parts[-1] - parts[0]) if len(parts) > 1 else 0.0
