"""Takes on their way from sound to words, and what becomes of each."""

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.careful import Careful
from app.controllers.chat import ChatController
from app.controllers.hearing import Hearing, Heeded
from app.controllers.hotwords import hotwords
from app.controllers.keeping import Keeping
from app.controllers.listening import Listening, Said
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.controllers.takes import Kept
from engines.messages import Failed, Hear

RECENT = 20  # turns whose names are likely to be said
NOTHING = "Nothing was heard."
AGAIN = "Hearing it once more…"
SILENT = "The microphone gives nothing but silence. Is it muted?"
TRANSCRIBE = "Transcribe it"
LOST = "What you said is kept above the message."
UNREADABLE = "The sound of this could not be read."
UNCLEAR = Notice(
    "What you said could not be made out.",
    "It is kept above the message: hear it, or have it transcribed again.",
)
ELSEWHERE = Notice("What you said waits in the message of the conversation you left.")


@dataclass(eq=False)
class Take:
    """What is said in one go, until its words are where they belong."""

    number: int
    heeded: Heeded
    kept: Kept | None  # None: its sound lies in a conversation already
    page: int  # which page of the chat it was said on
    conversation: int | None  # of that page, when it is left
    began: float
    held: bool = False  # the key is down
    hands_free: bool = False
    again: bool = False  # heard once more, from its file
    turn: int | None = None  # key of the turn it is the sound of
    sounding: bool = False  # its first sound has come
    dropped: bool = False
    trouble: Failed | None = None  # it cannot be heard, and is only recorded
    let_go: float = 0.0
    words: tuple[str, str] = ("", "")
    text: str | None = None  # the final one
    form: tuple[int, int, str] = 16_000, 1, "s16"  # of the last piece: rate, channels, sample

    @property
    def said(self) -> Said:
        return self.heeded.said


