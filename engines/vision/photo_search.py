"""Finds photos in what is known of them. Reads no folder of the person, only the index."""

from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from struct import pack
from typing import Any

from engines.errors import ParleyError
from engines.media.kinds import LARGEST
from engines.messages import (
    Event,
    FindPhotos,
    Loaded,
    PhotosFound,
    Pixels,
    Request,
    ShowPhotos,
)
from engines.protocol import EngineSpec, Kind
from engines.vision import folders, photos
from engines.vision.folders import EyesRefused
from engines.vision.photo_index.facts import Facts
from engines.vision.photo_index.finding import Finding, Recent
from engines.vision.photo_index.looking import LONGEST, MEMORY, SECONDS
from engines.vision.photo_index.seeing import Eyes
from engines.vision.photo_index.vectors import Vectors
from engines.vision.photo_index.wording import phrasings, wanted
from engines.vision.photos import FACTS, Options, vectors_of

MOST = 2_000  # photos of one answer to something that was asked
GONE = ParleyError("This photo is not known any more.", "Search again.")


class PhotoSearch:
    def __init__(self, eyes: Eyes, options: Options) -> None:
        from engines.media import pictures
        from engines.media.apart import Apart

        self._eyes, self._index = eyes, Path(options.index)
        self._facts: Facts | None = None
        self._vectors: Vectors | None = None
        self._finding: Finding | None = None
        self._epoch = -1
        self._worded = Recent()
        self._apart = Apart()
        pictures.prepare()

    def loaded(self) -> Loaded:
        return self._eyes.loaded

    def run(self, request: Request) -> Generator[Event, None, None]:
        match request:
            case FindPhotos():
                finding = self._current()
                keys = self._find(finding, request) if finding else []
                seen = self._vectors is not None
                name = self._eyes.loaded.name if seen else ""
                known = finding.known if finding else 0
                yield PhotosFound(pack(f"<{len(keys)}Q", *keys), known, name)
            case ShowPhotos():
                if finding := self._current():
                    shown = map(finding.photo, request.keys)
                    yield from (one for one in shown if one)
            case _:
                raise ParleyError("Photos cannot be found so.", "", type(request).__name__)

    def interrupt(self) -> None:
        self._apart.stop()

    def close(self) -> None:
        self._apart.stop()
        self._close_index()

    # The index

    def _current(self) -> Finding | None:
        """With all that is known by now; None where nothing was looked at yet."""
        if not (self._index / FACTS).is_file():
            self._close_index()
            return None
        if self._facts is None:
            self._facts = Facts(self._index / FACTS)
        if self._facts.stand[0] != self._epoch or self._finding is None:
            self._epoch = self._facts.stand[0]
            self._open_vectors(self._facts.model)
            self._finding = Finding(self._facts, self._vectors)
        self._finding.refresh()
        return self._finding

    def _open_vectors(self, model: str) -> None:
        if self._vectors:
            self._vectors.close()
        self._vectors = None
        if model == self._eyes.identity:
            with suppress(OSError):
                self._vectors = Vectors(vectors_of(self._index, model), self._eyes.dims)

    def _close_index(self) -> None:
        for one in (self._facts, self._vectors):
            if one:
                one.close()
        self._facts = self._vectors = self._finding = None

    # What is asked

    def _find(self, finding: Finding, asked: FindPhotos) -> list[int]:
        count = max(1, min(asked.count, MOST))
        sought = wanted(asked.words)
        vector: Any = None
        if asked.picture:
            vector = self._seen(asked.picture)
        elif asked.like:
            vector = finding.vector(asked.like)
            if vector is None:
                raise GONE
        elif not asked.words.strip():
            return finding.newest()
        elif sought.text:
            vector = self._meant(sought.text)
        return finding.find(sought, vector if self._vectors else None, count)

    def _meant(self, text: str) -> Any:
        """Where words lie: the middle of several phrasings."""
        if (known := self._worded.get(text)) is not None:
            return known
        try:
            vectors = self._eyes.words(phrasings(text))
        except EyesRefused:  # words that mean nothing to them: only names are compared
            return None
        return self._worded.put(text, unit(sum(vectors)))

    def _seen(self, data: bytes) -> Any:
        from engines.media import pictures
        from engines.media.apart import Bounds

        if len(data) > LARGEST:
            raise ParleyError("This picture is too large.", "Choose a smaller one.")
        bounds = Bounds("picture", SECONDS, MEMORY)
        for event in self._apart.run(lambda: [pictures.decoded(data, LONGEST)], bounds):
            if isinstance(event, Pixels):
                return self._eyes.embed(event.width, event.height, event.rgb)
        raise ParleyError("The search was stopped.")


def unit(vector: Any) -> Any:
    import numpy

    return vector / max(float(numpy.linalg.norm(vector)), 1e-9)


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> PhotoSearch:
    return PhotoSearch(Eyes(model, options.packages, progress), options)


SPEC = EngineSpec(
    *("photo_search", Kind.VISION, "Search of photos", Options, create),
    imports=photos.SPEC.imports,
    forks=True,
    read=folders.files,
)
