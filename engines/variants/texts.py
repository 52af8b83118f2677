"""Texts of a variant: what one reads on the screen is all that the model is told."""

import re
from typing import Any

import msgspec

from engines.variants.variant import Variant

FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f")  # England, Scotland, …
UNSEEN = (  # controls, what turns the direction of text around, and letters nobody sees
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
IN_TEXT = re.compile(f"[{UNSEEN}]")
IN_LINE = re.compile(
    f"[{UNSEEN}\t\n\u2028\u2029\xad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]"
)


def hidden(text: str, *, line: bool = False) -> str:
    """The first character that may not be in it, as "U+202E", else "". line: in a single line."""
    found = (IN_LINE if line else IN_TEXT).search(_without_flags(text))
    return f"U+{ord(found[0]):04X}" if found else ""


def washed_text(text: str) -> str:
    """Without what may not be in it, and with plain ends of lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        part if FLAG.fullmatch(part) else IN_TEXT.sub("", part)
        for part in re.split(f"({FLAG.pattern})", text)
    )


def washed_line(text: str) -> str:
    """The same as one line, without white space around it."""
    return " ".join(IN_LINE.sub(lambda m: " " if m[0].isspace() else "", washed_text(text)).split())


LINES = ("name", "line", "version", "author", "licence", "origin", "description", "title")


def washed(variant: Variant) -> Variant:
    """All texts of it without hidden characters: for what is typed, pasted or read elsewhere."""
    return _washed(variant)


def _washed(value: Any, name: str = "") -> Any:
    match value:
        case str():
            return washed_line(value) if name in LINES else washed_text(value)
        case tuple():
            return tuple(_washed(one) for one in value)
        case msgspec.Struct():
            kept = {f: _washed(getattr(value, f), f) for f in value.__struct_fields__}
            return type(value)(**kept)
        case _:
            return value


def _without_flags(text: str) -> str:
    return FLAG.sub("", text) if "\U0001f3f4" in text else text
