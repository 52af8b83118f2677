"""What is attached to the message being written: files on their way to being ready."""

import itertools
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers import attached
from app.controllers.attached import AboutPicture
from app.controllers.chat import ChatController
from app.controllers.chips import (
    DOCUMENT,
    FAILED,
    FILM,
    PICTURE,
    READING,
    READY,
    SOUND,
    Chip,
    Source,
    name_of,
    restored,
    still,
)
from app.controllers.decoding import Decoding, Read
from app.controllers.describing import Describing
from app.controllers.looking import Looking
from app.controllers.shown import Notice, ShownAttachment
from app.controllers.taking_in import TakingIn
from app.store.conversations import Store, StoredPart
from app.store.draft_parts import DraftParts
from engines.messages import Failed
from engines.senses import Box

MOST = 16  # pictures a message
FRAMES = 8  # of a film
LETTERS = 3  # of a token, at least: what a text may cost a model
UNKNOWN = 32_768  # tokens, where a server does not say how many it remembers
ROOM = 0.7  # of its context that documents may take
FULL = Notice(
    f"A message takes at most {MOST} pictures and documents.", "Send these first, or remove some."
)
NOT_READ = "Retry it or remove it, then send."
NOT_YET = Notice("This picture is still being read.", "Wait until it is ready.")


