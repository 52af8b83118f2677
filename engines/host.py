"""The app's end of the process boundary. Knows nothing about Qt."""

import itertools
import math
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from engines.messages import (
    ENDINGS,
    Cancel,
    Cancelled,
    Done,
    Event,
    Failed,
    Request,
    Start,
)
from engines.process import COMMAND, NOT_STARTED, cause, environment, spawn
from engines.wire import Wire

SILENT = Failed("The model stopped answering.", "Try again, or choose a smaller model.")
DEAF = Failed("The model had to be restarted, because it would not stop.", "Try again.")
NONSENSE = Failed("The model sent something that could not be read.", "Try again.")
TOO_LARGE = Failed(
    "This is too much to hand to the model at once.", "Start a new conversation or send less."
)
UNSPEAKABLE = Failed(
    "This has characters in it that cannot be handed to the model.", "Remove them and try again."
)
NOT_RUNNING = Failed("The model is not running.", "Try again.")
LOADING_STOPPED = Failed("The model was not loaded, because loading was stopped.", "Try again.")


class EngineHost:
    """Runs one engine in a process of its own, once: a new process is a new host.

    Every job gets exactly one ending, even when the process dies under it. on_event(job, event)
    is called from this host's threads, or within submit and cancel when no process is needed
    for the ending; on_end() is called once, after the last event.

    One thread lives exactly as long as the process: it starts it, reads from it, reaps it. One
    writes to it, one watches the clock. No method below waits, except stop.
    """

    def __init__(
        self,
        on_event: Callable[[int, Event], None],
        command: Sequence[str] = COMMAND,
        *,
        on_end: Callable[[], None] = lambda: None,
        numbers: Iterator[int] | None = None,
        grace: float = 2.0,
        patience: float = 120.0,
    ) -> None:
        self._on_event, self._on_end, self._command = on_event, on_end, command
        self._numbers = numbers or itertools.count(1)
        self._grace, self._patience = grace, patience
        self._outbox: queue.SimpleQueue[tuple[int, Request] | None] = queue.SimpleQueue()
        self._changed = threading.Condition()  # guards everything below
        self._open: set[int] = {0}
        self._called_off: dict[int, float] = {}  # open job -> when its ending must be here
        self._heard = math.inf  # when the last frame came, or the first open job was sent
        self._delivering = False
        self._leave_by = math.inf
        self._verdict: Failed | None = None  # why the process ended, where we know better
        self._process: subprocess.Popen[bytes] | None = None
        self.over = False  # nothing more is taken in
        self.gone = threading.Event()  # the process is reaped and the last event is out

    def start(
        self,
        name: str,
        model: Path,
        options: Any,
        read: Sequence[Path] = (),
        write: Sequence[Path] = (),
        log: Path | None = None,
        after: threading.Event | None = None,
        network: bool = False,
    ) -> None:
        """Start the process, once `after` is set if given, and load the engine: job 0."""
        reads, writes = (tuple(map(str, paths)) for paths in (read, write))
        start = Start(name, str(model.absolute()), asdict(options), reads, writes, network)
        self._outbox.put((0, start))
        threading.Thread(target=self._live, args=(log, write, after), daemon=True).start()

    @property
    def pid(self) -> int | None:
        return None if self._process is None or self.over else self._process.pid

    def submit(self, request: Request) -> int:
        job = next(self._numbers)
        with self._changed:
            taken = not self.over and self._leave_by == math.inf
            if taken:
                if not self._open:
                    self._heard = time.monotonic()
                self._open.add(job)
                self._outbox.put((job, request))
                self._changed.notify()
        if not taken:
            self._on_event(job, NOT_RUNNING)
        return job

    def cancel(self, job: int) -> None:
        """Ask for an end; when none came within grace, the process is killed."""
        with self._changed:
            if job not in self._open or job in self._called_off:
                return
            self._outbox.put((job, Cancel()))
            waits = job != 0 and 0 in self._open  # loading goes on, this job never begins
            if not waits:
                self._called_off[job] = time.monotonic() + self._grace
                self._changed.notify()
        if waits:
            self._tell(job, Cancelled())

    def end(self, grace: float = 2.0) -> None:
        """Ask the process to leave and kill it after grace; open jobs end as Cancelled."""
        with self._changed:
            if not self.over and self._leave_by == math.inf:
                self._leave_by = time.monotonic() + grace
                self._outbox.put(None)
                self._changed.notify()

    def set_patience(self, seconds: float) -> None:
        """How long an open job may go without a word from the process; counts from now on."""
        with self._changed:
            self._patience = seconds
            self._changed.notify()

    def stop(self, grace: float = 2.0) -> None:
        """End, and wait until the process is gone."""
        self.end(grace)
        self.gone.wait()

    def _live(self, log: Path | None, write: Sequence[Path], after: threading.Event | None) -> None:
        """From start to reaping: the worker dies with the thread that started it."""
        if after is not None:
            after.wait()  # the memory of the one before is needed
        if self._leave_by < math.inf:
            return self._finish(0)
        try:
            process = spawn(self._command, log, environment(os.environ, write))
        except OSError as error:
            self._verdict = msgspec.structs.replace(NOT_STARTED, detail=str(error))
            return self._finish(0)
        assert process.stdin and process.stdout
        wire = Wire(process.stdout, process.stdin, Event)
        with self._changed:
            self._process, self._heard = process, time.monotonic()
        threading.Thread(target=self._write, args=(wire, process), daemon=True).start()
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        with process.stdout:
            self._read(wire, process)
        with self._changed:
            self.over = True  # from here on nobody but this thread touches the process
            self._changed.notify()
        try:
            process.wait(self._grace)
        except subprocess.TimeoutExpired:  # it closed its output and stayed
            self._kill(process, NONSENSE)
        return self._finish(process.wait())

    def _read(self, wire: Wire, process: subprocess.Popen[bytes]) -> None:
        """Pass events on until the process ends or sends nonsense."""
        try:
            while True:
                job, event = wire.receive()
                self._delivering = True  # a slow receiver is not the worker's silence
                self._tell(job, event)
                with self._changed:
                    self._delivering, self._heard = False, time.monotonic()
        except EOFError:
            pass
        except ValueError as error:
            self._kill(process, msgspec.structs.replace(NONSENSE, detail=str(error)))

    def _tell(self, job: int, event: Event) -> None:
        """Pass an event on, unless its job is not open; an ending closes it."""
        with self._changed:
            wanted = job in self._open
            if wanted and isinstance(event, ENDINGS):
                self._open.discard(job)
                self._called_off.pop(job, None)
                if job == 0 and not isinstance(event, Done):  # what waits for it shares its fate
                    self._verdict = event if isinstance(event, Failed) else LOADING_STOPPED
        if wanted:
            self._on_event(job, event)

    def _write(self, wire: Wire, process: subprocess.Popen[bytes]) -> None:
        """Send what is asked until the end; closing the worker's input asks it to leave."""
        assert process.stdin
        with suppress(OSError), process.stdin:  # it may be gone: the reading thread notices
            while (item := self._outbox.get()) is not None:
                try:
                    wire.send(*item)
                except ValueError as error:
                    words = UNSPEAKABLE if isinstance(error, UnicodeError) else TOO_LARGE
                    self._tell(item[0], msgspec.structs.replace(words, detail=str(error)))
                    if item[0] == 0:
                        return

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the process when an ending, any frame at all, or its leaving is overdue."""
        with self._changed:
            while not self.over:
                due, verdict = self._next_due()
                if (wait := due - time.monotonic()) <= 0:
                    return self._kill(process, verdict)
                self._changed.wait(None if wait == math.inf else wait)
        return None

    def _next_due(self) -> tuple[float, Failed]:
        heard = time.monotonic() if self._delivering else self._heard
        dues = (
            (heard + self._patience if self._open else math.inf, SILENT),
            (min(self._called_off.values(), default=math.inf), DEAF),
            (self._leave_by, NOT_RUNNING),
        )
        return min(dues, key=lambda due: due[0])

    def _kill(self, process: subprocess.Popen[bytes], verdict: Failed) -> None:
        self._verdict = self._verdict or verdict
        process.kill()

    def _finish(self, code: int) -> None:
        with self._changed:
            self.over = True
            verdict = self._verdict or cause(code)
            called_off = self._open if self._leave_by < math.inf else self._called_off.keys()
            endings = [(j, Cancelled() if j in called_off else verdict) for j in sorted(self._open)]
            self._open = set()
            self._outbox.put(None)
        try:
            for job, ending in endings:
                self._on_event(job, ending)
            self._on_end()
        finally:
            self.gone.set()
