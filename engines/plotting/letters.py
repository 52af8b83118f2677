"""Fonts for letters that ours do not have, as those of Chinese: looked for among the system's."""

import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"),
    "C:/Windows/Fonts",
)
KINDS = (".ttf", ".otf", ".ttc")
# in names of fonts for many letters, the calm ones first
LIKELY = ("notosanscjk", "notosans", "sourcehan", "wqy", "pingfang", "yahei", "yugoth", "malgun")
LIKELY += ("arial unicode", "hiragino", "gothic", "simhei", "nirmala", "leelaw", "tahoma", "sans")
PATIENCE = 1.5  # seconds of looking
EXTRA = 2  # fonts added for one text


def families(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known families, and behind them those that have what is missing of the text."""
    from matplotlib import font_manager

    files = [font_manager.findfont(name) for name in known]
    missing = frozenset(text) - {" "} - frozenset().union(*(map(letters, files)))
    return (*known, *added(frozenset(filter(str.isprintable, missing)))) if missing else known


@cache
def letters(file: str) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(file).get_charmap()))


@cache
def added(missing: frozenset[str]) -> tuple[str, ...]:
    """The families that have these letters, which matplotlib knows from now on."""
    from matplotlib import font_manager

    found: list[str] = []
    until = time.monotonic() + PATIENCE
    for file in candidates():
        if not missing or len(found) == EXTRA or time.monotonic() > until:
            break
        try:
            has = letters(str(file)) & missing
            if has:
                before = len(font_manager.fontManager.ttflist)
                font_manager.fontManager.addfont(file)
                found.append(font_manager.fontManager.ttflist[before].name)
        except (OSError, RuntimeError):  # no font, or one FreeType cannot read
            continue
        missing -= has
    return tuple(found)


def candidates() -> Iterator[Path]:
    files = [
        file
        for folder in map(Path, FOLDERS)
        for file in (folder.rglob("*") if folder.is_dir() else ())
        if file.suffix.lower() in KINDS
    ]
    yield from sorted(files, key=lambda file: (likeliness(file.name.lower()), file.name))


def likeliness(name: str) -> tuple[bool, int]:
    plain = not any(word in name for word in ("bold", "italic", "light", "black", "mono"))
    place = next((at for at, word in enumerate(LIKELY) if word in name), len(LIKELY))
    return not plain, place
