"""A file with a message that is being written: where it comes from and how far it is."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from app.controllers import attached
from app.controllers.attached import AboutDocument, AboutPicture, AboutSound
from app.controllers.shown import ShownAttachment
from app.store.conversations import StoredPart
from engines.messages import Failed, Pcm, Pixels
from engines.senses import Box

PICTURE, DOCUMENT, FILM, SOUND = "picture", "document", "film", "sound"
READING, LOOKING, READY, FAILED = "reading", "looking", "ready", "failed"
SOURCE = "file"  # kind of the part a draft keeps of every chip
WORKS = itertools.count(1)
DEAF = "this model cannot hear it"


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Enough to read it again; of, page and at as in AboutPicture."""

    kind: str
    name: str
    path: str = ""  # of a film, and of other files until they are kept
    box: Box | None = None
    of: str = ""
    page: int = 0
    at: float = -1.0


@dataclass
class Chip:
    key: str
    conversation: int | None
    source: Source
    original: str = ""  # sha256 of the file among the attachments, once it is there
    data: bytes = b""  # what was pasted, until then
    state: str = READING
    words: str = ""
    hint: str = ""
    parts: tuple[StoredPart, ...] = ()  # as the turn will hold them
    sensed: dict[str, Pixels | Pcm] = field(default_factory=dict)  # by hash, until it is taken in
    cost: tuple[int, float] | None = None  # tokens, seconds: what the model said of looking
    seen: int = 0  # which model looked at it; see Looking.model
    work: int = 0  # which piece of work on it is current; 0: none was begun, or it was removed

    @property
    def settled(self) -> bool:
        return self.state in (READY, FAILED)

    @property
    def pictures(self) -> list[StoredPart]:
        return [part for part in self.parts if part.kind == attached.SEEN]

    @property
    def looked_at(self) -> list[StoredPart]:
        """What a model has to take in before it can be told of."""
        return [part for part in self.parts if part.kind in (attached.SEEN, attached.LISTENED)]

    @property
    def partial(self) -> bool:
        """Only some of the text fits the model."""
        return any(p.kind == attached.DOCUMENT and '"note"' in p.text for p in self.parts)

    def begin(self, state: str, words: str = "") -> None:
        """Another piece of work on it: what the one before still answers is not heard."""
        self.work = next(WORKS)
        self.state, self.words, self.hint = state, words, ""

    def fail(self, why: Failed) -> None:
        self.state, self.words, self.hint = FAILED, why.message, why.hint
        self.sensed.clear()

    def draft(self) -> tuple[StoredPart, ...]:
        """What is kept on disk: parts only where the chip needs nothing any more."""
        source = StoredPart(SOURCE, msgspec.json.encode(self.source).decode(), self.original)
        return (source, *self.parts)

    def shown(self, files: Any) -> ShownAttachment:
        first = self.parts[0] if self.parts else None
        one = attached.about(first) if first else None
        preview = next((p.attachment for p in self.parts if p.kind == attached.PREVIEW), "")
        picture = one if isinstance(one, AboutPicture) and self.source.kind == PICTURE else None
        return ShownAttachment(
            *(self.key, self.source.kind, self.source.name, self._words(one)),
            *(self.hint or self._note(one), self.state, str(files(preview)) if preview else ""),
            *((picture.width, picture.height) if picture else (0, 0)),
            *(self.source.box, self.source.at, self.source.of),
            found=attached.found_in(picture) if picture else "",
            seen=bool(picture and picture.found is None),
        )

    def _note(self, one: Any) -> str:
        return getattr(one, "note", "") if self.state == READY else ""

    def _words(self, one: Any) -> str:
        if self.state in (READING, FAILED):
            return self.words
        words = [self._size(one)]
        if self.state == LOOKING:
            words.append(self.words)
        elif self.cost:
            tokens, seconds = self.cost
            words += [f"{tokens:,} tokens", f"{seconds:.1f} s"]
        elif self.words:
            words.append(self.words)
        return " · ".join(word for word in words if word)

    def _size(self, one: Any) -> str:
        count = len(self.pictures)
        if self.source.kind == FILM:
            return f"{count} picture{'s' * (count != 1)}"
        match one:
            case AboutPicture():
                return attached.size_words(one)
            case AboutDocument():
                return attached.document_words(one)
            case AboutSound():
                return attached.clock(one.seconds)
            case _:
                return ""


def still(chip: Chip, then: Callable[..., None]) -> Callable[..., None]:
    """then(chip, …), unless other work on the chip was begun, or it was removed, meanwhile."""
    work = chip.work

    def call(*values: Any) -> None:
        if chip.work == work:
            then(chip, *values)

    return call


def restored(key: str, conversation: int | None, kept: tuple[StoredPart, ...]) -> Chip | None:
    """A chip of an earlier session; None where the disk lost it."""
    first, *parts = kept
    try:
        source = msgspec.json.decode(first.text, type=Source)
    except msgspec.DecodeError:
        return None
    return Chip(key, conversation, source, first.attachment, parts=tuple(parts))


def name_of(path: str) -> str:
    return Path(path).name or path
