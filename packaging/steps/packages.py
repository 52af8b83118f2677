"""The step that installs the pinned packages into .venv."""

from __future__ import annotations

import re
from pathlib import Path

from steps.record import python_of, tables
from steps.terminal import Progress, ToolFailed, run_tool

BUILT_HERE = "llama-cpp-python"  # comes from the step of that name, not from pip's choice
EXTRAS = {"run": (), "test": ("test",)}


def install_packages(root: Path, purpose: str, log: Path) -> None:
    """Raises Problem."""
    names = requirements((root / "pyproject.toml").read_text("utf-8"), EXTRAS[purpose])
    constraints = root / "packaging" / "constraints.txt"
    command = [str(python_of(root)), "-I", "-m", "pip", "--disable-pip-version-check"]
    command += ["--no-input", "install", "--progress-bar", "raw", "--prefer-binary"]
    try:
        with Progress(f"Installing {len(names)} packages and what they need") as progress:
            run_tool([*command, "-c", str(constraints), *names], log, Downloads(progress))
    except ToolFailed as failed:
        raise failed.problem("installing packages.") from failed


def requirements(pyproject: str, extras: tuple[str, ...]) -> list[str]:
    """What pyproject.toml names for running, and for these extras."""
    lists = {"dependencies": tables(pyproject, "project")}
    for extra in extras:
        lists[extra] = tables(pyproject, "project.optional-dependencies")
    names: list[str] = []
    for name, table in lists.items():
        found = re.search(rf"^{name}\s*=\s*\[((?:[^\]\"]|\"[^\"]*\")*)\]", table, re.M)
        names += re.findall(r"\"([^\"]+)\"", found.group(1)) if found else []
    return [name for name in names if name != BUILT_HERE]


class Downloads:
    """Reads pip's lines: what it is at, and how much of a file has come."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._name = ""

    def __call__(self, line: str) -> None:
        words = line.split()
        if words[:1] in (["Collecting"], ["Downloading"], ["Installing"]) and len(words) > 1:
            self._name = "" if words[0] == "Installing" else words[1]
            self._progress.show(None, line.strip()[:60])
        elif words[:1] == ["Progress"] and len(words) == 4 and words[1].isdigit():
            total = max(1, int(words[3]))
            self._progress.show(None, f"{self._name} {100 * int(words[1]) // total} %")
