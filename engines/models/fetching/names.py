"""Names of files as strangers list them, and where they may lie in a folder of ours."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from engines.models.fetching.troubles import HostileName

PART = ".part"  # a file that is not whole yet
JOURNAL = ".fetch"  # what is known of such files
LONGEST = 240 - len(PART)  # bytes of one name; file systems have 255
LONGEST_PATH = 500  # characters of all folders and the name
DEEPEST = 12
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.I)
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')


def parts_of(name: str) -> tuple[str, ...]:
    """Folders and the name itself. Raises HostileName, whatever the system Parley runs on."""
    parts = tuple(name.split("/"))
    if not name or len(name) > LONGEST_PATH or len(parts) > DEEPEST:
        raise HostileName(name, "has a name no disk can have")
    for part in parts:
        if reason := _trouble(part):
            raise HostileName(name, reason)
    if parts[-1].casefold().endswith((PART, JOURNAL)):
        raise HostileName(name, "is named like a file of Parley's own")
    return parts


def _trouble(part: str) -> str:
    if part in ("", ".", ".."):
        return "has a name that leads elsewhere"
    if FORBIDDEN.search(part) or any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in part):
        return "has characters in its name that some systems cannot have"
    if part != part.strip(" ") or part.endswith("."):
        return "has a name that some systems change"
    if RESERVED.fullmatch(part):
        return "is named like a device"
    return "has a name no disk can have" if len(part.encode()) > LONGEST else ""


def distinct(names: Iterable[str]) -> None:
    """Raises HostileName where two of them are one file, or one is another's folder, somewhere."""
    whole: set[str] = set()
    folders: set[str] = set()
    for name in names:
        same = unicodedata.normalize("NFC", name).casefold()
        if same in whole:
            raise HostileName(name, "is listed twice")
        whole.add(same)
        pieces = same.split("/")
        folders |= {"/".join(pieces[:n]) for n in range(1, len(pieces))}
    if both := whole & folders:
        raise HostileName(min(both), "is a file and a folder at once")


def within(folder: Path, name: str) -> Path:
    """Where a file belongs; nothing on the way there may be a link. Makes no folder."""
    *folders, last = parts_of(name)
    at = folder.joinpath(*folders)
    if at.resolve() != folder.resolve().joinpath(*folders) or (at.exists() and not at.is_dir()):
        raise HostileName(name, "would lie behind a link")
    return at / last
