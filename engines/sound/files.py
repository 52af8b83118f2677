"""Sound files: read to samples a piece at a time, and written from samples."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ParleyError
from engines.messages import Done, Event, Loaded, Request, WriteSound
from engines.protocol import EngineSpec, Kind
from engines.sound.encoding import Writing


@dataclass(frozen=True)
class Options:
    pass


class SoundFiles:
    """Opened with a sound file it reads that; it writes in any case."""

    def __init__(self) -> None:
        self._writing = Writing()

    def loaded(self) -> Loaded:
        return Loaded(name="Sound files")

    def run(self, request: Request) -> Generator[Event, None, Done]:
        match request:
            case WriteSound():
                yield from self._writing.take(request)
            case _:
                raise ParleyError("Sound files cannot do that.", "", type(request).__name__)
        return Done()

    def close(self) -> None:
        pass


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> SoundFiles:
    return SoundFiles()


def readable(model: Path) -> tuple[Path, ...]:
    """The one sound file; nothing where none was given, which arrives as a folder."""
    return () if model.is_dir() else (model,)


SPEC = EngineSpec(
    "sound_files", Kind.SOUND, "Sound files", Options, create, imports=("av",), read=readable
)
