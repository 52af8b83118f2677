"""Reads little-endian values from a file that may lie about itself or shrink while it is read."""

import struct
from typing import BinaryIO

from engines.errors import ModelRefused

CHUNK = 1 << 20
STRING_LIMIT = 16 << 20
U32 = struct.Struct("<I")
U64 = struct.Struct("<Q")


class BinaryFile:
    """A forward reader over one open file: at most one chunk or one string is in memory.

    Every read is checked against the size the file had when it was opened, so a declared length
    never leads to an allocation that the file does not back. Plain reads, no mapping: a file
    cut short meanwhile is a refusal in words, where a mapping would end the process.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.size = file, size
        self._chunk, self._at = b"", 0  # what is buffered, and where in it we stand
        self._chunk_start = 0

    @property
    def position(self) -> int:
        return self._chunk_start + self._at

    @property
    def remaining(self) -> int:
        return self.size - self.position

    def read(self, count: int, what: str) -> bytes:
        self.need(count, what)
        end = self._at + count
        if end > len(self._chunk):
            self._fill(count, what)
            end = count
        data = self._chunk[self._at : end]
        self._at = end
        return data

    def skip(self, count: int, what: str) -> None:
        self.need(count, what)
        if self._at + count <= len(self._chunk):
            self._at += count
        else:
            self._chunk_start = self.position + count
            self._chunk, self._at = b"", 0
            self._file.seek(self._chunk_start)

    def need(self, count: int, what: str) -> None:
        if count > self.remaining:
            raise ModelRefused(
                "it ends too early or is damaged",
                f"{what}: {count} bytes at {self.position}, the file has {self.size}",
            )

    def rewind(self, position: int) -> None:
        """Back to a place in the first chunk."""
        self._at = position - self._chunk_start

    def u32(self, what: str) -> int:
        return U32.unpack(self.read(4, what))[0]

    def u64(self, what: str) -> int:
        return U64.unpack(self.read(8, what))[0]

    def string(self, what: str, limit: int = STRING_LIMIT) -> bytes:
        length = self.u64(what)
        if length > limit:
            raise ModelRefused("a text in it is impossibly long", f"{what}: {length} bytes")
        return self.read(length, what)

    def strings(self, count: int, what: str) -> list[bytes]:
        """count strings. One loop over local variables: a vocabulary has 250,000 of them."""
        found: list[bytes] = []
        add, unpack = found.append, U64.unpack_from
        while len(found) < count:
            chunk, at, last = self._chunk, self._at, len(self._chunk)
            for _ in range(count - len(found)):
                start = at + 8
                if start > last or (end := start + unpack(chunk, at)[0]) > last:
                    break
                add(chunk[start:end])
                at = end
            self._at = at
            if len(found) < count:  # this one lies across the end of the chunk
                add(self.string(what))
        return found

    def skip_strings(self, count: int, what: str) -> None:
        unpack = U64.unpack_from
        while count:
            chunk, at, last = self._chunk, self._at, len(self._chunk)
            while count and at + 8 <= last and (end := at + 8 + unpack(chunk, at)[0]) <= last:
                at = end
                count -= 1
            self._at = at
            if count:
                self.skip(self.u64(what), what)
                count -= 1

    def _fill(self, count: int, what: str) -> None:
        start = self.position
        self._file.seek(start)
        wanted = min(max(CHUNK, count), self.size - start)
        chunk = self._file.read(wanted)
        if len(chunk) < wanted:
            raise ModelRefused("it became shorter while it was being read", what)
        self._chunk, self._chunk_start, self._at = chunk, start, 0
