"""All files of a plugin, from its folder or a ZIP, bounded, with the hash a permission is bound to.

What is not read here does not exist for the plugin: its modules are loaded from these bytes.
"""

import io
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath

from engines.plugins import about
from engines.plugins.about import About, BadPlugin

FILES = 200
LARGEST = 8 << 20  # bytes of all of them
LONGEST_NAME = 200  # bytes of a name with its folders
PACKED = 4 * LARGEST  # bytes of a ZIP
DEEPEST = 6
ENTRIES = 5000  # looked at in a folder, with those that are passed over
LEFT_OUT = "__pycache__"  # and what begins with a dot
SMALLER = "Take out what it does not need."
BROKEN = "This ZIP file is damaged and cannot be read.", "Save or download it again."


@dataclass(frozen=True)
class Contents:
    about: About
    files: dict[str, bytes] = field(repr=False)  # by name: "plugin.py", "words/de.txt"
    digest: str  # SHA-256 of names and bytes

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))


def read(place: Path) -> Contents:
    """Of a folder or a ZIP. Raises BadPlugin, and OSError of the disk."""
    return of_files(zipped(place) if place.is_file() else dict(in_folder(place)))


def fingerprints(files: dict[str, bytes]) -> dict[str, str]:
    """Enough of the hash of each file to say in words which of them changed."""
    return {name: sha256(data).hexdigest()[:16] for name, data in sorted(files.items())}


def of_files(files: dict[str, bytes]) -> Contents:
    if about.FILE not in files:
        words = "There is no plugin.toml in it, so it is not a plugin."
        raise BadPlugin(words, "Choose the folder that plugin.toml lies in.")
    said = about.read(files[about.FILE])
    if said.entry not in files or not said.entry.endswith(".py"):
        shown = about.one_line(said.entry, 60)
        raise BadPlugin(f"It has no file {shown}, which should hold its tools.", about.MEND)
    return Contents(said, files, digest(files))


def digest(files: dict[str, bytes]) -> str:
    made = sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            made.update(len(part).to_bytes(8))
            made.update(part)
    return made.hexdigest()


def signature(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Another one where a file may have changed: quicker than to read them all."""
    found = []
    for name, entry in _walk(folder):
        about_it = entry.stat(follow_symlinks=False)
        found.append((name, about_it.st_size, about_it.st_mtime_ns, about_it.st_ino))
    return tuple(sorted(found))


def in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    left = LARGEST
    for count, (name, entry) in enumerate(_walk(folder), 1):
        _bounded(count, name)
        if not entry.is_file(follow_symlinks=False):
            raise BadPlugin(f"{_shown(name)} is a link or no file.", "Put the file itself there.")
        with _opened(entry.path) as file:
            data = file.read(left + 1)
        left -= len(data)
        _fits(left)
        yield name, data


def _opened(path: str):
    """Never waits for a pipe that took the file's place, nor follows a link."""
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags), "rb")


def _walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything but folders, what begins with a dot, and what Python keeps for itself."""
    waiting, looked = [(str(folder), "")], 0
    while waiting:
        place, above = waiting.pop()
        with os.scandir(place) as entries:
            here = list(islice(entries, ENTRIES - looked + 1))
            looked += len(here)
            if looked > ENTRIES:
                raise BadPlugin("There is too much in its folder.", SMALLER)
            for entry in sorted(here, key=lambda one: one.name):
                name = f"{above}{entry.name}"
                if not wanted(name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{name}/"))
                else:
                    yield name, entry


def wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = (one.startswith(".") and one != ".." for one in parts)
    return not any(hidden) and LEFT_OUT not in parts


def zipped(file: Path) -> dict[str, bytes]:
    """What a ZIP holds, also where all of it lies in one folder."""
    with file.open("rb") as opened:
        data = opened.read(PACKED + 1)
    if len(data) > PACKED:
        raise BadPlugin(f"The ZIP file is larger than {PACKED >> 20} MB.", SMALLER)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            found = dict(_members(packed, packed.infolist()))
    except BadPlugin:
        raise
    except Exception as error:  # a decoder may raise anything
        raise BadPlugin(*BROKEN, str(error)) from error
    tops = {name.partition("/")[0] for name in found}
    if about.FILE not in found and len(tops) == 1:
        found = {name.partition("/")[2]: data for name, data in found.items() if "/" in name}
    return found


def _members(
    packed: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo]
) -> Iterator[tuple[str, bytes]]:
    """Counted by the bytes that come out, whatever the file says of itself."""
    left, seen = LARGEST, set[str]()
    files = [one for one in members if not one.is_dir() and wanted(one.filename)]
    for count, one in enumerate(files, 1):
        _bounded(count, one.filename)
        kind = stat.S_IFMT(one.external_attr >> 16)
        if one.flag_bits & 1 or kind not in (0, stat.S_IFREG):
            words = f"{_shown(one.filename)} is a link or is locked with a password."
            raise BadPlugin(words, "Pack the plain files.")
        if one.filename.lower() in seen:
            raise BadPlugin(f"{_shown(one.filename)} is in it twice.", "Pack it again.")
        seen.add(one.filename.lower())
        with packed.open(one) as member:
            data = member.read(left + 1)
        left -= len(data)
        _fits(left)
        yield one.filename, data


def _bounded(count: int, name: str) -> None:
    if count > FILES:
        raise BadPlugin(f"It has more than {FILES} files.", SMALLER)
    parts = name.split("/")
    plain = name.isprintable() and name.isascii() and "\\" not in name and ":" not in name
    if not plain or len(name) > LONGEST_NAME or len(parts) > DEEPEST:
        words = f"The name {_shown(name)} cannot be used in a plugin."
        raise BadPlugin(words, "Use short names of letters and digits.")
    if any(part in ("", ".", "..") for part in parts):
        raise BadPlugin(f"{_shown(name)} leads out of its folder.", "Pack it again.")


def _fits(left: int) -> None:
    if left < 0:
        raise BadPlugin(f"It is larger than {LARGEST >> 20} MB.", SMALLER)


def _shown(name: str) -> str:
    return f"“{about.one_line(name, 60)}”"
