"""Arithmetic on sound without numpy: its loudness, its fades, and another rate or format."""

import sys
from array import array
from typing import NamedTuple

CODES = {"u8": "B", "s16": "h", "s32": "i", "f32": "f"}
FULL = {"u8": 128.0, "s16": 32_768.0, "s32": 2_147_483_648.0, "f32": 1.0}  # the loudest value
ZERO = {"u8": 128}
FADE = 0.005  # seconds


class Shape(NamedTuple):
    """What the bytes of a sound mean."""

    rate: int  # Hz
    channels: int
    sample: str  # a key of CODES

    @property
    def frame(self) -> int:
        """Bytes of one moment."""
        return array(CODES[self.sample]).itemsize * self.channels


SPEECH = Shape(16_000, 1, "s16")  # what recognisers want


def values(pcm: bytes, sample: str) -> array:
    """The samples as numbers; a half one at the end is left out."""
    found = array(CODES[sample])
    found.frombytes(pcm[: len(pcm) - len(pcm) % found.itemsize])
    if sys.byteorder == "big":
        found.byteswap()
    return found


def peak(pcm: bytes, sample: str) -> float:
    """How loud the loudest sample is, from 0 to 1."""
    found = values(pcm, sample)
    if not found:
        return 0.0
    zero = ZERO.get(sample, 0)
    return min(1.0, max(max(found) - zero, zero - min(found)) / FULL[sample])


def faded_in(pcm: bytes, rate: int) -> bytes:
    """Mono s16 that grows from nothing in its first FADE seconds."""
    found = values(pcm, "s16")
    length = min(len(found), int(rate * FADE))
    for n in range(length):
        found[n] = found[n] * n // length
    return found.tobytes()


def faded_out(pcm: bytes, rate: int) -> bytes:
    """Mono s16 that sinks to nothing in its last FADE seconds."""
    found = values(pcm, "s16")
    length = min(len(found), int(rate * FADE))
    for n in range(1, length + 1):
        found[-n] = found[-n] * n // length
    return found.tobytes()


class Converter:
    """Brings pieces of one sound to another shape, the way a straight line goes between points.

    Good enough for a file to hear again, or a loudspeaker that takes one rate only; recognisers
    get the sound as it came and do it better.
    """

    def __init__(self, source: Shape, target: Shape) -> None:
        self._source, self._target = source, target
        self._step = source.rate / target.rate
        self._at = 0.0  # of the next sample wanted, counted in samples of the piece to come
        self._before = 0.0  # the last sample of the piece before

    def convert(self, pcm: bytes) -> bytes:
        mono = self._mono(pcm)
        if self._step != 1.0:
            mono = self._resampled(mono)
        return self._written(mono)

    def _mono(self, pcm: bytes) -> list[float]:
        sample, channels = self._source.sample, self._source.channels
        zero, full = ZERO.get(sample, 0), FULL[sample] * channels
        found = values(pcm, sample)
        if channels == 1:
            return [(value - zero) / full for value in found]
        apart = zip(*(found[n::channels] for n in range(channels)), strict=False)
        return [(sum(frame) - zero * channels) / full for frame in apart]

    def _resampled(self, mono: list[float]) -> list[float]:
        points, made, at = [self._before, *mono], [], self._at
        while at < len(mono):
            n, part = int(at), at % 1.0
            made.append(points[n] + (points[n + 1] - points[n]) * part)
            at += self._step
        self._at, self._before = at - len(mono), points[-1]
        return made

    def _written(self, mono: list[float]) -> bytes:
        sample = self._target.sample
        zero, full = ZERO.get(sample, 0), FULL[sample]
        if sample == "f32":
            found = array("f", mono)
        else:
            top = full - 1
            found = array(CODES[sample], (int(max(-full, min(top, v * full))) + zero for v in mono))
        if self._target.channels > 1:
            found = array(found.typecode, (v for v in found for _ in range(self._target.channels)))
        if sys.byteorder == "big":
            found.byteswap()
        return found.tobytes()
