"""Engines as Qt sees them. The one file where an event changes threads."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engines.host import EngineHost
from engines.messages import ENDINGS, Cancelled, Event, Failed, Loaded, Request

NO_MODEL = Failed("No model is open.", "Open one with File > Open model.")
SLICE = 0.004  # seconds of events at a time, then the window gets its turn
WAITING = 1000  # events; a worker that is faster than the window has to wait
OURS = 0  # in place of a process's number: said by the link itself


class Arrival(NamedTuple):
    life: int  # number of the process it came from
    job: int
    event: Event | None  # None: the process is gone


class Arrivals:
    """Events on their way from any thread to the GUI thread, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Arrival] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, arrival: Arrival, may_wait: bool) -> bool:
        """True when the taker has to be woken."""
        with self._changed:
            if may_wait:
                self._changed.wait_for(lambda: len(self._waiting) < WAITING or self._closed)
            if self._closed and arrival.life != OURS:
                return False
            self._waiting.append(arrival)
            return len(self._waiting) == 1

    def take(self) -> Arrival | None:
        with self._changed:
            if len(self._waiting) == WAITING // 2:
                self._changed.notify_all()
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Forget what engines said and has not arrived; let those who wait go on."""
        with self._changed:
            self._closed = True
            ours = [one for one in self._waiting if one.life == OURS]
            self._waiting = deque(ours)
            self._changed.notify_all()


class Asked(NamedTuple):
    """What runs, or is started with the next job; the jail lets it read, write and connect."""

    name: str
    model: Path
    options: Any
    read: Sequence[Path] = ()
    write: Sequence[Path] = ()
    network: bool = False


class EngineLink(QObject):
    """One engine with its events on the GUI thread; its process comes and goes as needed.

    A cancelled job ends for the window at once; the process has grace seconds to follow, then it
    is killed and started again with the next submit. Call stop() before the link is deleted.
    """

    # job, engines.messages.Event
    event = Signal(int, object)  # pyright: ignore[reportAssignmentType]  QObject.event is unused
    state_changed = Signal(str)  # "stopped", "loading", "ready" or "busy"
    _arrived = Signal()

    def __init__(
        self,
        logs: Path,
        parent: QObject | None = None,
        *,
        idle_minutes: float = 0,
        grace: float = 2.0,
        patience: float = 120.0,
        cache: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._logs, self._cache, self._grace, self._patience = logs, cache, grace, patience
        self.state = "stopped"
        self.loaded: Loaded | None = None
        self._asked: Asked | None = None
        self._lives = itertools.count(OURS + 1)
        self._life = OURS  # the process in use; OURS when there is none
        self._hosts: dict[int, EngineHost] = {}  # with those that are still leaving
        self._loading = False
        self._numbers = itertools.count(1)
        self._open: dict[int, EngineHost | None] = {}
        self._arrivals = Arrivals()
        self._gui_thread = threading.get_ident()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._more = QTimer(self, interval=0, singleShot=True)
        self._more.timeout.connect(self._deliver)
        self._idle_minutes = idle_minutes
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self.unload)

    @property
    def pid(self) -> int | None:
        host = self._hosts.get(self._life)
        return host.pid if host else None

    def open(
        self,
        name: str,
        model: Path,
        options: Any,
        *,
        read: Sequence[Path] = (),
        write: Sequence[Path] = (),
        network: bool = False,
    ) -> None:
        """Load this from now on; what runs is ended. Events of job 0 follow."""
        self.unload()
        self._asked = Asked(name, model, options, read, write, network)
        self._start()

    def submit(self, request: Request) -> int:
        host = self._hosts.get(self._life)
        if self._asked and (host is None or host.over):
            host = self._start()
        if host is None:
            job = next(self._numbers)
            self._say(job, NO_MODEL)
        else:
            job = host.submit(request)
        self._open[job] = host
        self._settle()
        return job

    def cancel(self, job: int) -> None:
        if job == 0:
            self.unload()
        elif (host := self._open.get(job)) is not None:
            self._say(job, Cancelled())
            host.cancel(job)

    @Slot()
    def unload(self) -> None:
        """End the process, which gives its memory back; the next submit loads again."""
        if self._loading:
            self._say(0, Cancelled())
        for job in self._open:
            self._say(job, Cancelled())
        if host := self._hosts.get(self._life):
            host.end(self._grace)
        self._life, self._loading = OURS, False
        self._settle()

    def stop(self) -> None:
        """For good. Returns when no process is left, after grace seconds at most."""
        self.unload()
        self._asked = None
        self._arrivals.close()
        for host in self._hosts.values():
            host.gone.wait()

    def set_idle_minutes(self, minutes: float) -> None:
        """Unload after so many minutes without a job; 0 means never."""
        self._idle_minutes = minutes
        self._rest()

    def set_patience(self, seconds: float) -> None:
        """A process that says nothing for so long while a job is open is ended."""
        self._patience = seconds
        if host := self._hosts.get(self._life):
            host.set_patience(seconds)

    def _start(self) -> EngineHost:
        assert self._asked
        asked = self._asked
        before = self._hosts[max(self._hosts)].gone if self._hosts else None
        self._life = life = next(self._lives)
        host = EngineHost(
            partial(self._arrive, life),
            on_end=partial(self._arrive, life, 0, None),
            numbers=self._numbers,
            grace=self._grace,
            patience=self._patience,
        )
        self._hosts[life] = host
        self._loading, self.loaded = True, None
        write = (*asked.write, *((self._cache / asked.name,) if self._cache else ()))
        log = self._logs / f"{asked.name}.log"
        about = (asked.name, asked.model, asked.options, asked.read, write, log, before)
        host.start(*about, asked.network)
        self._settle()
        return host

    def _say(self, job: int, ending: Event) -> None:
        self._arrive(OURS, job, ending)

    def _arrive(self, life: int, job: int, event: Event | None) -> None:
        may_wait = threading.get_ident() != self._gui_thread
        if self._arrivals.put(Arrival(life, job, event), may_wait):
            self._arrived.emit()

    @Slot()
    def _deliver(self) -> None:
        until = time.perf_counter() + SLICE
        while (arrival := self._arrivals.take()) is not None:
            self._pass_on(arrival)
            if time.perf_counter() > until:
                self._more.start()  # a timer, because posted events would not let painting in
                break

    def _pass_on(self, arrival: Arrival) -> None:
        life, job, event = arrival
        if event is None:
            del self._hosts[life]
        elif job == 0 and life not in (self._life, OURS):
            return  # of a loading that was replaced
        elif job != 0 and job not in self._open:
            return  # it ended for the window already
        if isinstance(event, Loaded):
            self.loaded = event
        if isinstance(event, ENDINGS):
            self._open.pop(job, None)
            self._loading = self._loading and not (job == 0 and life == self._life)
        self._settle()
        if event is not None:
            self.event.emit(job, event)  # pyright: ignore[reportAttributeAccessIssue]

    def _settle(self) -> None:
        host = self._hosts.get(self._life)
        if host is None or host.over:
            state, self.loaded = "stopped", None
        elif self._loading:
            state = "loading"
        else:
            state = "busy" if self._open else "ready"
        if state != self.state:
            self.state = state
            self._rest()
            self.state_changed.emit(state)

    def _rest(self) -> None:
        if self.state == "ready" and self._idle_minutes > 0:
            self._idle.start(round(self._idle_minutes * 60_000))
        else:
            self._idle.stop()
