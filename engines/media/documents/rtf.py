"""RTF: its words. Pictures, fields and all else that is not read aloud is left out."""

import re
from collections.abc import Callable, Iterator

from engines.media.documents.bounds import LARGEST, Text
from engines.messages import Event

TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9a-f]{2})|\\(?P<sign>[^a-z])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|.",
    re.IGNORECASE | re.DOTALL,
)
BREAKS = {"par": "\n", "line": "\n", "sect": "\n", "page": "\n\n", "row": "\n", "tab": "\t"}
BREAKS |= {"cell": " | ", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘"}
BREAKS |= {"rquote": "’", "ldblquote": "“", "rdblquote": "”"}
SIGNS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
SKIPPED = {  # groups that are not text
    *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "themedata"),
    *("listtable", "listoverridetable", "generator", "datastore", "xmlnstbl", "rsidtbl", "header"),
    *("footer", "latentstyles", "colorschememapping", "filetbl", "revtbl", "bkmkstart", "bkmkend"),
}


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    taken = Text()
    yield taken.page(1, 1, words(data))


def words(data: bytes) -> str:
    found: list[str] = []
    length, encoding, skip, replaced = 0, "cp1252", False, 1
    after = 0  # characters that only stand for a letter older programs lack
    groups: list[tuple[bool, int]] = []
    bytes_ = bytearray()  # of letters that may be several bytes long

    def flush() -> None:
        if bytes_:
            found.append(bytes_.decode(encoding, "replace"))
            bytes_.clear()

    for token in TOKEN.finditer(data):
        word, byte = (token["word"] or b"").decode("ascii").lower(), token["byte"]
        if byte and not skip:
            if after:
                after -= 1
            else:
                bytes_.append(int(byte, 16))
            continue
        flush()
        said = ""
        if token["brace"] == b"{":
            groups.append((skip, replaced))
        elif token["brace"]:
            skip, replaced = groups.pop() if groups else (False, 1)
        elif word == "ansicpg" and token["number"]:
            encoding = _known(f"cp{int(token['number'])}")
        elif word == "uc" and token["number"]:
            replaced = max(0, int(token["number"]))
        elif word == "u" and token["number"]:
            said, after = _letter(int(token["number"])), replaced
        elif word in SKIPPED or token["sign"] == b"*":
            skip = True
        elif word:
            said = BREAKS.get(word, "")
        elif token["sign"]:
            said = SIGNS.get(token["sign"], "")
        elif token["text"]:
            text = token["text"][after:]
            after = max(0, after - len(token["text"]))
            said = text.decode(encoding, "replace")
        if said and not skip:
            found.append(said)
            length += len(said)
            if length > LARGEST:
                break
    flush()
    paired = "".join(found).encode("utf-16", "surrogatepass")
    return paired.decode("utf-16", "replace")


def _letter(number: int) -> str:
    return chr(number % 0x10000)


def _known(encoding: str) -> str:
    import codecs

    try:
        codecs.lookup(encoding)
    except LookupError:
        return "cp1252"
    return encoding
