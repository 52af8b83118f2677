"""A stranger's bytes are taken apart in a process of its own, and only messages come back.

The process is a fork of this one, so the libraries are there at once. Before it looks at the
bytes it is locked in further than this one is: no files at all, or those it is given, and as
much memory and time as its work may take. It may crash, hang or grow: its end is words.

Where a process cannot divide itself (not Linux) the work is done here.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import NamedTuple, NoReturn

from engines import jail
from engines.errors import ParleyError, to_failed
from engines.messages import Done, Event, Failed, Progress
from engines.sandbox import cell
from engines.syscalls import NOTHING
from engines.wire import Wire

if sys.platform == "linux":
    import resource

MEGABYTE = 1 << 20
DIVIDES = sys.platform == "linux"

TOO_LONG = "This {} takes too long to read, so Parley stopped.", "Make it smaller and try again."
TOO_LARGE = "This {} takes too much memory to read.", "Make it smaller and try again."
BROKEN = "This {} is damaged and cannot be read.", "Save or download it again."
NO_ROOM = "There was no room to read this {}.", "Close other programs and try again."


WALL = 100.0  # seconds until any work is ended: before the app would take this process for dead


class Bounds(NamedTuple):
    """What one piece of work may take."""

    what: str  # "picture", "document" or "film": for the words
    seconds: int  # of computing, however busy the machine is
    memory: int = 1024 * MEGABYTE  # bytes, with what the process has already
    read: tuple[Path, ...] = ()


class Apart:
    """Does one piece of work after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: int | None = None  # a descriptor of the process that works now
        self._stopped = False

    def run(self, work: Callable[[], Iterable[Event]], bounds: Bounds) -> Generator[Event]:
        """What the work yields, as it comes. Raises ParleyError for whatever ends it early."""
        self._stopped = False
        if not DIVIDES:
            yield from _with_words(work, bounds.what)
            return
        try:
            reader, writer = os.pipe()
            watcher, child = os.getpid(), os.fork()
        except OSError as error:
            raise words(NO_ROOM, bounds, str(error)) from error
        if child == 0:
            _live(work, watcher, writer, bounds)
        os.close(writer)
        with os.fdopen(reader, "rb") as answers, self._watched(child, bounds) as ended:
            try:
                wire = Wire(answers, answers, Event)
                while not isinstance(event := wire.receive()[1], Done):
                    if isinstance(event, Failed):
                        raise ParleyError(event.message, event.hint, event.detail)
                    yield event
            except EOFError as error:
                if self._stopped:
                    yield Progress("reading", 0, 1)  # nobody waits for it any more
                    return
                raise ended() from error
            except ValueError as error:
                raise words(BROKEN, bounds, str(error)) from error

    def stop(self) -> None:
        """End the work that runs now. Called from another thread."""
        with self._lock:
            self._stopped = True
            self._kill()

    def _kill(self) -> None:
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._running, signal.SIGKILL)

    @contextlib.contextmanager
    def _watched(self, child: int, bounds: Bounds) -> Generator[Callable[[], ParleyError]]:
        """Ends the child in time, and with the block. Yields what its end means."""
        late = threading.Event()

        def end() -> None:
            late.set()
            with self._lock:
                self._kill()

        def ended() -> ParleyError:
            _, status = os.waitpid(child, 0)
            reaped.append(status)
            code = os.waitstatus_to_exitcode(status)
            if late.is_set() or code == -signal.SIGXCPU:
                return words(TOO_LONG, bounds, f"exit code {code}")
            killed = -code in (signal.SIGKILL, signal.SIGABRT)  # libraries abort without memory
            return words(TOO_LARGE if killed else BROKEN, bounds, f"exit code {code}")

        reaped: list[int] = []
        with self._lock:
            self._running = os.pidfd_open(child)
            if self._stopped:
                self._kill()
        clock = threading.Timer(WALL, end)
        clock.daemon = True
        clock.start()
        try:
            yield ended
        finally:
            clock.cancel()
            with self._lock:
                self._kill()
                os.close(self._running)
                self._running = None
            if not reaped:
                os.waitpid(child, 0)


def words(which: tuple[str, str], bounds: Bounds, detail: str = "") -> ParleyError:
    return ParleyError(which[0].format(bounds.what), which[1], detail)


def _with_words(work: Callable[[], Iterable[Event]], what: str) -> Generator[Event]:
    """What a decoder raises is a fault of the file, as far as anybody can tell."""
    bounds = Bounds(what, 0)
    try:
        yield from work()
    except ParleyError:
        raise
    except MemoryError as error:
        raise words(TOO_LARGE, bounds, "MemoryError") from error
    except Exception as error:
        which = TOO_LARGE if _at_its_bound() else BROKEN  # lxml says nothing of memory
        raise words(which, bounds, f"{type(error).__name__}: {error}"[:500]) from error


def _at_its_bound() -> bool:
    """Whether this process came near the memory it may take."""
    if not DIVIDES:
        return False
    most = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > 0.8 * most > 0


def _live(
    work: Callable[[], Iterable[Event]], watcher: int, writer: int, bounds: Bounds
) -> NoReturn:
    """In the child. Nothing may return from here into what the parent was doing."""
    try:
        jail.die_with_parent()
        if os.getppid() != watcher:  # it died before the kernel was asked
            os._exit(1)
        nothing = os.open(os.devnull, os.O_WRONLY)
        cell.only_these(nothing, writer)
        os.environ.clear()
        os.chdir("/")
        lock(bounds)
        with os.fdopen(cell.ANSWERS, "wb") as answers:
            wire = Wire(answers, answers, Event)
            try:
                for event in _with_words(work, bounds.what):
                    wire.send(0, event)
                wire.send(0, Done())
            except Exception as error:
                wire.send(0, to_failed(error))
    finally:
        os._exit(0)


def lock(bounds: Bounds) -> None:
    jail.lower(resource.RLIMIT_DATA, bounds.memory)
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds + 5))
    jail.lower(resource.RLIMIT_FSIZE, 0)
    jail.lower(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(PermissionError):  # the process this is a fork of gave them up already
        jail.give_up_rights()
    jail.close([(path, jail.READ) for path in bounds.read], NOTHING, jail.probe())
