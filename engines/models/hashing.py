"""The SHA-256 of a model's files: the name by which everything else knows the model."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from engines.errors import ModelMissing, ModelRefused
from engines.models.gguf import files_of

STEP = 1 << 20


class HashingCancelled(Exception):
    """cancelled() became true before the end."""


def sha256(
    path: Path,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> str:
    """In hex digits. Of a model in several files: the hash of the list of their hashes.

    The list is their hex digits in order, one line each. progress(done, total) counts bytes of
    all files. Raises HashingCancelled, ModelMissing and ModelRefused (unreadable).
    """
    files = files_of(path)
    try:
        total = sum(file.stat().st_size for file in files)
        done, hashes = 0, []
        for file in files:
            digest = hashlib.sha256()
            for piece in pieces(file):
                if cancelled is not None and cancelled():
                    raise HashingCancelled
                digest.update(piece)
                done += len(piece)
                if progress is not None:
                    progress(done, total)
            hashes.append(digest.hexdigest())
    except FileNotFoundError as error:
        raise ModelMissing(str(error.filename or path)) from error
    except OSError as error:
        raise ModelRefused("the system does not let Parley read it", str(error)) from error
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("".join(f"{one}\n" for one in hashes).encode()).hexdigest()


def pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as opened:
        while piece := opened.read(STEP):
            yield piece
