"""Whether a window can open here, asked before Qt would abort over it."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import Mapping

NEEDS_NO_SCREEN = {"ask", "--version", "--help", "-h"}
HOW_TO_GO_ON = """\
  To ask one question in this terminal:    python3 packaging/bootstrap.py run -- ask "hello"
  To use a screen that is only in memory:  xvfb-run -a python3 packaging/bootstrap.py run
  Over ssh, connect with `ssh -X` from a desktop, and the window opens there."""


def display_problem(arguments: list[str], environ: Mapping[str, str] = os.environ) -> str:
    """Why no window can open, and how to go on; empty when one can, or when none is asked for."""
    if not sys.platform.startswith("linux") or NEEDS_NO_SCREEN.intersection(arguments):
        return ""
    platform = environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return ""  # offscreen, vnc and the like draw without a screen
    x11, wayland = environ.get("DISPLAY", ""), environ.get("WAYLAND_DISPLAY", "")
    if not x11 and not wayland:
        why = "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set."
    elif (wayland and wayland_answers(wayland, environ)) or (x11 and x11_answers(x11)):
        return ""
    else:
        why = f"No screen answers at {' or '.join(name for name in (wayland, x11) if name)}."
    return f"{why} So Parley cannot open its window.\n{HOW_TO_GO_ON}"


def wayland_answers(name: str, environ: Mapping[str, str]) -> bool:
    return (Path(environ.get("XDG_RUNTIME_DIR", "/")) / name).is_socket()


def x11_answers(name: str) -> bool:
    """False only when it is certain that nobody listens; another machine's screen is not asked."""
    match = re.match(r"(unix|localhost|127\.0\.0\.1)?(?:/unix)?:(\d+)(\.\d+)?$", name)
    if not match:
        return True
    number = int(match.group(2))
    path = f"/tmp/.X11-unix/X{number}"
    return any(
        answers(family, address)
        for family, address in (
            (socket.AF_UNIX, path),
            (socket.AF_UNIX, "\0" + path),
            (socket.AF_INET, ("127.0.0.1", 6000 + number)),
        )
    )


def answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as screen:
        screen.settimeout(1)
        try:
            screen.connect(address)
        except (OSError, OverflowError):  # nobody there, or no such port
            return False
    return True
