"""What follows the set-up: Parley itself, the checks of the code, or a benchmark."""

from __future__ import annotations

import os
import subprocess
import sys

from steps.record import python_of, repository

CHECKS = (
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("ruff check", ["ruff", "check", "."]),
    ("pyright", ["pyright"]),
)


def become(command: list[str]) -> int:
    """This process turns into the command; the folder one stands in stays, and hides no module."""
    os.environ["PYTHONSAFEPATH"] = "1"
    if sys.platform == "win32":  # there, execv gives the prompt back at once
        return subprocess.call(command)
    return os.execv(command[0], command)


def checks(pytest_arguments: list[str], full: bool) -> int:
    """Format, lint, types and tests, all of them whatever fails; 0 when all are green."""
    python = str(python_of(repository()))
    # the bundled version is what is pinned; nothing is asked of the network
    environ = {"QT_QPA_PLATFORM": "offscreen", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", **os.environ}
    failed = []
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        if subprocess.call([python, "-m", *command], cwd=str(repository()), env=environ):
            failed.append(name)
    print("== pytest" + (", the long fault lists whole" if full else ""), flush=True)
    # half of the time is waiting for sound, screens and other processes: one test file per core
    tests = [python, "-m", "pytest", "-n", "auto", "--dist", "loadfile"]
    if full:  # some lists are longer then, and some tests run only then
        environ["PARLEY_FULL"] = "1"
        tests += ["-m", "not clip", "-o", "timeout=3600"]
    tests += pytest_arguments
    result = subprocess.call(tests, cwd=str(repository()), env=environ)
    if failed:
        print(f"Not green: {', '.join(failed)} (above the tests).", flush=True)
    return result or int(bool(failed))


def clip_tests(pytest_arguments: list[str]) -> int:
    """The tests that need torch and open_clip, fetched first as the window fetches them."""
    root = repository()
    python, folder = str(python_of(root)), root / "build" / "clip"
    fetch = [python, str(root / "packaging" / "fetch_clip.py"), str(folder)]
    if code := subprocess.call(fetch, cwd=str(root)):
        return code
    environ = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PARLEY_CLIP": str(folder)}
    tests = [python, "-m", "pytest", "-m", "clip", "-o", "timeout=600", *pytest_arguments]
    return subprocess.call(tests, cwd=str(root), env=environ)


def benchmark(name: str, arguments: list[str]) -> int:
    script = repository() / "tests" / "benchmarks" / f"{name}.py"
    if not script.exists():
        names = sorted(file.stem for file in script.parent.glob("[!_]*.py"))
        print(f"There is no benchmark {name}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    return become([str(python_of(repository())), str(script), *arguments])
