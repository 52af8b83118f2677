"""WAV files of takes: what is written while someone speaks, and reading whatever became of it."""

import struct
from pathlib import Path
from typing import NamedTuple

from app.audio.samples import CODES, Shape
from engines.errors import ParleyError

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
PLAIN, FLOAT = 1, 3  # what the numbers in a file are
MOST = 512 * 1024 * 1024  # bytes of one file; a WAV file could not say more than eight times that
RATES = range(1_000, 400_000)
NOT_OURS = "This is not a sound that Parley recorded."


class Recorded(NamedTuple):
    pcm: bytes  # whole frames
    shape: Shape

    @property
    def seconds(self) -> float:
        return len(self.pcm) / (self.shape.frame * self.shape.rate)


def header(shape: Shape, size: int) -> bytes:
    """What stands before size bytes of samples."""
    kind = FLOAT if shape.sample == "f32" else PLAIN
    bits = shape.frame // shape.channels * 8
    return HEADER.pack(
        *(b"RIFF", size + HEADER.size - 8, b"WAVE", b"fmt ", 16, kind),
        *(shape.channels, shape.rate, shape.rate * shape.frame, shape.frame, bits, b"data", size),
    )


def shape_of(start: bytes) -> Shape:
    """From the first bytes of a file. Raises ParleyError when they are not as header makes them."""
    if len(start) < HEADER.size:
        raise ParleyError(NOT_OURS, detail="shorter than a header")
    riff, _, wave, fmt, _, kind, channels, rate, _, frame, bits, data, _ = HEADER.unpack_from(start)
    samples = {(PLAIN, 8): "u8", (PLAIN, 16): "s16", (PLAIN, 32): "s32", (FLOAT, 32): "f32"}
    sample = samples.get((kind, bits))
    if (riff, wave, fmt, data) != (b"RIFF", b"WAVE", b"fmt ", b"data") or sample is None:
        raise ParleyError(NOT_OURS, detail="another header")
    if rate not in RATES or not 1 <= channels <= 32 or frame != channels * bits // 8:
        raise ParleyError(NOT_OURS, detail="a header that cannot be")
    assert sample in CODES
    return Shape(rate, channels, sample)


def read(file: Path) -> Recorded:
    """A take's sound, also when its writing was cut off: it goes on to the end of the file.

    Raises ParleyError, or OSError. Of a longer file the first MOST bytes are read.
    """
    with file.open("rb") as opened:
        shape = shape_of(opened.read(HEADER.size))
        pcm = opened.read(MOST)
    return Recorded(pcm[: len(pcm) - len(pcm) % shape.frame], shape)
