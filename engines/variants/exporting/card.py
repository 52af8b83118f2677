"""A variant as a character card, version 3: as JSON, or within a PNG.

What a card has no place for stands in its extensions, where Parley finds it again.
"""

import base64
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from engines.variants.exporting.exported import Exported, parts_in_words, sentences
from engines.variants.importing.books import OWN
from engines.variants.importing.card import ONLY_OURS, read
from engines.variants.importing.card_png import SIGNATURE, bare, chunks_of
from engines.variants.importing.taking import Taking
from engines.variants.variant import Look, Variant

LONGEST_FILE, LONGEST_FILES = 500_000, 2_000_000  # bytes of knowledge that goes into a card
SIZE = 256  # of the picture of a variant that has none, in pixels
COLOUR = "#5B6B8C"
AS_SECOND = "This is a character card of version 3, read here as one of version 2."
EXACT = {
    "instructions": "its instructions",
    "greeting": "what it says first",
    "examples": "its examples",
}


def card_json(variant: Variant, files: Mapping[str, bytes] | None = None) -> Exported:
    """files: those of its knowledge, by their names."""
    content, left = _content(variant, files or {})
    return Exported(msgspec.json.format(msgspec.json.encode(content), indent=2), left)


def card(
    variant: Variant, picture: bytes = b"", files: Mapping[str, bytes] | None = None
) -> Exported:
    """picture: the PNG that carries it; of anything else, or nothing, a plain one is made."""
    content, left = _content(variant, files or {})
    pixels = _pixels(picture)
    if picture and not pixels:
        left += ("Its picture: the picture of a card has to be a PNG of at most 8 MB.",)
    pixels = pixels or plain(variant.look.colour or COLOUR)
    second = {**content["data"], "creator_notes": f"{variant.line}\n\n{AS_SECOND}".lstrip()}
    texts = {
        b"chara": {"spec": "chara_card_v2", "spec_version": "2.0", "data": second},
        b"ccv3": content,
    }
    end = pixels.rindex(b"IEND") - 4
    added = b"".join(
        chunk(b"tEXt", keyword + b"\0" + base64.b64encode(msgspec.json.encode(one)))
        for keyword, one in texts.items()
    )
    return Exported(pixels[:end] + added + pixels[end:], left)


def _content(
    variant: Variant, files: Mapping[str, bytes]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    entries, lost = _entries(variant, files)
    data: dict[str, Any] = {
        "name": variant.name,
        "description": variant.instructions,
        "personality": "",
        "scenario": "",
        "first_mes": variant.greeting,
        "mes_example": "\n".join(
            f"<START>\n{{{{user}}}}: {one.question}\n{{{{char}}}}: {one.answer}"
            for one in variant.examples
        ),
        "creator_notes": variant.line,
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [],
        "group_only_greetings": [],
        "tags": list(variant.tags),
        "creator": variant.author,
        "character_version": variant.version,
        "assets": [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}],
        "extensions": {OWN: _ours(variant)},
    }
    if entries:
        data["character_book"] = {"extensions": {}, "entries": entries}
    content = {"spec": "chara_card_v3", "spec_version": "3.0", "data": data}
    return content, (*_left(variant), *lost, *_changed(variant, content))


def _ours(variant: Variant) -> dict[str, Any]:
    look = Look(colour=variant.look.colour, emoji=variant.look.emoji)
    kept = msgspec.structs.replace(variant, look=look)
    told = {k: v for k, v in msgspec.to_builtins(kept).items() if k in ONLY_OURS}
    return told or {"format": variant.format}  # there in any case: the card is one of ours


def _left(variant: Variant) -> tuple[str, ...]:
    parts = parts_in_words(variant)
    lost = [parts[one] for one in ("adapters",) if one in parts]
    ours = [words for part, words in parts.items() if part in ONLY_OURS]
    if variant.base.description or variant.base.hub:
        ours.append("which model it is for")
    told = sentences(lost)
    return (*told, f"Only Parley reads this from a card: {', '.join(ours)}.") if ours else told


def _entries(
    variant: Variant, files: Mapping[str, bytes]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Knowledge as entries of a lore book, which other programs look up by a key."""
    entries: list[dict[str, Any]] = []
    lost: list[str] = []
    room = LONGEST_FILES
    for number, file in enumerate(variant.knowledge):
        data = files.get(file.name, b"")
        try:
            text = data.decode() if file.name in files else ""
        except UnicodeDecodeError:
            text = ""
        if not text or len(data) > min(LONGEST_FILE, room):
            lost.append(f"Its file {file.name}, which is too large for a card, or no text.")
            continue
        room -= len(data)
        entries.append(
            {
                "name": file.name,
                "keys": [Path(file.name).stem],
                "content": text,
                "enabled": True,
                "insertion_order": number,
                "use_regex": False,
                "constant": False,
                "extensions": {OWN: {"file": file.name}},
            }
        )
    return entries, tuple(lost)


def _changed(variant: Variant, content: dict[str, Any]) -> tuple[str, ...]:
    """What would not come back as it is, found out by reading it: a card has no way to quote."""
    back = read(content, Taking(Path("card.json"))).variant
    changed = [
        words for field, words in EXACT.items() if _said(back, field) != _said(variant, field)
    ]
    return tuple(
        f"Some of {words}: placeholders like {{{{user}}}} and marks of who speaks have a meaning "
        "in cards."
        for words in changed
    )


def _said(variant: Variant, field: str) -> object:
    value = getattr(variant, field)
    if isinstance(value, str):
        return value.strip()
    return [(one.question.strip(), one.answer.strip()) for one in value]


def _pixels(picture: bytes) -> bytes:
    """Without any text of its own; b"" of what is no whole PNG."""
    if not picture.startswith(SIGNATURE):
        return b""
    file = io.BytesIO(picture)
    chunks = [*chunks_of(file)]
    whole = bool(chunks) and chunks[0].kind == b"IHDR" and chunks[-1].kind == b"IEND"
    return bare(file, chunks) if whole else b""


def plain(colour: str) -> bytes:
    """A PNG of nothing but this colour, "#RRGGBB"."""
    return png(SIZE, SIZE, bytes.fromhex(colour.removeprefix("#")) * SIZE**2)


def png(width: int, height: int, rgb: bytes) -> bytes:
    """rgb: 8 bits each, row by row from the top."""
    row = 3 * width
    rows = b"".join(b"\0" + rgb[place : place + row] for place in range(0, row * height, row))
    head = chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0]))
    return SIGNATURE + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
