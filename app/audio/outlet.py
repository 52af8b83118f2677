"""An open loudspeaker of Qt's: takes sound as fast as there is room, and keeps the time."""

import time
from collections import deque

from PySide6.QtCore import QObject
from PySide6.QtMultimedia import QAudioDevice, QAudioSink, QtAudio

from app.audio import streams
from app.audio.samples import Converter, Shape

PERIOD = 0.05  # seconds of sound the system asks for at a time; the first word waits half of that
STUTTER = 0.1  # seconds that the loudspeaker may fall behind


class Refused(Exception):
    """The device could not be opened at all."""


class Outlet:
    """Raises Refused. rate is that of the mono s16 it is given; the sink may want another shape.

    The longer the period, in multiples of PERIOD, the busier a computer may be without stuttering.
    """

    def __init__(self, device: QAudioDevice, rate: int, period: int, parent: QObject) -> None:
        self.device, self.rate, self._parent = streams.id_of(device), rate, parent
        self._queue: deque[bytes] = deque()  # as the sink wants it
        self._converter: Converter | None = None
        self._clock = 0  # µs the sink had played at begin
        self._written = 0  # bytes it took since
        self._seen = 0.0  # seconds played when it was last looked at
        self._pace: tuple[float, float] | None = None  # (time, played) when it was last filled up
        self.stuttered = False
        wanted = Shape(rate, 1, "s16")
        for shape in streams.fitting(device, wanted):
            if self._start(device, shape, period * PERIOD):
                if shape != wanted:
                    self._converter = Converter(wanted, shape)
                return
        raise Refused(self.device)

    def begin(self) -> None:
        """From here on the time counts."""
        self._clock, self._written, self._seen = self._sink.processedUSecs(), 0, 0.0
        self._pace = None

    def add(self, pcm: bytes) -> None:
        if pcm:
            self._queue.append(self._converter.convert(pcm) if self._converter else pcm)
        self.feed()

    def feed(self) -> None:
        """Give the sink what it has room for; to be called every few ms."""
        self._fill()
        if not self._queue or not self.played:
            self._pace = None
            return
        now, played = time.monotonic(), self.played
        since, before = self._pace = self._pace or (now, played)
        self.stuttered |= (now - since) - (played - before) > STUTTER

    def _fill(self) -> None:
        while self._queue:
            piece = self._queue[0]
            count = self._io.write(piece[: self._sink.bytesFree()])
            if count <= 0:
                return
            self._written += count
            if count < len(piece):
                self._queue[0] = piece[count:]
            else:
                self._queue.popleft()

    @property
    def played(self) -> float:
        """Seconds since begin that were heard; silence for want of sound does not count."""
        return (self._sink.processedUSecs() - self._clock) / 1e6

    @property
    def drained(self) -> bool:
        """True when everything it was given was heard."""
        written = self._written / (self._shape.frame * self._shape.rate)
        return not self._queue and self.played >= written - 2e-6

    def moved(self) -> bool:
        """True when something was heard since this was last asked."""
        before, self._seen = self._seen, self.played
        return self._seen > before

    def silence(self) -> None:
        """At once: by reset, as stop would first say what it has. Ready for the next after it."""
        self._queue.clear()
        self._sink.reset()
        self._io = self._sink.start()
        self.begin()

    def close(self) -> None:
        self._queue.clear()
        self._sink.reset()
        self._sink.deleteLater()

    def _start(self, device: QAudioDevice, shape: Shape, period: float) -> bool:
        sink = QAudioSink(device, streams.qt_format(shape), self._parent)
        streams.hurry(sink, shape.rate, period)
        io = sink.start()
        if io is None or sink.error() != QtAudio.Error.NoError:
            sink.deleteLater()
            return False
        self._sink, self._io, self._shape = sink, io, shape
        return True
