"""Sound files the person gave: written down one after another, kept, exported, asked about."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app.background import Background, Task
from app.controllers.arrivals import LARGEST_TEXT
from app.controllers.attached import quoted
from app.controllers.excerpt import Excerpt
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice, ShownSoundFile
from app.controllers.subtitles import FORMS, as_text, clock
from app.controllers.transcribing import Transcribing
from app.controllers.undo import UndoStack
from app.store.conversations import Store
from app.store.sound_files import Line, SoundFiles, StoredSoundFile
from engines.messages import Event, Failed, Loaded

FORGET_DAYS = 30  # what was removed can be brought back so long, within a session
MOST = 500  # files in the list; the oldest finished ones have to be removed by hand then
LETTERS = 3  # of a token, at least: what a text may cost a model
ROOM = 0.7  # of its context that a text may take
GONE = "It is not where it was. Put it back, or remove it from the list."
OTHER = "The file is another one than before."
OTHER_HINT = "Remove it from the list and open it again."
DAMAGED = "Some of the sound could not be read, and its words are missing."
STOPGAP = (
    "The speech model that came with Parley knows short requests only. Choose another under Voice."
)
SELDOM = 20.0  # seconds that must be done before it is said how long the rest takes


class SoundFilesController(QObject):
    """Files wait in the order they came. One that was under way when Parley ended is stopped at
    the last piece that was kept, and goes on from there."""

    changed = Signal()  # the list, or anything in it
    given = Signal(object)  # key of the file to look at: it was opened just now
    lines_added = Signal(int, object)  # key, list[Line] at its end
    quoted = Signal(str)  # text to put into the composer
    hearing = Signal(object, float)  # key and seconds that are heard; None, -1 when it is over
    notice = Signal(object)

    def __init__(
        self,
        store: Store,
        transcribing: Transcribing,
        background: Background,
        preferences: PreferencesController,
        undo: UndoStack,
        room: Callable[[], int] = lambda: 0,
        parent: QObject | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """room: how many tokens the open model remembers, 0 where nobody knows."""
        super().__init__(parent)
        self._kept, self._work, self._background = SoundFiles(store), transcribing, background
        self._preferences, self._undo, self._room, self._timer = preferences, undo, room, timer
        self._files = [at_rest(one) for one in self._kept.files()]
        self._now: int | None = None  # key of the one that is being written down
        self._held = False
        self._excerpt: Excerpt | None = None
        self._begun = (0.0, 0.0)  # when the engine began, and at what position
        transcribing.opened.connect(self._on_opened)
        transcribing.heard.connect(self._on_heard)
        transcribing.ended.connect(self._on_ended)
        transcribing.failed.connect(self._on_failed)

    def hear_through(self, excerpt: Excerpt) -> None:
        """There is a loudspeaker."""
        self._excerpt = excerpt
        excerpt.moved.connect(self.hearing)
        excerpt.failed.connect(self._not_heard)

    def tidy(self) -> None:
        """What was removed long ago is forgotten for good."""
        self._kept.forget_deleted(int((time.time() - FORGET_DAYS * 86_400) * 1000))

    def stop(self) -> None:
        """For good: what is under way goes on another time."""
        self._now = None
        self._work.stop()

    # What the page shows

    def files(self) -> list[ShownSoundFile]:
        """The newest first."""
        return [self._shown(one) for one in self._files]

    def lines(self, key: int, done: Callable[[list[Line]], None]) -> None:
        """All that is written down; what comes later is told by lines_added."""
        self._kept.lines(key, done)

    # What the person does

    @Slot(list)
    def add(self, paths: Iterable[str]) -> None:
        """Write these files down, each in its turn."""
        for path in paths:
            known = next((one for one in self._files if one.path == str(path)), None)
            if known:
                self.go_on(known.id)
                self.given.emit(known.id)
            elif len(self._files) >= MOST:
                words = f"There are {MOST} sound files in the list already."
                self.notice.emit(Notice(words, "Remove some first.", kind="error"))
                return
            else:
                self._kept.add(str(path), self._on_added)

    def _on_added(self, one: StoredSoundFile) -> None:
        self._files.insert(0, one)
        self._begin_next()
        self.given.emit(one.id)

    @Slot(int)
    def halt(self, key: int) -> None:
        """Stop writing it down; what is written stays."""
        if (one := self._find(key)) and one.status == "waiting":
            self._change(replace(one, status="stopped"))
            self._let_go(key)

    @Slot(int)
    def go_on(self, key: int) -> None:
        one = self._find(key)
        if one and one.status in ("stopped", "failed"):
            self._change(replace(one, status="waiting", trouble=""))
            self._begin_next()

    @Slot(int)
    def remove(self, key: int) -> None:
        """Out of the list, with its text; the sound file itself is not touched."""
        one = self._find(key)
        if one is None:
            return
        if one.status == "waiting":
            one = replace(one, status="stopped")
            self._change(one)
        self._files = [other for other in self._files if other.id != key]
        self._let_go(key)
        if self._excerpt and self._excerpt.key == key:
            self.silence()
        self.changed.emit()

        def removed() -> None:
            self._undo.push("Remove sound file", partial(self._restore, one))
            words = f"{name_of(one)} is no longer in the list."
            self.notice.emit(Notice(words, "The file itself is still there.", action="Undo"))

        self._kept.delete(key, removed)

    def _restore(self, one: StoredSoundFile) -> None:
        def restored() -> None:
            self._files = sorted([*self._files, one], key=lambda other: -other.id)
            self.changed.emit()

        self._kept.restore(one.id, restored)

    def export(self, key: int, path: Path, form: str) -> None:
        """Write the text into a file; form is one of subtitles.FORMS."""

        def write(lines: list[Line], _task: Task) -> None:
            fresh = path.with_name(f".{path.name}.new")
            fresh.write_text(FORMS[form](lines), encoding="utf-8")
            fresh.replace(path)

        def saved(_: Any) -> None:
            self.notice.emit(Notice(f"Saved as {path.name}."))

        def unsaved(error: Exception) -> None:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            words = f"{path.name} could not be saved: {why}."
            self.notice.emit(Notice(words, "Choose another place.", str(error), kind="error"))

        def read(lines: list[Line]) -> None:
            self._background.run(partial(write, lines), saved, unsaved)

        self.lines(key, read)

    def text(self, key: int, done: Callable[[str], None]) -> None:
        """All of it as paragraphs."""

        def read(lines: list[Line]) -> None:
            self._background.run(lambda task: as_text(lines), done, self._broken)

        self.lines(key, read)

    @Slot(int)
    def ask(self, key: int) -> None:
        """Put the text into the message, when the model can take in so much."""
        one = self._find(key)
        if one:
            self.text(key, partial(self._ask, name_of(one)))

    def _ask(self, name: str, text: str) -> None:
        room = self._room()
        if len(text.encode()) > LARGEST_TEXT or (room and len(text) > room * ROOM * LETTERS):
            words = f"The text of {name} is longer than the model can take in at once."
            self.notice.emit(Notice(words, "Copy the part you want to ask about.", kind="error"))
        elif not text.strip():
            self.notice.emit(Notice(f"There is no text of {name} yet."))
        else:
            self.quoted.emit(quoted(name, text))

    @property
    def can_hear(self) -> bool:
        return self._excerpt is not None

    def hear(self, key: int, seconds: float) -> None:
        """Play the file from there on."""
        if self._excerpt and (one := self._find(key)):
            self._excerpt.play(key, Path(one.path), seconds)

    @Slot()
    def silence(self) -> None:
        if self._excerpt:
            self._excerpt.stop()

    @Slot(object)
    def _not_heard(self, why: Failed) -> None:
        self.notice.emit(Notice(why.message, why.hint, why.detail, kind="error"))

    @Slot(bool)
    def give_way(self, held: bool) -> None:
        """The person talks: the processor is theirs until they have been heard."""
        if held != self._held:
            self.silence()
            self._held = held
            self._work.hold(held)
            self._restart_clock()
            self.changed.emit()

    # One after another

    def _begin_next(self) -> None:
        waiting = [one for one in self._files if one.status == "waiting"]
        self.changed.emit()
        if self._now is None and waiting:
            one = waiting[-1]
            self._now = one.id
            self._background.run(
                lambda task: identity(one.path),
                partial(self._begin, one.id),
                partial(self._missing, one.id),
            )

    def _begin(self, key: int, found: tuple[int, int]) -> None:
        """The file is there: go on with it, if it still is the one it was."""
        one = self._find(key)
        if self._now != key or one is None:
            return None
        if one.position and (one.size, one.modified) != found:
            return self._fail(one, OTHER, OTHER_HINT)
        size, modified = found
        self._change(replace(one, size=size, modified=modified))
        self._work.begin(Path(one.path), one.position, self._preferences.settings.language)
        self._restart_clock()
        return None

    def _missing(self, key: int, _error: Exception) -> None:
        if self._now == key and (one := self._find(key)):
            self._fail(one, f"{name_of(one)} cannot be opened.", GONE)

    def _let_go(self, key: int) -> None:
        """It is not to be written down any more: the next one's turn."""
        if self._now == key:
            self._now = None
            self._work.stop()
        self._begin_next()

    def _fail(self, one: StoredSoundFile, message: str, hint: str) -> None:
        self._now = None
        self._change(replace(one, status="failed", trouble=f"{message}\n{hint}"))
        self._begin_next()

    # What the engines say

    @Slot(object)
    def _on_opened(self, loaded: Loaded) -> None:
        if one := self._current():
            self._change(replace(one, seconds=loaded.seconds, title=loaded.name))

    @Slot(float, object)
    def _on_heard(self, position: float, lines: Sequence[Line]) -> None:
        if one := self._current():
            self._put(replace(one, position=position))
            added = partial(self.lines_added.emit, one.id, list(lines))
            self._kept.write_lines(one.id, position, lines, added)
            self.changed.emit()

    @Slot(bool)
    def _on_ended(self, damaged: bool) -> None:
        if one := self._current():
            self._now = None
            status = "damaged" if damaged else "done"
            seconds = one.position or one.seconds
            self._change(replace(one, status=status, seconds=seconds))
            hint = "" if self._preferences.voice.ears else STOPGAP
            self.notice.emit(Notice(f"{name_of(one)} is written down.", hint))
            self._begin_next()

    @Slot(object)
    def _on_failed(self, why: Event) -> None:
        if one := self._current():
            told = why if isinstance(why, Failed) else Failed("This was broken off.")
            self._fail(one, told.message, told.hint)

    # The list

    def _current(self) -> StoredSoundFile | None:
        return self._find(self._now)

    def _find(self, key: int | None) -> StoredSoundFile | None:
        return next((one for one in self._files if one.id == key), None)

    def _put(self, one: StoredSoundFile) -> None:
        self._files = [one if other.id == one.id else other for other in self._files]

    def _change(self, one: StoredSoundFile) -> None:
        self._put(one)
        self._kept.keep(one)
        self.changed.emit()

    def _broken(self, error: Exception) -> None:
        words = "The text could not be put together."
        self.notice.emit(Notice(words, "Try again.", str(error), kind="error"))

    # Words

    def _restart_clock(self) -> None:
        one = self._current()
        self._begun = self._timer(), one.position if one else 0.0

    def _shown(self, one: StoredSoundFile) -> ShownSoundFile:
        message, _, hint = one.trouble.partition("\n")
        if one.status == "damaged":
            message, hint = DAMAGED, ""
        share = min(1.0, one.position / one.seconds) if one.seconds else -1.0
        return ShownSoundFile(
            *(one.id, name_of(one), one.path, self._state(one), self._words(one)),
            *(1.0 if one.status in ("done", "damaged") else share, one.title, message, hint),
            text=one.position > 0,
        )

    def _state(self, one: StoredSoundFile) -> str:
        if one.id == self._now:
            return "held" if self._held else "writing"
        return "done" if one.status == "damaged" else one.status

    def _words(self, one: StoredSoundFile) -> str:
        length = clock(one.seconds)
        so_far = f"{clock(one.position)} of {length}" if one.seconds else clock(one.position)
        match self._state(one):
            case "done":
                return length
            case "writing":
                left = self._left(one)
                return f"{so_far} · {left}" if left else so_far if one.position else "Opening…"
            case "held":
                return f"{so_far} · waits while you talk"
            case "waiting":
                return f"{so_far} · waits for its turn" if one.position else "Waits for its turn"
            case "stopped":
                return f"{so_far} · stopped"
            case _:
                return f"{so_far} · broken off" if one.position else "Could not be read"

    def _left(self, one: StoredSoundFile) -> str:
        """How long the rest takes, from what this run has done so far."""
        began, position = self._begun
        done, took = one.position - position, self._timer() - began
        if done < SELDOM or took <= 0 or one.seconds <= one.position:
            return ""
        minutes = (one.seconds - one.position) * took / done / 60
        if minutes < 1:
            return "less than a minute left"
        if minutes < 90:
            return f"about {round(minutes)} minute{'s' * (round(minutes) > 1)} left"
        return f"about {round(minutes / 60)} hours left"


def at_rest(one: StoredSoundFile) -> StoredSoundFile:
    """As it is after a start: what was under way is stopped."""
    return replace(one, status="stopped") if one.status == "waiting" else one


def name_of(one: StoredSoundFile) -> str:
    return Path(one.path).name


def identity(path: str) -> tuple[int, int]:
    """Size and time of a file. Raises OSError when it is not there."""
    about = Path(path).stat()
    return about.st_size, about.st_mtime_ns
