"""Frames of (job, message) on a byte stream: four bytes of length, then msgpack."""

import struct
import threading
from typing import IO, Any

import msgspec

LENGTH = struct.Struct("<I")
LARGEST = 64 * 1024 * 1024


class Wire:
    """One end of a pipe pair. Sending is safe from any thread; one thread receives."""

    def __init__(
        self, reader: IO[bytes], writer: IO[bytes], incoming: Any, largest: int = LARGEST
    ) -> None:
        """largest: bytes of a frame that is received."""
        self._reader, self._writer, self._largest = reader, writer, largest
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[int, incoming]).decode
        self._lock = threading.Lock()

    def send(self, job: int, message: Any) -> None:
        """Raises OSError when the other end is gone, ValueError for what no frame can carry."""
        try:
            body = self._encode((job, message))
        except (TypeError, OverflowError, RecursionError, msgspec.EncodeError) as error:
            raise ValueError(f"a message that cannot be written down: {error}") from error
        if len(body) > LARGEST:
            raise ValueError(f"a message of {len(body)} bytes")
        with self._lock:
            self._writer.write(LENGTH.pack(len(body)) + body)
            self._writer.flush()

    def receive(self) -> tuple[int, Any]:
        """The next frame. Raises EOFError when the other end is gone, ValueError on nonsense."""
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size))
        if length > self._largest:
            raise ValueError(f"a frame of {length} bytes")
        try:
            return self._decode(self._exactly(length))
        except RecursionError as error:  # arrays nested thousands deep
            raise ValueError(str(error)) from error

    def _exactly(self, count: int) -> bytes:
        data = self._reader.read(count)
        if len(data) < count:
            raise EOFError
        return data
