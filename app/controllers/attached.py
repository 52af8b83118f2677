"""What is attached to a turn: as it is stored, as it is told to the model, as it is shown.

A picture is a "seen" part (AboutPicture, the original file) and the "preview" after it; a scanned
page and a frame of a film are pictures too. A "document" is AboutDocument with its file, what a
model hears is "listened": AboutSound with a WAV.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.controllers.shown import ShownAttachment
from app.controllers.subtitles import clock
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import Part, Picture, Sound, Text
from engines.senses import Box

SEEN, PREVIEW, DOCUMENT, LISTENED = "seen", "preview", "document", "listened"
PASSAGE = "passage"  # of a variant's own files, found for a question
KINDS = frozenset((SEEN, DOCUMENT, LISTENED))
KEPT = KINDS | {PREVIEW}  # kinds of parts that stay with a question that is asked otherwise
LONGEST_NAME = 100
FROM_FILES = "What your own files say about this:"
NOTHING_FOUND = "Programs found nothing in it."
NOT_LOOKED_AT = "Nothing is known of what it shows."


class AboutPicture(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    width: int  # of the whole picture (of the box, where there is one), in pixels
    height: int
    format: str = ""
    hash: str = ""  # how a Look names it
    size: tuple[int, int] = (0, 0)  # as the model gets it
    box: Box | None = None
    of: str = ""  # name of the document or film it is a page or frame of
    page: int = 0
    at: float = -1.0  # seconds into the film
    note: str = ""
    found: str | None = None  # by programs, for a model that does not see; None: none looked
    read: str | None = None  # its text, read by programs for the starter; None: none looked


class AboutDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    pages: int
    text: str
    note: str = ""  # what of it is missing, for people and the model


class AboutSound(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    seconds: float
    hash: str = ""
    note: str = ""


class AboutPassage(msgspec.Struct, frozen=True):
    file: str
    text: str


About = AboutPicture | AboutDocument | AboutSound
_ABOUT = {SEEN: AboutPicture, DOCUMENT: AboutDocument, LISTENED: AboutSound}
_decoders = {kind: msgspec.json.Decoder(about) for kind, about in _ABOUT.items()}


def stored(about: About, attachment: str) -> StoredPart:
    kind = next(kind for kind, one in _ABOUT.items() if isinstance(about, one))
    return StoredPart(kind, msgspec.json.encode(about).decode(), attachment)


def about(part: StoredPart) -> Any:
    """AboutPicture, AboutDocument or AboutSound; None where the disk lost it."""
    try:
        return _decoders[part.kind].decode(part.text)
    except msgspec.DecodeError:
        return None


def passage(part: StoredPart) -> AboutPassage | None:
    """None where the disk lost it."""
    try:
        return msgspec.json.decode(part.text, type=AboutPassage)
    except msgspec.DecodeError:
        return None


def passage_part(file: str, text: str) -> StoredPart:
    return StoredPart(PASSAGE, msgspec.json.encode(AboutPassage(file, text)).decode())


def told_passages(parts: Iterable[StoredPart]) -> str:
    """Passages as the model is told them, after the question they were found for."""
    found = [one for part in parts if (one := passage(part))]
    return "\n".join((FROM_FILES, *(quoted(plain_name(one.file), one.text) for one in found)))


def any_of(parts: Iterable[StoredPart]) -> bool:
    return any(part.kind in KINDS for part in parts)


def plain_name(name: str) -> str:
    """A file's name as it may stand in a line: its owner chose it, and not for us."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}…"


def pictures(turns: Iterable[StoredTurn]) -> Iterable[tuple[StoredPart, AboutPicture]]:
    for turn in turns:
        for part in turn.parts:
            if part.kind == SEEN and (one := about(part)):
                yield part, one


def sensed(turns: Iterable[StoredTurn]) -> Iterable[tuple[StoredPart, AboutPicture | AboutSound]]:
    """What models look at or listen to."""
    for turn in turns:
        for part in turn.parts:
            if part.kind in (SEEN, LISTENED) and (one := about(part)):
                yield part, one


