"""The file of a take, written as the sound comes by a thread that may be as slow as the disk."""

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.audio.samples import SPEECH, Converter, Shape
from app.audio.wav import HEADER, find_sound, header
from engines.errors import ParleyError

PATCH = 0.5  # seconds of sound, then the header is made true; our reader needs no header's word
RETRY = 1.0  # seconds until a full disk is tried again
PATIENCE = 3.0  # seconds a disk has for the rest once the take is over
SOON = 0.1  # seconds a disk mostly needs for it


class Recording:
    """Adds to a WAV file, which stays valid whenever the process ends.

    One file has one shape, that of its first sound; what another device gives later is brought to
    it. failed is called from the thread, once for each time that writing stops working; the sound
    waits in memory until it works again, or the take is over.
    """

    def __init__(self, file: Path, failed: Callable[[str], None]) -> None:
        self._file, self._failed = file, failed
        self._pieces: queue.SimpleQueue[tuple[bytes, Shape] | None] = queue.SimpleQueue()
        self._shape: Shape | None = None  # of the file
        self._converter: Converter | None = None
        self._source: Shape | None = None  # what the converter takes
        self._size = self._patched = 0  # bytes of samples in the file, and in its header
        self._waiting = b""  # could not be written yet
        self._broken = False
        self._whole = threading.Event()
        self._thread = threading.Thread(target=self._write, name="take")
        self._thread.start()

    def add(self, pcm: bytes, shape: Shape) -> None:
        self._pieces.put((pcm, shape))

    def close(self) -> None:
        """Nothing follows. Does not wait."""
        self._pieces.put(None)

    def wait(self) -> None:
        """Until whoever reads the file finds all of it, or SOON has passed."""
        self._whole.wait(SOON)

    def join(self) -> None:
        self._thread.join(PATIENCE)

    def _write(self) -> None:
        going, file = True, None
        while going:
            file = file or self._opened()
            try:
                piece = self._pieces.get(timeout=RETRY if self._broken else None)
            except queue.Empty:
                piece = b"", self._source or SPEECH
            if going := piece is not None:
                self._waiting += self._brought(*piece)
            if file is not None:
                self._keep(file, last=not going)
        if file is not None:
            file.close()

    def _opened(self) -> IO[bytes] | None:
        """The file at its end, with its shape; None where that cannot be now."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            file = os.fdopen(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600), "r+b", 0)
            self._find_end(file)
        except (OSError, ParleyError) as error:
            self._fail(error)
            return None
        return file

    def _find_end(self, file: IO[bytes]) -> None:
        if not file.seek(0, os.SEEK_END):
            file.write(header(self._shape or SPEECH, 0))
            return
        size = max(0, file.tell() - HEADER.size)
        file.seek(0)
        shape = find_sound(file)
        if size:
            self._shape = shape
            self._size = size - size % shape.frame
        file.seek(HEADER.size + self._size)

    def _brought(self, pcm: bytes, shape: Shape) -> bytes:
        """pcm in the shape of the file."""
        self._shape = self._shape or shape
        if shape == self._shape:
            return pcm
        if self._converter is None or shape != self._source:
            self._converter, self._source = Converter(shape, self._shape), shape
        return self._converter.convert(pcm)

    def _keep(self, file: IO[bytes], last: bool) -> None:
        """Put all that waits into the file."""
        try:
            while self._waiting:
                count = file.write(self._waiting)
                self._size += count
                self._waiting = self._waiting[count:]
            self._broken = False
            shape = self._shape or SPEECH
            if last or (self._size - self._patched) >= PATCH * shape.rate * shape.frame:
                self._patch(file, shape)
            if last:
                self._whole.set()
                os.fsync(file.fileno())
        except OSError as error:
            self._fail(error)

    def _patch(self, file: IO[bytes], shape: Shape) -> None:
        file.seek(0)
        file.write(header(shape, self._size))
        file.seek(0, os.SEEK_END)
        self._patched = self._size

    def _fail(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            self._failed((isinstance(error, OSError) and error.strerror) or str(error))
