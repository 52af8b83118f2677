"""Small things that outlive a start, each in a file of its own that is never half written."""

import logging
import os
from pathlib import Path
from typing import TypeVar

import msgspec

from app.background import Background

log = logging.getLogger(__name__)
LARGEST = 16 << 20  # bytes
T = TypeVar("T")


class Kept:
    """Writes in the background, one after another; only the newest state matters."""

    def __init__(self, path: Path, background: Background) -> None:
        self._path, self._background = path, background
        self._newest: bytes | None = None
        self._writing = False

    def read(self, kind: type[T], default: T) -> T:
        """What was kept, or the default where it cannot be read."""
        try:
            if self._path.stat().st_size > LARGEST:
                raise ValueError("far too large")
            return msgspec.json.decode(self._path.read_bytes(), type=kind)
        except FileNotFoundError:
            return default
        except (OSError, ValueError) as error:
            log.info("%s is not used: %s", self._path.name, error)
            return default

    def keep(self, state: object) -> None:
        self._newest = msgspec.json.encode(state)
        self._write()

    def finish(self) -> None:
        """At the end of the program, after the background: what is not written yet."""
        if self._newest is not None:
            self._attempt(self._newest)

    def _write(self) -> None:
        if self._writing or self._newest is None:
            return
        data, self._newest, self._writing = self._newest, None, True
        self._background.run(lambda _: self._attempt(data), self._written, self._written)

    def _written(self, _: object) -> None:
        self._writing = False
        self._write()

    def _attempt(self, data: bytes) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            log.info("%s was not written: %s", self._path.name, error)
