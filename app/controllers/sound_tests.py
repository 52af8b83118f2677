"""Trying the microphone and the loudspeaker: speak and hear it back, or hear a short sound."""

import itertools
import math
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.audio import wav
from app.background import Background, Task
from app.controllers.replay import Replay

LONGEST_MS = 8_000  # of what is said to try the microphone
QUIET = 0.01  # a level below is no voice
RATE, NOTES, LASTS = 24_000, (523.25, 783.99), 0.9  # Hz, Hz, seconds
MICROPHONE, LOUDSPEAKER = "microphone", "loudspeaker"
OPENING, LISTENING, PLAYING = "opening", "listening", "playing"
WORDS = {
    OPENING: "Opening the microphone…",
    LISTENING: "Say something, then press Stop.",
    PLAYING: "This is what the microphone heard.",
}
NOTHING = "Nothing was heard. Is it switched off, far too quiet, or another one?"
BUSY = "Parley is listening to you at the moment."


class SoundTests(QObject):
    changed = Signal()  # state, words or sounding
    level = Signal(float)  # 0 to 1

    def __init__(
        self,
        sound: Any,
        background: Background,
        speeches: Iterator[int],
        folder: Path,
        listening: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """sound is app.audio.sound.Sound or None; folder is for what is said meanwhile.

        listening tells whether the microphone is used for talking; speeches as in Replay.
        """
        super().__init__(parent)
        self._sound, self._background, self._folder = sound, background, folder
        self._listening = listening
        self._takes = itertools.count(-1, -1)  # apart from those that are written down
        self._take, self._peak = 0, 0.0
        self.state, self.words = "", ""  # of the microphone's test; words for people
        self._replay = Replay(sound, background, speeches, self)
        self._replay.changed.connect(self._on_replay)
        self._replay.notice.connect(self._on_unplayable)
        self._end = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._end.timeout.connect(self._stop_listening)
        if sound:
            sound.listening.connect(self._on_listening)
            sound.captured.connect(self._on_captured)
            sound.level.connect(self._on_level)
            sound.troubled.connect(self._on_trouble)

    @property
    def sounding(self) -> bool:
        """The loudspeaker's test goes on."""
        return self._replay.playing == LOUDSPEAKER

    @Slot()
    def microphone(self) -> None:
        """Begin to listen, then play it back; again: on to the next step."""
        if self._sound is None:
            return
        if self.state in (OPENING, LISTENING):
            self._stop_listening()
        elif self.state == PLAYING:
            self._replay.stop()
        elif self._listening():
            self._say("", BUSY)
        else:
            self._begin()

    @Slot()
    def loudspeaker(self) -> None:
        """Play two notes, or stop."""
        file = self._folder / "notes.wav"
        if self._sound is None:
            return
        if self.sounding:
            self._replay.stop()
        else:
            self._background.run(
                lambda _: wav.write(file, notes(), RATE),
                lambda _: self._replay.toggle(LOUDSPEAKER, [file]),
                lambda error: self._say("", f"The sound could not be made: {error}."),
            )

    @Slot()
    def stop(self) -> None:
        """The page is left: nothing of it goes on."""
        if self._take:
            take, self._take = self._take, 0
            self._sound.end_take(take)
        self._end.stop()
        self._replay.stop()
        self._say("", "")

    def _begin(self) -> None:
        self._replay.stop()
        self._take, self._peak = next(self._takes), 0.0
        self._say(OPENING, WORDS[OPENING])
        self._sound.start_take(self._take, self._folder / "test.wav")
        self._end.start()

    @Slot()
    def _stop_listening(self) -> None:
        """What comes last is played."""
        self._end.stop()
        self._sound.end_take(self._take)

    @Slot(int)
    def _on_listening(self, take: int) -> None:
        if take == self._take and self._take:
            self._say(LISTENING, WORDS[LISTENING])

    @Slot(float)
    def _on_level(self, level: float) -> None:
        if self._take:
            self._peak = max(self._peak, level)
            self.level.emit(level)

    @Slot(object)
    def _on_captured(self, piece: Any) -> None:
        if not (self._take and piece.take == self._take and piece.last):
            return
        self._take = 0
        self.level.emit(0.0)
        if self._end.isActive():  # somebody else ended it: the key was pressed, or it was unplugged
            self._end.stop()
            self._say("", self.words if self.state == "" else "")
        elif self._peak < QUIET:
            self._say("", NOTHING)
        else:
            self._say(PLAYING, WORDS[PLAYING])
            self._background.run(self._prepare, self._play, self._on_unplayable)

    def _prepare(self, task: Task) -> Path:
        """The sound as the loudspeaker wants it; nothing of the test stays."""
        said, file = self._folder / "test.wav", self._folder / "heard.wav"
        pcm, rate = wav.read(said)
        wav.write(file, pcm, rate)
        said.unlink()
        return file

    def _play(self, file: Path) -> None:
        if self.state == PLAYING:
            self._replay.toggle(MICROPHONE, [file])

    @Slot()
    def _on_replay(self) -> None:
        if self._replay.playing is None and self.state == PLAYING:
            (self._folder / "heard.wav").unlink(missing_ok=True)
            self._say("", "")
        self.changed.emit()

    @Slot(object)
    def _on_unplayable(self, error: object) -> None:
        self._say("", "What was heard could not be played.")

    @Slot(object)
    def _on_trouble(self, trouble: Any) -> None:
        if self._take and trouble.part == MICROPHONE:
            self._say("" if trouble.over else self.state, f"{trouble.message} {trouble.hint}")
        elif self.sounding or self.state == PLAYING:
            self._say(self.state, f"{trouble.message} {trouble.hint}")

    def _say(self, state: str, words: str) -> None:
        self.state, self.words = state, words
        self.changed.emit()


def notes() -> bytes:
    """Two soft notes, one into the other: mono, s16, at RATE."""
    length = int(RATE * LASTS)
    made = array("h", bytes(2 * length))
    for place, pitch in enumerate(NOTES):
        begins = place * length // 4
        for n in range(begins, length):
            t = (n - begins) / RATE
            swell = min(1.0, t / 0.01) * math.exp(-5 * t) * min(1.0, (length - n) / (0.05 * RATE))
            made[n] += int(9_000 * swell * math.sin(2 * math.pi * pitch * t))
    return made.tobytes()
