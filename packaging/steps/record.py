"""What the set-up has already done: a fingerprint per step of everything the step depends on.

Also the warm path of every start, so it reads a few small files and asks no other program.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

STEPS = ("system", "environment", "packages", "llama")
FOR_A_PURPOSE = ("system", "packages")  # these differ between running and testing
TOOLS = ("nvcc", "glslc")


def repository() -> Path:
    return Path(__file__).resolve().parents[2]


def environment_of(root: Path) -> Path:
    return root / ".venv"


def python_of(root: Path) -> Path:
    if sys.platform == "win32":
        return environment_of(root) / "Scripts" / "python.exe"
    return environment_of(root) / "bin" / "python"


def cache_folder() -> Path:
    """The same folder as the app's own cache."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(base) / "parley" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "parley"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "parley"


def tables(toml: str, *names: str) -> str:
    """The text of these tables; tomllib would need Python 3.11, and the text is all we compare."""
    kept: list[str] = []
    inside = False
    for line in toml.splitlines():
        if line.startswith("["):
            inside = line.strip().strip("[]") in names
        if inside:
            kept.append(line)
    return "\n".join(kept)


def processor() -> str:
    """What -march=native depends on: the flags of the first processor, as the kernel names them."""
    try:
        with Path("/proc/cpuinfo").open("rb") as cpuinfo:
            text = cpuinfo.read(8192).decode("utf-8", "replace").split("\n\n")[0]
    except OSError:
        return os.environ.get("PROCESSOR_IDENTIFIER", "")
    lines = text.splitlines()
    telling = ("model name", "flags", "Features", "CPU part")
    return "\n".join(line for line in lines if line.startswith(telling))


def libc() -> str:
    names = getattr(os, "confstr_names", {})
    return os.confstr("CS_GNU_LIBC_VERSION") or "" if "CS_GNU_LIBC_VERSION" in names else ""


def signs_of_a_gpu() -> list[str]:
    """What lies about that could change the choice of backend; seen without starting anything."""
    folders = os.environ.get("PATH", "").split(os.pathsep) + ["/usr/local/cuda/bin"]
    signs = [tool for tool in TOOLS if any(Path(folder, tool).exists() for folder in folders)]
    if Path("/proc/driver/nvidia/version").exists():
        signs.append("nvidia")
    if Path("/dev/dri").exists() and any(Path("/dev/dri").glob("renderD*")):
        signs.append("dri")
    return signs


def fingerprint(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        digest.update(str(len(data)).encode() + b":" + data)
    return digest.hexdigest()[:24]


def machine() -> tuple[str, ...]:
    """What a compiled llama.cpp depends on besides its own version and flags."""
    kernel = getattr(os, "uname", lambda: ("", "", "", "", ""))()
    return (sys.platform, kernel[4], libc(), processor(), os.environ.get("CMAKE_ARGS", ""))


def wanted(root: Path, purpose: str) -> dict[str, str]:
    """Each step's name and the fingerprint it has when it is done; purpose is run or test."""
    packaging = root / "packaging"
    constraints = (packaging / "constraints.txt").read_bytes()
    project = (root / "pyproject.toml").read_text("utf-8")
    depends: dict[str, tuple[str | bytes, ...]] = {
        "system": (purpose, libc()),
        "environment": (str(root),),
        "packages": (
            purpose,
            constraints,
            tables(project, "project", "project.optional-dependencies"),
        ),
        "llama": (*machine(), *signs_of_a_gpu(), pinned(constraints.decode(), "llama-cpp-python")),
    }
    return {
        key(step, purpose): fingerprint(
            *depends[step], (packaging / "steps" / f"{step}.py").read_bytes()
        )
        for step in STEPS
    }


def key(step: str, purpose: str) -> str:
    return f"{step} for {purpose}" if step in FOR_A_PURPOSE else step


def pinned(constraints: str, name: str) -> str:
    """The one version constraints.txt gives for a name."""
    for line in constraints.splitlines():
        if line.startswith(f"{name}=="):
            return line[len(name) + 2 :].split(";")[0].strip()
    raise LookupError(f"{name} is not in constraints.txt")


class Record:
    """The file in .venv that remembers; gone with it, damaged or old it just means: do it again."""

    def __init__(self, root: Path, done: dict[str, str]) -> None:
        self._root = root
        self._done = done

    @classmethod
    def load(cls, root: Path | None = None) -> Record:
        root = root or repository()
        try:
            done = json.loads(cls._file(root).read_text("utf-8"))
        except (OSError, ValueError):
            done = {}
        return cls(root, done if isinstance(done, dict) else {})

    def ready(self, purpose: str) -> bool:
        if not python_of(self._root).exists():
            return False
        steps = wanted(self._root, purpose)
        return all(self._done.get(name) == steps[name] for name in steps)

    def has(self, step: str, purpose: str) -> bool:
        name = key(step, purpose)
        return self._done.get(name) == wanted(self._root, purpose)[name]

    def add(self, step: str, purpose: str) -> None:
        """Remember a step; what was done for testing is done for running too."""
        for covered in ("run", "test") if purpose == "test" else ("run",):
            name = key(step, covered)
            self._done[name] = wanted(self._root, covered)[name]
        self._write()

    def forget(self) -> None:
        """Everything is to be looked at again."""
        self._done.clear()
        self._write()

    def _write(self) -> None:
        file = self._file(self._root)
        if not file.parent.exists():
            return  # nothing was ever done here
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(self._done, indent=1), "utf-8")
        fresh.replace(file)

    @staticmethod
    def _file(root: Path) -> Path:
        return environment_of(root) / "parley-setup.json"
