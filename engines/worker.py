"""The child process: load one engine, then run jobs one after another until input ends."""

import faulthandler
import importlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Container
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from engines import jail, machine, registry, warden
from engines.errors import to_failed
from engines.messages import (
    Cancel,
    Cancelled,
    Chat,
    Done,
    Event,
    Listen,
    Look,
    Prefill,
    Progress,
    Request,
    Start,
    Transcribe,
)
from engines.protocol import Engine, EngineSpec, Interruptible
from engines.wire import Wire

STEPS = 1000  # a loading fraction crosses the boundary as Progress(done of STEPS)
OFTEN = 0.1  # seconds between two Progress events of loading
DEVICES = "--devices"  # NAME LEVEL: print how many GPUs are seen so, and leave
PATIENT = 15  # how much less urgent than others an engine is that gives way
UNSEEN = {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": "", "GGML_VK_VISIBLE_DEVICES": ""}
LEAVE = 1.5  # seconds a job has to reach its next yield after the app went away

log = logging.getLogger(__name__)


class Inbox:
    """Requests in order of arrival, and whether the one being worked on was called off."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, Request] = {}
        self._running: tuple[int, Request | None] = (0, None)  # job 0 is the loading
        self._closed = False
        self.cancelled: set[int] = set()
        self.interrupt: Callable[[], None] = lambda: None  # tells the engine to hurry

    def put(self, job: int, request: Request) -> list[int]:
        """The jobs that ended by this: speculation gives way to what a person asks."""
        with self._changed:
            ended = [j for j, r in self._waiting.items() if _needless(r, request)]
            for needless in ended:
                del self._waiting[needless]
            self._waiting[job] = request
            self._changed.notify()
            if _gives_way(self._running[1], request):
                self._call_off()
            return ended

    def cancel(self, job: int) -> list[int]:
        """The jobs that ended by this: one that never began. A running one sees it for itself."""
        with self._changed:
            if job == self._running[0]:
                self._call_off()
            return [job] if self._waiting.pop(job, None) else []

    def close(self) -> None:
        """Nobody is listening any more: what runs is called off, what waits is dropped."""
        with self._changed:
            self._waiting.clear()
            self._closed = True
            self._call_off()
            self._changed.notify()

    def _call_off(self) -> None:
        self.cancelled.add(self._running[0])
        self.interrupt()

    def take(self) -> tuple[int, Request] | None:
        """The next job, which runs from now on; None when there will be none."""
        with self._changed:
            self.cancelled.clear()
            self._running = (-1, None)
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            job = next(iter(self._waiting))
            self._running = (job, self._waiting.pop(job))
            return self._running[0], self._running[1]


def _gives_way(running: Request | None, request: Request) -> bool:
    """Whether the running job is only a guess at what is asked now."""
    if isinstance(running, Transcribe) and running.draft:
        return isinstance(request, Transcribe) and not request.draft
    return isinstance(running, Prefill) and isinstance(request, Chat | Look | Listen)


def _needless(waiting: Request, request: Request) -> bool:
    """Whether a job that never began is no longer worth it; a draft is of all that was said."""
    drafted = isinstance(waiting, Transcribe) and waiting.draft
    return _gives_way(waiting, request) or (drafted and isinstance(request, Transcribe))


def main() -> None:
    if DEVICES in sys.argv:
        return _answer_devices(*sys.argv[-2:])
    if machine.FLAG in sys.argv:
        return _answer_measured(*sys.argv[-2:])
    wire = Wire(*_own_the_pipes(), Request)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the app's business
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"
    )
    faulthandler.enable()
    jail.die_with_parent()
    jail.die_before_others()
    try:
        _serve(wire)
    except (BrokenPipeError, EOFError):
        log.info("the app is gone")
    return None


def _serve(wire: Wire) -> None:
    _, start = wire.receive()
    inbox = Inbox()
    try:
        spec, warning = _prepare(start)
        threading.Thread(target=_listen, args=(wire, inbox), daemon=True).start()
        engine = _create(spec, start, wire, inbox)
        loaded = engine.loaded()
        loaded = msgspec.structs.replace(loaded, jail=warning or loaded.jail)
    except Exception as error:
        wire.send(0, Cancelled() if 0 in inbox.cancelled else to_failed(error))
        return
    if isinstance(engine, Interruptible):
        inbox.interrupt = engine.interrupt
    with closing(engine):
        if 0 in inbox.cancelled:
            wire.send(0, Cancelled())
            return
        wire.send(0, loaded)
        wire.send(0, Done())  # job 0 is the loading itself
        while (item := inbox.take()) is not None:
            run_job(engine, *item, wire.send, inbox.cancelled)


def _own_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The real stdin and stdout for our frames; what native code prints goes to the log."""
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return reader, writer


def _prepare(start: Start) -> tuple[EngineSpec, str]:
    """Import what is heavy and close the jail, while this is still the only thread."""
    spec = registry.spec(start.engine)
    if spec.programs:
        warden.keep_together()
    if spec.patient and hasattr(os, "nice"):
        os.nice(PATIENT)
    gpu = spec.gpu and jail.has_gpu(jail.CUDA_NODES if spec.cuda else jail.GPU_NODES)
    seen = cache(partial(_ask_devices, spec.name))
    level = jail.tightest(seen) if gpu else jail.FULL
    if gpu and not seen(jail.NONE):
        os.environ.update(UNSEEN)  # a card that ended that process stays unseen here
    for name in spec.imports:
        importlib.import_module(name)
    read = (*spec.read(Path(start.model)), *map(Path, start.read))
    warning = jail.enter(
        read,
        tuple(map(Path, start.write)),
        gpu,
        level=level,
        network=spec.network and start.network,
        programs=spec.programs,
        forks=spec.forks,
    )
    return spec, warning


def _ask_devices(name: str, level: str) -> int:
    """How many GPUs a throwaway process sees in a jail of that level; 0 when it dies of it."""
    command = [*sys.orig_argv, DEVICES, name, level]
    try:
        answer = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True)
        return int(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        log.warning("no count of devices with the jail at %s: %s", level, error)
        return 0


def _answer_devices(name: str, level: str) -> None:
    _, writer = _own_the_pipes()
    spec = registry.spec(name)
    for module in spec.imports:
        importlib.import_module(module)
    jail.enter((), (), gpu=True, level=level)
    with writer:
        writer.write(str(spec.devices()).encode())


def _answer_measured(part: str, folder: str) -> None:
    _, writer = _own_the_pipes()
    jail.die_with_parent()
    found = importlib.import_module("engines.llm.llama.measuring").measure(part, Path(folder))
    with writer:
        writer.write(msgspec.json.encode(found))


def _create(spec: EngineSpec, start: Start, wire: Wire, inbox: Inbox) -> Engine:
    last = 0.0

    def progress(fraction: float) -> bool:
        nonlocal last
        if (now := time.monotonic()) - last >= OFTEN:
            last = now
            wire.send(0, Progress("loading", int(fraction * STEPS), STEPS))
        return 0 not in inbox.cancelled

    options = msgspec.convert(start.options, spec.options)
    return spec.create(Path(start.model), options, progress)


def _listen(wire: Wire, inbox: Inbox) -> None:
    """Take in requests and cancellations while a job is running."""
    try:
        while True:
            job, request = wire.receive()
            ended = inbox.cancel(job) if isinstance(request, Cancel) else inbox.put(job, request)
            for other in ended:
                wire.send(other, Cancelled())
    except (EOFError, OSError):
        inbox.close()
        time.sleep(LEAVE)
        os._exit(0)  # a job that does not yield is not waited for


def run_job(
    engine: Engine,
    job: int,
    request: Request,
    send: Callable[[int, Event], None],
    cancelled: Container[int],
) -> None:
    """Run one job to exactly one ending: Done, Cancelled or Failed."""
    ending: Event = Cancelled()
    try:
        with closing(engine.run(request)) as events:  # closing runs the engine's finally blocks
            while job not in cancelled:
                send(job, next(events))
    except StopIteration as end:
        ending = end.value or Done()
    except Exception as error:
        ending = to_failed(error)
    send(job, ending)


if __name__ == "__main__":
    main()
