"""A file that is being fetched: its parts, what of them is on the disk, and whether it is right."""

import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engines.models.fetching.names import PART
from engines.models.fetching.troubles import HostileName, NotWritable
from engines.models.hub import Remote

STEP = 1 << 20  # bytes read or hashed at once

State = tuple[int, int]  # bytes of a part that are on the disk, and their CRC


@dataclass
class Part:
    """A stretch of a file that is asked for at once. One thread at a time changes its state."""

    start: int
    size: int
    state: State = (0, 0)

    @property
    def done(self) -> int:
        return self.state[0]

    def add(self, piece: memoryview) -> None:
        """After it was written."""
        done, crc = self.state
        self.state = (done + len(piece), zlib.crc32(piece, crc))


@dataclass
class Growing:
    """One file on its way; target is where it will lie, beside it lies its .part."""

    remote: Remote
    target: Path
    part: int  # bytes of each part but the last
    etag: str = ""  # as the place that serves it calls this content
    doubts: int = 0  # how often in a row it was called otherwise
    refusals: int = 0  # … the whole file came though a part was asked for
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        starts = range(0, self.remote.size, self.part)
        self.parts = [Part(at, min(self.part, self.remote.size - at)) for at in starts]
        self.forget()

    @property
    def path(self) -> Path:
        return self.target.with_name(self.target.name + PART)

    @property
    def done(self) -> int:
        return sum(part.done for part in self.parts)

    @property
    def whole(self) -> bool:
        return all(part.done == part.size for part in self.parts)

    def forget(self) -> None:
        """Nothing of it counts any more."""
        for part in self.parts:
            part.state = (0, 0)
        self.etag, self.hashed, self._hash = "", 0, _hash(self.remote)
        self.doubts = self.refusals = 0

    def in_one(self) -> "Growing":
        """Begun anew, for a place that does not give parts of files."""
        return Growing(self.remote, self.target, max(self.remote.size, 1))

    def prepare(self) -> None:
        """Make its .part and the folders it lies in; never through a link."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_symlink() or (self.path.exists() and not self.path.is_file()):
            raise HostileName(self.remote.name, "lies where something else is")
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self.path, flags, 0o644)
            try:
                if os.fstat(descriptor).st_nlink > 1:
                    raise HostileName(self.remote.name, "lies where something else is")
                os.ftruncate(descriptor, self.remote.size)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise NotWritable(str(self.path), str(error)) from error

    def recover(self, states: list[State], looked: Callable[[int], None]) -> None:
        """Take on what a journal says is there, as far as the disk agrees.

        looked gets the number of bytes read, and may raise Stopped.
        """
        with self.path.open("rb", buffering=0) as opened:
            for part, (done, crc) in zip(self.parts, states, strict=True):
                digest = self._hash.copy()
                if done and _crc(opened, part.start, done, digest, looked) == crc:
                    part.state = (done, crc)
                    if self.hashed == part.start:
                        self._hash, self.hashed = digest, part.start + done

    def hash_on(self, most: int) -> int:
        """Hash up to so many bytes of what has come without a gap; how many they were."""
        ready = self._ready() - self.hashed
        count = min(most, ready)
        if count <= 0:
            return 0
        with self.path.open("rb", buffering=0) as opened:
            opened.seek(self.hashed)
            left = count
            while left and (piece := opened.read(min(STEP, left))):
                self._hash.update(piece)
                left -= len(piece)
        self.hashed += count - left
        return count - left

    def _ready(self) -> int:
        """Where the first gap is, looked for from where hashing has come to."""
        at = self.hashed
        for part in self.parts[self.hashed // self.part :]:
            at = part.start + part.done
            if part.done < part.size:
                break
        return at

    @property
    def right(self) -> bool:
        """Once everything is hashed."""
        assert self.hashed == self.remote.size
        return self._hash.hexdigest() == (self.remote.sha256 or self.remote.git_sha1)

    def finish(self) -> None:
        """On the disk for good, and under its own name."""
        with self.path.open("rb+", buffering=0) as opened:
            os.fsync(opened.fileno())
        self.path.replace(self.target)
        sync_folder(self.target.parent)

    def discard(self) -> None:
        self.forget()
        self.path.unlink(missing_ok=True)


def _hash(remote: Remote) -> "hashlib._Hash":
    if remote.sha256:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % remote.size, usedforsecurity=False)


def _crc(opened, start: int, done: int, digest: "hashlib._Hash", looked) -> int:
    opened.seek(start)
    crc, left = 0, done
    while left and (piece := opened.read(min(STEP, left))):
        crc, left = zlib.crc32(piece, crc), left - len(piece)
        digest.update(piece)
        looked(len(piece))
    return crc if not left else -1


def is_right(path: Path, remote: Remote, looked: Callable[[int], None]) -> bool:
    """Whether a file that is there already is the one that is meant."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != remote.size:
        return False
    digest = _hash(remote)
    with path.open("rb", buffering=0) as opened:
        while piece := opened.read(STEP):
            looked(len(piece))
            digest.update(piece)
    return digest.hexdigest() == (remote.sha256 or remote.git_sha1)


def sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is; not every system can be asked for that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
