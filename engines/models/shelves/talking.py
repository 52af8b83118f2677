"""A model that talks, with all its files, unless some of them are still on their way."""

import os
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from engines.errors import ModelMissing, ModelRefused
from engines.models.found import Found
from engines.models.gguf import files_of, read_contents

YOUNG = 24 * 3600  # seconds; a file that was written lately may still be growing
MEMORY = 1024  # files


def talking(source: str, file: Path, name: str, projector: Path | None) -> Found | None:
    """None where a part is missing or not whole."""
    parts = files_of(file)
    files = (*parts, projector) if projector else parts
    with suppress(OSError):
        about = [one.stat() for one in files]
        if all(map(_is_whole, files, about)):
            return Found(
                "talk", file, files, name, source, sum(a.st_size for a in about), projector
            )
    return None


def _is_whole(file: Path, about: os.stat_result) -> bool:
    """A download that other programs write under its final name is known by its age."""
    if about.st_mtime < time.time() - YOUNG:
        return True
    return _holds_all(str(file), about.st_size, about.st_mtime_ns)


@lru_cache(MEMORY)
def _holds_all(file: str, _size: int, _modified: int) -> bool:
    try:
        read_contents(Path(file))
    except (ModelRefused, ModelMissing):
        return False
    return True
