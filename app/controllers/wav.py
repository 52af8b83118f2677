"""WAV files: what a microphone left there, also when Parley ended in the middle of it."""

import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from engines.errors import ParleyError

RATE = 16_000  # Hz of what is heard with, and of what is kept
PIECE = 0.25  # seconds
SAMPLES = {(1, 8): "u8", (1, 16): "s16", (1, 32): "s32", (3, 32): "f32"}
EXTENSIBLE = 0xFFFE
NO_SOUND = ParleyError("This sound file cannot be read.", "It is not a whole WAV file.")


class Form(NamedTuple):
    """How samples lie in a file: sample is "u8", "s16", "s32" or "f32" as in Hear."""

    rate: int
    channels: int
    sample: str
    frame: int  # bytes of one sample of all channels


def pieces(file: Path) -> Iterator[tuple[Form, bytes]]:
    """All that is there, whatever length the header tells. Raises ParleyError or OSError."""
    with file.open("rb") as opened:
        form = _find_data(opened)
        size = max(1, int(form.rate * PIECE)) * form.frame
        while block := opened.read(size):
            yield form, block[: len(block) - len(block) % form.frame]


def seconds(file: Path) -> float:
    """How long it lasts; 0 for what is no sound."""
    try:
        with file.open("rb") as opened:
            form = _find_data(opened)
            left = file.stat().st_size - opened.tell()
    except (OSError, ParleyError):
        return 0.0
    return max(0, left) / form.frame / form.rate


def read(file: Path) -> tuple[bytes, int]:
    """The samples of a file Parley kept (mono, s16) and their rate."""
    found = list(pieces(file))
    form = found[0][0] if found else Form(RATE, 1, "s16", 2)
    if (form.channels, form.sample) != (1, "s16"):
        raise NO_SOUND
    return b"".join(block for _, block in found), form.rate


def write(file: Path, pcm: bytes, rate: int = RATE) -> None:
    """Whole, or as it was before: mono, s16."""
    fresh = file.with_suffix(".new")
    fresh.touch(0o600)
    with wave.open(str(fresh), "wb") as opened:
        opened.setparams((1, 2, rate, 0, "NONE", ""))
        opened.writeframes(pcm)
    fresh.replace(file)


def _find_data(file: BinaryIO) -> Form:
    """Go to the first sample."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NO_SOUND
    form: Form | None = None
    while len(head := file.read(8)) == 8:
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data" and form:
            return form
        if name == b"fmt ":
            form = _form(file.read(size + size % 2))
        else:
            file.seek(size + size % 2, 1)
    raise NO_SOUND


def _form(about: bytes) -> Form:
    if len(about) < 16:
        raise NO_SOUND
    kind, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", about)
    if kind == EXTENSIBLE and len(about) >= 26:
        kind = int.from_bytes(about[24:26], "little")
    sample = SAMPLES.get((kind, bits))
    if not sample or not channels or not rate or frame != channels * bits // 8:
        raise NO_SOUND
    return Form(rate, channels, sample, frame)
