"""Small pictures of photos, a file each. Any of them may be missing: it is made again."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

SHARE = 1000  # files in a folder


def place(folder: Path, photo: int) -> Path:
    return folder / f"{photo // SHARE:04}" / f"{photo}.jpg"


class Thumbs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()
        self._sizes: dict[int, dict[str, int]] = {}  # share -> name -> bytes

    def write(self, photo: int, data: bytes) -> None:
        """Whole or not at all, but for a power cut. Raises OSError."""
        path = place(self._folder, photo)
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(data)
        fresh.replace(path)
        self._sizes.get(photo // SHARE, {})[path.name] = len(data)

    def holds(self, photo: int, size: int) -> bool:
        """Whether it is there, as long as it was written."""
        share = photo // SHARE
        if share not in self._sizes:
            self._sizes[share] = sizes(place(self._folder, photo).parent)
        return size > 0 and self._sizes[share].get(f"{photo}.jpg") == size

    def remove(self, photos: Iterable[int]) -> None:
        for photo in photos:
            with suppress(OSError):
                place(self._folder, photo).unlink(missing_ok=True)
            self._sizes.get(photo // SHARE, {}).pop(f"{photo}.jpg", None)


def sizes(folder: Path) -> dict[str, int]:
    try:
        with os.scandir(folder) as entries:
            return {one.name: one.stat().st_size for one in entries}
    except OSError:
        return {}