class AttachController(QObject):
    """Every file becomes a chip: reading, then looking (the model takes it in), then ready.

    Files that are dropped or chosen go to ArrivalController.take, which hands on to take what is
    no model and no voice. Chips belong to the message of a conversation; shown() are those of the
    one on screen. While pending, Send waits: keep the words in the message and send them once
    settled comes (a message handed over earlier waits by itself and is not lost either).
    A message may be sent without words when there is a chip.
    """

    changed = Signal()  # what shown() tells, or pending
    settled = Signal()  # nothing of the message on screen is being read any more
    notice = Signal(object)  # Notice
    sounds = Signal(list)  # paths of sound files for the page Sound files

    def __init__(
        self,
        chat: ChatController,
        store: Store,
        decoding: Decoding,
        looking: Looking,
        describing: Describing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat, self._store, self._drafts = chat, store, DraftParts(store)
        self._decoding, self._looking = decoding, looking
        self._taking_in = TakingIn(looking, describing, self)
        self._keys = itertools.count(1)
        self._chips: list[Chip] = []
        self._restored: set[int | None] = set()  # conversations whose chips were fetched
        self._waiting: list[tuple[int | None, Callable[[], None]]] = []
        chat.opened.connect(self._on_opened)
        looking.changed.connect(self._on_model)
        self._taking_in.changed.connect(self._on_changed)
        self._taking_in.settled.connect(self._on_settled)

    # What the page asks

    @property
    def pending(self) -> bool:
        """Something of the message on screen is not ready yet."""
        return any(not chip.settled for chip in self._here())

    def shown(self) -> list[ShownAttachment]:
        """Of the message on screen. A film is one chip here; its frames stand in the turn."""
        return [chip.shown(self._store.attachment) for chip in self._here()]

    # What the person does

    @Slot(list)
    def take(self, paths: Iterable[str]) -> None:
        """Files by their path: pictures, documents, text files, films, sounds."""
        for path in paths:
            if not self._add(Source(DOCUMENT, name_of(path), path)):
                break

    def take_picture(self, data: bytes, name: str) -> None:
        """An encoded picture, as PNG, from the clipboard or of the screen."""
        self._add(Source(PICTURE, name), data=data)

    @Slot(str)
    def remove(self, key: str) -> None:
        """Take a chip out of the message."""
        if chip := self._find(key):
            self._forget([chip])

    @Slot(str)
    def retry(self, key: str) -> None:
        """A chip that failed: read its file anew, or have the model look again."""
        chip = self._find(key)
        if chip is None or chip.state != FAILED:
            return
        if chip.parts:
            self._taking_in.begin(chip)
        else:
            chip.original = "" if chip.source.path else chip.original
            self._begin(chip)

    def box(self, key: str, box: Box) -> None:
        """This part of a picture in the message becomes a chip beside it, at full resolution."""
        chip = self._find(key)
        if chip and chip.pictures and chip.source.kind == PICTURE:
            self._add_part(chip.pictures[0], box)
        else:
            self.notice.emit(NOT_YET)

    def ask_about(self, turn_key: int, place: str, box: Box) -> None:
        """A part of a picture in the conversation becomes a chip; place is ShownAttachment.key."""
        turn = self._chat.turn_of(turn_key)
        parts = [part for part in turn.parts if part.kind in attached.KINDS] if turn else []
        if place.isdecimal() and int(place) < len(parts):
            self._add_part(parts[int(place)], box)

    @Slot(str)
    def write_down(self, key: str) -> None:
        """Have the words of a film (or sound) chip written down on the page Sound files."""
        if (chip := self._find(key)) and chip.source.path:
            self.sounds.emit([chip.source.path])

    def parts(self) -> list[StoredPart]:
        """What the next turn would hold of them by now."""
        return [part for chip in self.ready() for part in chip.parts]

    # What sending asks (app/controllers/keeping.py)

    def ready(self) -> list[Chip]:
        """The chips of the message on screen that can be sent."""
        return [chip for chip in self._here() if chip.state == READY]

    def why_not(self) -> Notice | None:
        """A file of the message on screen that could not be read: it cannot be sent so."""
        chip = next((chip for chip in self._here() if chip.state == FAILED), None)
        if chip is None:
            return None
        return Notice(f"{chip.source.name}: {chip.words}", NOT_READ, kind="error")

    def when_settled(self, callback: Callable[[], None]) -> None:
        """Call it once nothing of the message on screen is pending."""
        self._waiting.append((self._chat.conversation, callback))
        self._look_around()

    def sent(self, chips: Sequence[Chip]) -> None:
        """These are in a turn now."""
        self._forget(chips)

    # Chips

    def _add(self, source: Source, original: str = "", data: bytes = b"") -> bool:
        """Whether there was room for it."""
        self._restore(self._chat.conversation)
        here = self._here()
        if sum(max(1, len(chip.pictures)) for chip in here) >= MOST:
            self.notice.emit(FULL)
            return False
        key = str(next(self._keys))
        self._decoding.warm()
        chip = Chip(key, self._chat.conversation, source, original, data)
        self._chips.append(chip)
        self._begin(chip)
        return True

    def _add_part(self, part: StoredPart, box: Box) -> None:
        one = attached.about(part)
        if not isinstance(one, AboutPicture) or not part.attachment:
            return
        whole = inside(one.box, box) if one.box else box
        source = Source(PICTURE, one.name, box=whole, of=one.of, page=one.page, at=one.at)
        self._add(source, part.attachment)

    def _here(self) -> list[Chip]:
        return [chip for chip in self._chips if chip.conversation == self._chat.conversation]

    def _find(self, key: str) -> Chip | None:
        return next((chip for chip in self._chips if chip.key == key), None)

    def _forget(self, chips: Sequence[Chip]) -> None:
        gone = {chip.key for chip in chips}
        self._chips = [chip for chip in self._chips if chip.key not in gone]
        for chip in chips:
            if chip.source.kind in (FILM, SOUND) and not chip.settled:
                self._decoding.let_go(chip.source)
            chip.work = 0
        for conversation in {chip.conversation for chip in chips}:
            self._save(conversation)
        self._show()
        if not self.pending and not all(chip.settled for chip in chips):
            self.settled.emit()

    def _save(self, conversation: int | None) -> None:
        chips = [chip for chip in self._chips if chip.conversation == conversation]
        self._drafts.keep(conversation, [chip.draft() for chip in chips])

    def _show(self) -> None:
        self.changed.emit()
        self._look_around()

    def _look_around(self) -> None:
        """Who waits for chips that are all settled now goes on."""
        for one in list(self._waiting):
            of = [chip for chip in self._chips if chip.conversation == one[0]]
            if all(chip.settled for chip in of) and one in self._waiting:
                self._waiting.remove(one)
                one[1]()

    # Reading

    def _begin(self, chip: Chip) -> None:
        chip.begin(READING, "Being read…")
        self.changed.emit()
        if chip.original:
            self._read(chip)
        elif chip.data:
            self._keep(chip)
        else:
            self._decoding.sort(chip.source, still(chip, self._sorted), still(chip, self._fail))

    def _sorted(self, chip: Chip, kind: str) -> None:
        """What it is, by what is in it."""
        chip.source = replace(chip.source, kind=kind)
        if kind == SOUND and not self._looking.hears:
            self._forget([chip])
            self.sounds.emit([chip.source.path])
        elif kind in (FILM, SOUND):
            self._save(chip.conversation)
            self._read(chip)
        else:
            self._keep(chip)

    def _keep(self, chip: Chip) -> None:
        kept = still(chip, self._kept)
        self._decoding.keep(chip.source, chip.data, kept, still(chip, self._fail))

    def _kept(self, chip: Chip, original: str) -> None:
        chip.original, chip.data = original, b""
        self._save(chip.conversation)
        self._read(chip)

    def _read(self, chip: Chip) -> None:
        got, failed = still(chip, self._got), still(chip, self._fail)
        others = [one for one in self._of(chip.conversation) if one is not chip]
        left = MOST - sum(max(1, len(one.pictures)) for one in others)
        match chip.source.kind:
            case "film":
                self._decoding.film(chip.source, max(1, min(FRAMES, left)), got, failed)
            case "sound":
                self._decoding.sound(chip.source, got, failed)
            case "document":
                room = self._room(others)
                self._decoding.document(chip.source, chip.original, left, room, got, failed)
            case _:
                self._decoding.picture(chip.source, chip.original, got, failed)

    def _of(self, conversation: int | None) -> list[Chip]:
        return [chip for chip in self._chips if chip.conversation == conversation]

    def _room(self, others: Sequence[Chip]) -> int:
        """Characters of a document the model can take in beside the others."""
        used = sum(len(p.text) for c in others for p in c.parts if p.kind == attached.DOCUMENT)
        whole = round((self._looking.context or UNKNOWN) * ROOM * LETTERS)
        return max(1, whole - used)

    def _got(self, chip: Chip, read: Read) -> None:
        chip.parts, chip.sensed = tuple(read.parts), read.sensed
        self._save(chip.conversation)
        self._taking_in.begin(chip)

    def _fail(self, chip: Chip, why: Failed) -> None:
        chip.fail(why)
        self._on_settled(chip)

    @Slot(object)
    def _on_changed(self, chip: Chip) -> None:
        """Something was found in it, or words for it."""
        self._save(chip.conversation)
        self.changed.emit()

    @Slot(object)
    def _on_settled(self, chip: Chip) -> None:
        self._show()
        if chip.conversation == self._chat.conversation and not self.pending:
            self.settled.emit()
            if chip.state == READY:
                self._chat.read_ahead()

    # Looking

    @Slot()
    def _on_model(self) -> None:
        """Another model: what waits with the message on screen is shown to it."""
        for chip in self._here():
            if chip.partial:
                self._begin(chip)  # more of its text may fit, or less
            elif chip.parts and chip.seen != self._looking.model:
                self._taking_in.begin(chip)

    # Conversations

    @Slot()
    def _on_opened(self) -> None:
        self._restore(self._chat.conversation)
        for chip in self._here():
            if not chip.work:  # of an earlier session
                self._taking_in.begin(chip) if chip.parts else self._begin(chip)
            elif chip.parts and chip.seen != self._looking.model:
                self._taking_in.begin(chip)
        self.changed.emit()

    def _restore(self, conversation: int | None) -> None:
        """What an earlier session left with the message of a conversation."""
        if conversation in self._restored:
            return
        self._restored.add(conversation)
        for kept in self._drafts.of(conversation):
            if chip := restored(str(next(self._keys)), conversation, kept):
                self._chips.append(chip)


def inside(outer: Box, box: Box) -> Box:
    """A box given as shares of another one, as shares of the whole."""
    left, top, right, bottom = outer
    wide, high = right - left, bottom - top
    return (left + box[0] * wide, top + box[1] * high, left + box[2] * wide, top + box[3] * high)
