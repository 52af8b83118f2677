"""WAV files of takes: what is written while someone speaks, and reading whatever became of it."""

import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from app.audio.samples import SPEECH, Converter, Shape
from engines.errors import ParleyError

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
PLAIN, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE  # what the numbers in a file are
SAMPLES = {(PLAIN, 8): "u8", (PLAIN, 16): "s16", (PLAIN, 32): "s32", (FLOAT, 32): "f32"}
RATES, CHANNELS = range(1_000, 400_000), range(1, 33)
LARGEST_FORMAT = 1_000  # bytes
PIECE = 0.25  # seconds
NO_SOUND = ParleyError("This sound file cannot be read.", "It is not a whole WAV file.")


def header(shape: Shape, size: int) -> bytes:
    """What stands before size bytes of samples."""
    kind = FLOAT if shape.sample == "f32" else PLAIN
    bits = shape.frame // shape.channels * 8
    return HEADER.pack(
        *(b"RIFF", size + HEADER.size - 8, b"WAVE", b"fmt ", 16, kind),
        *(shape.channels, shape.rate, shape.rate * shape.frame, shape.frame, bits, b"data", size),
    )


def find_sound(file: IO[bytes]) -> Shape:
    """Go to the first sample. Raises ParleyError or OSError."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NO_SOUND
    shape: Shape | None = None
    while len(head := file.read(8)) == 8:
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data" and shape:
            return shape
        if name == b"fmt " and size <= LARGEST_FORMAT:
            shape = _shape(file.read(size + size % 2))
        else:
            file.seek(size + size % 2, 1)
    raise NO_SOUND


def pieces(file: Path) -> Iterator[tuple[Shape, bytes]]:
    """All that is there, whatever length the header tells. Raises ParleyError or OSError."""
    with file.open("rb") as opened:
        shape = find_sound(opened)
        size = int(shape.rate * PIECE) * shape.frame
        while block := opened.read(size):
            yield shape, block[: len(block) - len(block) % shape.frame]


def seconds(file: Path) -> float:
    """How long it lasts; 0 for what is no sound."""
    try:
        with file.open("rb") as opened:
            shape = find_sound(opened)
            left = file.stat().st_size - opened.tell()
    except (OSError, ParleyError):
        return 0.0
    return max(0, left) / shape.frame / shape.rate


def read(file: Path) -> tuple[bytes, int]:
    """Its samples as mono s16, and their rate. Raises ParleyError or OSError."""
    found: list[bytes] = []
    rate, converter = SPEECH.rate, None
    for shape, pcm in pieces(file):
        rate, wanted = shape.rate, Shape(shape.rate, 1, "s16")
        converter = converter or Converter(shape, wanted)
        found.append(pcm if shape == wanted else converter.convert(pcm))
    return b"".join(found), rate


def write(file: Path, pcm: bytes, rate: int = SPEECH.rate) -> None:
    """Whole, or as it was before: mono, s16."""
    fresh = file.with_suffix(".new")
    fresh.touch(0o600)
    with wave.open(str(fresh), "wb") as opened:
        opened.setparams((1, 2, rate, 0, "NONE", ""))
        opened.writeframes(pcm)
    fresh.replace(file)


def _shape(about: bytes) -> Shape:
    if len(about) < 16:
        raise NO_SOUND
    kind, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", about)
    if kind == EXTENSIBLE and len(about) >= 26:
        kind = int.from_bytes(about[24:26], "little")
    sample = SAMPLES.get((kind, bits))
    if not sample or rate not in RATES or channels not in CHANNELS:
        raise NO_SOUND
    if frame != channels * bits // 8:
        raise NO_SOUND
    return Shape(rate, channels, sample)
