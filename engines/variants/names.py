"""Names of the files inside a variant: one flat row of plain names that every system can have."""

import re
import unicodedata
from collections.abc import Collection, Iterable

TOML = "variant.toml"
LONGEST = 120  # characters
LONGEST_BYTES = 200  # in UTF-8
NAME = re.compile(r"\w[\w .,()+&'@#=~-]*")
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.I)


def trouble(name: str) -> str:
    """Why a file inside a variant may not be called so, "" where it may."""
    if not name or len(name) > LONGEST or len(name.encode("utf-8", "replace")) > LONGEST_BYTES:
        return "is empty or too long"
    if not NAME.fullmatch(name) or unicodedata.normalize("NFC", name) != name:
        return "has characters that are not for names of files"
    if name.endswith((".", " ")) or RESERVED.fullmatch(name):
        return "is one that some systems cannot have"
    return "is that of the variant itself" if same(name) == same(TOML) else ""


def same(name: str) -> str:
    """Equal for names that are one file on some system."""
    return unicodedata.normalize("NFC", name).casefold()


def twice(names: Iterable[str]) -> str:
    """The first name that is there already, as some system sees it; "" where all differ."""
    seen: set[str] = set()
    for name in names:
        if same(name) in seen:
            return name
        seen.add(same(name))
    return ""


def fitting(name: str, taken: Collection[str] = ()) -> str:
    """The name a file of the person's may have inside a variant, as near to its own as may be."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = re.sub(r"[^\w .,()+&'@#=~-]", "_", name).strip(" ").rstrip(" .") or "file"
    name = name if re.match(r"\w", name) else f"_{name}"
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) < 12 else (name, "")
    used, number = {same(one) for one in taken}, 1
    while True:
        more = "" if number == 1 else f" {number}"
        found = _cut(stem, LONGEST - len(more + ending), more + ending)
        if same(found) not in used and not trouble(found):
            return found
        number += 1


def _cut(stem: str, most: int, ending: str) -> str:
    stem = stem[:most]
    while len((stem + ending).encode()) > LONGEST_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" ") + ending
