"""Rare words of a conversation that the person is likely to say: names, above all."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")  # noqa: RUF001  an apostrophe as people type it
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
SENTENCE = re.compile(r"(?:^|[.!?:\n>*#|-])\s*[\"“(]*$")
MOST = 24  # words
LONGEST = 200  # characters of all of them: what is more would crowd out what was said before
PART = 4_000  # characters of a turn that are looked at


def hotwords(texts: Iterable[str]) -> str:
    """Capitalised words inside sentences, those of the first texts first; "" for none."""
    found: dict[str, None] = {}
    size = 0
    for text in texts:
        for name in _names(CODE.sub(" ", text[:PART])):
            size += len(name) + 2
            if len(found) == MOST or size > LONGEST:
                return ", ".join(found)
            if name in found:
                size -= len(name) + 2
            found[name] = None
    return ", ".join(found)


def _names(text: str) -> Iterable[str]:
    """Neighbouring capitalised words are one name; the first word of a sentence is none."""
    name, end = [], -1
    for match in WORD.finditer(text):
        word, start = match[0], match.start()
        if name and text[end:start] != " ":
            yield " ".join(name)
            name = []
        inside = name or not SENTENCE.search(text[max(0, start - 8) : start])
        if word[0].isupper() and inside and word not in ("I", "I'm", "I'll", "I've", "I'd"):
            name.append(word)
        elif name:
            yield " ".join(name)
            name = []
        end = match.end()
    if name:
        yield " ".join(name)
