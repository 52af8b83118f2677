"""A turn as a sound file: said by a voice of its own, so that no conversation waits for it."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.audio.samples import Converter, Shape
from app.background import Background, Task
from app.controllers.chat import ChatController
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.controllers.speech import Speech
from app.controllers.turns import text_of
from app.controllers.voices import Voices
from engines.messages import ENDINGS, Done, Encoded, Event, Failed, Pcm, Speak, WriteSound
from engines.tts.reading import Reading

ENGINE = "sound_files"
FORMATS = ("mp3", "wav")  # by the end of the file's name; else the last
FAILURES = 2  # of the voice in a row
BUSY = Notice("A sound file is being made already.", "Wait for it, or stop it.")
NOTHING = Notice("There is nothing to read aloud in this.")
UNWRITTEN = "The sound file could not be written there."
ELSEWHERE = "Choose another folder, or make room on the disk."


@dataclass(eq=False)
class Saving:
    """The one file that is being made; whole under another name before it gets its own."""

    path: Path
    speech: Speech
    length: int  # characters of the text
    rate: int = 0  # Hz, of the first sound
    pcm: bytearray = field(default_factory=bytearray)  # of the clause that is being said
    made: list[Encoded] = field(default_factory=list)  # and not written yet
    begun: bool = False  # some of it is on disk
    last: bool = False  # nothing is left to be said

    @property
    def format(self) -> str:
        suffix = self.path.suffix[1:].lower()
        return suffix if suffix in FORMATS else FORMATS[-1]

    @property
    def part(self) -> Path:
        return self.path.with_name(f".{self.path.name}.part")


class SavingController(QObject):
    """One file at a time, clause by clause: said, encoded, on disk, and then the next."""

    progressed = Signal(float)  # 0 to 1; below 0 when nothing is being made any more
    notice = Signal(object)

    def __init__(
        self,
        voices: Voices,
        files: Any,
        background: Background,
        chat: ChatController,
        preferences: PreferencesController,
        parent: QObject | None = None,
    ) -> None:
        """files is the link of the engine that makes sound files."""
        super().__init__(parent)
        self._voices, self._files, self._background = voices, files, background
        self._chat, self._preferences = chat, preferences
        self._saving: Saving | None = None
        self._speaking = self._encoding = -1  # jobs
        self._failures = 0
        voices.came.connect(self._on_voice)
        voices.notice.connect(self.notice)
        files.event.connect(self._on_file)

    @property
    def busy(self) -> bool:
        return self._saving is not None

    @Slot(int, str)
    def save(self, key: int, path: str) -> None:
        """Make a file of a turn: MP3 when its name ends so, else WAV."""
        turn = self._chat.turn_of(key)
        if self._saving or turn is None:
            self.notice.emit(BUSY if self._saving else NOTHING)
            return
        text = text_of(turn.parts)
        self._voices.get_ready(turn)
        reading = Reading(self._voices.language, hurry=False)
        speech = Speech(0, turn, cuts=False, reading=reading, text=text, whole=True)
        self._saving, self._failures = Saving(Path(path), speech, len(text)), 0
        self._files.open(ENGINE, Path(), self._preferences.options_of(ENGINE))
        self.progressed.emit(0.0)
        self._go_on(self._saving)

    @Slot()
    def cancel(self) -> None:
        if saving := self._leave():
            self._background.run(partial(forget, saving.part), _ignore, _ignore)

    def stop(self) -> None:
        """At the end of the program: nothing half made stays."""
        if saving := self._leave():
            with suppress(OSError):
                saving.part.unlink(missing_ok=True)
        self._voices.link.stop()
        self._files.stop()

    # said

    def _go_on(self, saving: Saving) -> None:
        if clause := saving.speech.next():
            self._voices.get_ready(saving.speech.turn)
            speak = Speak(clause.text, self._voices.speed)
            self._speaking = self._voices.submit(speak)
        elif saving.rate:
            saving.last = True
            self._encode(saving)
        else:
            self._fail(NOTHING)

    @Slot(int, object)
    def _on_voice(self, job: int, event: Event) -> None:
        saving = self._saving
        if saving is None or job != self._speaking:
            return
        if isinstance(event, Pcm):
            saving.rate = saving.rate or event.rate
            saving.speech.take_sound(len(event.pcm) / 2 / event.rate)
            saving.pcm += at_rate(event, saving.rate)
        elif isinstance(event, ENDINGS):
            self._speaking = -1
            self._on_said(saving, event)

    def _on_said(self, saving: Saving, ending: Event) -> None:
        if isinstance(ending, Done):
            self._failures = 0
            spoken = saving.speech.spoken
            if spoken and spoken.spans and saving.length:
                self.progressed.emit(min(1.0, spoken.spans[-1].end / saving.length))
            saving.speech.done()
            self._encode(saving) if saving.pcm else self._go_on(saving)
            return
        self._failures += 1
        why = ending if isinstance(ending, Failed) else Failed("The voice stopped.")
        if self._failures < FAILURES or self._voices.give_up(why):
            saving.pcm.clear()
            saving.speech.again(whole=True)
            self._go_on(saving)
        else:
            self._fail(Notice(why.message, why.hint, why.detail, kind="error"))

    # encoded

    def _encode(self, saving: Saving) -> None:
        pcm = bytes(saving.pcm)
        saving.pcm.clear()
        piece = WriteSound(pcm, saving.rate, saving.format, saving.last)
        self._encoding = self._files.submit(piece)

    @Slot(int, object)
    def _on_file(self, job: int, event: Event) -> None:
        saving = self._saving
        if saving is None or job != self._encoding:
            return
        if isinstance(event, Encoded):
            saving.made.append(event)
        elif isinstance(event, Done):
            self._encoding = -1
            self._write(saving)
        elif isinstance(event, ENDINGS):
            why = event if isinstance(event, Failed) else Failed("The sound was not encoded.")
            self._fail(Notice(why.message, why.hint, why.detail, kind="error"))

    # written

    def _write(self, saving: Saving) -> None:
        made, saving.made = saving.made, []
        begun, saving.begun = saving.begun, True
        name = saving.path if saving.last else None

        def done(_: object) -> None:
            if self._saving is not saving:
                return
            if name is None:
                self._go_on(saving)
            else:
                self._leave()
                self.notice.emit(Notice("Saved as a sound file.", str(name)))

        def failed(error: Exception) -> None:
            if self._saving is saving:
                self._fail(Notice(UNWRITTEN, ELSEWHERE, str(error), kind="error"))

        self._background.run(partial(write, saving.part, begun, made, name), done, failed)

    def _fail(self, notice: Notice) -> None:
        self.cancel()
        self.notice.emit(notice)

    def _leave(self) -> Saving | None:
        saving, self._saving = self._saving, None
        if self._speaking >= 0:
            self._voices.link.cancel(self._speaking)
        if self._encoding >= 0:
            self._files.cancel(self._encoding)
        self._speaking = self._encoding = -1
        if saving:
            self._files.unload()
            self.progressed.emit(-1.0)
        return saving


def at_rate(sound: Pcm, rate: int) -> bytes:
    """The samples at another rate, where a second voice had to go on."""
    if sound.rate == rate:
        return sound.pcm
    return Converter(Shape(sound.rate, 1, "s16"), Shape(rate, 1, "s16")).convert(sound.pcm)


def write(part: Path, begun: bool, made: list[Encoded], name: Path | None, task: Task) -> None:
    """Put the pieces in their places; with a name the file is whole and gets it."""
    if task.cancelled:
        return
    with part.open("r+b" if begun else "wb") as file:
        for piece in made:
            file.seek(piece.place)
            file.write(piece.data)
        file.flush()
        if name:
            os.fsync(file.fileno())
    if name:
        part.replace(name)


def forget(part: Path, _task: Task) -> None:
    part.unlink(missing_ok=True)


def _ignore(_: object) -> None:
    return None
