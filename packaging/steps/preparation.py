"""Goes through the steps that are not done yet, one set-up at a time."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Iterator

from steps import environment, llama, packages, system
from steps.record import Record, cache_folder, repository
from steps.terminal import Problem, say

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def prepare(purpose: str, anew: bool = False) -> bool:
    """Do what is missing for running or testing; False when a step failed, which was said."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, leave)
    began = time.monotonic()
    try:
        with alone(cache_folder() / "set-up.lock"):
            go_through(repository(), purpose, anew)
    except Problem as problem:
        say(problem.words())
        say("The same command can be given again; what is done is not done twice.")
        return False
    except OSError as error:
        say(Problem("a file could not be used.", str(error), "Check its folder and disk.").words())
        return False
    say(f"Parley is set up ({time.monotonic() - began:.0f} seconds).")
    return True


def leave(number: int, _frame: object) -> None:
    """The terminal was closed, or someone ended us: the tools are ended on the way out."""
    sys.exit(128 + number)


def go_through(root: Path, purpose: str, anew: bool) -> None:
    """Raises Problem. Another set-up may have finished while this one waited."""
    record = Record.load(root)
    if anew:
        record.forget()
    elif record.ready(purpose):
        return
    logs = cache_folder() / "set-up"
    if not record.has("environment", purpose) or not record.has("system", purpose):
        python = system.check_system(purpose, fresh(logs / "system.log"))
        if environment.make_environment(root, python, fresh(logs / "environment.log")):
            record.forget()
        record.add("system", purpose)
        record.add("environment", purpose)
    if not record.has("packages", purpose):
        packages.install_packages(root, purpose, fresh(logs / "packages.log"))
        record.add("packages", purpose)
    if not record.has("llama", purpose):
        llama.build_llama(root, fresh(logs / "llama.log"))
        record.add("llama", purpose)


def fresh(log: Path) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", "utf-8")
    return log


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until no other set-up of this person runs, then keep others waiting."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as lock:
        if not take(lock.fileno(), wait=False):
            lock.seek(0)
            say(f"Another set-up is running (process {lock.read().strip()}); waiting for it.")
            take(lock.fileno(), wait=True)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        # a pip that outlives a killed set-up still holds the lock
        os.set_inheritable(lock.fileno(), True)
        yield


def take(descriptor: int, wait: bool) -> bool:
    """The lock on an open file, given back when the last process that holds it closes it."""
    if sys.platform == "win32":
        os.lseek(descriptor, 0, os.SEEK_SET)
        while True:
            with contextlib.suppress(OSError):
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                return True
            if not wait:
                return False
            time.sleep(1)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
