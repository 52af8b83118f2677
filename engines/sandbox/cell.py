"""A cell: work of a stranger in a process of its own, locked in, limited, and watched.

The process is a fork of this one, so all libraries are there at once. It is locked in before the
work begins: files by Landlock, calls by seccomp (engines/jail.py), the rest by limits. Nothing it
sends back is trusted: what it printed and what it answered are bytes, cut at their limits.
"""

import os
import re
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

import msgspec

from engines import jail
from engines.errors import ParleyError
from engines.syscalls import NOTHING

if sys.platform == "linux":
    import resource

MEGABYTE = 1 << 20
CPU = 10  # seconds of computing
WALL = 15.0  # seconds until it is ended
MEMORY = 2048 * MEGABYTE  # of addresses
FILE = 32 * MEGABYTE  # one file
FILES = 20  # in its folder
FOLDER = 64 * MEGABYTE  # all files in its folder
OPEN = 40  # files at a time
SAID = 64 * 1024  # bytes of what it prints that are kept
FLOOD = 8 * MEGABYTE  # bytes beyond that, after which it is ended
ANSWER = 24 * MEGABYTE
TICK = 0.05  # seconds between two looks at its folder
PREFIX = "run-"
OLD = 60  # seconds after which a folder belongs to no work that still runs

# why it ended, where it did not end by itself
STOPPED, WALL_TIME, CPU_TIME, TOO_MUCH, FLOODED, KILLED = (
    *("stopped", "wall", "cpu", "files", "flooded"),
    "killed",
)

UNSEEN = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\u202a-\u202e]")
NO_ROOM = "There was no room to run this.", "Free memory or disk space, or restart Parley."
T = TypeVar("T")

ENVIRONMENT = {"PATH": "/nowhere", "HOME": "/nowhere", "LANG": "C.UTF-8"}
KEPT = ("TZ",)  # of this process's environment
OWN_FILES = (
    jail.READ | jail.RIGHT["write"] | jail.RIGHT["truncate"] | jail.RIGHT["make_file"]
) | jail.RIGHT["remove_file"]  # no folders: one that nobody may open could not be deleted

STDOUT, STDERR, ANSWERS = 1, 2, 3  # descriptors in the cell; there are no others


class Outcome(NamedTuple):
    said: bytes  # what was printed, at most SAID
    unsaid: int  # bytes that were printed beyond it
    answer: bytes  # what the work returned; b"" where it did not come to that
    end: str  # "" or why it was ended


class Cell:
    """Runs one work after another. folder: where each gets an empty folder to write to."""

    def __init__(self, folder: Path, read: Sequence[Path] = ()) -> None:
        self._folder, self._read = folder, tuple(read)
        self._stop = threading.Event()

    def clear(self) -> None:
        """Delete what works left behind whose watcher was killed."""
        for left in self._folder.glob(f"{PREFIX}*"):
            if time.time() - left.stat().st_mtime > OLD:  # another Parley may run, too
                shutil.rmtree(left, ignore_errors=True)

    def stop(self) -> None:
        """End the work that runs now. Called from another thread."""
        self._stop.set()

    def start_anew(self) -> None:
        """What was stopped before does not count for the next work."""
        self._stop.clear()

    def run(self, work: Callable[[], bytes], *, files: bool = False, most: int = ANSWER) -> Outcome:
        """Raises ParleyError where there is no room for a process.

        files: the work may write to the folder it starts in, read Python's libraries and what
        the cell was given to read; without it no file can be opened at all. most: bytes of the
        answer.
        """
        try:
            return self._run(work, files, most)
        except OSError as error:
            raise ParleyError(*NO_ROOM, str(error)) from error

    def _run(self, work: Callable[[], bytes], files: bool, most: int) -> Outcome:
        with self._own_folder(files) as own:
            said, said_end = os.pipe()
            answer, answer_end = os.pipe()
            watcher, child = os.getpid(), os.fork()
            if child == 0:
                read = self._read if files else None
                _live(work, watcher, said_end, answer_end, own, read)
            os.close(said_end)
            os.close(answer_end)
            with Watch(child, said, answer, own, most) as watch:
                return watch.until_over(self._stop)

    @contextmanager
    def _own_folder(self, wanted: bool) -> Iterator[Path | None]:
        if not wanted:
            yield None
            return
        own = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._folder))
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)


