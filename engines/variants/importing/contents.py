"""What files of strangers hold, within bounds: bytes, text, JSON, YAML."""

import json
from pathlib import Path

import msgspec

from engines.variants.importing.taking import BadImport

LARGEST_TEXT = 16 << 20  # bytes; real ones have some thousand
MOST_PARTS = 600_000  # of a JSON text, each an object of Python's; marks in texts are counted, too
LARGEST_YAML = 64 << 10  # characters: half a second of reading


def bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TEXT + 1)
    except OSError as error:
        raise BadImport("the file cannot be read", str(error)) from error
    if len(data) > LARGEST_TEXT:
        raise BadImport(f"it is larger than {LARGEST_TEXT >> 20} MB")
    return data


def text_of(data: bytes) -> str:
    form = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        said = data.decode(form)
    except UnicodeDecodeError as error:
        raise BadImport("it is no text", str(error)) from error
    if "\0" in said:
        raise BadImport("it is no text")
    return said


def json_of(said: str) -> object:
    if said.count("{") + said.count("[") + said.count(",") > MOST_PARTS:
        raise BadImport("it has too many parts")
    try:
        return msgspec.json.decode(said)
    except (msgspec.DecodeError, RecursionError):
        return _lenient(said)


def _lenient(said: str) -> object:
    """With half letters and numbers beyond all bounds, as some programs write them."""
    try:
        return json.loads(said)
    except (ValueError, RecursionError) as error:
        raise BadImport("its JSON is broken", str(error)) from error


def yaml_of(said: str) -> object:
    """None where it is no YAML, or has more than anybody would write by hand."""
    if len(said) > LARGEST_YAML:
        return None
    from engines.variants.importing.plain_yaml import load

    return load(said)
