"""How much of a document is read: so much text, for so long."""

import time
from collections.abc import Iterator

from engines.messages import Page

LARGEST = 2_000_000  # characters of all pages together
SECONDS = 40.0  # of reading, after which what is there has to do
LEFT_OUT = "(The rest of this document was left out: {}.)"
TOO_LONG, TOO_SLOW = "it is too long", "it takes too long to read"


class Text:
    """Takes pages in order and cuts them where the bound is."""

    def __init__(self) -> None:
        self._left = LARGEST
        self._until = time.monotonic() + SECONDS
        self.over = False  # nothing more is taken

    def page(self, number: int, of: int, text: str, scan: bool = False) -> Page:
        text = text.replace("\0", "").strip()
        why = TOO_LONG if len(text) > self._left else ""
        kept = text[: self._left]
        self._left -= len(kept)
        if not why and number < of:
            why = "" if self._left else TOO_LONG
            why = why or (TOO_SLOW if time.monotonic() > self._until else "")
        if why:
            self.over = True
            kept = f"{kept}\n\n{LEFT_OUT.format(why)}".lstrip()
        return Page(number, of, kept, scan)

    def joined(self, parts: Iterator[str]) -> str:
        """Parts as one text, no longer than what is taken anyway."""
        found, length = [], 0
        for part in parts:
            found.append(part)
            length += len(part) + 1
            if length > self._left or time.monotonic() > self._until:
                break
        return "\n".join(found)
