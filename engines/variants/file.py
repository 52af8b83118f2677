"""A variant in one file (*.parley, a ZIP) or in a folder: looked at before anything is unpacked.

Nothing is ever unpacked by a name from inside: who copies a file says where it goes.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engines.errors import ParleyError
from engines.models.fetching.troubles import Stopped
from engines.variants import names, packed
from engines.variants.checked import (
    LARGEST,
    LARGEST_PICTURE,
    LARGEST_TEXT,
    LARGEST_TOML,
    BadVariant,
)
from engines.variants.minting import minted
from engines.variants.toml import digest, from_toml
from engines.variants.variant import Attached, Variant

ENDING = ".parley"
ADAPTER = ".gguf"
LARGEST_FILE = LARGEST + LARGEST_PICTURE + LARGEST_TOML + (1 << 20)  # bytes; the last for the ZIP
STEP = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bytes that are read at most."""

    toml: int = LARGEST_TOML
    member: int = LARGEST_TEXT  # that member() takes into memory
    file: int = LARGEST_FILE


@dataclass(frozen=True)
class Sizes:
    """In bytes: what it would take here, known before anything is unpacked."""

    toml: int
    picture: int
    knowledge: int
    adapters: int

    @property
    def total(self) -> int:
        return self.toml + self.picture + self.knowledge + self.adapters


