"""Pictures and documents of strangers become plain pixels and text."""

import ctypes
import gc
import mimetypes
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ParleyError
from engines.media import kinds, pictures, previews
from engines.media.apart import Apart, Bounds
from engines.media.documents import reading
from engines.media.kinds import LARGEST
from engines.messages import Event, Loaded, Pixels, ReadDocument, ReadPicture, Request
from engines.options import option
from engines.protocol import EngineSpec, Kind

PICTURE = Bounds("picture", 30)
DRAWING = Bounds("drawing", 15)
DOCUMENT = Bounds("document", 60)


@dataclass(frozen=True)
class Options:
    fonts: str = option("", "")  # a folder with the fonts that drawings are written in


class Media:
    """Holds the libraries in memory; every file is read in a fork of it."""

    def __init__(self, options: Options) -> None:
        self._apart = Apart()
        self._fonts = Path(options.fonts) if options.fonts else None
        mimetypes.knownfiles.clear()  # openpyxl asks for the system's, which may not be read here
        pictures.prepare()
        gc.collect()
        gc.freeze()  # a fork copies no page because of its collector

    def loaded(self) -> Loaded:
        return Loaded(name="Pictures and documents")

    def run(self, request: Request) -> Generator[Event, None, None]:
        match request:
            case ReadPicture():
                check_size(request.data, request.longest, request.preview)
                most = previews.needed(request.longest, request.preview)
                data, box, fonts = request.data, request.box, self._fonts
                bounds = DRAWING if kinds.what(data).name in ("SVG", "GZIP") else PICTURE
                bounds = bounds._replace(read=(fonts,) if fonts and bounds is DRAWING else ())
                work = lambda: [pictures.decoded(data, most, box, fonts)]  # noqa: E731
                yield from self._seen(work, bounds, request)
            case ReadDocument():
                check_size(request.data, request.longest, request.preview)
                most = previews.needed(request.longest, request.preview)
                read = reading.reader(request.data, request.name)
                yield from self._seen(lambda: read(request.data, most), DOCUMENT, request)
            case _:
                raise ParleyError("This cannot be read.", "", type(request).__name__)

    def interrupt(self) -> None:
        self._apart.stop()

    def close(self) -> None:
        self._apart.stop()

    def _seen(
        self,
        work: Callable[[], Iterable[Event]],
        bounds: Bounds,
        asked: ReadPicture | ReadDocument,
    ) -> Iterator[Event]:
        try:
            for event in self._apart.run(work, bounds):
                if isinstance(event, Pixels):
                    yield from previews.shown(event, asked.longest, asked.preview)
                else:
                    yield event
        finally:
            give_back()


def check_size(data: bytes, longest: int, preview: int) -> None:
    if len(data) > LARGEST:
        size = f"{len(data) / 1e6:,.0f} MB"
        raise ParleyError(
            f"This file has {size}; Parley reads up to {LARGEST >> 20} MB.",
            "Make it smaller, or attach a part of it.",
        )
    if longest < 1 or preview < 0:
        raise ParleyError("So small a picture cannot be made.", "", f"{longest}, {preview}")


def give_back() -> None:
    """Memory that is free goes back to the system at once; where the C library can."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Media:
    return Media(options)


SPEC = EngineSpec(
    *("media", Kind.MEDIA, "Pictures and documents", Options, create),
    imports=("PIL.Image", "PIL.ImageCms", "PIL.JpegImagePlugin", "PIL.PngImagePlugin"),
    forks=True,
    read=lambda model: (),
)
