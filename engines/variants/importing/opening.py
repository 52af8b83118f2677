"""Tells by its content what a file of a stranger is, and has it read."""

from pathlib import Path

import msgspec

from engines.variants.importing import card, modelfile
from engines.variants.importing.taking import BadImport, Imported, Taking

LARGEST_TEXT = 16 << 20  # bytes; real ones have some thousand
MOST_PARTS = 200_000  # of a JSON text: each is an object of Python's
PNG, JPEG, ZIP, GGUF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK", b"GGUF"


def read(path: Path) -> Imported:
    """The variant of a file; where it holds several, the first. Raises ParleyError."""
    found = read_all(path)
    if len(found) == 1:
        return found[0]
    more = f"{len(found) - 1} more variants are in the same file."
    return found[0]._replace(left_out=(*found[0].left_out, more))


def read_all(path: Path) -> tuple[Imported, ...]:
    """Every variant of a file, at least one. Raises ParleyError.

    May take a second for a large file: not for the GUI thread.
    """
    data = _bytes(path)
    return _of_text(_text(data), path)


def _of_text(said: str, path: Path) -> tuple[Imported, ...]:
    if said.lstrip()[:1] in ("{", "["):
        return _of_json(_json(said), path)
    if modelfile.recognise(said):
        return (modelfile.read(said, Taking(path)),)
    raise BadImport("nothing in it looks like one")


def _of_json(content: object, path: Path) -> tuple[Imported, ...]:
    if card.recognise(content):
        return (card.read(content, Taking(path)),)
    raise BadImport("its JSON is of no kind that is known here")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TEXT + 1)
    except OSError as error:
        raise BadImport("the file cannot be read", str(error)) from error
    if len(data) > LARGEST_TEXT:
        raise BadImport(f"it is larger than {LARGEST_TEXT >> 20} MB")
    return data


def _text(data: bytes) -> str:
    form = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        said = data.decode(form)
    except UnicodeDecodeError as error:
        raise BadImport("it is no text", str(error)) from error
    if "\0" in said:
        raise BadImport("it is no text")
    return said


def _json(said: str) -> object:
    if said.count("{") + said.count("[") + said.count(",") > MOST_PARTS:
        raise BadImport("it has too many parts")
    try:
        return msgspec.json.decode(said)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadImport("its JSON is broken", str(error)) from error
