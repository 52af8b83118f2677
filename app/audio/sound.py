"""Microphone and loudspeaker for the window: one object, no waiting, and words when it goes wrong.

The sound itself is in a process of its own, which is replaced whenever it dies or its devices do;
a take goes on in the same file, and a speech from where it was last heard.
"""

import math
import time
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QMicrophonePermission,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from app.audio import messages, troubles
from app.audio.messages import Captured, Device, Order, Report, Trouble
from app.audio.process import AudioProcess
from app.audio.samples import SPEECH
from app.audio.speech import Speech
from app.audio.unfinished import LOUDSPEAKER, MICROPHONE, Take, Unfinished

__all__ = ["Captured", "Device", "Sound", "Trouble"]
DELAYS = (0, 100, 250, 500, 1_000, 2_000)  # ms until the next try, by how many failed in a row
RETURN = 500  # ms until the next process, when nothing needs it yet
TRIES = 4  # in a row, then what has not begun yet is given up
BEGIN_WITHIN = 8.0  # seconds; what has not begun by then is given up with the next failure
SPEECH_WAITS = 10.0  # seconds for a loudspeaker to come back; nobody wants to hear it later
LOOK = 1_000  # ms
DUMB_LOOKS = 4  # without a word from the process while something runs: it hangs
START_LOOKS = 30  # until its first word: a computer may be very busy


