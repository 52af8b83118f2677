"""What is known of a fetch that is not over: beside the files, so that it survives everything.

A journal may be anybody's: it is read with bounds, and what it says is there is looked at.
"""

import errno
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from engines.models.fetching.names import JOURNAL, distinct, parts_of
from engines.models.fetching.troubles import HostileName
from engines.models.hub import COMMIT, REPOSITORY, SHA256, Listing, Remote

FULL = (errno.ENOSPC, errno.EDQUOT)
LARGEST = 32 << 20  # bytes of a journal
Bytes = Annotated[int, msgspec.Meta(ge=0, le=1 << 50)]
PartSize = Annotated[int, msgspec.Meta(ge=1, le=1 << 50)]
Crc = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]


class WrittenFile(msgspec.Struct, frozen=True):
    name: str
    size: Bytes
    sha256: str = ""
    git_sha1: str = ""
    etag: str = ""
    part: PartSize = 1 << 25  # bytes of each part but the last
    parts: list[tuple[Bytes, Crc]] = []  # bytes on the disk and their CRC, in order

    @property
    def done(self) -> int:
        return sum(done for done, _ in self.parts)

    @property
    def remote(self) -> Remote:
        return Remote(self.name, self.size, self.sha256, self.git_sha1)


class Journal(msgspec.Struct, frozen=True):
    endpoint: str
    repository: str
    commit: str
    files: list[WrittenFile]
    licence: str = ""
    gated: bool = False
    version: int = 1

    @property
    def done(self) -> int:
        return sum(file.done for file in self.files)

    @property
    def listing(self) -> Listing:
        """As much of it as was chosen."""
        files = tuple(one.remote for one in self.files)
        return Listing(self.repository, self.commit, self.licence, self.gated, files)


def path_of(folder: Path, repository: str, names: tuple[str, ...]) -> Path:
    told = "\n".join([repository, *sorted(names)]).encode("utf-8", "surrogatepass")
    return folder / f"parley-{hashlib.sha256(told).hexdigest()[:16]}{JOURNAL}"


def read(path: Path) -> Journal | None:
    """None where there is none, or one that nobody should trust."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        found = msgspec.json.decode(path.read_bytes(), type=Journal)
        return found if _sound(found) else None
    except (OSError, ValueError, RecursionError, HostileName):
        return None


def _sound(found: Journal) -> bool:
    distinct(one.name for one in found.files)
    return (
        found.version == 1
        and REPOSITORY.fullmatch(found.repository) is not None
        and ".." not in found.repository
        and COMMIT.fullmatch(found.commit) is not None
        and bool(found.files)
        and all(_sound_file(one) for one in found.files)
    )


def _sound_file(one: WrittenFile) -> bool:
    parts_of(one.name)  # raises HostileName
    part = one.part
    hashed = SHA256.fullmatch(one.sha256) or (not one.sha256 and COMMIT.fullmatch(one.git_sha1))
    count = -(-one.size // part)
    fits = len(one.parts) == count and all(
        done <= min(part, one.size - at * part) for at, (done, _) in enumerate(one.parts)
    )
    return bool(hashed) and fits and one.etag.isprintable() and len(one.etag) < 500


def write(path: Path, journal: Journal, lasting: bool) -> None:
    """Old or new, never half. lasting: also when the power fails now."""
    body = msgspec.json.encode(journal).ljust(_room(journal))
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)  # whatever it is, it is not written through
        with new.open("xb") as opened:
            opened.write(body)
            opened.flush()
            if lasting:
                os.fsync(opened.fileno())
        new.replace(path)
    except OSError as error:
        if error.errno not in FULL or path.is_symlink():
            raise
        new.unlink(missing_ok=True)
        with path.open("rb+") as opened:  # it always was as long as it is now, so there is room
            opened.write(body)


def _room(journal: Journal) -> int:
    """Bytes it never needs more of; spaces at its end are no part of it."""
    texts = sum(len(f"{one.name}{one.etag}".encode()) for one in journal.files)
    return 2000 + 12 * texts + sum(700 + 32 * len(one.parts) for one in journal.files)


@dataclass(frozen=True)
class Unfinished:
    """A fetch somebody began here."""

    listing: Listing  # of the chosen files only
    names: tuple[str, ...]
    folder: Path
    endpoint: str
    done: int  # bytes
    total: int


def unfinished(folder: Path) -> tuple[Unfinished, ...]:
    """All that were begun in a folder or below it and are not whole."""
    found = []
    with suppress(OSError):
        for path in sorted(folder.rglob(f"parley-*{JOURNAL}")):
            if one := read(path):
                total = sum(file.size for file in one.files)
                names = tuple(file.name for file in one.files)
                found.append(
                    Unfinished(one.listing, names, path.parent, one.endpoint, one.done, total)
                )
    return tuple(found)
