"""What was fetched and unpacked by `packaging/eyes/materials.py`: fonts and drawn things.

The folder is the one `use` was called with, else the one EYES_MATERIALS names, else none: then
words are written in the repo's own fonts and there are no emoji and icons.
"""

import os
from functools import cache
from pathlib import Path

FONT_ENDINGS = (".ttf", ".otf")
_chosen: list[Path] = []


def use(folder: Path) -> None:
    _chosen[:] = [folder]


def folder() -> Path | None:
    if _chosen:
        return _chosen[0]
    named = os.environ.get("EYES_MATERIALS")
    return Path(named) if named else None


def fonts(split: str) -> tuple[tuple[Path, ...], ...]:
    """Font files by family: fonts/<split>/<family>/*."""
    where = folder()
    return _fonts(where / "fonts" / split) if where else ()


@cache
def _fonts(place: Path) -> tuple[tuple[Path, ...], ...]:
    families = []
    for family in sorted(place.glob("*/")):
        files = sorted(path for path in family.iterdir() if path.suffix in FONT_ENDINGS)
        if files:
            families.append(tuple(files))
    return tuple(families)