@dataclass(frozen=True)
class Opened:
    """A variant that was read and fits its limits. Its files are looked at when they are wanted."""

    path: Path
    variant: Variant
    digest: str  # SHA-256 of what it says, its files by their hashes
    size: int  # bytes of the file or of the folder's files, and of what lies apart
    toml: int  # bytes of variant.toml
    limits: Limits = Limits()
    apart: Path | None = None  # where its adapters may lie instead, by their hashes

    def sizes(self) -> Sizes:
        one = self.variant
        picture = one.look.picture.size if one.look.picture else 0
        knowledge = sum(file.size for file in one.knowledge)
        return Sizes(self.toml, picture, knowledge, sum(a.file.size for a in one.adapters))

    def member(self, file: Attached) -> bytes:
        """One of variant.attached(), whole and verified. Raises BadVariant."""
        if file.size > self.limits.member:
            raise BadVariant(f"Its file “{file.name}” is too large to be read at once.")
        return b"".join(self.pieces(file))

    def copy(
        self,
        file: Attached,
        to: Path,
        progress: Callable[[int], None] = lambda done: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Puts it at that place, verified: whole or not at all. Raises ParleyError, Stopped."""
        with fresh(to) as written:
            done = 0
            for piece in self.pieces(file):
                if cancelled():
                    raise Stopped
                written.write(piece)
                done += len(piece)
                progress(done)

    def verify(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Reads all files it brings. Raises BadVariant where one is not what it should be."""
        for file in self.variant.attached():
            for _ in self.pieces(file):
                if cancelled():
                    raise Stopped

    def pieces(self, file: Attached) -> Iterator[bytes]:
        """What is in it, at most STEP bytes at once; at the end BadVariant where it is another."""
        if file not in self.variant.attached():
            raise BadVariant(f"It has no file “{file.name}”.")
        place = lies(file, self.apart)
        with (
            _readable(self.path),
            _plain_file(place) if place else _stream(self.path, file.name) as stream,
        ):
            yield from _verified(stream, file)


def read(
    path: Path,
    limits: Limits = Limits(),  # noqa: B008 frozen
    apart: Path | None = None,
) -> Opened:
    """A *.parley file, or a folder with variant.toml and its files.

    apart: a folder of ours in which adapters lie by their hashes; those need not lie within.
    Raises BadVariant, which is also said of what the system does not let us read.
    """
    with _readable(path):
        if path.is_dir():
            return _from_folder(path, limits, apart)
        size = path.stat().st_size
        if size > limits.file:
            raise BadVariant("This file is larger than any variant: more than 2 GB.")
        with packed.opened(path) as archive:
            found = packed.members(archive)
            with packed.member(archive, names.TOML) as stream:
                toml = _up_to(stream, limits.toml)
        variant = from_toml(toml)
        size += _all_there(variant, found, apart)
        return Opened(path, variant, digest(variant), size, len(toml), limits, apart)


def lies(file: Attached, apart: Path | None) -> Path | None:
    """Where an adapter lies apart from its variant, None where it does not."""
    place = apart / f"{file.sha256}{ADAPTER}" if apart else None
    try:
        return place if place and place.stat().st_size == file.size else None
    except OSError:
        return None


def _from_folder(path: Path, limits: Limits, apart: Path | None) -> Opened:
    with _stream(path, names.TOML) as stream:
        toml = _up_to(stream, limits.toml)
    variant = from_toml(toml)
    found = {names.TOML: len(toml)}
    for file in variant.attached():
        if not lies(file, apart):
            with _stream(path, file.name) as stream:
                found[file.name] = os.fstat(stream.fileno()).st_size
    size = sum(found.values()) + _all_there(variant, found, apart)
    return Opened(path, variant, digest(variant), size, len(toml), limits, apart)


def _all_there(variant: Variant, found: dict[str, int], apart: Path | None) -> int:
    """Each file it names is there in its size, and none that it does not name. Bytes apart."""
    away = 0
    for file in variant.attached():
        if file.name not in found and lies(file, apart):
            away += file.size
        elif file.name not in found:
            raise BadVariant(f"Its file “{file.name}” is missing.", packed.AGAIN)
        elif found[file.name] != file.size:
            raise BadVariant(f"Its file “{file.name}” has another size than it says.", packed.AGAIN)
    if more := found.keys() - {file.name for file in variant.attached()} - {names.TOML}:
        raise BadVariant(f"It holds a file it does not speak of: “{min(more)}”.", packed.AGAIN)
    return away


@contextmanager
def _stream(path: Path, name: str) -> Iterator[IO[bytes]]:
    if path.is_dir():
        with _plain_file(path / name) as stream:
            yield stream
    else:
        with packed.opened(path) as archive, packed.member(archive, name) as stream:
            yield stream


def _plain_file(path: Path) -> IO[bytes]:
    """Never a link, which would lead elsewhere, nor a pipe, which would never end."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        raise BadVariant(f"Its file “{path.name}” is missing.") from None
    if not stat.S_ISREG(kind):
        raise BadVariant(f"“{path.name}” is a link or something else that is no file.")
    return path.open("rb")


def _up_to(stream: IO[bytes], most: int) -> bytes:
    """All of it, counted: what the archive says of its size is only a claim."""
    pieces, size = [], 0
    while piece := stream.read(min(STEP, most + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise BadVariant(f"Its {names.TOML} is larger than {most:,} bytes.")
    return b"".join(pieces)


def _verified(stream: IO[bytes], file: Attached) -> Iterator[bytes]:
    seen, size = hashlib.sha256(), 0
    while piece := stream.read(STEP):
        size += len(piece)
        if size > file.size:
            raise BadVariant(f"Its file “{file.name}” is larger than it says.", packed.AGAIN)
        seen.update(piece)
        yield piece
    if size != file.size or seen.hexdigest() != file.sha256:
        raise BadVariant(f"Its file “{file.name}” is not the one it should be.", packed.AGAIN)


@contextmanager
def fresh(to: Path) -> Iterator[IO[bytes]]:
    """A file to write that gets its name when all went well, and leaves nothing otherwise."""
    part = to.with_name(f".{minted()}.tmp")
    try:
        with part.open("xb") as written:
            yield written
            written.flush()
            os.fsync(written.fileno())
        part.replace(to)
    except OSError as error:
        words = f"{to.name} could not be written to {to.parent}."
        raise ParleyError(words, "Is there room, and is it allowed?", str(error)) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BadVariant(f"{path.name} is not there any more.", "", str(error)) from error
    except OSError as error:
        raise BadVariant(f"{path.name} cannot be read.", "", str(error)) from error
