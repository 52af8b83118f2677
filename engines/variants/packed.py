"""A variant as a ZIP, read member by member: what it says of itself is not believed."""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from engines.variants import names
from engines.variants.checked import BadVariant

MOST_MEMBERS = 256
LARGEST_READ = 2 << 20  # bytes at once: the list of members is read as a whole
STRANGE = 0x1 | 0x20 | 0x40 | 0x2000  # encrypted, patched, strongly encrypted, masked
BEGINS = b"PK\x03\x04"
OF_SYSTEMS = ("__MACOSX/", ".DS_Store")  # put in by a system, never read by us
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
DAMAGED = "This file is damaged and cannot be read as a variant."
AGAIN = "Get it again from where it comes."


class Bounded(io.FileIO):
    """A file of which nobody reads everything at once, whatever the file itself says."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = max(os.fstat(self.fileno()).st_size - self.tell(), 0)
        if size > LARGEST_READ:
            raise zipfile.BadZipFile(f"{size} bytes at once")
        return super().read(size) or b""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Raises BadVariant for what is no archive, or one with anything odd about it; also of what
    goes wrong while it is open. OSError as it comes."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting for ever
            raise BadVariant("This is no file.")
        with Bounded(path) as file:
            if file.read(len(BEGINS)) != BEGINS:
                raise BadVariant("This is no variant of Parley.", "It would be a ZIP file.")
            with zipfile.ZipFile(file) as archive:
                _look(archive)
                yield archive
    except BROKEN as error:
        raise BadVariant(DAMAGED, AGAIN, repr(error)[:500]) from error


def members(archive: zipfile.ZipFile) -> dict[str, int]:
    """Bytes of each member, as the archive claims."""
    return {one.filename: one.file_size for one in _meant(archive)}


def member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Raises BadVariant where it is not there."""
    try:
        return archive.open(name)
    except KeyError:
        raise BadVariant(f"Its file “{name}” is missing.", AGAIN) from None


def _look(archive: zipfile.ZipFile) -> None:
    if len(archive.infolist()) > MOST_MEMBERS:
        raise BadVariant(f"It holds more than {MOST_MEMBERS} files.", AGAIN)
    found = _meant(archive)
    for one in found:
        if one.filename != names.TOML and names.trouble(one.orig_filename):
            raise _strange(one, "has a name that no file in a variant has")
        if one.flag_bits & STRANGE:
            raise _strange(one, "is encrypted")
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _strange(one, "is compressed in a way Parley does not read")
        if (kind := stat.S_IFMT(one.external_attr >> 16)) and kind != stat.S_IFREG:
            raise _strange(one, "is a link or something else that is no file")
    if name := names.twice(one.filename for one in found):
        raise BadVariant(f"It holds the file “{name}” twice.", AGAIN)


def _meant(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [one for one in archive.infolist() if not one.filename.startswith(OF_SYSTEMS)]


def _strange(one: zipfile.ZipInfo, why: str) -> BadVariant:
    shown = "".join(c if c.isprintable() else "�" for c in one.filename[:80])
    return BadVariant(f"The file “{shown}” in it {why}, so nothing of it is taken in.")
