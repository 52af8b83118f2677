"""The folders the person granted: names as they are said, and the files they stand for."""

import os
import stat
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path

from engines.errors import ParleyError
from engines.tools.texts import folded, printable

NONE_GRANTED = "You may not read any folder yet."
ASK = "The person can grant a folder under Tools."
OUTSIDE = "{} is outside the folders you may read, which are: {}."
MOST_VISITED = 50_000  # entries of folders in one search
LONGEST = 10.0  # seconds of one search


class Folders:
    """Raises ParleyError, worded for the model, for whatever cannot be found."""

    def __init__(self, paths: Sequence[str]) -> None:
        if not paths:
            raise ParleyError(NONE_GRANTED, ASK)
        self.all = tuple(Path(path) for path in paths)
        names = [path.name for path in self.all]
        self._short = {p: p.name for p in self.all if names.count(p.name) == 1}

    def name(self, path: Path) -> str:
        """As short as it stays clear: with the name of its granted folder in front."""
        folder = self._above(path)
        if folder is None or folder not in self._short:
            return printable(str(path))
        return printable(str(Path(self._short[folder], path.relative_to(folder))))

    def names(self) -> str:
        return ", ".join(map(self.name, self.all))

    def find(self, said: str) -> Path:
        """The one file or folder that is meant; it lies in a granted folder, links followed."""
        found: dict[Path, Path] = {}
        outside = True
        for folder, rest in self._meant(said):
            if rest is None:
                continue
            outside = False
            with suppress(OSError, RuntimeError):  # a link that leads in circles
                if path := walk_down(folder, rest):
                    found.setdefault(path.resolve(), path)
        if outside:
            raise ParleyError(OUTSIDE.format(shown(said), self.names()), ASK)
        if not found:
            raise ParleyError(
                f"There is no {shown(said)} in the folders you may read.", "list_files shows them."
            )
        if len(found) > 1:
            every = ", ".join(printable(str(path)) for path in found.values())
            raise ParleyError(f"{shown(said)} may be one of these: {every}.", "Give it in full.")
        real, path = next(iter(found.items()))
        if self._above(real) is None:
            raise ParleyError(f"{self.name(path)} leads out of the folders you may read.", ASK)
        return real

    def _meant(self, said: str) -> Iterator[tuple[Path, tuple[str, ...] | None]]:
        """(granted folder, names below it) for each reading; None: that one leads out of it."""
        path = Path(os.path.normpath(os.path.expanduser(said.strip())))  # noqa: PTH111
        for folder in self.all:
            if path.is_absolute():
                yield folder, below(path, folder)
                continue
            yield folder, below(folder / path, folder)
            if path.parts[:1] == (folder.name,):
                yield folder, below(folder.parent / path, folder)

    def _above(self, path: Path) -> Path | None:
        return next((one for one in self.all if path.is_relative_to(one)), None)

    def inside(self, path: Path) -> bool:
        """Whether a link, too, stays within what was granted."""
        return self._above(path.resolve()) is not None


def below(path: Path, folder: Path) -> tuple[str, ...] | None:
    path = Path(os.path.normpath(path))
    return path.relative_to(folder).parts if path.is_relative_to(folder) else None


def walk_down(folder: Path, names: Sequence[str]) -> Path | None:
    """A name is also found by another spelling of it, as only one file has it."""
    for name in names:
        if not os.path.lexists(folder / name):
            alike = [one for one in entries(folder) if spelled(one.name) == spelled(name)]
            if len(alike) != 1:
                return None
            name = alike[0].name
        folder = folder / name
    return folder


def spelled(name: str) -> str:
    return unicodedata.normalize("NFC", printable(name)).casefold()


def shown(said: str) -> str:
    return repr(printable(said if len(said) <= 100 else said[:99] + "…"))


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Sorted by name, hidden ones left out; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            listed = [one for one in found if not one.name.startswith(".")]
    except OSError:
        return []
    return sorted(listed, key=lambda one: (folded(one.name), one.name))


class Search:
    """Files below folders, nearest first, until too many were seen or too long was looked."""

    def __init__(self, starts: Sequence[Path], pattern: str) -> None:
        self._starts, self._pattern = starts, wildcard(pattern)
        self._until = time.monotonic() + LONGEST
        self._seen = 0
        self.complete = True

    def files(self) -> Iterator[Path]:
        """Links are not followed: what they lead to is found where it lies."""
        for start in self._starts:
            todo = [start]
            while todo and self.goes_on():
                folder = todo.pop(0)
                for one in entries(folder):
                    self._seen += 1
                    if one.is_dir(follow_symlinks=False):
                        todo.append(Path(one.path))
                    elif one.is_file(follow_symlinks=False):
                        path = Path(one.path)
                        if fits(path, start, self._pattern):
                            yield path

    def goes_on(self) -> bool:
        self.complete &= self._seen <= MOST_VISITED and time.monotonic() < self._until
        return self.complete


def wildcard(pattern: str) -> str:
    """A pattern without any wildcard is a piece of the name."""
    pattern = spelled(pattern.strip())
    return pattern if not pattern or any(c in pattern for c in "*?[") else f"*{pattern}*"


def fits(path: Path, start: Path, pattern: str) -> bool:
    """A pattern with a slash is of the path below start, one without it of the name alone."""
    name = str(path.relative_to(start)) if "/" in pattern else path.name
    return not pattern or fnmatchcase(spelled(name), pattern)


@contextmanager
def told(name: str) -> Iterator[None]:
    """What the system says no to, in words."""
    try:
        yield
    except OSError as error:
        raise ParleyError(f"{name} cannot be read: {error.strerror or error}.") from error


def is_plain(path: Path) -> bool:
    """Not a folder, a device or the end of a pipe, which would keep a reader waiting."""
    return stat.S_ISREG(path.stat().st_mode)