class Telling:
    """Tells the model what is attached, turn by turn from the first one on.

    What it says of a turn depends on that turn and those before it alone, so that the model's
    memory of them stays good.
    """

    def __init__(self, sees: bool, hears: bool, reads: bool = False) -> None:
        """reads: it is told the text that programs read in pictures it sees."""
        self._sees, self._hears, self._reads = sees, hears, reads
        self._number = 0  # of the last picture
        self._labels = False

    def begin(self, parts: Sequence[StoredPart]) -> None:
        """A turn."""
        here = sum(part.kind == SEEN for part in parts)
        self._labels = self._number + here > 1

    def told(self, part: StoredPart) -> list[Part]:
        match about(part):
            case AboutPicture() as one:
                self._number += 1
                return self._seen(one) if self._sees else [Text(self._described(one))]
            case AboutDocument() as one:
                return [Text(quoted_document(one))]
            case AboutSound() as one if self._hears:
                note = f" ({one.note.rstrip('.')})" if one.note else ""
                label = Text(f"The sound {plain_name(one.name)}{note}:\n")
                return [label, Sound(one.hash, one.seconds), Text("\n")]
            case AboutSound() as one:
                return [Text(f"The sound {plain_name(one.name)}, which you cannot hear.\n\n")]
            case _:
                return [Text("A file that was attached here cannot be read any more.\n\n")]

    def _seen(self, one: AboutPicture) -> list[Part]:
        seen = [Picture(one.hash, *one.size), Text("\n")]
        if self._reads and one.read:
            seen.append(Text(f"{one.read}\n\n"))
        if not (self._labels or one.of or one.box):
            return seen
        return [Text(f"{self._label(one)}:\n"), *seen]

    def _label(self, one: AboutPicture) -> str:
        words = what(one)
        return f"Picture {self._number}, {words}" if self._labels else words[0].upper() + words[1:]

    def _described(self, one: AboutPicture) -> str:
        words = self._label(one) if self._labels else f"The picture {what(one)}"
        size = f"{one.width} × {one.height}"
        found = NOT_LOOKED_AT if one.found is None else one.found or NOTHING_FOUND
        return f"{words}, {size}, which you cannot see. {found}\n\n"


def what(one: AboutPicture) -> str:
    """Which picture it is: "holiday.jpg", "a part of holiday.jpg", "frame at 0:12 of film.mp4"."""
    if one.at >= 0:
        words = f"frame at {clock(one.at)} of {plain_name(one.of)}"
    elif one.page:
        words = f"page {one.page} of {plain_name(one.of)}"
    else:
        words = plain_name(one.name)
    return f"a part of {words}" if one.box else words


def quoted_document(one: AboutDocument) -> str:
    pages = f", {one.pages} pages" if one.pages > 1 else ""
    note = f" ({one.note.rstrip('.')})" if one.note else ""
    return f"The document {quoted(plain_name(one.name) + pages + note, one.text)}\n"


def quoted(name: str, text: str) -> str:
    """The text of a file as it stands in a message."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{name}:\n{fence}\n{text.rstrip()}\n{fence}\n"


def shown(parts: Sequence[StoredPart], files: Callable[[str], Path]) -> tuple[ShownAttachment, ...]:
    """files finds the file of an attachment; key is the place among these."""
    found: list[ShownAttachment] = []
    for index, part in enumerate(parts):
        if part.kind not in KINDS:
            continue
        after = parts[index + 1] if index + 1 < len(parts) else None
        preview = (
            files(after.attachment) if after and after.kind == PREVIEW and after.attachment else ""
        )
        found.append(shown_part(str(len(found)), part, str(preview)))
    return tuple(found)


def shown_part(key: str, part: StoredPart, preview: str) -> ShownAttachment:
    match about(part):
        case AboutPicture() as one:
            words, size = size_words(one), (one.width, one.height)
            return ShownAttachment(
                *(key, "picture", one.name, words, one.note, "ready", preview, *size),
                *(one.box, one.at, one.of, found_in(one), one.found is None),
            )
        case AboutDocument() as one:
            return ShownAttachment(key, DOCUMENT, one.name, document_words(one), one.note)
        case AboutSound() as one:
            return ShownAttachment(key, "sound", one.name, clock(one.seconds), one.note)
        case _:
            words, hint = "It cannot be read any more.", "Attach the file again."
            return ShownAttachment(key, DOCUMENT, "A file", words, hint, "failed")


def found_in(one: AboutPicture) -> str:
    """What programs found or read in it, for the page; "" where there is nothing to show."""
    if one.found is None:
        return one.read or ""
    return one.found or NOTHING_FOUND


def size_words(one: AboutPicture) -> str:
    return f"{one.width:,} × {one.height:,}"


def document_words(one: AboutDocument) -> str:
    if one.pages > 1:
        return f"{one.pages:,} pages"
    words = len(one.text.split())
    return f"{words:,} word{'s' * (words != 1)}" if words else "1 page"


def title_of(parts: Sequence[StoredPart]) -> str:
    """For a conversation that begins with files alone."""
    one = next((found for part in parts if part.kind in KINDS and (found := about(part))), None)
    return plain_name(getattr(one, "of", "") or one.name) if one else ""
