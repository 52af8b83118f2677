"""Keeps the process of a plugin: starts it locked in, gives it time, ends it when it goes too far.

The process is a fork of this one. Before it looks at a line of the plugin it is locked in further
than this one is: no network, no other programs, no files but Python's libraries and the folders the
person granted; and it tries to get out, so that a jail that does not hold is found out. Between two
calls it stands still.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from engines import jail
from engines.errors import ParleyError
from engines.messages import Failed
from engines.plugins.contents import Contents
from engines.plugins.serving import Serving
from engines.plugins.talk import Asked, Fetch, Fetched, Told
from engines.sandbox import cell, trial
from engines.syscalls import NOTHING
from engines.wire import Wire

if sys.platform == "linux":
    import resource

MEMORY = 1024 << 20  # bytes of addresses
FILE = 64 << 20  # bytes of one file it writes
OPEN = 64  # files at a time
LARGEST = 4 << 20  # bytes of what it says at once
NO_JAIL = "Plugins are off, because this system cannot lock them in."
NO_ROOM = "There was no room to start {}.", "Free memory, or restart Parley."
LATE = "{} took longer than {:g} seconds and was ended.", "Try again, or ask for less."
ENDED = "{} ended unexpectedly.", "It may have taken too much memory. Try again."
NONSENSE = "{} said something that could not be read.", "Its author has to mend it."


class Rights(NamedTuple):
    """What of the person's a plugin may touch; all else is closed."""

    read: Sequence[Path] = ()
    write: Sequence[Path] = ()


class Kept:
    """A plugin that runs. Raises ParleyError when it cannot be started."""

    def __init__(self, contents: Contents, folders: dict[str, str], rights: Rights) -> None:
        self._name, self._lock, self._job = contents.about.name, threading.Lock(), 0
        asked, asking = os.pipe()
        told, telling = os.pipe()
        try:
            keeper, child = os.getpid(), os.fork()
        except OSError as error:
            for one in (asked, asking, told, telling):
                os.close(one)
            raise self._error(NO_ROOM, str(error)) from error
        if child == 0:
            _live(contents, folders, rights, keeper, asked, telling)
        os.close(asked)
        os.close(telling)
        self._child, self._handle = child, os.pidfd_open(child)
        self._files = os.fdopen(told, "rb"), os.fdopen(asking, "wb")
        self._wire = Wire(*self._files, Told, LARGEST)
        self.over = False

    def ask(
        self, request: Asked, seconds: float, fetch: Callable[[Fetch], Fetched] | None = None
    ) -> Any:
        """Its answer. Raises ParleyError for whatever it did instead: then it is over."""
        self._job += 1
        with self._within(seconds) as late:
            try:
                self._wire.send(self._job, request)
                while isinstance(answer := self._answer(), Fetch):
                    self._wire.send(self._job, fetch(answer) if fetch else Fetched("Not now."))
            except (OSError, EOFError) as error:
                self.close()
                words = self._late(seconds) if late.is_set() else self._error(ENDED, str(error))
                raise words from error
            except ValueError as error:
                self.close()
                raise self._error(NONSENSE, str(error)) from error
        if isinstance(answer, Failed):
            self.close()
            raise ParleyError(answer.message, answer.hint, answer.detail)
        return answer

    def _answer(self) -> Any:
        """What belongs to this request; what was said too late for an earlier one is dropped."""
        while True:
            job, answer = self._wire.receive()
            if job == self._job:
                return answer

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[threading.Event]:
        """It goes on only in here, and so long at most."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self.kill()

        clock = threading.Timer(seconds, end)
        clock.daemon = True
        clock.start()
        self._signal(signal.SIGCONT)
        try:
            yield late
        finally:
            clock.cancel()
            self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Also from another thread: whoever waits for it hears that it ended."""
        self._signal(signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        with self._lock:
            if self._handle >= 0:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._handle, which)

    def close(self) -> None:
        if self.over:
            return
        self.over = True
        self.kill()
        os.waitpid(self._child, 0)
        with self._lock:
            os.close(self._handle)
            self._handle = -1
        for file in self._files:
            with contextlib.suppress(OSError):  # what could not be said any more
                file.close()

    def _late(self, seconds: float) -> ParleyError:
        return ParleyError(LATE[0].format(self._name, seconds), LATE[1])

    def _error(self, words: tuple[str, str], detail: str) -> ParleyError:
        return ParleyError(words[0].format(self._name), words[1], detail)


def _live(
    contents: Contents,
    folders: dict[str, str],
    rights: Rights,
    keeper: int,
    asked: int,
    telling: int,
) -> NoReturn:
    """In the child. Nothing may return from here into what the parent was doing."""
    try:
        jail.die_with_parent()
        if os.getppid() != keeper:  # it died before the kernel was asked
            os._exit(1)
        nothing = os.open(os.devnull, os.O_WRONLY)
        cell.only_these(nothing, telling, asked)
        os.environ.clear()
        os.environ.update(cell.ENVIRONMENT)
        os.chdir("/")
        lock(rights)
        reader, writer = os.fdopen(0, "rb"), os.fdopen(cell.ANSWERS, "wb")
        if escaped := escapes(rights):
            Wire(reader, writer, Asked).send(1, Failed(NO_JAIL, "", " ".join(escaped)))
        else:
            Serving(contents, folders, reader, writer).run()
    finally:
        os._exit(0)


def lock(rights: Rights) -> None:
    for which, limit in limits().items():
        jail.lower(which, limit)
    with contextlib.suppress(PermissionError):  # the process this is a fork of gave them up already
        jail.give_up_rights()
    jail.close(rules(rights), NOTHING, jail.probe())


def limits() -> dict[int, int]:
    return {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: FILE,
        resource.RLIMIT_NOFILE: OPEN,
        resource.RLIMIT_CORE: 0,
    }


def rules(rights: Rights) -> Iterator[tuple[Path, int]]:
    yield from jail.python_rules()
    for path in rights.read:
        yield path, jail.READ
    for path in rights.write:
        yield path, jail.WRITE


def escapes(rights: Rights) -> list[str]:
    """What should have been refused and was not; a folder that was granted is none."""
    accounts = Path("/etc/passwd")
    granted = any(accounts.is_relative_to(one) for one in (*rights.read, *rights.write))
    found = [one.decode() for one in trial.escapes(Path("/"))]
    return [one for one in found if not (granted and one == "read")]
