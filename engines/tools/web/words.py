"""Text of strangers as plain words: no markup, nothing invisible, nothing that turns it around."""

import html
import re
import unicodedata

TAG = re.compile(r"<[^<>]*>")
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, format (zero width, direction), no characters
SELECTORS = range(0xE0100, 0xE01F0)  # variants of a character, which can spell out anything unseen
LONGEST = 5000  # characters of one title or snippet that are looked at


class Kept(dict[int, str | None]):
    """For str.translate: what becomes of each character, found out once."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kind = unicodedata.category(character)
        if kind in ("Zl", "Zp"):
            self[code] = "\n"
        elif kind in HIDDEN and character not in "\n\t" or code in SELECTORS:
            self[code] = None
        else:
            self[code] = character
        return self[code]


KEPT = Kept()


def clean(text: str) -> str:
    """Without what cannot be seen; lines stay lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).translate(KEPT).strip()


def one_line(text: object, limit: int) -> str:
    """A title or snippet, which may have markup in it, on one line of at most limit characters."""
    if not isinstance(text, str):
        return ""
    words = " ".join(clean(html.unescape(TAG.sub("", text[:LONGEST]))).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
