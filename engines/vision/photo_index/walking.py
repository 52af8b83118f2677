"""What lies in a granted folder: its photos with their sizes and times, and nothing opened."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SUFFIXES = frozenset(
    (b".jpg", b".jpeg", b".jpe", b".jfif", b".png", b".webp", b".gif", b".heic", b".heif")
    + (b".avif", b".tif", b".tiff", b".bmp")
)
LEFT_OUT = frozenset((b"@eadir", b"$recycle.bin", b"system volume information", b"thumbs.db"))
DEEPEST = 64  # folders within folders


class Found(NamedTuple):
    """A file that may be a photo; size in bytes, modified in ns."""

    folder: bytes
    name: bytes
    size: int
    modified: int


class Folder(NamedTuple):
    """A folder, with its photos; files is None where it could not be read."""

    path: bytes
    modified: int
    files: list[Found] | None


def path_of(path: bytes) -> Path:
    return Path(os.fsdecode(path))


def device(root: bytes) -> int | None:
    """The device a granted folder lies on; None where it is not there now."""
    try:
        about = path_of(root).stat()
        os.listdir(root)  # some shares are there and cannot be read  # noqa: PTH208
    except OSError:
        return None
    return about.st_dev if stat.S_ISDIR(about.st_mode) else None


def walk(root: bytes) -> Iterator[Folder]:
    """Every folder below root and itself. Links are not followed, so there are no circles.

    What begins with a dot is left out, as the bins and small pictures of other programs do.
    """
    waiting = [(root, 0)]
    while waiting:
        path, depth = waiting.pop()
        try:
            modified = path_of(path).stat().st_mtime_ns
            files, folders = _look(path)
        except OSError:
            yield Folder(path, 0, None)
            continue
        yield Folder(path, modified, files)
        if depth < DEEPEST:
            waiting += [(one, depth + 1) for one in folders]


def _look(path: bytes) -> tuple[list[Found], list[bytes]]:
    files, folders = [], []
    with os.scandir(path) as entries:
        for entry in entries:
            low = entry.name.lower()
            if low.startswith(b".") or low in LEFT_OUT:
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif suffix(low) in SUFFIXES and entry.is_file(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    files.append(Found(path, entry.name, about.st_size, about.st_mtime_ns))
            except OSError:
                continue  # gone since, or not to be asked about
    return files, folders


def suffix(name: bytes) -> bytes:
    return b"." + name.rpartition(b".")[2]
