"""Sees to it that the programs a worker started end when the worker does, however it ends."""

import os
import signal
from contextlib import suppress


def keep_together() -> None:
    """Make this process and all it will start one group, which ends as soon as this process has.

    A warden outside the jail waits for that: it cannot be reached from inside, and the jail lets
    nobody leave the group. Call it while only one thread runs. Windows has no groups: there the
    programs see their input end and nothing more.
    """
    if not hasattr(os, "fork"):
        return
    os.setpgid(0, 0)
    group, (waits, _held) = os.getpid(), os.pipe()  # held open by this process, until it ends
    if os.fork() == 0:
        with suppress(BaseException):  # whatever happens here, this copy may not go on
            _watch(group, waits)
        os._exit(0)
    os.close(waits)


def _watch(group: int, waits: int) -> None:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.dup2(waits, 0)
    os.closerange(1, os.sysconf("SC_OPEN_MAX"))
    os.read(0, 1)
    os.killpg(group, signal.SIGKILL)
