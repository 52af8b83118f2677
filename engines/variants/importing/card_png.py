"""Character cards within a PNG: its text is taken out, its pixels are not looked at."""

import base64
import binascii
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from engines.variants.checked import LARGEST_PICTURE
from engines.variants.importing.card import ITSELF, read
from engines.variants.importing.contents import LARGEST_TEXT, json_of, text_of
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.importing.values import table

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 50_000
LONGEST_CHUNK = LARGEST_TEXT * 4 // 3 + 1000  # bytes of a text in base64
TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
PRIVATE = TEXTS | {b"eXIf", b"tIME"}  # what a picture tells besides what it shows
ASSET, ASSET_URI = "chara-ext-asset_:", "__asset:"
NONE = "this picture carries no character card"


class Chunk(NamedTuple):
    kind: bytes
    place: int  # of its data
    length: int


def read_png(path: Path, taking: Taking) -> Imported:
    with path.open("rb") as file:
        chunks = [*chunks_of(file)]
        found = _texts(file, chunks)
        content = _content(found)

        def find(uri: str) -> bytes:
            if uri.startswith(ASSET_URI):
                return _decoded(found.get(f"{ASSET}{uri.removeprefix(ASSET_URI)}".lower(), b""))
            return bare(file, chunks) if uri == ITSELF else b""

        return read(content, taking, find)


def chunks_of(file: IO[bytes]) -> Iterator[Chunk]:
    """Up to the end of the picture, or of what there is of it."""
    size = file.seek(0, os.SEEK_END)
    place = len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        file.seek(place)
        head = file.read(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if len(head) < 8 or place + 8 + length > size:
            return
        yield Chunk(kind, place + 8, length)
        if kind == b"IEND":
            return
        place += 12 + length
    raise BadImport("this picture has too many parts")


def _texts(file: IO[bytes], chunks: list[Chunk]) -> dict[str, bytes]:
    """Keyword in lower case -> text; of several the first, and none that is too long."""
    found: dict[str, bytes] = {}
    room = 3 * LONGEST_CHUNK
    for chunk in chunks:
        if chunk.kind not in TEXTS or chunk.length > min(LONGEST_CHUNK, room):
            continue
        file.seek(chunk.place)
        keyword, _, rest = file.read(chunk.length).partition(b"\0")
        said = _unpacked(chunk.kind, rest)
        room -= len(said)
        found.setdefault(keyword[:200].decode("latin-1").lower(), said)
    return found


def _unpacked(kind: bytes, rest: bytes) -> bytes:
    if kind == b"tEXt":
        return rest
    packed = kind == b"zTXt" or rest[:1] == b"\1"
    body = rest[1:] if kind == b"zTXt" else (rest[2:].split(b"\0", 2) + [b"", b""])[2]
    if not packed:
        return body
    try:
        unpacking = zlib.decompressobj()
        said = unpacking.decompress(body, LONGEST_CHUNK)
    except zlib.error:
        return b""
    return b"" if unpacking.unconsumed_tail else said


def _content(found: dict[str, bytes]) -> object:
    """Of the newer version where both are there, unless it is broken."""
    trouble: BadImport | None = None
    for keyword in ("ccv3", "chara"):
        if not (said := found.get(keyword)):
            continue
        try:
            content = json_of(text_of(said if said.lstrip()[:1] == b"{" else _decoded(said)))
        except BadImport as error:
            trouble = trouble or error
            continue
        if table(content):
            return content
    raise trouble or BadImport(NONE)


def _decoded(said: bytes) -> bytes:
    """b"" where it is no base64."""
    try:
        return base64.b64decode(said + b"=" * (-len(said) % 4))
    except (binascii.Error, ValueError):
        return b""


def bare(file: IO[bytes], chunks: list[Chunk]) -> bytes:
    """The picture without its texts; b"" where it is too large."""
    kept = [one for one in chunks if one.kind not in PRIVATE]
    if sum(one.length + 12 for one in kept) > LARGEST_PICTURE - 100:
        return b""
    parts = [SIGNATURE]
    for one in kept:
        file.seek(one.place - 8)
        parts.append(file.read(one.length + 12))
    return b"".join(parts)
