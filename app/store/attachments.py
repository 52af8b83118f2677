"""Files that belong to turns, kept under the hash of what is in them."""

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

from app.store.disk import sync_folder
from engines.errors import ParleyError

BLOCK = 1024 * 1024
NAME = re.compile("[0-9a-f]{64}")


class Attachments:
    """attachments/ab/abcd… : whole and on disk, or not there at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._added: set[str] = set()  # since the start: a turn may be about to name them

    def path(self, sha256: str) -> Path:
        if not NAME.fullmatch(sha256):  # never a path that leaves the folder
            raise ParleyError("This attachment has no valid name.", detail=sha256[:100])
        return self._folder / sha256[:2] / sha256

    def add(self, content: bytes | Path) -> tuple[str, int]:
        """Copy content in; its SHA-256 and size. Raises ParleyError when it cannot be read.

        The name appears only after the bytes are on disk, and is itself on disk on return.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(".tmp", dir=self._folder)  # made with mode 0600
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                sha256, size = _copy(content, file)
                file.flush()
                os.fsync(file.fileno())
            with self._lock:
                self._added.add(sha256)
                self._name(fresh, self.path(sha256))
        finally:
            fresh.unlink(missing_ok=True)
        return sha256, size

    def remove(self, files: Iterable[str]) -> None:
        with self._lock:
            for sha256 in files:
                if sha256 not in self._added:
                    self.path(sha256).unlink(missing_ok=True)

    def _name(self, fresh: Path, place: Path) -> None:
        if place.exists():
            return
        if not place.parent.exists():
            place.parent.mkdir(mode=0o700)
            sync_folder(self._folder)
        fresh.replace(place)
        sync_folder(place.parent)


def _copy(content: bytes | Path, file) -> tuple[str, int]:
    seen, size = hashlib.sha256(), 0
    if isinstance(content, bytes):
        seen.update(content)
        return seen.hexdigest(), file.write(content)
    try:
        with content.open("rb") as source:
            while block := source.read(BLOCK):
                seen.update(block)
                size += file.write(block)
    except OSError as error:
        raise ParleyError(
            f"{content.name} could not be copied.", "Is it still there?", str(error)
        ) from error
    return seen.hexdigest(), size
