"""Hear again: sound of the person through the loudspeaker."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.audio import wav
from app.background import Background, Task
from app.controllers.shown import Notice
from engines.errors import ParleyError


class Replay(QObject):
    changed = Signal()  # what is playing
    notice = Signal(object)

    def __init__(
        self,
        sound: Any,
        background: Background,
        speeches: Iterator[int],
        parent: QObject | None = None,
    ) -> None:
        """sound is app.audio.sound.Sound, or None where there is to be none.

        speeches are the numbers of what is played, each larger than any before.
        """
        super().__init__(parent)
        self._sound, self._background, self._speeches = sound, background, speeches
        self.playing: object = None
        self._speech = 0
        self._task: Task | None = None
        if sound:
            sound.finished.connect(self._on_end)
            sound.silenced.connect(self._on_end)

    def toggle(self, key: object, files: Sequence[Path]) -> None:
        """Play these files one after another, or stop when they are playing."""
        again = key != self.playing
        self.stop()
        if again and self._sound:
            self.playing = key
            read = [*files]
            self._task = self._background.run(
                lambda _: [wav.read(file) for file in read], self._play, self._fail
            )
            self.changed.emit()

    def stop(self) -> None:
        if self._task:
            self._task.cancel()
        if self.playing is not None and self._speech:
            self._sound.silence()
        self._end()

    def _play(self, found: list[tuple[bytes, int]]) -> None:
        self._task = None
        self._speech = next(self._speeches)
        for pcm, rate in found:
            self._sound.play(self._speech, pcm, rate)
        self._sound.finish(self._speech)

    def _fail(self, error: Exception) -> None:
        self._end()
        words = error if isinstance(error, ParleyError) else None
        message = words.message if words else "This sound is not there any more."
        self.notice.emit(Notice(message, words.hint if words else "", str(error), kind="error"))

    @Slot(int)
    def _on_end(self, speech: int, _seconds: float = 0.0) -> None:
        if speech == self._speech:
            self._end()

    def _end(self) -> None:
        self._task, self._speech = None, 0
        if self.playing is not None:
            self.playing = None
            self.changed.emit()
