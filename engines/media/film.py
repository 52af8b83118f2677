"""Films: opened by their path, which is the only file the process may read."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ParleyError
from engines.media import frames, previews
from engines.media.apart import MEGABYTE, Apart, Bounds
from engines.messages import Event, Loaded, Pixels, ReadFrames, Request
from engines.protocol import EngineSpec, Kind

SECONDS, MEMORY = 60, 1536 * MEGABYTE


@dataclass(frozen=True)
class Options:
    pass


class Film:
    def __init__(self, path: Path) -> None:
        self._path, self._apart = path, Apart()

    def loaded(self) -> Loaded:
        return Loaded(name="Film")

    def run(self, request: Request) -> Generator[Event, None, None]:
        if not isinstance(request, ReadFrames):
            raise ParleyError("A film cannot do that.", "", type(request).__name__)
        if request.count < 1 or request.longest < 1 or request.preview < 0:
            raise ParleyError("So much cannot be read of a film.", "", repr(request))
        most = previews.needed(request.longest, request.preview)
        bounds = Bounds("film", SECONDS, MEMORY, (self._path,))
        for event in self._apart.run(
            lambda: frames.spread(self._path, request.count, most), bounds
        ):
            if isinstance(event, Pixels):
                yield from previews.shown(event, request.longest, request.preview)
            else:
                yield event

    def interrupt(self) -> None:
        self._apart.stop()

    def close(self) -> None:
        self._apart.stop()


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Film:
    return Film(model)


SPEC = EngineSpec(
    *("film", Kind.MEDIA, "Films", Options, create),
    imports=(
        *("av", "av.subtitles.stream", "av.subtitles.codeccontext"),  # which av loads when it opens
        *("PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin"),
    ),
    forks=True,
)
