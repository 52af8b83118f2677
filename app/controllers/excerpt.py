"""Hear a sound file from some place on: read a piece ahead of what the loudspeaker plays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from engines.messages import ENDINGS, Done, Event, Failed, Pcm, ReadSound

PIECE = 10.0  # seconds that are read at once
AHEAD = 20.0  # seconds the loudspeaker has at least, while there is more
BYTES = 32_000  # a second
READER = "sound_files"


class Excerpt(QObject):
    """One file at a time. Numbers of speeches grow and are shared with all who use the sound."""

    moved = Signal(object, float)  # key, seconds of the file heard by now; None, -1 when it is over
    failed = Signal(object)  # Failed

    def __init__(
        self, reader: Any, sound: Any, speeches: Iterator[int], parent: QObject | None = None
    ) -> None:
        """reader is a link of its own; sound is app.audio.sound.Sound."""
        super().__init__(parent)
        self._reader, self._sound, self._speeches = reader, sound, speeches
        self.key: object = None  # of what is heard
        self._at = 0.0  # seconds of the file where it began
        self._sent = self._heard = 0.0  # seconds the loudspeaker was given, and has played
        self._speech = self._job = -1
        self._over = False  # nothing more is to be read
        reader.event.connect(self._on_read)
        sound.heard.connect(self._on_heard)
        sound.finished.connect(self._on_end)
        sound.silenced.connect(self._on_end)

    def play(self, key: object, path: Path, at: float) -> None:
        from engines.sound.files import Options

        self.stop()
        self.key, self._at, self._over = key, at, False
        self._sent = self._heard = 0.0
        self._speech = next(self._speeches)
        self._sound.open_loudspeaker()
        self._reader.open(READER, path, Options())
        self.moved.emit(key, at)

    @Slot()
    def stop(self) -> None:
        if self.key is not None:
            self._end()
            if self._sent:
                self._sound.silence()

    def _end(self) -> None:
        self.key, self._speech, self._job = None, -1, -1
        self._reader.unload()
        self.moved.emit(None, -1.0)

    @Slot(int, object)
    def _on_read(self, job: int, event: Event) -> None:
        if self.key is None:
            return
        if isinstance(event, Failed):
            self.stop()
            self.failed.emit(event)
        elif job == 0 and isinstance(event, Done) and not self._sent:
            self._job = self._reader.submit(ReadSound(self._at, PIECE))
        elif job == self._job and isinstance(event, Pcm):
            self._sent += len(event.pcm) / BYTES
            self._sound.play(self._speech, event.pcm, event.rate)
        elif job == self._job and isinstance(event, ENDINGS):
            self._job = -1
            self._over = not isinstance(event, Done) or event.reason != "stop"
            if self._over:
                self._sound.finish(self._speech)
            else:
                self._feed()

    def _feed(self) -> None:
        ahead = self._sent - self._heard
        if self._job < 0 and not self._over and self._sent and ahead < AHEAD:
            self._job = self._reader.submit(ReadSound(self._at + self._sent, PIECE))

    @Slot(int, float)
    def _on_heard(self, speech: int, seconds: float) -> None:
        if speech == self._speech and self.key is not None:
            self._heard = seconds
            self._feed()
            self.moved.emit(self.key, self._at + seconds)

    @Slot(int)
    def _on_end(self, speech: int, _seconds: float = 0.0) -> None:
        if speech == self._speech and self.key is not None:
            self._end()
