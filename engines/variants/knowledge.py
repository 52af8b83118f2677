"""What a variant answers from: its text files, whole where they are short, else what fits.

Found by words (BM25 of SQLite's FTS5), so it works for any language and needs no other model.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import apsw

from engines.variants import texts
from engines.variants.checked import BadVariant
from engines.variants.file import Opened

LARGEST = 32_000_000  # characters of all files together; more are left out
SHORT, LONG = 500, 1_200  # characters: smaller pieces are put together, longer ones are cut
MOST_WORDS = 60  # of a question
RELEVANT = 0.3  # of the best passage's score: less is there by chance
FITTING = (
    "SELECT file, said, -bm25(passages) AS score FROM passages WHERE passages MATCH ?"
    " ORDER BY score DESC, rowid LIMIT 100"
)
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
HEADING = re.compile(r"#{1,6} +\S.*")
ACCENTS = re.compile("[\u0300-\u036f]+")
WORD = re.compile(r"\w+")
# scripts written without spaces: each of their letters is a word, two in a row are looked for
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u3130-\u318f\u31a0-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Passage(NamedTuple):
    file: str  # its name
    text: str


class Knowledge:
    """Safe from any thread. left_out: names of files that were too many."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """files: what is in them, by name."""
        self._files: dict[str, str] = {}
        self.left_out: tuple[str, ...] = ()
        for name, text in files.items():
            if self.size + len(text) > LARGEST:
                self.left_out += (name,)
            else:
                self._files[name] = text
        self._index: apsw.Connection | None = None  # made with the first question
        self._lock = threading.Lock()

    @classmethod
    def of(cls, opened: Opened) -> "Knowledge":
        """Reads the variant's files. Raises BadVariant where one is not what it should be."""
        files, left, room = dict[str, str](), list[str](), 4 * LARGEST
        for file in opened.variant.knowledge:
            if file.size > room:
                left.append(file.name)
                continue
            room -= file.size
            files[file.name] = as_text(opened.member(file), file.name)
        made = cls(files)
        made.left_out += tuple(left)
        return made

    @property
    def size(self) -> int:
        """Characters."""
        return sum(map(len, self._files.values()))

    def whole(self, limit: int) -> str | None:
        """Everything, each file under its name; None where it has more characters than that."""
        parts = [f"{name}\n\n{text.strip()}" for name, text in self._files.items() if text.strip()]
        text = "\n\n".join(parts)
        return text if text and len(text) <= limit else None

    def passages(self, question: str, limit: int) -> tuple[Passage, ...]:
        """The ones that fit a question, the best first, of so many characters together at most."""
        asked = words(question)[:MOST_WORDS]
        if not asked or not self._files:
            return ()
        with self._lock:
            rows = self._made().execute(FITTING, (" OR ".join(f'"{word}"' for word in asked),))
            fitting: list[Any] = rows.fetchall()
        found: list[Passage] = []
        for file, said, score in fitting:
            if score < fitting[0][2] * RELEVANT:
                break
            if len(said) <= limit:
                found.append(Passage(file, said))
                limit -= len(said)
        return tuple(found)

    def close(self) -> None:
        with self._lock:
            if self._index:
                self._index.close()
                self._index = None

    def _made(self) -> apsw.Connection:
        if self._index is None:
            made = apsw.Connection(":memory:")
            made.execute(
                "CREATE VIRTUAL TABLE passages USING fts5"
                "(words, file UNINDEXED, said UNINDEXED, tokenize='porter unicode61')"
            )
            with made:
                made.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?)",
                    (
                        (spaced(f"{name} {said}"), name, said)
                        for name, text in self._files.items()
                        for said in split(text)
                    ),
                )
            self._index = made
        return self._index


def as_text(data: bytes, name: str) -> str:
    """Raises BadVariant for what is no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(name, str(error)) from error
    if BINARY.search(text[:100_000]):
        raise _no_text(name, "control characters")
    return texts.washed_text(text)


def _no_text(name: str, why: str) -> BadVariant:
    return BadVariant(
        f"“{name}” is no text in UTF-8, so a variant cannot answer from it.",
        "Save it as plain text.",
        why,
    )


def split(text: str) -> Iterator[str]:
    """Passages in their order: paragraphs, put together or cut, below the heading they belong to.

    Nothing is left out but white space.
    """
    heading, begun, bare = "", "", True  # bare: nothing but headings has begun
    for paragraph in re.split(r"\n\s*\n", text):
        first = paragraph.strip().partition("\n")[0].strip()
        new = HEADING.fullmatch(first) is not None
        for piece in _pieces(paragraph.strip()):
            if not bare and (new or len(begun) + len(piece) > LONG):
                yield begun
                begun, bare = "" if new else heading, True
            heading, new = first[:200] if new else heading, False
            begun = f"{begun}\n\n{piece}".strip()
            bare = bare and HEADING.fullmatch(piece) is not None
    if begun:
        yield begun


def _pieces(paragraph: str) -> Iterator[str]:
    """At most LONG characters each, cut where a line or a sentence ends if one does."""
    while len(paragraph) > LONG:
        for end in ("\n", ". ", "! ", "? ", "。", " "):
            if (at := paragraph.rfind(end, SHORT, LONG)) > 0:
                break
        else:
            at, end = LONG - 1, " "
        yield paragraph[: at + len(end)].strip()
        paragraph = paragraph[at + len(end) :].strip()
    if paragraph:
        yield paragraph


def words(question: str) -> list[str]:
    """What is looked for: each word once, and pairs of letters where a script has no spaces."""
    found: dict[str, None] = {}
    for word in WORD.findall(plain(question[:20_000])):
        if UNSPACED.search(word):
            letters = [letter for letter in word if UNSPACED.match(letter)]
            pairs = [f"{a} {b}" for a, b in zip(letters, letters[1:], strict=False)]
            found.update(dict.fromkeys(pairs or letters))
        else:
            found[word] = None
    return list(found)


def plain(text: str) -> str:
    """Without case and accents, as it is indexed and looked for."""
    if text.isascii():
        return text.lower()
    bare = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).casefold()


def spaced(text: str) -> str:
    text = plain(text)
    return text if text.isascii() else UNSPACED.sub(r" \g<0> ", text)
