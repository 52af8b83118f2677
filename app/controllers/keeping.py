"""Sound of the person that no conversation has yet, and what can be done with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app.audio import wav
from app.audio.samples import SPEECH
from app.controllers.attaching import AttachController
from app.controllers.chat import BUSY, ChatController
from app.controllers.preferences import PreferencesController
from app.controllers.replay import Replay
from app.controllers.shown import Notice, ShownTake
from app.controllers.takes import Kept, Takes
from app.store.conversations import Store, StoredPart
from engines.messages import Hear

KEEP = "Keep it"
DROPPED = Notice("What you said was dropped.", action=KEEP)
GONE = "The sound of this could not be kept."


class Keeping(QObject):
    """A take is held until it has words; then it waits with them until the message is sent."""

    changed = Signal()  # what shown() tells
    again_asked = Signal(object)  # Kept
    notice = Signal(object)

    def __init__(
        self,
        takes: Takes,
        replay: Replay,
        store: Store,
        chat: ChatController,
        preferences: PreferencesController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._takes, self.replay, self._store = takes, replay, store
        self._chat, self._preferences = chat, preferences
        self._held: list[Kept] = []
        self._waiting: list[Kept] = []  # their words are in messages
        self._dropped: Kept | None = None
        self._sending = False
        self._files: AttachController | None = None
        self.heard_seconds: float | None = None  # from the end of the talking to its words
        self.path, self.begin = takes.path, takes.begin
        replay.changed.connect(self.changed)
        chat.opened.connect(self.changed)

    def use_files(self, files: AttachController) -> None:
        """What is attached goes with the message."""
        self._files = files

    # What the page asks

    @property
    def busy(self) -> bool:
        """No message can be sent now: one is answered, or on its way with its sound."""
        return self._chat.busy or self._sending

    def shown(self) -> list[ShownTake]:
        """Those that wait with the message on screen, and all that have no words."""
        return [self._shown(kept) for kept in (*self._held, *self._with_message())]

    def _shown(self, kept: Kept) -> ShownTake:
        words = "Spoken" if kept.draft else "Not written down"
        lasts = f"{max(1, round(kept.seconds))} s"
        return ShownTake(
            kept.said, f"{words}, {lasts}", kept.draft, self.replay.playing == kept.said
        )

    def _with_message(self) -> list[Kept]:
        here = self._chat.conversation or 0
        return [kept for kept in self._waiting if kept.conversation == here]

    # What the person does

    @Slot(int)
    def hear(self, key: int) -> None:
        """Play it, or stop playing it."""
        if kept := self._find(key):
            self.replay.toggle(key, [self.path(kept)])

    @Slot(int)
    def hear_turn(self, key: int) -> None:
        """The same for what was said in a turn."""
        self.replay.toggle(("turn", key), self._chat.sounds_of(key))

    @Slot(int)
    def remove(self, key: int) -> None:
        """The sound is not wanted; words it has stay."""
        if kept := self._find(key):
            self._let_go(kept)
            self._drop(kept)

    @Slot(int)
    def transcribe(self, key: int) -> None:
        kept = self._find(key)
        if kept and not kept.draft:
            self.again_asked.emit(kept)

    @Slot(str)
    def act(self, action: str) -> None:
        """The words on the button of a notice."""
        if action == KEEP and self._dropped:
            kept, self._dropped = self._dropped, None
            self.hold(kept)

    def transcribe_all(self) -> None:
        for kept in list(self._held):
            self.again_asked.emit(kept)

    def send(self, text: str) -> None:
        """Send the message with what is attached, once that is ready.

        Its sound goes into the conversation first, if it is to be kept.
        """
        if self.busy or not (text.strip() or self._files_ready()):
            self.notice.emit(BUSY)
            return
        conversation = self._chat.conversation
        if self._files and self._files.pending:
            self._sending = True
            self._chat.keep_draft(text)
            self._files.when_settled(lambda: self._send_on(conversation, text))
        elif self._files and (why := self._files.why_not()):
            self._chat.add_to_draft(conversation, text)
            self.notice.emit(why)
        else:
            self._send(text)

    def _files_ready(self) -> bool:
        return bool(self._files and (self._files.pending or self._files.ready()))

    def _send_on(self, conversation: int | None, text: str) -> None:
        """What is attached is ready, or failed: nothing is sent into another conversation."""
        self._sending = False
        if self._chat.conversation != conversation or self._chat.busy:
            self._chat.add_to_draft(conversation, text)
        elif self._files and (why := self._files.why_not()):
            self._chat.add_to_draft(conversation, text)
            self.notice.emit(why)
        elif text.strip() or self._files_ready():
            # what stands in the message by now may be the next one
            self._send(text, clear=self._chat.draft.strip() == text.strip())

    def _send(self, text: str, clear: bool = True) -> None:
        files = self._files.ready() if self._files else []
        parts_of_files = [part for chip in files for part in chip.parts]
        spoken, heard = self._with_message(), self.heard_seconds
        self.heard_seconds = None
        conversation = self._chat.conversation

        def sent() -> None:
            self._sent(spoken)
            if self._files and files:
                self._files.sent(files)

        if not spoken:
            if clear:
                self._chat.keep_draft("")
            self._chat.ask(text, done=sent, files=parts_of_files)
            return
        self._sending = True

        def attached(parts: Any) -> None:
            self._sending = False
            if not isinstance(parts, list):
                self.notice.emit(Notice(GONE, "Its words are sent.", str(parts), kind="error"))
                parts = []
            if self._chat.conversation != conversation or self._chat.busy:
                self._chat.add_to_draft(conversation, text)
                return
            if self._chat.draft.strip() in ("", text.strip()):  # else the next one is written
                self._chat.keep_draft("")
            about = {"talked": True} | ({} if heard is None else {"heard_seconds": heard})
            self._chat.ask(text, parts, about, sent, parts_of_files)

        if self._preferences.settings.keep_spoken:
            self._takes.after(lambda: self._attach(spoken), attached)
        else:
            attached([])

    def _attach(self, spoken: list[Kept]) -> list[StoredPart]:
        parts = []
        for kept in spoken:
            sha256 = self._store.add_attachment(self.path(kept))
            about = json.dumps({"seconds": round(kept.seconds, 2)})
            parts.append(StoredPart("sound", about, sha256))
        return parts

    def _sent(self, spoken: list[Kept]) -> None:
        for kept in spoken:
            self._let_go(kept)
            self._takes.remove(kept)

    # What talking does

    def hold(self, kept: Kept | None, pcm: bytes = b"") -> None:
        """It has no words yet."""
        if kept is None:
            return
        if pcm:
            kept = replace(kept, seconds=len(pcm) / 2 / SPEECH.rate)
            self._takes.settle(kept, pcm)
        self._held.append(kept)
        self.changed.emit()
        if not kept.seconds:
            self._takes.after(lambda: wav.seconds(self.path(kept)), lambda s: self._lasts(kept, s))

    def _lasts(self, kept: Kept, seconds: Any) -> None:
        if kept in self._held and isinstance(seconds, float):
            self._held[self._held.index(kept)] = replace(kept, seconds=seconds)
            self.changed.emit()

    def lend(self, kept: Kept) -> None:
        """It is being transcribed; hold or wait gives it back."""
        self._let_go(kept)

    def wait(self, kept: Kept | None, conversation: int | None, pcm: bytes) -> None:
        """Its words are in the message of a conversation."""
        if kept is None:
            return
        self._takes.settle(kept, pcm)
        moved = self._takes.move(kept, conversation, draft=True)
        self._waiting.append(replace(moved, seconds=len(pcm) / 2 / SPEECH.rate))
        self.changed.emit()

    def discard(self, kept: Kept | None) -> None:
        """Nothing was said in it."""
        if kept:
            self._takes.remove(kept)

    def drop(self, kept: Kept | None) -> None:
        """The person dropped it: it can be had back until the next one."""
        if kept:
            self._drop(kept)

    def _drop(self, kept: Kept) -> None:
        self.forget_dropped()
        self._dropped = kept
        self.notice.emit(DROPPED)

    def forget_dropped(self) -> None:
        if self._dropped:
            self._takes.remove(self._dropped)
            self._dropped = None

    def read(self, files: list[Path], done: Callable[[list[Hear]], None]) -> None:
        """All the sound of these files, in order, as the listener wants it."""

        def pieces() -> list[Hear]:
            found = [one for file in files for one in wav.pieces(file)]
            return [Hear(0, data, f.rate, f.channels, f.sample) for f, data in found]

        def got(found: Any) -> None:
            given = found if isinstance(found, list) else []
            done(given and [*given[:-1], last(given[-1])])

        self._takes.after(pieces, got)

    def look(self, found: Callable[[int], None]) -> None:
        """What is left of earlier sessions; found: so many have no words."""

        def got(left: list[Kept]) -> None:
            known = {kept.said for kept in (*self._held, *self._waiting)}
            for kept in left:
                if kept.said not in known:
                    kept = self._with_words(kept)
                    (self._waiting if kept.draft else self._held).append(kept)
            self.changed.emit()
            if self._held:
                found(len(self._held))

        self._takes.left_over(got)

    def _with_words(self, kept: Kept) -> Kept:
        """Where the message is empty its words were lost on the way: then it has none."""
        place = kept.conversation or None
        if kept.draft and self._chat.knows(place) and not self._chat.drafts.of(place).strip():
            return self._takes.move(kept, place, draft=False)
        return kept

    def stop(self) -> None:
        """At the end of the program, when nothing runs in the background any more."""
        self.forget_dropped()
        self._takes.stop()

    def _find(self, key: int) -> Kept | None:
        both = (*self._held, *self._waiting)
        return next((kept for kept in both if kept.said == key), None)

    def _let_go(self, kept: Kept) -> None:
        self._held = [one for one in self._held if one.said != kept.said]
        self._waiting = [one for one in self._waiting if one.said != kept.said]
        if self.replay.playing == kept.said:
            self.replay.stop()
        self.changed.emit()


def last(piece: Hear) -> Hear:
    return Hear(0, piece.pcm, piece.rate, piece.channels, piece.sample, last=True)
