"""Plugins as they lie in Parley's folder, and what the person agreed to of each."""

import logging
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from app.programs import KEY, Seconds
from engines.errors import ParleyError
from engines.plugins import about, contents
from engines.plugins.about import About
from engines.plugins.contents import Contents
from engines.tools.strangers import MOST_TOOLS

log = logging.getLogger(__name__)
REMOVED = ".removed"  # what can still be brought back, until the next start of Parley
UNNAMED = "The name of its folder must be small letters, digits and hyphens. Rename it."
UNREADABLE = "Its files cannot be read: {}."
MOST = 100  # plugins


class Agreed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person allowed of one plugin. It holds for these very files and for no others."""

    key: str  # the name of its folder
    digest: str  # of its files
    prints: dict[str, str] = {}  # of each of them, to say which changed
    on: bool = True
    folders: dict[str, str] = {}  # the plugin's name for a folder -> the person's
    seconds: Seconds = 30  # a call may take
    tools: tuple[dict[str, Any], ...] = ()  # what it offered last, each with its effect


class Found(msgspec.Struct, frozen=True):
    """One plugin as it lies there now."""

    key: str
    about: About
    digest: str = ""
    size: int = 0  # bytes
    prints: dict[str, str] = {}  # of each file, by its name: see contents.fingerprints
    trouble: str = ""  # why it cannot be used


def read(stored: Iterable[Any]) -> dict[str, Agreed]:
    """Every valid entry; another one costs a line in the log."""
    kept: dict[str, Agreed] = {}
    for one in stored:
        try:
            agreed = msgspec.convert(one, Agreed)
        except msgspec.ValidationError as error:
            log.warning("a stored plugin cannot be read: %s", str(error)[:200])
            continue
        if KEY.fullmatch(agreed.key) and len(agreed.tools) <= MOST_TOOLS:
            kept[agreed.key] = agreed
    return kept


def look(place: Path) -> dict[str, Found]:
    """All that lie in a folder, by the names of their folders."""
    if not place.is_dir():
        return {}
    names = sorted(p.name for p in place.iterdir() if p.is_dir() and not p.name.startswith("."))
    return {name: found(place / name) for name in names[:MOST]}


def found(folder: Path) -> Found:
    name = about.one_line(folder.name, about.LONGEST_NAME)
    nothing = Found(folder.name, About(name or "?"))
    if not KEY.fullmatch(folder.name):
        return msgspec.structs.replace(nothing, trouble=UNNAMED)
    try:
        return as_found(folder.name, contents.read(folder))
    except ParleyError as error:
        words = f"{error.message} {error.hint}".strip()
    except OSError as error:
        words = UNREADABLE.format(error.strerror or error)
    return msgspec.structs.replace(nothing, trouble=words)


def as_found(key: str, read: Contents) -> Found:
    prints = contents.fingerprints(read.files)
    return Found(key, read.about, read.digest, read.size, prints)


def keep(read: Contents, place: Path, key: str) -> Path | None:
    """Write a plugin to its folder. Returns where the one went that was there; None: none was."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    try:
        for name, data in read.files.items():
            file = fresh / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        before = put_away(place, key)
        fresh.rename(place / key)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return before


def put_away(place: Path, key: str) -> Path | None:
    """Where a plugin lies from now on, until it is brought back; None where there is none."""
    if not (place / key).is_dir():
        return None
    away = place / REMOVED
    away.mkdir(exist_ok=True, mode=0o700)
    kept = Path(tempfile.mkdtemp(prefix=f"{key}-", dir=away)) / key
    (place / key).rename(kept)
    return kept


def bring_back(place: Path, key: str, kept: Path | None) -> None:
    """kept None: there was none before, and there shall be none."""
    put_away(place, key)
    if kept is not None:
        kept.rename(place / key)


def forget_removed(place: Path) -> None:
    """What was removed before this start, and what a start that was cut off left behind."""
    shutil.rmtree(place / REMOVED, ignore_errors=True)
    for left in place.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)
