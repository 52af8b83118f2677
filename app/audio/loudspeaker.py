"""The loudspeaker in the audio process: one speech at a time, and how far it was heard."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QIODevice, QObject, Qt, QTimer, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioSink, QMediaDevices, QtAudio

from app.audio import streams
from app.audio.messages import (
    Finished,
    HeardSoFar,
    Lost,
    Missing,
    Moving,
    Opened,
    Play,
    Report,
    Silenced,
)
from app.audio.samples import FADE, Converter, Shape, faded_in, faded_out

PART = "loudspeaker"
PUMP = 10  # ms
HEARD_EVERY = 3  # pumps: some thirty times a second
LOOK_EVERY = 10  # pumps
QUIET_LOOKS = 3  # so often nothing moved: the device is gone, whatever Qt says
FIRST_LOOKS = 20  # until the first sound; a headset takes its time
REST = 30_000  # ms it stays open without a word
USUAL = 22_050  # Hz, of most voices


class Loudspeaker(QObject):
    """report takes what is to be told. After Lost, Moving and Missing the process has to end."""

    def __init__(self, report: Callable[[Report], None], parent: QObject) -> None:
        super().__init__(parent)
        self._report = report
        self._wanted = ""  # id of the device
        self._device = ""  # id of the open one
        self._sink: QAudioSink | None = None
        self._io: QIODevice | None = None
        self._shape = Shape(USUAL, 1, "s16")  # what the sink takes
        self._speech, self._rate = 0, USUAL  # 0: none
        self._queue: deque[bytes] = deque()  # as the sink wants it
        self._held = b""  # the last moment, until it is known whether it fades
        self._fresh = self._finishing = False
        self._converter: Converter | None = None
        self._begins = 0.0  # seconds of this speech that were heard before _clock
        self._clock = 0  # µs the sink had played when the speech began
        self._written = 0  # bytes of this speech that the sink took
        self._ticks = self._looks = self._seen = 0
        self._pump = QTimer(self, interval=PUMP)
        self._pump.setTimerType(Qt.TimerType.PreciseTimer)
        self._pump.timeout.connect(self._tick)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.close)

    def use(self, wanted: str) -> None:
        self._wanted = wanted
        self.devices_changed()

    def devices_changed(self) -> None:
        """Move to the device that is the right one now; what was not heard is said there."""
        if self._sink is None:
            return
        right = streams.chosen(QMediaDevices.audioOutputs(), self._wanted)
        if right is not None and streams.id_of(right) == self._device:
            return
        if self._speech:
            self._report(Moving(PART))  # the window has what was not heard
        else:
            self.close()

    def open(self) -> None:
        if not self._speech:
            self._start(self._rate)
            self._rest.start()

    def play(self, order: Play) -> None:
        if order.speech != self._speech:
            self.silence(self._speech)
            self._begin(order)
        if self._sink is None or not order.pcm:
            return
        pcm = self._held + order.pcm
        if self._fresh:
            pcm, self._fresh = faded_in(pcm, self._rate), False
        keep = int(self._rate * FADE) * 2
        self._held = pcm[-keep:]
        self._add(pcm[:-keep])

    def finish(self, speech: int) -> None:
        if speech == self._speech and not self._finishing:
            self._finishing = True
            held, self._held = self._held, b""
            self._add(faded_out(held, self._rate))

    def silence(self, speech: int) -> None:
        """At once: by reset, as stop would first say what it has."""
        if speech and speech == self._speech:
            heard = self._heard()
            if self._sink is not None:
                self._sink.reset()
                self._io = None
            self._report(Silenced(speech, heard))
            self._leave()

    @Slot()
    def close(self) -> None:
        sink, self._sink, self._io = self._sink, None, None
        if sink is not None:
            sink.reset()
            sink.deleteLater()

    def _begin(self, order: Play) -> None:
        self._speech, self._begins = order.speech, order.begins
        self._fresh, self._finishing = True, False
        self._rest.stop()
        self._start(order.rate)
        if self._sink is not None:
            self._clock = self._seen = self._sink.processedUSecs()
            self._written = self._ticks = self._looks = 0
            self._pump.start()

    def _leave(self) -> None:
        """The speech is over; the loudspeaker stays ready for the next."""
        self._speech, self._held = 0, b""
        self._queue.clear()
        self._pump.stop()
        self.open()

    def _start(self, rate: int) -> None:
        """Have the stream run at this rate, or at the device's own."""
        if self._sink is not None and rate != self._rate:
            self.close()
        self._rate = rate
        if self._sink is not None:
            self._io = self._io or self._sink.start()
            return
        device = streams.chosen(QMediaDevices.audioOutputs(), self._wanted)
        if device is None:
            self._report(Missing(PART))
            return
        wanted, own = Shape(rate, 1, "s16"), streams.shape_of(device.preferredFormat())
        for shape in (wanted, own):
            fits = device.isFormatSupported(streams.qt_format(shape)) or shape == own
            if fits and self._start_on(device, shape):
                self._converter = None if shape == wanted else Converter(wanted, shape)
                self._report(Opened(PART, self._device, device.description()))
                return
        self._report(Lost(PART))

    def _start_on(self, device: QAudioDevice, shape: Shape) -> bool:
        sink = QAudioSink(device, streams.qt_format(shape), self)
        streams.hurry(sink, shape.rate)
        io = sink.start()
        if io is None or sink.error() != QtAudio.Error.NoError:
            sink.deleteLater()
            return False
        self._sink, self._io, self._shape = sink, io, shape
        self._device = streams.id_of(device)
        return True

    def _add(self, pcm: bytes) -> None:
        if pcm:
            self._queue.append(self._converter.convert(pcm) if self._converter else pcm)
        self._feed()

    def _feed(self) -> None:
        """Give the sink what it has room for."""
        while self._queue and self._sink is not None and self._io is not None:
            piece = self._queue[0]
            count = self._io.write(piece[: self._sink.bytesFree()])
            if count <= 0:
                return
            self._written += count
            if count < len(piece):
                self._queue[0] = piece[count:]
            else:
                self._queue.popleft()

    def _played(self) -> int:
        """µs of this speech since the sink's clock began."""
        return self._sink.processedUSecs() - self._clock if self._sink else 0

    def _heard(self) -> float:
        return self._begins + self._played() / 1e6

    def _all_heard(self) -> bool:
        written = self._written // self._shape.frame * 1_000_000 // self._shape.rate
        return not self._queue and self._played() + 1 >= written

    @Slot()
    def _tick(self) -> None:
        self._feed()
        self._ticks += 1
        if self._ticks % HEARD_EVERY == 0:
            self._report(HeardSoFar(self._speech, self._heard()))
        if self._finishing and self._all_heard():
            self._end()
        elif self._ticks % LOOK_EVERY == 0:
            self._look()

    def _end(self) -> None:
        speech = self._speech
        self._report(HeardSoFar(speech, self._heard()))
        self._leave()
        self._report(Finished(speech))

    def _look(self) -> None:
        """Qt never says that a device was taken away or the sound server died."""
        played, started = self._played(), self._seen != self._clock
        moved = self._clock + played != self._seen
        self._seen = self._clock + played
        self._looks = 0 if moved or self._all_heard() else self._looks + 1
        if self._looks > (QUIET_LOOKS if started else FIRST_LOOKS):
            self._pump.stop()
            self._report(Lost(PART))
