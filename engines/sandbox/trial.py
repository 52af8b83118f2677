"""Tries to get out of a cell, before anything is run in one."""

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

from engines.sandbox import cell
from engines.sandbox.cell import Cell

log = logging.getLogger(__name__)

NONE = b"none"
OPEN = "Python code is not run here, because this system cannot lock it in safely."


def gap(tried: Cell, outside: Path) -> str:
    """ "" where nothing got out, else a sentence. outside: a folder the cell must not touch."""
    outcome = tried.run(lambda: b" ".join(escapes(outside)) or NONE, files=True)
    if outcome.answer == NONE:
        return ""
    log.error("a cell is not closed: %s", outcome._replace(answer=outcome.answer[:200]))
    return OPEN


def escapes(outside: Path) -> list[bytes]:
    """In the cell: the names of what should have been refused."""
    attempts: dict[str, Callable[[], object]] = {
        "list": lambda: os.listdir("/"),  # noqa: PTH208
        "read": lambda: Path("/etc/passwd").read_bytes(),
        "write": lambda: (outside / "escaped").write_text("x"),
        "process": lambda: Path("/proc/self/environ").read_bytes(),
        "connect": lambda: socket.socket().close(),
        "fork": fork,
        "run": lambda: os.execv("/nonexistent", ["x"]),
        "signal": lambda: os.kill(os.getppid(), 0),
        "memory": lambda: bytearray(cell.MEMORY),
    }
    return [name.encode() for name, attempt in attempts.items() if not refused(attempt)]


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (PermissionError, MemoryError):
        return True
    except OSError:  # as when it ran, but what it ran was not there
        return False
    return False