class Sound(QObject):
    """Numbers of takes and speeches grow. Each take ends with one captured whose last is set, each
    speech with one finished or silenced; also when there is no device, after a Trouble.

    Made on the GUI thread. Nothing is started before it is needed: the lists of devices are empty
    until microphones() or another verb started it and devices_changed tells. log is where the
    process writes what goes wrong.
    """

    devices_changed = Signal()
    captured = Signal(object)  # Captured
    level = Signal(float)  # 0 to 1, of the loudest sample, at most 30 a second
    listening = Signal(int)  # take: its first sound has come
    troubled = Signal(object)  # Trouble
    heard = Signal(int, float)  # speech, seconds of it heard so far; about 30 a second
    finished = Signal(int)  # speech: everything of it was heard
    silenced = Signal(int, float)  # speech, seconds of it that were heard
    _arrived = Signal(int, object)  # life, Report or None

    def __init__(self, parent: QObject | None = None, log: Path | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._wanted = messages.Use("", "")
        self._devices = messages.Devices((), ())
        self._process: AudioProcess | None = None
        self._life, self._born = 0, 0.0
        self._now = Unfinished()
        self._spoken = 0  # number of the last speech that is over
        self._open = False  # the loudspeaker was asked for
        self._used: dict[str, messages.Opened] = {}  # by part: the device it was last opened on
        self._lost: dict[str, float] = {}  # part -> when it was lost
        self._ending: Report | None = None  # why the process is about to end
        self._missed: set[str] = set()  # parts that were said to be away
        self._failures = 0  # processes in a row that brought nothing
        self._looks, self._patience = 0, START_LOOKS  # since the process said something
        self._stopped = False
        self._retry = QTimer(self, singleShot=True)
        self._retry.timeout.connect(self._start)
        self._watch = QTimer(self, interval=LOOK)
        self._watch.timeout.connect(self._look)
        self._arrived.connect(self._take_in, Qt.ConnectionType.QueuedConnection)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def microphones(self) -> list[Device]:
        self._need()
        return list(self._devices.microphones)

    def loudspeakers(self) -> list[Device]:
        self._need()
        return list(self._devices.loudspeakers)

    def use(self, microphone: str, loudspeaker: str) -> None:
        """Ids of devices, "" for the system's choice; a missing one is replaced by that choice."""
        wanted = messages.Use(microphone, loudspeaker)
        if wanted != self._wanted:
            self._wanted = wanted
            self._used.clear()  # the person knows where it goes now
            if self._process:
                self._process.send(wanted)

    def start_take(self, take: int, file: Path) -> None:
        """Sound goes to this WAV file as it comes; see app.audio.wav.read."""
        self._forget_failures()
        for before in self._now.takes.values():
            before.ending = True
        self._now.takes[take] = Take(take, file)
        if may_listen() == Qt.PermissionStatus.Undetermined:
            qt = QCoreApplication.instance()
            assert qt
            qt.requestPermission(QMicrophonePermission(), self, lambda _: self._begin(take))
        else:
            self._begin(take)

    def end_take(self, take: int) -> None:
        """A tail of 120 ms is still taken."""
        if take not in self._now.takes or self._now.takes[take].ending:
            return
        self._now.takes[take].ending = True
        if self._process:
            self._process.send(messages.End(take))
        else:
            self._end_take(take)

    def open_loudspeaker(self) -> None:
        """Ahead of the first sentence: it takes a moment."""
        self._open = True
        self._order(messages.Open())

    def play(self, speech: int, pcm: bytes, rate: int) -> None:
        """Queue mono s16. Another number silences the one before; what is over stays silent."""
        if speech <= self._spoken:
            return
        if self._now.speech and self._now.speech.number != speech:
            self.silence()
        self._forget_failures()
        self._open = False
        self._now.speech = self._now.speech or Speech(speech, rate)
        pcm = self._now.speech.add(pcm, rate)
        self._order(messages.Play(speech, pcm, self._now.speech.rate))

    def finish(self, speech: int) -> None:
        """Nothing of it follows."""
        if self._now.speech and self._now.speech.number == speech:
            self._now.speech.complete = True
            self._order(messages.Finish(speech))
        elif speech > self._spoken:  # it had no sound at all
            self.silence()
            self._spoken = speech
            self.finished.emit(speech)

    @Slot()
    def silence(self) -> None:
        if not self._now.speech:
            return
        speech, self._now.speech = self._now.speech, None
        self._spoken = speech.number
        if self._process:
            self._now.leaving[speech.number] = speech.heard
            self._process.send(messages.Silence(speech.number))
        else:
            self.silenced.emit(speech.number, speech.heard)

    def stop(self) -> None:
        """For good. Returns when the file of the take is whole and no process is left."""
        self._stopped = True
        self._retry.stop()
        self._watch.stop()
        process = self._end_process()
        if process:
            process.join()

    def _forget_failures(self) -> None:
        """They say nothing about what begins now."""
        if not self._now:
            self._failures = 0
            self._lost.clear()
            self._retry.stop()

    def _begin(self, number: int) -> None:
        if number not in self._now.takes:
            return
        if may_listen() == Qt.PermissionStatus.Denied:
            self._give_up(troubles.REFUSED)
        else:
            self._order(messages.Begin(number, str(self._now.takes[number].file)))

    def _order(self, order: Order) -> None:
        """Tell the process; a new one is told everything that is unfinished, this among it."""
        if self._process:
            self._process.send(order)
        else:
            self._need()

    def _need(self) -> None:
        if not self._process and not self._retry.isActive():
            self._start()

    @Slot()
    def _start(self) -> None:
        if self._stopped:
            return
        self._life += 1
        life, arrived = self._life, self._arrived
        self._born, self._ending = time.monotonic(), None
        self._looks, self._patience = 0, START_LOOKS
        self._watch.start()
        self._process = AudioProcess(lambda report: arrived.emit(life, report), self._log)
        self._process.send(self._wanted)
        for order in self._now.orders():
            self._process.send(order)
        if self._open:
            self._process.send(messages.Open())

    def _end_process(self) -> AudioProcess | None:
        process, self._process = self._process, None
        self._life += 1  # nothing it says is heard any more
        if process:
            process.end()
        return process

    @Slot(int, object)
    def _take_in(self, life: int, report: Report | None) -> None:
        if life != self._life:
            return
        self._looks, self._patience = 0, DUMB_LOOKS
        match report:
            case None:
                self._died()
            case messages.Piece(captured):
                self._pass_on(captured)
            case messages.Level(peak):
                if self._now.takes:
                    self.level.emit(peak)
            case messages.HeardSoFar(number, seconds):
                self._heard(number, seconds)
            case messages.Finished(number):
                if self._now.speech and self._now.speech.number == number:
                    self._now.speech, self._spoken = None, number
                    self.finished.emit(number)
            case messages.Silenced(number, seconds):
                if self._now.leaving.pop(number, None) is not None:
                    self.silenced.emit(number, seconds)
            case messages.Devices():
                if report != self._devices:
                    self._devices = report
                    self.devices_changed.emit()
            case messages.Opened():
                self._opened(report)
            case messages.Lost() | messages.Gone() | messages.Missing(_, True):
                self._ending = report
            case messages.Missing(part):
                self._missing(part)
            case messages.Unusable(detail):
                self._give_up(troubles.unusable(MICROPHONE, detail))
                self._give_up(troubles.unusable(LOUDSPEAKER, detail))
            case messages.Unwritten(_, reason):
                self.troubled.emit(troubles.unwritten(reason))

    def _pass_on(self, captured: Captured) -> None:
        take = self._now.takes.get(captured.take)
        if take is None:
            return
        if captured.pcm and not take.begun:
            take.begun = True
            self.listening.emit(take.number)
        if captured.pcm:
            self._failures = 0
        if captured.last:
            del self._now.takes[take.number]
        self.captured.emit(captured)

    def _heard(self, number: int, seconds: float) -> None:
        if self._now.speech and self._now.speech.number == number:
            if seconds > self._now.speech.heard:
                self._failures = 0
            self._now.speech.heard_until(seconds)
            self.heard.emit(number, seconds)

    def _opened(self, now: messages.Opened) -> None:
        part, before = now.part, self._used.get(now.part)
        self._used[part] = now
        self._missed.discard(part)
        was_lost = self._lost.pop(part, None) is not None
        if before is None or not self._now.has_begun(part):
            return
        if was_lost or not self._is_there(before.id):
            self.troubled.emit(troubles.goes_on(part, before.name, now.name))
        elif before.id != now.id:
            self.troubled.emit(troubles.moved(part, now.name))

    def _is_there(self, device: str) -> bool:
        every = (*self._devices.microphones, *self._devices.loudspeakers)
        return any(one.id == device for one in every)

    def _name(self, part: str) -> str:
        return self._used[part].name if part in self._used else ""

    def _died(self) -> None:
        """What is unfinished goes on in the next process, or is given up."""
        self._process = None
        self._failures += 1
        for part in self._parts_lost():
            if part not in self._lost and self._now.has_begun(part):
                self._lost[part] = time.monotonic()
        for number, seconds in list(self._now.leaving.items()):
            del self._now.leaving[number]
            self.silenced.emit(number, seconds)
        for take in [take for take in self._now.takes.values() if take.ending]:
            self._end_take(take.number)
        self._judge(MICROPHONE)
        self._judge(LOUDSPEAKER)
        if self._now:
            self._retry.start(DELAYS[min(self._failures, len(DELAYS)) - 1])
        elif isinstance(self._ending, messages.Gone | messages.Missing):
            self._retry.start(RETURN)  # to see the devices when they come back

    @Slot()
    def _look(self) -> None:
        """A process that says nothing while something runs stands still in the sound system."""
        if not self._process:
            self._watch.stop()
        elif not self._now:
            self._looks = 0
        elif self._looks < self._patience:
            self._looks += 1
            self._wait_no_longer(LOUDSPEAKER)
        else:
            self._process.kill()

    def _parts_lost(self) -> tuple[str, ...]:
        match self._ending:
            case messages.Lost(part) | messages.Missing(part):
                return (part,)
            case _:
                return (MICROPHONE, LOUDSPEAKER)

    def _judge(self, part: str) -> None:
        """Give up what has no chance any more."""
        if (used := self._now.in_use(part)) is None:
            return
        ending, since = self._ending, time.monotonic() - used.since
        if isinstance(ending, messages.Missing) and ending.part == part and self._born > used.since:
            self._missing(part)
        elif not used.begun and (self._failures >= TRIES or since > BEGIN_WITHIN):
            self._give_up(troubles.broken(part))
        self._wait_no_longer(part)

    def _missing(self, part: str) -> None:
        """There is no device: what has begun waits for one."""
        if not self._now.has_begun(part):
            self._give_up(troubles.none(part))
        elif part not in self._missed:
            self._missed.add(part)
            self._lost.setdefault(part, time.monotonic())
            self.troubled.emit(troubles.gone(part, self._name(part)))

    def _wait_no_longer(self, part: str) -> None:
        waited = time.monotonic() - self._lost.get(part, math.inf)
        if part == LOUDSPEAKER and waited > SPEECH_WAITS:
            self._give_up(troubles.gone(part, self._name(part), over=True))

    def _give_up(self, trouble: Trouble) -> None:
        if trouble.part == MICROPHONE and self._now.take:
            self.troubled.emit(trouble)
            for number in list(self._now.takes):
                if self._process:
                    self._process.send(messages.End(number))
                self._end_take(number)
        elif trouble.part == LOUDSPEAKER and self._now.speech:
            self.troubled.emit(trouble)
            self.silence()

    def _end_take(self, number: int) -> None:
        """Nothing more of it comes from a process."""
        del self._now.takes[number]
        self.captured.emit(Captured(number, b"", *SPEECH, True))


def may_listen() -> Qt.PermissionStatus:
    """What the system says about the microphone; it asks for each program where it asks at all."""
    qt = QCoreApplication.instance()
    assert qt
    return qt.checkPermission(QMicrophonePermission())
