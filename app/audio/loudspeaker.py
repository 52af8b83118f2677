"""The loudspeaker in the audio process: one speech at a time, and how far it was heard."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.audio import streams
from app.audio.messages import (
    Finished,
    HeardSoFar,
    Lost,
    Missing,
    Opened,
    Play,
    Report,
    Silenced,
)
from app.audio.outlet import Outlet, Refused
from app.audio.samples import FADE, faded_in, faded_out
from app.audio.speech import Speech

PART = "loudspeaker"
PUMP = 10  # ms
HEARD_EVERY = 3  # pumps: some thirty times a second
LOOK_EVERY = 10  # pumps
QUIET_LOOKS = 3  # so often nothing moved: the device is gone, whatever Qt says
FIRST_LOOKS = 20  # until the first sound; a headset takes its time
REST = 30_000  # ms it stays open without a word
USUAL = 22_050  # Hz, of most voices
LONGEST = 4  # times the usual period


class Loudspeaker(QObject):
    """report takes what is to be told. After Lost the process has to end."""

    def __init__(
        self, present: streams.Present, report: Callable[[Report], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._present, self._report = present, report
        self._wanted = ""  # id of the device
        self._outlet: Outlet | None = None
        self._rate = USUAL  # of the last speech
        self._period = 1  # longer from the first stutter on
        self._speech: Speech | None = None
        self._begins = 0.0  # seconds of it that were heard before the outlet's time began
        self._held = b""  # its last moment so far, until it is known whether it fades
        self._fresh = False  # nothing of it was given to this outlet yet
        self._ticks = self._looks = 0
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
        right = streams.chosen(self._present.outputs(), self._wanted)
        if self._outlet and right and streams.id_of(right) == self._outlet.device:
            return
        if self._speech:
            self._speech.heard_until(self._heard())
        self.close()
        if self._speech:
            self._go_on()

    def open(self) -> None:
        """Ahead of a speech. Where it cannot be, the speech will say so."""
        if not self._speech:
            self._have_outlet(self._rate)
            self._rest.start()

    def play(self, order: Play) -> None:
        if self._speech is None or order.speech != self._speech.number:
            self.silence(self._speech.number if self._speech else 0)
            self._speech = Speech(order.speech, order.rate, order.begins)
            self._rest.stop()
            self._go_on()
        self._speech.add(order.pcm, order.rate)
        self._say(order.pcm)

    def finish(self, speech: int) -> None:
        if self._speech and speech == self._speech.number and not self._speech.complete:
            self._speech.complete = True
            self._fade_out()

    def silence(self, speech: int) -> None:
        if self._speech and speech == self._speech.number:
            heard = self._heard()
            if self._outlet:
                self._outlet.silence()
            self._report(Silenced(speech, heard))
            self._leave()

    @Slot()
    def close(self) -> None:
        outlet, self._outlet = self._outlet, None
        if outlet:
            outlet.close()

    def _go_on(self) -> None:
        """Say what was not heard yet, from the outlet's beginning."""
        assert self._speech
        self._begins, self._fresh, self._held = self._speech.heard, True, b""
        if outlet := self._have_outlet(self._speech.rate):
            outlet.begin()
            self._ticks = self._looks = 0
            self._pump.start()
            self._say(self._speech.rest())
            if self._speech.complete:
                self._fade_out()

    def _have_outlet(self, rate: int) -> Outlet | None:
        """The open one if it takes this rate."""
        if self._outlet and self._outlet.rate != rate:
            self.close()
        self._rate = rate
        if self._outlet:
            return self._outlet
        device = streams.chosen(self._present.outputs(), self._wanted)
        if device is None:
            return self._fail(Missing(PART, self._present.nothing()))
        try:
            self._outlet = Outlet(device, rate, self._period, self)
        except Refused:
            return self._fail(Lost(PART))
        self._report(Opened(PART, self._outlet.device, device.description()))
        return self._outlet

    def _fail(self, why: Report) -> None:
        """Not when nothing is to be said yet: it is not worth a word then."""
        if self._speech:
            self._report(why)

    def _say(self, pcm: bytes) -> None:
        if not self._outlet or not pcm:
            return
        pcm = self._held + pcm
        if self._fresh:
            pcm, self._fresh = faded_in(pcm, self._rate), False
        keep = int(self._rate * FADE) * 2
        self._held = pcm[-keep:]
        self._outlet.add(pcm[:-keep])

    def _fade_out(self) -> None:
        held, self._held = self._held, b""
        if self._outlet:
            self._outlet.add(faded_out(held, self._rate))

    def _heard(self) -> float:
        return self._begins + (self._outlet.played if self._outlet else 0.0)

    def _leave(self) -> None:
        """The speech is over; the loudspeaker stays ready for the next."""
        self._speech, self._held = None, b""
        self._pump.stop()
        if self._outlet and self._outlet.stuttered and self._period < LONGEST:
            self._period *= 2
            self.close()
        self.open()

    @Slot()
    def _tick(self) -> None:
        if not self._outlet or not self._speech:
            return
        self._outlet.feed()
        self._ticks += 1
        if self._ticks % HEARD_EVERY == 0:
            self._tell_heard(self._speech)
        if self._speech.complete and self._outlet.drained:
            self._tell_heard(self._speech)
            self._report(Finished(self._speech.number))
            self._leave()
        elif self._ticks % LOOK_EVERY == 0:
            self._look(self._outlet)

    def _tell_heard(self, speech: Speech) -> None:
        speech.heard_until(self._heard())
        self._report(HeardSoFar(speech.number, speech.heard))

    def _look(self, outlet: Outlet) -> None:
        """Qt never says that a device takes nothing any more."""
        moved = outlet.moved()
        self._looks = 0 if moved or outlet.drained else self._looks + 1
        if self._looks > (QUIET_LOOKS if outlet.played else FIRST_LOOKS):
            self._pump.stop()
            self._report(Lost(PART))
