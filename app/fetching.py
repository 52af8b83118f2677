"""Fetches packages with pip into a folder of their own, beside the environment Parley runs in.

The folder is made whole under another name and then renamed: what is there under its own name is
complete. Nothing here knows Qt; all of it is slow.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.installing import WHERE
from engines.errors import ParleyError
from engines.process import ROOT

MARKER = "parley-extra.json"
PYTHON = f"{sys.implementation.cache_tag} {sys.platform}"  # what compiled packages are made for
SPARE = 1 << 30  # bytes that stay free on the disk
OFFLINE = re.compile(
    r"NewConnectionError|NameResolution|Network is unreachable|Connection refused|timed out"
    r"|Temporary failure|getaddrinfo|Max retries|ProxyError|RemoteDisconnected",
    re.IGNORECASE,
)
CAUSES = (  # what pip says -> what did not work, what to do next
    (r"No space left|Errno 28", "The disk is full.", "Make room on it, then fetch them again."),
    (OFFLINE.pattern, "The package index could not be reached.", "Go online, then try again."),
    (r"CERTIFICATE_VERIFY|SSLError", "The package index could not be trusted.", "Check the clock."),
    (r"hash|do not match", "What came is damaged.", "Fetch them again."),
    (
        r"No matching distribution|Could not find a version|ResolutionImpossible",
        "The index has none of these packages for this system.",
        "A newer version of Parley may bring it.",
    ),
)
Say = Callable[[str, float], None]  # words, share that is done (-1: nobody knows)


class Stopped(Exception):
    """The person called it off."""


@dataclass(frozen=True)
class Extra:
    """Packages that belong together, and where they are kept."""

    names: tuple[str, ...]  # as pip knows them
    module: str  # what is imported of them
    folder: Path
    constraints: Path  # the versions that were tested

    @property
    def parts(self) -> Path:
        """Where it is made."""
        return self.folder.with_name(self.folder.name + ".part")

    def size(self) -> int:
        """Bytes of what was fetched; 0 where there is nothing that fits this Python."""
        try:
            about = json.loads((self.folder / MARKER).read_text("utf-8"))
            return int(about["size"]) if about["python"] == PYTHON else 0
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def ours(self) -> bool:
        """Whether Parley's own environment has it anyway."""
        return find_spec(self.module) is not None

    def remove(self) -> None:
        for folder in (self.parts, self.folder):
            shutil.rmtree(folder, ignore_errors=True)


def clip_packages(folder: Path, constraints: Path) -> Extra:
    """What engines/vision/open_clip.py needs; the extra "clip" of pyproject.toml."""
    return Extra(("open-clip-torch", "torch"), "open_clip", folder, constraints)


def usable() -> str:
    """Why packages cannot be fetched by this copy of Parley, in a sentence; "" where they can."""
    if getattr(sys, "frozen", False):
        return (
            "This build of Parley cannot take in further packages; a Parley set up with Python can."
        )
    if find_spec("pip") is None:
        return "This Python has no pip, which fetches packages. Set Parley up again."
    return ""


def addresses() -> list[str]:
    """Where pip would go."""
    command = [sys.executable, "-m", "app.installing", WHERE]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise ParleyError("pip does not work.", "Set Parley up again.", str(error)) from error
    return said.stdout.decode("utf-8", "replace").split()


