"""A second start hands its words to the first one; so light that a key may be bound to it."""

import hashlib
import json
import os
import socket
import sys
from pathlib import Path

WAIT = 15  # seconds the running Parley has to answer: it may be starting, on a busy computer
LARGEST = 100  # bytes of its answer


SILENT = (
    "Parley is already running but does not answer.",
    "Close its window, or end the process, and start again.",
)


class Silent(Exception):
    """Parley runs but does not answer; its words are SILENT."""


def name_of(folder: Path) -> str:
    """What the Parley of this state folder is called on this computer."""
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return f"parley-{digest}"


def hand_over(folder: Path, words: list[str]) -> bool:
    """Give words to the running Parley of this state folder; False when none runs.

    Raises Silent when it runs but does not answer.
    """
    line = json.dumps(words).encode() + b"\n"
    try:
        taken = (
            _by_pipe(name_of(folder), line)
            if sys.platform == "win32"
            else _by_socket(name_of(folder), line)
        )
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except OSError as error:
        raise Silent from error
    if not taken:
        raise Silent
    return True


def _by_socket(name: str, line: bytes) -> bytes:
    place = Path(os.environ.get("TMPDIR") or "/tmp", name)  # where Qt puts a local socket
    with socket.socket(socket.AF_UNIX) as running:
        running.settimeout(WAIT)
        running.connect(str(place))
        running.sendall(line)
        return running.recv(LARGEST)


def _by_pipe(name: str, line: bytes) -> bytes:
    with Path(rf"\\.\pipe\{name}").open("r+b", buffering=0) as running:
        running.write(line)
        return running.read(LARGEST) or b""
