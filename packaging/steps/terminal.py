"""How the set-up speaks: one line per step, progress in place, and what a failed tool said.

Everything goes to stderr, so that the answer of `run -- ask` stays alone on stdout.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator, Mapping

TELLING = re.compile(r"error|fatal|not found|no such|no space|killed|cannot|failed|denied", re.I)
NOISE = re.compile(r"subprocess-exited-with-error|^\s*[\[╰│×]|note: This|hint: See|end of output")
ADVICE = (
    (r"No space left|Errno 28", "Free some disk space (about 3 GB are needed)."),
    (
        r"Killed signal|cc1plus.*killed|out of memory|std::bad_alloc",
        "The compiler ran out of memory: close other programs, or set "
        "CMAKE_BUILD_PARALLEL_LEVEL=1 before the command.",
    ),
    (
        r"Temporary failure|Failed to fetch|Name or service|NewConnectionError|Network is unreach"
        r"|Connection refused|Connection timed out|Could not resolve|getaddrinfo|Max retries",
        "This machine could not reach its package source: check the network, or the proxy or "
        "mirror set for pip or apt.",
    ),
    (r"CERTIFICATE_VERIFY|SSLError", "Check this machine's clock and certificates."),
    (r"Permission denied|Errno 13", "Check who owns the folder named above."),
    (
        r"No matching distribution",
        "There is no package for this Python, processor or system; a newer Python or system "
        "release may have one.",
    ),
    (r"Could not get lock|is another process using", "Wait until the other installer is done."),
)


class Problem(Exception):
    """A step that could not be done: what, why, what to do about it, and where the log lies."""

    def __init__(self, what: str, why: str = "", todo: str = "", log: Path | None = None) -> None:
        super().__init__(what)
        self.what, self.why, self.todo, self.log = what, why, todo, log

    def words(self) -> str:
        lines = ["Setting Parley up failed: " + self.what]
        if self.why:
            lines += ["  Why:   " + self.why.replace("\n", "\n         ")]
        if self.todo:
            lines += ["  To do: " + self.todo.replace("\n", "\n         ")]
        if self.log:
            lines += ["  Everything the tool said: " + str(self.log)]
        return "\n".join(lines)


class ToolFailed(Exception):
    """A tool ended badly; lines is what it said."""

    def __init__(self, lines: list[str], log: Path) -> None:
        super().__init__("\n".join(lines[-3:]))
        self.lines, self.log = lines, log

    def problem(self, what: str) -> Problem:
        todo = advice("\n".join(self.lines[-400:])) or "The log below may say more."
        return Problem(what, telling(self.lines), todo, self.log)


def telling(lines: list[str], most: int = 4) -> str:
    """The last lines that say what went wrong, else simply the last ones."""
    said = [line.strip()[:300] for line in lines if line.strip() and not NOISE.search(line)]
    bad = [line for line in said if TELLING.search(line)]
    return "\n".join((bad or said)[-most:])


def advice(text: str) -> str:
    return next((words for pattern, words in ADVICE if re.search(pattern, text, re.I)), "")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Progress:
    """A line that changes in place on a terminal; elsewhere one plain line per tenth."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._live = sys.stderr.isatty()
        self._began = self._shown = time.monotonic()
        self._tenth = 0
        self._say("")

    def show(self, fraction: float | None, note: str = "") -> None:
        """fraction from 0 to 1, or None when nobody knows how far it is."""
        now = time.monotonic()
        tenth = int((fraction or 0) * 10)
        if self._live and now - self._shown < 0.1:
            return
        if not self._live and tenth <= self._tenth:
            return
        self._shown, self._tenth = now, tenth
        percent = "" if fraction is None else f" {fraction * 100:.0f} %"
        self._say(percent + (" " + note if note else "") + self._minutes())

    def follow(self, read: Callable[[str], float | None]) -> Callable[[str], None]:
        """For run_tool: shows how far it is whenever read finds that in a line."""

        def each_line(line: str) -> None:
            fraction = read(line)
            if fraction is not None:
                self.show(fraction)

        return each_line

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        ending = "failed" if error and issubclass(error, Exception) else "stopped"
        self._say(f" {ending if error else 'done'}{self._minutes()}")
        if self._live:
            say("")

    def _minutes(self) -> str:
        seconds = int(time.monotonic() - self._began)
        return "" if seconds < 5 else f" ({seconds // 60}:{seconds % 60:02d})"

    def _say(self, rest: str) -> None:
        if not self._live:
            say(self._label + (":" + rest if rest else " …"))
            return
        width = shutil.get_terminal_size().columns - 1
        line = (self._label + ":" + (rest or " …"))[:width]
        print("\r" + line.ljust(width), end="", file=sys.stderr, flush=True)


def run_tool(
    command: list[str],
    log: Path,
    each_line: Callable[[str], object] = len,
    environ: Mapping[str, str] | None = None,
) -> list[str]:
    """Run a tool to its end and return its lines, which are also written to log.

    Raises ToolFailed. Open descriptors that are inheritable (the lock) are handed on: a tool that
    outlives this process keeps others from starting beside it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with log.open("a", encoding="utf-8", errors="replace") as written:
        written.write("\n$ " + " ".join(command) + "\n")
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=None if environ is None else dict(environ),
                text=True,
                encoding="utf-8",
                errors="replace",
                close_fds=False,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolFailed([str(error)], log) from error
        with ended(process):
            assert process.stdout
            for line in process.stdout:
                written.write(line)
                lines.append(line.rstrip("\n"))
                each_line(lines[-1])
    if process.returncode:
        raise ToolFailed(lines or [f"it ended with code {process.returncode}"], log)
    return lines


@contextlib.contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Whatever happens inside, the tool and what it started are gone afterwards."""
    try:
        yield
        process.wait()
    finally:
        if process.poll() is None:
            end(process)
        if process.stdout:
            process.stdout.close()


def end(process: subprocess.Popen[str]) -> None:
    """End a tool and what it started: asked first (dpkg finishes what it is at), then made to."""
    if sys.platform == "win32":
        process.terminate()
        process.wait()
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)  # after its leader ended: what that left behind
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def output_of(command: list[str], seconds: float = 20) -> str | None:
    """What a quick question to another program answered; None when it could not say."""
    try:
        asked = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout if asked.returncode == 0 else None
