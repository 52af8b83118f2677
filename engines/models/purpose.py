"""What a GGUF is for, told from its first facts: quick, for looking through many files."""

import os
import stat
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from engines.errors import ModelRefused
from engines.models.binary import BinaryFile
from engines.models.contents import DescriptionReader
from engines.models.gguf import check_purpose, text, whole

LOOK = 64 << 10  # bytes; what comes before the vocabulary is far less
TALK, PROJECTOR = "talk", "projector"
LONGEST = 80  # characters of a name
MEMORY = 16_384  # files


class Purpose(NamedTuple):
    """kind is TALK, PROJECTOR or "" for everything else; name as the file says it, or ""."""

    kind: str
    name: str = ""


def purpose(path: Path) -> Purpose:
    """Never raises: a file that cannot be read or is no GGUF has no purpose here."""
    try:
        about = path.stat()
        if stat.S_ISREG(about.st_mode):  # opening a pipe would never end
            return _known(str(path), about.st_size, about.st_mtime_ns, about.st_ino)
    except (OSError, ValueError):
        pass
    return Purpose("")


@lru_cache(MEMORY)
def _known(path: str, _size: int, _modified: int, _inode: int) -> Purpose:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        start = os.read(file.fileno(), LOOK)
    try:
        return told(DescriptionReader(BinaryFile(BytesIO(start), len(start))).begin())
    except ModelRefused:
        return Purpose("")


def told(values: dict[str, Any]) -> Purpose:
    name = text(values, "general.name").strip()
    if not name.isprintable() or len(name) > LONGEST:
        name = ""
    if text(values, "general.architecture") == "clip":
        return Purpose(PROJECTOR, name)
    try:
        architecture = check_purpose(values)
    except ModelRefused:
        return Purpose("")
    finds_texts = whole(values, f"{architecture}.pooling_type") > 0
    return Purpose("" if finds_texts else TALK, name)
