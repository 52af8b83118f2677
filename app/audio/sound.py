"""Microphone and loudspeaker for the window: one object, no waiting, and words when it goes wrong.

The sound itself is in a process of its own, which is replaced whenever it dies or its devices do;
a take goes on in the same file, and a speech from where it was last heard.
"""

import math
import time
from collections.abc import Iterator
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

from app.audio import troubles
from app.audio.messages import (
    Begin,
    Captured,
    Device,
    Devices,
    End,
    Finish,
    Finished,
    Gone,
    HeardSoFar,
    Level,
    Lost,
    Missing,
    Open,
    Opened,
    Order,
    Piece,
    Play,
    Report,
    Silence,
    Silenced,
    Trouble,
    Unusable,
    Unwritten,
    Use,
)
from app.audio.process import AudioProcess
from app.audio.samples import SPEECH
from app.audio.speech import Speech

__all__ = ["Captured", "Device", "Sound", "Trouble"]
MICROPHONE, LOUDSPEAKER = "microphone", "loudspeaker"
DELAYS = (0, 100, 250, 500, 1_000, 2_000)  # ms until the next try, by how many failed in a row
TRIES = 4  # in a row, then what has not begun yet is given up
SPEECH_WAITS = 10.0  # seconds for a loudspeaker to come back; nobody wants to hear it later


