"""Goes through the folders of strangers: quickly, never in circles, and not for ever."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MANY = 100_000  # entries below one root
BEYOND = 5_000  # entries that only links out of the root lead to
DEEP = 10  # folders in folders
LEFT_OUT = frozenset(("$recycle.bin", "system volume information", "node_modules", "lost+found"))
GOING_ON = (".part", ".aria2", ".crdownload", ".incomplete", ".download", ".downloading", ".tmp")
BEGUN = ("incomplete-", "downloading_")  # as GPT4All and LM Studio call what is not whole yet


class Folder(NamedTuple):
    """What lies in one folder; names in order, those of downloads that go on left out."""

    path: Path
    files: tuple[str, ...]


class Waiting(NamedTuple):
    path: str
    depth: int
    beyond: bool  # reached by a link that leads out of the root


def never() -> bool:
    return False


def walk(root: Path, cancelled: Callable[[], bool] = never) -> Iterator[Folder]:
    """The folder root and those below it, the nearest first; what links lead to comes last.

    Never raises: a folder that cannot be read holds nothing.
    """
    inside = os.path.realpath(root)
    waiting, later = deque([Waiting(str(root), 0, False)]), deque[Waiting]()
    seen: set[tuple[int, int]] = set()
    left = {False: MANY, True: BEYOND}
    while (waiting or later) and not cancelled():
        at = (waiting or later).popleft()
        with suppress(OSError, ValueError):
            about = os.stat(at.path)  # noqa: PTH116
            if (who := (about.st_dev, about.st_ino)) in seen:
                continue
            seen.add(who)
            files, folders = _look(at, left)
            yield Folder(Path(at.path), _whole(files))
            for path, link in folders:
                beyond = at.beyond or (link and not _within(path, inside))
                (later if beyond else waiting).append(Waiting(path, at.depth + 1, beyond))


def _look(at: Waiting, left: dict[bool, int]) -> tuple[set[str], list[tuple[str, bool]]]:
    """Files by name, and folders by path with whether they are links."""
    files: set[str] = set()
    folders: list[tuple[str, bool]] = []
    with os.scandir(at.path) as entries:
        for entry in entries:
            if left[at.beyond] <= 0:
                break
            left[at.beyond] -= 1
            if not _plain(entry.name):
                continue
            with suppress(OSError):
                if entry.is_file():
                    files.add(entry.name)
                elif at.depth < DEEP and entry.is_dir():
                    folders.append((entry.path, entry.is_symlink()))
    return files, sorted(folders)


def _plain(name: str) -> bool:
    """Not hidden, and with a name that can be said."""
    hidden = name.startswith(".") or name.lower() in LEFT_OUT
    return not hidden and all(not "\ud800" <= letter <= "\udfff" for letter in name)


def _whole(files: set[str]) -> tuple[str, ...]:
    """Without what is being downloaded: by its own name, or by that of a file beside it."""
    return tuple(
        name
        for name in sorted(files)
        if not name.endswith(GOING_ON)
        and not name.startswith(BEGUN)
        and not any(name + mark in files for mark in GOING_ON)
    )


def _within(path: str, root: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(root)