class Watch:
    """Hears what a child says and answers, and ends it when it goes too far."""

    def __init__(self, child: int, said: int, answer: int, folder: Path | None, most: int) -> None:
        self._child, self._folder = child, folder
        self._ending = os.pidfd_open(child)
        self._heard: dict[int, bytearray] = {said: bytearray(), answer: bytearray()}
        self._most = {said: SAID, answer: most}
        self._beyond = dict.fromkeys(self._most, 0)
        self._said, self._answer = said, answer

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._ending, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._child, 0)
        for descriptor in (self._ending, self._said, self._answer):
            os.close(descriptor)

    def until_over(self, stop: threading.Event) -> Outcome:
        reason, deadline = "", time.monotonic() + WALL
        poll = select.poll()
        for descriptor in (self._ending, *self._heard):
            poll.register(descriptor, select.POLLIN)
        over = False
        while not (over or reason):
            for descriptor, _ in poll.poll(TICK * 1000):
                if descriptor == self._ending:
                    over = True
                elif not self._hear(descriptor):
                    poll.unregister(descriptor)
            reason = "" if over else self._too_far(stop, deadline)
        if reason:
            signal.pidfd_send_signal(self._ending, signal.SIGKILL)
        _, status, used = os.wait4(self._child, 0)
        self._hear_the_rest()
        if not reason and os.WIFSIGNALED(status):
            reason = CPU_TIME if used.ru_utime + used.ru_stime > CPU - 1 else KILLED
        answer = b"" if reason or self._beyond[self._answer] else bytes(self._heard[self._answer])
        return Outcome(bytes(self._heard[self._said]), self._beyond[self._said], answer, reason)

    def _hear(self, descriptor: int) -> bool:
        """False at the end of what there is."""
        data = os.read(descriptor, 1 << 20)
        kept = self._heard[descriptor]
        room = self._most[descriptor] - len(kept)
        kept += data[:room]
        self._beyond[descriptor] += max(0, len(data) - room)
        return bool(data)

    def _hear_the_rest(self) -> None:
        """The child is gone, and with it every writing end."""
        for descriptor in self._heard:
            while self._hear(descriptor):
                pass

    def _too_far(self, stop: threading.Event, deadline: float) -> str:
        if stop.is_set():
            return STOPPED
        if time.monotonic() > deadline:
            return WALL_TIME
        if self._folder and not fits(self._folder):
            return TOO_MUCH
        if max(self._beyond.values()) > FLOOD:
            return FLOODED
        return ""


def fits(folder: Path) -> bool:
    sizes = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # it was just deleted
                sizes.append(entry.stat(follow_symlinks=False).st_size)
    return len(sizes) <= FILES and sum(sizes) <= FOLDER


def _live(
    work: Callable[[], bytes],
    watcher: int,
    said: int,
    answer: int,
    folder: Path | None,
    read: Sequence[Path] | None,
) -> NoReturn:
    """In the child. Nothing may return from here into what the parent was doing."""
    code = 1
    try:
        jail.die_with_parent()
        if os.getppid() != watcher:  # it died before the kernel was asked
            os._exit(code)
        only_these(said, answer)
        environment = ENVIRONMENT | {k: os.environ[k] for k in KEPT if k in os.environ}
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder or "/")
        lock(folder, read)
        write(ANSWERS, work())
        code = 0
    except BaseException:
        write(STDERR, traceback.format_exc().encode())
    finally:
        os._exit(code)


def only_these(said: int, answer: int, asked: int | None = None) -> None:
    """Nothing of the parent's stays open: a pipe to the app would let the child speak to it.

    asked: what the child reads; None: nothing.
    """
    said, answer = os.dup(said), os.dup(answer)
    asked = os.open(os.devnull, os.O_RDONLY) if asked is None else os.dup(asked)
    free = max(said, answer, asked, ANSWERS) + 1
    moved = [os.dup2(descriptor, free + n) for n, descriptor in enumerate((asked, said, answer))]
    for place, descriptor in ((0, moved[0]), (STDOUT, moved[1]), (STDERR, moved[1])):
        os.dup2(descriptor, place)
    os.dup2(moved[2], ANSWERS)
    os.closerange(ANSWERS + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def lock(folder: Path | None, read: Sequence[Path] | None) -> None:
    """Limits first: a process that may not open a file needs none of them raised again."""
    for which, limit in limits().items():
        jail.lower(which, limit)
    with suppress(PermissionError):  # the process this is a fork of gave them up already
        jail.give_up_rights()
    jail.close(rules(folder, read), NOTHING, jail.probe())


def limits() -> dict[int, int]:
    """Both soft and hard: there is no signal to be ignored before the end."""
    return {
        resource.RLIMIT_CPU: CPU,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: FILE,
        resource.RLIMIT_NOFILE: OPEN,
        resource.RLIMIT_CORE: 0,
    }


def rules(folder: Path | None, read: Sequence[Path] | None) -> Iterator[tuple[Path, int]]:
    """What Landlock lets through; read None: no file at all."""
    if read is None:
        return
    yield from jail.python_rules()
    for path in read:
        yield path, jail.READ
    if folder is not None:
        yield folder, OWN_FILES


def read(answer: bytes, kind: type[T]) -> T | None:
    """What came out of a cell as what it should be; None where it is something else."""
    try:
        return msgspec.msgpack.decode(answer, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def readable(text: str) -> str:
    """Without what steers a terminal or turns the direction of a text."""
    return UNSEEN.sub("", text)


def write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