class Fetching:
    """One way from nothing to a complete folder. stop() may be called from any thread."""

    def __init__(self, extra: Extra) -> None:
        self._extra = extra
        self._lock = threading.Lock()
        self._stopped = False
        self._process: subprocess.Popen[str] | None = None
        self.received = 0  # bytes of packages that came

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._process:
                self._process.kill()

    def run(self, say: Say) -> None:
        """Raises Stopped, or ParleyError with what did not work."""
        extra, made = self._extra, self._extra.parts / "packages"
        shutil.rmtree(extra.parts, ignore_errors=True)
        try:
            (extra.parts / "tmp").mkdir(parents=True)
            say("Finding out what is needed…", -1)
            needed = self._needed()
            self._install(needed, made, say)
            say("Nearly done…", 1.0)
            about = {"size": _size(made), "python": PYTHON, "packages": needed}
            (made / MARKER).write_text(json.dumps(about, indent=1), "utf-8")
            shutil.rmtree(extra.folder, ignore_errors=True)
            made.replace(extra.folder)
        except OSError as error:
            hint = "Look at the folder and the disk, then fetch them again."
            raise ParleyError("The packages could not be written.", hint, str(error)) from error
        finally:
            shutil.rmtree(extra.parts, ignore_errors=True)

    def _needed(self) -> list[str]:
        """What is missing here, at its version."""
        report = self._extra.parts / "report.json"
        self._pip(["--dry-run", "--quiet", "--report", str(report), *self._extra.names])
        found = json.loads(report.read_text("utf-8"))["install"]
        return [f"{one['metadata']['name']}=={one['metadata']['version']}" for one in found]

    def _install(self, needed: Sequence[str], made: Path, say: Say) -> None:
        if not needed:
            raise ParleyError("Nothing is missing: these packages are here.", "Restart Parley.")
        steps = Steps(len(needed), say)
        options = ["--no-deps", "--target", str(made), "--progress-bar", "raw"]
        self._pip([*options, *needed], steps)
        self.received = steps.received

    def _pip(self, arguments: Iterable[str], each_line: Callable[[str], object] = len) -> None:
        command = [sys.executable, "-m", "app.installing", "--disable-pip-version-check"]
        command += ["--no-input", "--no-cache-dir", "install", "--only-binary", ":all:"]
        command += ["--constraint", str(self._extra.constraints), *arguments]
        temporary = str(self._extra.parts / "tmp")  # on the same disk: moved, not copied
        environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        environ |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)
        lines: list[str] = []
        with self._started(command, environ) as process:
            assert process.stdout
            for line in process.stdout:
                lines.append(line.rstrip()[:2000])
                del lines[:-400]
                each_line(line.strip())
        if self._stopped:
            raise Stopped
        if process.returncode:
            raise trouble(lines)

    def _started(self, command: list[str], environ: dict[str, str]) -> "subprocess.Popen[str]":
        with self._lock:
            if self._stopped:
                raise Stopped
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            return self._process


class Steps:
    """Reads pip's lines: the how manieth package it is at, and how much of it has come."""

    UNPACKING = 0.7  # share of the whole after which they are unpacked

    def __init__(self, count: int, say: Say) -> None:
        self._count, self._say = count, say
        self._at, self._name, self._last = 0, "", 0
        self.received = 0  # bytes

    def __call__(self, line: str) -> None:
        words = line.split()
        if words[:1] in (["Collecting"], ["Processing"]) and len(words) > 1:
            self._at += 1
            self._name, self._last = re.split(r"[=<>!~;\[]", words[1].rpartition("/")[2])[0], 0
            self._tell(0.0, "")
        elif words[:1] == ["Progress"] and len(words) == 4 and words[1].isdigit():
            done, total = int(words[1]), int(words[3]) if words[3].isdigit() else 0
            self.received += max(0, done - self._last)
            self._last = done
            if total:
                self._tell(done / total, f", {done >> 20} of {max(1, total >> 20)} MB")
        elif words[:2] == ["Installing", "collected"]:
            self._say("Unpacking, which takes some minutes…", self.UNPACKING)

    def _tell(self, share: float, more: str) -> None:
        at = min(self._at, self._count)
        done = self.UNPACKING * (at - 1 + share) / self._count
        self._say(f"Fetching {at} of {self._count}: {self._name}{more}", done)


def trouble(lines: Sequence[str]) -> ParleyError:
    """What pip's last words mean for a person."""
    said = "\n".join(lines)
    telling = [line for line in lines if "ERROR" in line or "rror:" in line][-4:]
    detail = "\n".join(telling or lines[-4:])
    for pattern, words, hint in CAUSES:
        if re.search(pattern, said, re.IGNORECASE):
            return ParleyError(f"The packages could not be fetched. {words}", hint, detail)
    hint = "Try again. If it stays, copy the details and report it."
    return ParleyError("The packages could not be fetched.", hint, detail)


def room(folder: Path) -> int:
    """Bytes that are free where the folder is or will be."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return 0


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118
    return total