class WritingDown(QObject):
    words_changed = Signal(str, str)  # words that stay, words that may change; of all takes
    told = Signal(str)  # a few words about a take that had none
    written = Signal(str, bool)  # words for the message, and whether it is to be sent at once
    rewritten = Signal(int, str)  # key of a turn and what it says when it is heard again
    grew = Signal(object)  # Take: more of it was heard
    gave_up = Signal(object)  # Take: it will not be heard to its end
    changed = Signal()  # a take is over
    notice = Signal(object)

    def __init__(
        self,
        listening: Listening,
        hearing: Hearing,
        careful: Careful,
        keeping: Keeping,
        chat: ChatController,
        preferences: PreferencesController,
        warm: Callable[[], None],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """warm starts the engines that are needed to hear, where they rest."""
        super().__init__(parent)
        self.warm = warm
        self._listening, self._keeping = listening, keeping
        self._hearing, self._careful = hearing, careful
        self._chat, self._preferences, self._clock = chat, preferences, clock
        self._numbers = itertools.count(1)
        self._takes: list[Take] = []  # in the order they were said
        self._page, self._conversation = 0, chat.conversation
        listening.heard.connect(self._on_heard)
        listening.failed.connect(self._on_unheard)
        hearing.words.connect(self._on_words)
        for one in (hearing, careful.hearing):
            one.written.connect(self._on_written)
            one.failed.connect(self._on_failed)
        keeping.again_asked.connect(self.again)
        chat.opened.connect(self._on_page)
        chat.stored.connect(self._on_stored)

    @property
    def busy(self) -> bool:
        """Something that was said has no words yet."""
        return any(not (take.dropped or take.again) for take in self._takes)

    def begin(self, kept: Kept | None, **about: Any) -> Take:
        """A take whose sound follows through hear."""
        words = hotwords(turn.text for turn in reversed(self._chat.turns[-RECENT:]))
        language = self._preferences.settings.language
        heeded = Heeded(Said(), language, words, live=not about.get("again"))
        place = self._page, self._chat.conversation
        take = Take(next(self._numbers), heeded, kept, *place, self._clock(), **about)
        self._takes.append(take)
        return take

    def find(self, number: int) -> Take | None:
        return next((take for take in self._takes if take.number == number), None)

    def hear(self, take: Take, pieces: Sequence[Hear]) -> None:
        """The next of its sound."""
        for piece in pieces:
            take.form = piece.rate, piece.channels, piece.sample
            if not (take.dropped or take.trouble):
                self._listening.take(take.said, piece)
            elif piece.last:
                self._end_unheard(take)

    def end(self, take: Take) -> None:
        """Its last piece never came: it ends here."""
        if take in self._takes and not ended(take):
            self.hear(take, [Hear(0, b"", *take.form, last=True)])

    def drop(self, take: Take, wanted: bool = True) -> None:
        """No words of it. wanted: something may have been said, and it can be had back."""
        take.dropped = True
        spoken = take.heeded.pauses.enough
        self._listening.drop(take.said)
        self._hearing_of(take).drop(take.heeded)
        if take.again:
            self._keeping.hold(take.kept)
        elif wanted and spoken:
            self._keeping.drop(take.kept)
        else:
            take.text = ""  # its file goes when nobody writes to it any more
        if take.again or ended(take):
            self._forget(take)  # else with its last piece
        self._show_words()

    def drop_all(self) -> bool:
        """What has no words yet is not wanted. Whether there was any."""
        gone = [take for take in self._takes if not take.dropped]
        for take in gone:
            self.drop(take)
        return bool(gone)

    def again(self, kept: Kept) -> None:
        """Hear a kept take once more."""
        self._keeping.lend(kept)
        self._hear_again(self.begin(kept, again=True), [self._keeping.path(kept)])

    def turn_again(self, key: int) -> None:
        """Hear the sound of a turn once more; rewritten tells what it says."""
        self._hear_again(self.begin(None, again=True, turn=key), self._chat.sounds_of(key))

    def _hear_again(self, take: Take, files: list[Path]) -> None:
        def ready(model: str) -> None:
            self.told.emit(f"Hearing it once more with {model}…" if model else AGAIN)
            self._keeping.read(files, lambda pieces: self._feed(take, pieces))

        self.warm()
        self._careful.prepare(ready)

    def _hearing_of(self, take: Take) -> Hearing:
        return self._careful.hearing if take.again else self._hearing

    def _feed(self, take: Take, pieces: Sequence[Hear]) -> None:
        if pieces and take in self._takes:
            self.hear(take, pieces)
        elif take in self._takes:
            self._give_up(take, UNREADABLE, "")

    # What is heard

    @Slot(object)
    def _on_heard(self, said: Said) -> None:
        if (take := self._of(said)) and not take.dropped:
            self._hearing_of(take).go_on(take.heeded)
            self.grew.emit(take)

    @Slot(object, str, str)
    def _on_words(self, heeded: Heeded, sure: str, maybe: str) -> None:
        take = self._of(heeded.said)
        if take is None or take.dropped or take.again:
            return
        news, take.words = sure != take.words[0], (sure, maybe)
        self._show_words()
        if news and not self._chat.draft.strip():
            self._chat.read_ahead(sure)

    def _show_words(self) -> None:
        spoken = [take.words for take in self._takes if not (take.dropped or take.again)]
        sure = [word for pair in spoken[:-1] for word in pair] + [pair[0] for pair in spoken[-1:]]
        self.words_changed.emit(" ".join(filter(None, sure)), spoken[-1][1] if spoken else "")

    # What becomes of it

    @Slot(object, str)
    def _on_written(self, heeded: Heeded, text: str) -> None:
        take = self._of(heeded.said)
        if take is None or take.dropped:
            return
        take.text = text
        take.words = (text, "")
        if take.again:
            self._takes.remove(take)
            self._deliver(take)
        self._deliver_in_order()

    def _deliver_in_order(self) -> None:
        """In the order they were said: a take that was harder to hear holds up those after it."""
        for take in list(self._takes):
            if take.dropped or take.again:
                continue
            if take.text is None:
                break
            self._takes.remove(take)
            self._deliver(take)
        self._show_words()
        self.changed.emit()

    def _deliver(self, take: Take) -> None:
        text, why = take.text or "", take.heeded.why
        if take.turn is not None:
            self.rewritten.emit(take.turn, text) if text else self.notice.emit(UNCLEAR)
        elif text:
            self._write_down(take, text)
        elif why == "silence" and not take.again:
            self._heard_nothing(take)
        else:
            self._keeping.hold(take.kept, bytes(take.said.pcm))
            self.notice.emit(UNCLEAR)

    def _write_down(self, take: Take, text: str) -> None:
        here = take.page == self._page
        at_once = here and not take.again and self._preferences.settings.send_spoken
        here = here or take.again or not self._chat.knows(take.conversation)
        conversation = self._chat.conversation if here else take.conversation
        self._keeping.wait(take.kept, conversation, bytes(take.said.pcm))
        if here:
            self._keeping.heard_seconds = self._clock() - take.let_go if at_once else None
            self.written.emit(text, at_once)
        else:
            self._chat.add_to_draft(conversation, text)
            self.notice.emit(ELSEWHERE)

    def _heard_nothing(self, take: Take) -> None:
        self._keeping.discard(take.kept)
        if not take.hands_free:
            muted = take.said.seconds > 1 and not any(take.said.pcm)
            self.told.emit(SILENT if muted else NOTHING)

    @Slot(object, object)
    def _on_unheard(self, said: Said, why: Failed) -> None:
        if take := self._of(said):
            self._hearing_of(take).drop(take.heeded)
            take.trouble = why
            if ended(take):
                self._end_unheard(take)

    @Slot(object, object)
    def _on_failed(self, heeded: Heeded, why: Failed) -> None:
        if take := self._of(heeded.said):
            self._listening.drop(take.said)
            self._give_up(take, why.message, why.detail)

    def _give_up(self, take: Take, message: str, detail: str) -> None:
        """It cannot be written down now: its sound waits."""
        self._takes.remove(take)
        if not take.dropped:
            self._keeping.hold(take.kept)
            action = TRANSCRIBE if take.kept else ""
            self.notice.emit(Notice(message, LOST if action else "", detail, action, "error"))
        self.gave_up.emit(take)
        self._deliver_in_order()

    def _end_unheard(self, take: Take) -> None:
        """Nothing more of it comes."""
        if take.dropped:
            self._forget(take)
        elif take.trouble and take in self._takes:
            self._give_up(take, take.trouble.message, take.trouble.detail)

    def _forget(self, take: Take) -> None:
        """Nobody writes to the file of a dropped take any more."""
        if take in self._takes:
            self._takes.remove(take)
            if take.text is not None:
                self._keeping.discard(take.kept)
            self._deliver_in_order()

    def _of(self, said: Said) -> Take | None:
        return next((take for take in self._takes if take.said is said), None)

    # Where it was said

    @Slot(object)
    def _on_page(self, _turns: object) -> None:
        """Another conversation is on screen: what was said before belongs to the one before."""
        for take in self._takes:
            if take.page == self._page:
                take.conversation = self._conversation
        self._page += 1
        self._conversation = self._chat.conversation

    @Slot(int)
    def _on_stored(self, _conversation: int) -> None:
        self._conversation = self._chat.conversation


def ended(take: Take) -> bool:
    """Whether its last piece has come."""
    given = take.said.given
    return take.said.whole or bool(given and given[-1].last)
