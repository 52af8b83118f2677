"""Looks at the photos of the folders a person granted, and keeps where they lie.

Reads those folders, writes only its own index, and gives way to everything else.
"""

from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from os import fsencode
from pathlib import Path

from engines.errors import ParleyError
from engines.messages import Event, Loaded, Request, ScanPhotos
from engines.options import option
from engines.protocol import EngineSpec, Kind
from engines.vision import folders
from engines.vision.photo_index.facts import Facts, opened
from engines.vision.photo_index.looking import Looker
from engines.vision.photo_index.scanning import Scan
from engines.vision.photo_index.seeing import Eyes
from engines.vision.photo_index.thumbs import Thumbs
from engines.vision.photo_index.vectors import Vectors

FACTS, TRYING = "photos.db", "trying"


@dataclass(frozen=True)
class Options:
    index: str = option("", "")  # folder of what is known
    thumbs: str = option("", "")  # folder of the small pictures
    packages: str = option("", "")  # folder of those that other eyes than Parley's own need


class Photos:
    def __init__(self, eyes: Eyes, options: Options) -> None:
        self._eyes, self._index = eyes, Path(options.index)
        self._thumbs = Thumbs(Path(options.thumbs))
        self._looker = Looker()
        self._facts: Facts | None = None
        self._scan: Scan | None = None

    def loaded(self) -> Loaded:
        return self._eyes.loaded

    def run(self, request: Request) -> Generator[Event, None, None]:
        if not isinstance(request, ScanPhotos):
            raise ParleyError("The photos cannot do that.", "", type(request).__name__)
        if self._scan is None:
            self._scan = self._begin()
        yield from self._scan.run([fsencode(one) for one in request.folders])

    def _begin(self) -> Scan:
        self._index.mkdir(parents=True, exist_ok=True)
        self._facts = opened(self._index / FACTS)
        file = vectors_of(self._index, self._eyes.identity)
        for other in self._index.glob("*.f16"):
            if other != file:
                with suppress(OSError):  # somebody still looks into it
                    other.unlink()
        return Scan(
            *(self._facts, Vectors(file, self._eyes.dims, write=True), self._thumbs, self._eyes),
            *(self._index / TRYING, self._looker.look, self._looker.together),
        )

    def interrupt(self) -> None:
        self._looker.stop()

    def close(self) -> None:
        self._looker.stop()
        if self._facts:
            self._facts.close()


def vectors_of(index: Path, identity: str) -> Path:
    return index / f"{identity}.f16"


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Photos:
    return Photos(Eyes(model, options.packages, progress), options)


SPEC = EngineSpec(
    *("photos", Kind.VISION, "Photos", Options, create),
    imports=(
        *("numpy", "onnx", "onnxruntime", "tokenizers", "apsw", "pillow_heif"),
        *("PIL.Image", "PIL.ImageCms", "PIL.JpegImagePlugin", "PIL.PngImagePlugin"),
    ),
    forks=True,
    patient=True,
    read=folders.files,
)
