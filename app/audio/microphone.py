"""The microphone in the audio process: takes, pieces of sound as they come, and their loudness."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QIODevice, QObject, Qt, QTimer, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioSource, QtAudio

from app.audio import streams
from app.audio.messages import (
    Captured,
    Level,
    Lost,
    Missing,
    Opened,
    Piece,
    Report,
    Unwritten,
)
from app.audio.recording import Recording
from app.audio.samples import SPEECH, Shape, peak

PART = "microphone"
TAIL = 120  # ms taken after the end of a take: the last word lasts longer than the key is held
WARM = 2_000  # ms it stays open after a take; then the system's sign that it is on goes off
PERIOD = 0.017  # seconds of sound the system hands over at a time
PIECE = 0.02  # seconds; less is not worth a message, once listening
LOOK = 100  # ms
QUIET_LOOKS = 3  # so often nothing came: the device is gone, whatever Qt says
FIRST_LOOKS = 20  # until the first sound; a headset takes its time
LEVEL_EVERY = 1 / 30  # seconds


class Microphone(QObject):
    """report takes what is to be told. After Lost the process has to end."""

    def __init__(
        self, present: streams.Present, report: Callable[[Report], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._present, self._report = present, report
        self._wanted = ""  # id of the device
        self._device = ""  # id of the open one
        self._source: QAudioSource | None = None
        self._io: QIODevice | None = None
        self._shape = SPEECH
        self._take = 0  # 0: none
        self._begun = False  # something of it has come
        self._recording: Recording | None = None
        self._level, self._level_at = 0.0, 0.0
        self._came = False  # anything, since it was opened
        self._looks = 0  # without anything
        self._tail = QTimer(self, singleShot=True, interval=TAIL)
        self._tail.setTimerType(Qt.TimerType.PreciseTimer)
        self._tail.timeout.connect(self._end)
        self._warm = QTimer(self, singleShot=True, interval=WARM)
        self._warm.timeout.connect(self.close)
        self._watch = QTimer(self, interval=LOOK)
        self._watch.timeout.connect(self._look)

    def use(self, wanted: str) -> None:
        self._wanted = wanted
        self.devices_changed()

    def devices_changed(self) -> None:
        """Move to the device that is the right one now."""
        right = streams.chosen(self._present.inputs(), self._wanted)
        if self._source and right and streams.id_of(right) == self._device:
            return
        self.close()
        if self._take:
            self._open()

    def begin(self, take: int, file: str) -> None:
        if self._take:
            self._end()
        self._tail.stop()
        self._warm.stop()
        self._take = take
        self._recording = Recording(Path(file), lambda why: self._report(Unwritten(take, why)))
        if self._source is None:
            self._open()
        elif self._io is not None:
            self._io.readAll()  # what was said before the key

    def end(self, take: int) -> None:
        if take == self._take and not self._tail.isActive():
            self._tail.start()

    @Slot()
    def close(self) -> None:
        source, self._source, self._io = self._source, None, None
        self._watch.stop()
        if source is not None:
            source.stop()
            source.deleteLater()

    def join(self) -> None:
        """Let the disk have the rest of the take."""
        if self._recording:
            self._recording.close()
            self._recording.join()

    def _open(self) -> None:
        device = streams.chosen(self._present.inputs(), self._wanted)
        if device is None:
            self._report(Missing(PART, self._present.nothing()))
            return
        if not any(self._start(device, shape) for shape in streams.fitting(device, SPEECH)):
            self._report(Lost(PART))
            return
        self._device = streams.id_of(device)
        self._report(Opened(PART, self._device, device.description()))

    def _start(self, device: QAudioDevice, shape: Shape) -> bool:
        source = QAudioSource(device, streams.qt_format(shape), self)
        streams.hurry(source, shape.rate, PERIOD)
        io = source.start()
        if io is None or source.error() != QtAudio.Error.NoError:
            source.deleteLater()
            return False
        self._source, self._io, self._shape = source, io, shape
        self._came, self._looks = False, 0
        io.readyRead.connect(self._read)
        self._watch.start()
        return True

    @Slot()
    def _read(self) -> None:
        self._came, self._looks = True, 0
        enough = PIECE * self._shape.rate * self._shape.frame
        if self._io is None or (self._begun and self._io.bytesAvailable() < enough):
            return
        pcm = bytes(self._io.readAll().data())
        if pcm and self._take:
            self._begun = True
            self._pass_on(pcm, last=False)
            self._measure(pcm)

    def _pass_on(self, pcm: bytes, last: bool) -> None:
        """The last piece is told when it can be read in the file as well."""
        if self._recording:
            self._recording.add(pcm, self._shape)
        if self._recording and last:
            self._recording.close()
            self._recording.wait()
        self._report(Piece(Captured(self._take, pcm, *self._shape, last)))

    def _measure(self, pcm: bytes) -> None:
        self._level = max(self._level, peak(pcm, self._shape.sample))
        now = time.monotonic()
        if now - self._level_at >= LEVEL_EVERY:
            self._report(Level(self._level))
            self._level, self._level_at = 0.0, now

    @Slot()
    def _end(self) -> None:
        rest = bytes(self._io.readAll().data()) if self._io is not None else b""
        self._pass_on(rest, last=True)
        self._take, self._begun, self._recording = 0, False, None
        self._tail.stop()
        self._warm.start()

    @Slot()
    def _look(self) -> None:
        """Qt never says that a device gives nothing any more."""
        self._looks += 1
        if self._looks > (QUIET_LOOKS if self._came else FIRST_LOOKS):
            self._watch.stop()
            self._report(Lost(PART))
