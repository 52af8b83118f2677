"""Finds models that lie here more than once, by the SHA-256 of their weights."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engines.errors import ParleyError
from engines.models import hashing
from engines.models.found import Found
from engines.models.gguf import files_of
from engines.models.shelves.walk import never

OURS = "Parley"
SAMPLE = 64 << 10  # bytes
NAMED = re.compile(r"(?:sha256[-:])?([0-9a-f]{64})")  # blobs of Ollama and of the hub's library


class Hashes(Protocol):
    """Where the SHA-256 of a file is kept, so that a large one is read only once: the store."""

    def known_hash(self, path: str, size: int, mtime_ns: int, inode: int) -> str | None: ...

    def remember_hash(
        self, path: str, size: int, mtime_ns: int, inode: int, sha256: str
    ) -> None: ...


def merged(
    models: Sequence[Found], hashes: Hashes, cancelled: Callable[[], bool] = never
) -> list[Found]:
    """Each model once, in order; `also` says where else it lies. What is away stays as it is.

    Of copies the one that sees is kept, then ours, then the first. Whole files are read only
    where size and samples are the same, and once only. Raises HashingCancelled.
    """
    kept: dict[int, Found] = dict(enumerate(models))
    for group in _alike(models):
        by_hash: dict[str, list[int]] = {}
        for place in group:
            with suppress(ParleyError, OSError):
                digest = _hash(weights_of(models[place]), hashes, cancelled)
                by_hash.setdefault(digest, []).append(place)
        for places in by_hash.values():
            _merge(kept, places)
    return list(kept.values())


def weights_of(model: Found) -> Path:
    """The file that makes the model what it is."""
    if model.path in model.files or not model.files:
        return model.path
    return max(model.files, key=_size)


def _hash(path: Path, hashes: Hashes, cancelled: Callable[[], bool]) -> str:
    name = NAMED.fullmatch(path.resolve().name)
    if name and len(files_of(path)) == 1:
        return name[1]
    about = path.stat()
    key = (str(path), about.st_size, about.st_mtime_ns, about.st_ino)
    if known := hashes.known_hash(*key):
        return known
    digest = hashing.sha256(path, cancelled=cancelled)
    hashes.remember_hash(*key, digest)
    return digest


def _merge(kept: dict[int, Found], places: list[int]) -> None:
    first, *others = sorted(
        places, key=lambda n: (not kept[n].projector, kept[n].source != OURS, n)
    )
    sources = dict.fromkeys(s for n in others for s in (kept[n].source, *kept[n].also))
    also = dict.fromkeys((*kept[first].also, *sources))
    also.pop(kept[first].source, None)
    kept[first] = replace(kept[first], also=tuple(also))
    for place in others:
        del kept[place]


def _alike(models: Sequence[Found]) -> Iterator[list[int]]:
    """Places of models that may be copies of each other."""
    there = [place for place, model in enumerate(models) if model.there]
    sized = _groups(there, lambda n: (models[n].job, _whole_size(weights_of(models[n]))))
    for group in sized:
        yield from _groups(group, lambda n: _sample(weights_of(models[n])))


def _groups(places: Iterable[int], key: Callable[[int], object]) -> list[list[int]]:
    found: dict[object, list[int]] = {}
    for place in places:
        with suppress(OSError):
            found.setdefault(key(place), []).append(place)
    return [group for group in found.values() if len(group) > 1]


def _whole_size(path: Path) -> tuple[int, ...]:
    return tuple(part.stat().st_size for part in files_of(path))


def _sample(path: Path) -> bytes:
    """Of the beginning, the middle and the end."""
    size, digest = path.stat().st_size, hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        for place in (0, size // 2, max(0, size - SAMPLE)):
            file.seek(place)
            digest.update(file.read(SAMPLE))
    return digest.digest()


def _size(file: Path) -> int:
    try:
        return os.path.getsize(file)  # noqa: PTH202
    except OSError:
        return 0
