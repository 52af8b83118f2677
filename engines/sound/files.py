"""Sound files: read to samples a piece at a time, and written from samples."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from engines import jail
from engines.errors import ParleyError
from engines.messages import Done, Event, Loaded, Pcm, Progress, ReadSound, Request, WriteSound
from engines.protocol import EngineSpec, Kind
from engines.sound import decoding
from engines.sound.decoding import RATE, SoundFile
from engines.sound.encoding import Writing

LONGEST_PIECE = 600  # seconds
QUIET = 0.3  # seconds: so long is the pause that is looked for
STEP = 0.02


@dataclass(frozen=True)
class Options:
    pass


class SoundFiles:
    """Opened with a sound file it reads that; it writes in any case."""

    def __init__(self, file: SoundFile | None) -> None:
        self._file = file
        self._writing = Writing()

    def loaded(self) -> Loaded:
        if (file := self._file) is None:
            return Loaded(name="Sound files")
        return Loaded(file.title, file.codec, size=file.size, seconds=file.seconds)

    def run(self, request: Request) -> Generator[Event, None, Done]:
        match request:
            case WriteSound():
                yield from self._writing.take(request)
                return Done()
            case ReadSound() if self._file:
                return (yield from self._read(self._file, request))
            case _:
                raise ParleyError("Sound files cannot do that.", "", type(request).__name__)

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _read(self, file: SoundFile, asked: ReadSound) -> Generator[Event, None, Done]:
        length = 0 < asked.seconds <= LONGEST_PIECE and 0 <= asked.pause < asked.seconds
        if not length or not asked.at >= 0:
            raise ParleyError("So much cannot be read at once.", "", repr(asked))
        file.go_to(asked.at)
        tail = bytearray()  # where the piece may end
        sure = round((asked.seconds - asked.pause) * RATE) * 2 if asked.pause else -1
        for part in file.read(asked.seconds):
            if not part:
                yield Progress("reading", int(file.position), int(file.seconds))
            elif sure < 0:
                yield Pcm(part, RATE)
            else:
                early, late = part[:sure], part[sure:]
                sure -= len(early)
                tail += late
                if early:
                    yield Pcm(early, RATE)
        if tail:
            yield Pcm(self._up_to_pause(file, bytes(tail)), RATE)
        if not file.over:
            return Done()
        return Done("damaged" if file.damaged else "end")

    def _up_to_pause(self, file: SoundFile, tail: bytes) -> bytes:
        if file.over:
            return tail
        end = quietest(tail)
        file.unread(tail[end:])
        return tail[:end]


def quietest(pcm: bytes) -> int:
    """The place in bytes in the middle of the quietest moment; the last one of several."""
    import numpy

    step, window = round(STEP * RATE), round(QUIET / STEP)
    steps = len(pcm) // 2 // step
    if steps <= window:
        return len(pcm)
    heard = numpy.frombuffer(pcm, "<i2", steps * step).astype("f4").reshape(steps, step)
    energy = numpy.convolve(numpy.square(heard).mean(axis=1), numpy.ones(window), "valid")
    last = len(energy) - 1 - int(numpy.argmin(energy[::-1]))
    return (last + window // 2) * step * 2


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> SoundFiles:
    if model.is_dir():
        return SoundFiles(None)
    jail.bound_memory(decoding.MEMORY)
    return SoundFiles(SoundFile(model))


def readable(model: Path) -> tuple[Path, ...]:
    """The one sound file; nothing where none was given, which arrives as a folder."""
    return () if model.is_dir() else (model,)


SPEC = EngineSpec(
    *("sound_files", Kind.SOUND, "Sound files", Options, create),
    imports=("av", "numpy"),
    read=readable,
)
