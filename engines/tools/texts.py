"""The text of files: in whatever encoding, or in words what the file is instead."""

import codecs
import re
import unicodedata
from typing import NamedTuple

LOOK = 8_192  # bytes that show whether a file is text
GUESS = 20_000  # bytes from which an encoding is guessed
WESTERN = 2  # bytes beyond ASCII in a row on average, at most; other alphabets have more
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BEYOND = re.compile(rb"[\x80-\xff]+")
PLAIN = ("utf-8", "utf-8-sig", "ascii")
KINDS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"GGUF", "a language model (GGUF)"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"OggS", "a sound (Ogg)"),
    (b"fLaC", "a sound (FLAC)"),
    (b"ID3", "a sound (MP3)"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"PK\x03\x04", "an archive (ZIP)"),
)
PACKED = {
    ".docx": "a Word document",
    ".xlsx": "an Excel table",
    ".pptx": "PowerPoint slides",
    ".odt": "an OpenDocument text",
    ".ods": "an OpenDocument table",
    ".epub": "a book (EPUB)",
}


class Read(NamedTuple):
    text: str
    encoding: str  # "" where it needs no word


def kind_of(head: bytes, suffix: str) -> str:
    """What a file that begins with head is, with its article; "" for text."""
    if suffix in PACKED and head.startswith(b"PK"):
        return PACKED[suffix]
    for mark, kind in KINDS:
        if head.startswith(mark) and not (mark == b"MZ" and _is_text(head)):
            return kind
    if head[:4] == b"RIFF":
        return {b"WAVE": "a sound (WAV)", b"WEBP": "a picture (WebP)"}.get(head[8:12], "a film")
    if head[4:8] == b"ftyp":
        return "a film or sound (MP4)"
    return "" if _is_text(head) else "a binary file"


def _is_text(head: bytes) -> bool:
    head = head[:LOOK]
    if any(head.startswith(mark) for mark, _ in MARKS) or wide(head):
        return True
    control = len(head) - len(head.translate(None, CONTROL))
    return b"\0" not in head and control <= len(head) // 50


def wide(data: bytes) -> str:
    """The UTF-16 of text that does not say so itself: every other byte is nothing."""
    head = data[:LOOK] if len(data) > LOOK else data[: len(data) // 2 * 2]
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.9 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if half and head[::2].count(0) > 0.9 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def decoded(data: bytes) -> Read:
    """Never fails: what cannot be a letter of the encoding becomes U+FFFD."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "") or wide(data)
    if not encoding:
        try:
            return Read(unified(data.decode("utf-8")), "")
        except UnicodeDecodeError as error:
            start = data[: error.start]  # UTF-8 it is when only the last letter is cut
            cut = error.reason == "unexpected end of data" and not start.isascii()
            encoding = "utf-8" if cut else guessed(data[:GUESS])
    text = data.decode(encoding, "replace")
    return Read(unified(text), "" if encoding in PLAIN else encoding.replace("_", "-"))


def guessed(data: bytes) -> str:
    """Statistics mistake short Western texts for Polish ones, so those are not asked about."""
    runs = BEYOND.findall(data)
    if sum(map(len, runs)) <= WESTERN * len(runs):
        return "cp1252"
    import charset_normalizer

    best = charset_normalizer.from_bytes(data).best()
    return best.encoding if best else "cp1252"


def unified(text: str) -> str:
    """Lines end in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def folded(text: str) -> str:
    """As words are compared: without case and accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def printable(name: str) -> str:
    """A name of a file as it can be shown: one line, no bytes that are not text."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)


def in_bytes(size: float) -> str:
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