class Take:
    """What is being said into the microphone."""

    def __init__(self, number: int, file: Path) -> None:
        self.number, self.file = number, file
        self.since = time.monotonic()
        self.begun = self.ending = False


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
        self._wanted = Use("", "")
        self._devices = Devices((), ())
        self._process: AudioProcess | None = None
        self._life, self._born = 0, 0.0
        self._takes: dict[int, Take] = {}  # the last one runs, others are just ending
        self._speech: Speech | None = None
        self._spoken = 0  # number of the last speech that is over
        self._leaving: dict[int, float] = {}  # silenced speech -> seconds known to be heard
        self._open = False  # the loudspeaker was asked for
        self._used: dict[str, Opened] = {}  # by part: the device it was last opened on
        self._lost: dict[str, float] = {}  # part -> when it was lost
        self._ending: Lost | Missing | Gone | None = None  # why the process is about to end
        self._failures = 0  # processes in a row that brought nothing
        self._stopped = False
        self._retry = QTimer(self, singleShot=True)
        self._retry.timeout.connect(self._start)
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
        wanted = Use(microphone, loudspeaker)
        if wanted != self._wanted:
            self._wanted = wanted
            self._used.clear()  # the person knows where it goes now
            if self._process:
                self._process.send(wanted)

    def start_take(self, take: int, file: Path) -> None:
        """Sound goes to this WAV file as it comes; see app.audio.wav.read."""
        for before in self._takes.values():
            before.ending = True
        self._takes[take] = Take(take, file)
        if may_listen() == Qt.PermissionStatus.Undetermined:
            qt = QCoreApplication.instance()
            assert qt
            qt.requestPermission(QMicrophonePermission(), self, lambda _: self._begin(take))
        else:
            self._begin(take)

    def end_take(self, take: int) -> None:
        """A tail of 120 ms is still taken."""
        if take not in self._takes or self._takes[take].ending:
            return
        self._takes[take].ending = True
        if self._process:
            self._process.send(End(take))
        else:
            self._end_take(take)

    def open_loudspeaker(self) -> None:
        """Ahead of the first sentence: it takes a moment."""
        self._open = True
        self._order(Open())

    def play(self, speech: int, pcm: bytes, rate: int) -> None:
        """Queue mono s16. Another number silences the one before; what is over stays silent."""
        if speech <= self._spoken:
            return
        if self._speech and self._speech.number != speech:
            self.silence()
        self._speech = self._speech or Speech(speech, rate)
        pcm = self._speech.add(pcm, rate)
        self._order(Play(speech, pcm, self._speech.rate))

    def finish(self, speech: int) -> None:
        """Nothing of it follows."""
        if self._speech and self._speech.number == speech:
            self._speech.complete = True
            self._order(Finish(speech))
        elif speech > self._spoken:
            self._spoken = speech  # it had no sound at all
            self.finished.emit(speech)

    @Slot()
    def silence(self) -> None:
        if not self._speech:
            return
        speech, self._speech = self._speech, None
        self._spoken = speech.number
        if self._process:
            self._leaving[speech.number] = speech.heard
            self._process.send(Silence(speech.number))
        else:
            self.silenced.emit(speech.number, speech.heard)

    def stop(self) -> None:
        """For good. Returns when the file of the take is whole and no process is left."""
        self._stopped = True
        self._retry.stop()
        process = self._end_process()
        if process:
            process.join()

    def _begin(self, number: int) -> None:
        if number not in self._takes:
            return
        if may_listen() == Qt.PermissionStatus.Denied:
            self._give_up(troubles.REFUSED)
        else:
            self._order(Begin(number, str(self._takes[number].file)))

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
        self._process = AudioProcess(lambda report: arrived.emit(life, report), self._log)
        for order in self._unfinished():
            self._process.send(order)

    def _unfinished(self) -> Iterator[Order]:
        yield self._wanted
        for take in self._takes.values():
            yield Begin(take.number, str(take.file))
            if take.ending:
                yield End(take.number)
        if speech := self._speech:
            yield Play(speech.number, speech.rest(), speech.rate, speech.heard)
            if speech.complete:
                yield Finish(speech.number)
        elif self._open:
            yield Open()

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
        match report:
            case None:
                self._died()
            case Piece(captured):
                self._pass_on(captured)
            case Level(peak):
                if self._takes:
                    self.level.emit(peak)
            case HeardSoFar(number, seconds):
                self._heard(number, seconds)
            case Finished(number):
                if self._speech and self._speech.number == number:
                    self._speech, self._spoken = None, number
                    self.finished.emit(number)
            case Silenced(number, seconds):
                if self._leaving.pop(number, None) is not None:
                    self.silenced.emit(number, seconds)
            case Devices():
                if report != self._devices:
                    self._devices = report
                    self.devices_changed.emit()
            case Opened():
                self._opened(report)
            case Lost() | Missing() | Gone():
                self._ending = report
            case Unusable(detail):
                self._give_up(troubles.unusable(MICROPHONE, detail))
                self._give_up(troubles.unusable(LOUDSPEAKER, detail))
            case Unwritten(_, reason):
                self.troubled.emit(troubles.unwritten(reason))

    def _pass_on(self, captured: Captured) -> None:
        take = self._takes.get(captured.take)
        if take is None:
            return
        if captured.pcm and not take.begun:
            take.begun = True
            self.listening.emit(take.number)
        if captured.pcm:
            self._failures = 0
        if captured.last:
            del self._takes[take.number]
        self.captured.emit(captured)

    def _heard(self, number: int, seconds: float) -> None:
        if self._speech and self._speech.number == number:
            if seconds > self._speech.heard:
                self._failures = 0
            self._speech.heard_until(seconds)
            self.heard.emit(number, seconds)

    def _opened(self, now: Opened) -> None:
        part, before = now.part, self._used.get(now.part)
        self._used[part] = now
        was_lost = self._lost.pop(part, None) is not None
        if before is None or not self._has_begun(part):
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
            if part not in self._lost and self._has_begun(part):
                self._lost[part] = time.monotonic()
        for number, seconds in list(self._leaving.items()):
            del self._leaving[number]
            self.silenced.emit(number, seconds)
        for take in [take for take in self._takes.values() if take.ending]:
            self._end_take(take.number)
        self._judge(MICROPHONE, self._take)
        self._judge(LOUDSPEAKER, self._speech)
        if self._takes or self._speech:
            self._retry.start(DELAYS[min(self._failures, len(DELAYS)) - 1])

    def _parts_lost(self) -> tuple[str, ...]:
        match self._ending:
            case Lost(part) | Missing(part):
                return (part,)
            case _:
                return (MICROPHONE, LOUDSPEAKER)

    def _judge(self, part: str, used: Take | Speech | None) -> None:
        """Give up what has no chance any more; say it once when there is nothing to go on with."""
        if used is None:
            return
        missing = isinstance(self._ending, Missing) and self._ending.part == part
        waited = time.monotonic() - self._lost.get(part, math.inf)
        if not used.begun and missing and self._born > used.since:
            self._give_up(troubles.none(part))
        elif not used.begun and self._failures >= TRIES:
            self._give_up(troubles.broken(part))
        elif part == LOUDSPEAKER and waited > SPEECH_WAITS:
            self._give_up(troubles.gone(part, self._name(part), over=True))
        elif used.begun and missing and self._failures == 2:
            self.troubled.emit(troubles.gone(part, self._name(part)))

    @property
    def _take(self) -> Take | None:
        """The one that runs."""
        return next(reversed(self._takes.values()), None)

    def _has_begun(self, part: str) -> bool:
        used = self._take if part == MICROPHONE else self._speech
        return used is not None and used.begun

    def _give_up(self, trouble: Trouble) -> None:
        if trouble.part == MICROPHONE and self._take:
            self.troubled.emit(trouble)
            for number in list(self._takes):
                self._end_take(number)
        elif trouble.part == LOUDSPEAKER and self._speech:
            self.troubled.emit(trouble)
            self.silence()

    def _end_take(self, number: int) -> None:
        """Nothing more of it comes from a process."""
        del self._takes[number]
        self.captured.emit(Captured(number, b"", *SPEECH, True))


def may_listen() -> Qt.PermissionStatus:
    """What the system says about the microphone; it asks for each program where it asks at all."""
    qt = QCoreApplication.instance()
    assert qt
    return qt.checkPermission(QMicrophonePermission())
