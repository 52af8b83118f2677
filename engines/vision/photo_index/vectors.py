"""Where photos lie in a model's space: one flat file of f16 rows, mapped into memory.

A row is written before the facts name it, and the facts hold its checksum: a row that was torn by
a power cut, or overwritten while its facts were lost, is found out and made again.
"""

import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

GROWTH = 1024  # rows; the file grows by so many at a time
ITEM = 2  # bytes of a number


class Vectors:
    """Rows of `dims` numbers of a file that may be longer than anybody knows of."""

    def __init__(self, path: Path, dims: int, write: bool = False) -> None:
        """Raises OSError. write makes the file where there is none."""
        flags = os.O_RDWR | os.O_CREAT if write else os.O_RDONLY
        self._file = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
        self.dims = dims
        self._size = dims * ITEM

    def close(self) -> None:
        os.close(self._file)

    @property
    def rows(self) -> int:
        """Whole rows the file has room for; of what follows the last one nothing is known."""
        return os.fstat(self._file).st_size // self._size

    def write(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """(number, f16 values); on disk when this returns. Raises OSError."""
        rows = list(rows)
        if not rows:
            return
        needed = max(number for number, _ in rows) + 1
        if needed > self.rows:
            os.ftruncate(self._file, (needed + GROWTH - needed % GROWTH) * self._size)
        for number, values in rows:
            assert len(values) == self._size
            os.lseek(self._file, number * self._size, os.SEEK_SET)
            os.write(self._file, values)
        os.fsync(self._file)

    def mapped(self) -> Any:
        """All rows as a numpy array (rows, dims) that shows what is in the file."""
        import numpy

        if not (rows := self.rows):
            return numpy.empty((0, self.dims), "<f2")
        with os.fdopen(os.dup(self._file), "rb") as file:
            return numpy.memmap(file, "<f2", "r", shape=(rows, self.dims))

    def broken(self, known: Iterable[tuple[int, int]]) -> list[int]:
        """Which of these rows (number, checksum) do not hold what was written."""
        rows = self.mapped()
        return [
            number
            for number, sum in known
            if not 0 <= number < len(rows) or checksum(rows[number].tobytes()) != sum
        ]


def checksum(values: bytes) -> int:
    return zlib.crc32(values)
