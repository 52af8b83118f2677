"""A model that talks, with all its files."""

from contextlib import suppress
from pathlib import Path

from engines.models.found import Found
from engines.models.gguf import files_of


def talking(source: str, file: Path, name: str, projector: Path | None) -> Found | None:
    """None where one of its parts is missing: it may still be on its way."""
    parts = files_of(file)
    with suppress(OSError):
        size = sum(part.stat().st_size for part in parts)
        files = (*parts, projector) if projector else parts
        size += projector.stat().st_size if projector else 0
        return Found("talk", file, files, name, source, size, projector)
    return None
