"""Archives: CHARX, which is a character card with its pictures, and the variants of Parley."""

import zipfile
from contextlib import suppress
from pathlib import Path

from engines.variants.checked import LARGEST_PICTURE
from engines.variants.file import read as read_own
from engines.variants.importing.card import read, recognise
from engines.variants.importing.contents import LARGEST_TEXT, json_of, text_of
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.names import TOML
from engines.variants.packed import BROKEN, STRANGE, Bounded

CARD = "card.json"
OWN_FORM = "Parley variant"
MOST = 10_000  # members
SCHEMES = ("embeded://", "embedded://")  # the first is how the specification spells it
STEP = 1 << 20
DAMAGED = "this archive is damaged"


def own(path: Path) -> Imported:
    """A *.parley file, or a folder of the same: its files stay there until they are copied."""
    opened = read_own(path)
    return Imported(opened.variant, {}, (), OWN_FORM, opened)


def read_archive(path: Path, taking: Taking) -> Imported:
    try:
        with Bounded(path) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MOST:
                raise BadImport("this archive holds too many files")
            named = {one.filename: one for one in reversed(members)}
            if TOML in named:
                return own(path)
            if CARD not in named:
                raise BadImport("this archive holds neither a variant nor a character card")
            content = json_of(text_of(_member(archive, named[CARD], LARGEST_TEXT)))
            if not recognise(content):
                raise BadImport(f"the {CARD} in it is no character card")
            return read(content, taking, lambda uri: _asset(archive, named, uri))
    except BROKEN as error:
        raise BadImport(DAMAGED, repr(error)[:500]) from error


def _asset(archive: zipfile.ZipFile, named: dict[str, zipfile.ZipInfo], uri: str) -> bytes:
    """By the name it has in the archive, which leads nowhere else; b"" where it cannot be had."""
    for scheme in SCHEMES:
        if uri.startswith(scheme) and (one := named.get(uri.removeprefix(scheme))):
            with suppress(*BROKEN, BadImport):
                return _member(archive, one, LARGEST_PICTURE)
    return b""


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, most: int) -> bytes:
    """Counted as it comes, whatever the archive says of its size."""
    if one.flag_bits & STRANGE:
        raise BadImport("this archive is locked with a password")
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadImport("this archive is packed in a way that Parley does not read")
    parts, size = [], 0
    with archive.open(one) as stream:
        while piece := stream.read(min(STEP, most + 1 - size)):
            parts.append(piece)
            size += len(piece)
            if size > most:
                raise BadImport(f"a file in this archive is larger than {most >> 20} MB")
    return b"".join(parts)
