"""Finds the newest Python on this machine that can carry Parley."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Iterable, Mapping, NamedTuple

from steps.terminal import output_of

OLDEST, NEWEST = (3, 11), (3, 14)  # every pinned package has wheels for these
NAMES = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
PROBE = """
import json, os, struct, sys, sysconfig
lacks = []
for name in ("ctypes", "ensurepip", "ssl", "venv", "zlib"):
    try:
        __import__(name)
    except ImportError:
        lacks.append(name)
path = getattr(sys, "_base_executable", "") or sys.executable
named = os.path.join(os.path.dirname(path), "python%d.%d" % sys.version_info[:2])
print(json.dumps({
    "path": named if os.access(named, os.X_OK) else path,
    "version": list(sys.version_info[:3]),
    "sound": struct.calcsize("P") == 8 and sys.version_info[3] == "final"
        and sys.implementation.name == "cpython"
        and not sysconfig.get_config_var("Py_GIL_DISABLED"),
    "lacks": lacks,
}))
"""


class Python(NamedTuple):
    """An interpreter that ran and said what it is."""

    path: str  # by its full name (python3.13), which outlives an upgrade to another version
    version: tuple[int, ...]
    sound: bool  # a released 64-bit CPython with its usual lock
    lacks: tuple[str, ...]  # of the modules that an environment needs

    @property
    def fits(self) -> bool:
        return self.sound and OLDEST <= self.version[:2] <= NEWEST

    @property
    def words(self) -> str:
        return ".".join(str(part) for part in self.version)


def candidates(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Paths worth trying: this one, those on PATH, those of pyenv, uv and the py launcher."""
    folders = [Path(name) for name in environ.get("PATH", "").split(os.pathsep) if name]
    home = Path(environ.get("HOME") or Path.home())
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    share = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    for kept in (pyenv, share / "uv" / "python"):
        if kept.is_dir():
            folders += [folder / "bin" for folder in sorted(kept.iterdir())]
    suffix = ".exe" if sys.platform == "win32" else ""
    names = [name + suffix for name in (*NAMES, "python3", "python")]
    found = [sys.executable]
    found += [str(f / name) for f in folders for name in names if os.access(f / name, os.X_OK)]
    if sys.platform == "win32":
        lines = (output_of(["py", "-0p"]) or "").splitlines()
        found += [line.split(maxsplit=1)[-1].lstrip("* ") for line in lines if ":\\" in line]
    return list(dict.fromkeys(found))


def probe(path: str) -> Python | None:
    """What the interpreter says of itself; None when it does not run (a shim of nothing)."""
    said = output_of([path, "-I", "-c", PROBE])
    try:
        facts = json.loads(said or "")
        return Python(facts["path"], tuple(facts["version"]), facts["sound"], tuple(facts["lacks"]))
    except (ValueError, KeyError, TypeError):
        return None


def newest(paths: Iterable[str]) -> Python | None:
    """The newest that lacks nothing; else the newest that fits and says what it lacks."""
    fitting = [python for python in map(probe, paths) if python and python.fits]
    return max(fitting, key=lambda python: (not python.lacks, python.version), default=None)
