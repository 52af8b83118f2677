"""The cache of Hugging Face's library: snapshots of a repository, made of links to its blobs."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from engines.models.found import Found
from engines.models.shelves import folder as any_folder

PREFIX, SNAPSHOTS = "models--", "snapshots"
COMMIT = 100  # characters of a reference; a commit has 40
MOST = 10_000  # repositories


def search(source: str, root: Path, cancelled: Callable[[], bool]) -> Iterator[Found]:
    for repository in _folders(root):
        if cancelled():
            return
        if repository.name.startswith(PREFIX):
            yield from _in_repository(source, repository, cancelled)


def _in_repository(source: str, repository: Path, cancelled: Callable[[], bool]) -> Iterator[Found]:
    """Of several snapshots, a file counts where it is newest."""
    seen: set[str] = set()
    for snapshot in _snapshots(repository):
        here = set()
        for model in any_folder.search(source, snapshot, cancelled):
            place = os.path.relpath(model.path, snapshot)
            if place not in seen:
                here.add(place)
                yield model
        seen |= here


def _snapshots(repository: Path) -> list[Path]:
    """That of the main branch first, then the latest."""
    main = ""
    with suppress(OSError, ValueError), (repository / "refs" / "main").open("rb") as file:
        main = file.read(COMMIT).decode("ascii").strip()
    times: dict[Path, float] = {}
    for folder in _folders(repository / SNAPSHOTS):
        with suppress(OSError):
            times[folder] = folder.stat().st_mtime
    return sorted(times, key=lambda one: (one.name != main, -times[one]))


def _folders(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as entries:
            first = [entry for entry, _ in zip(entries, range(MOST), strict=False)]
        return sorted(Path(entry.path) for entry in first if entry.is_dir())
    except OSError:
        return []
