"""The step that makes .venv with the Python that was found, and leads it to our packages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from steps import pythons
from steps.record import environment_of, pinned, python_of
from steps.terminal import Problem, Progress, ToolFailed, output_of, run_tool

# -I: neither the folder one stands in nor the person's own packages may take part
LOOK = """
import json, pip, sysconfig
print(json.dumps([pip.__version__, sysconfig.get_path("purelib")]))
"""


def make_environment(root: Path, python: pythons.Python, log: Path) -> bool:
    """True when .venv was made anew; one that works is kept. Raises Problem."""
    made = False
    if not works(root):
        create(root, python, log)
        made = True
    version, packages = look(root) or ("", "")
    if not packages:
        raise Problem("the new .venv has no pip.", todo="Remove .venv and try again.", log=log)
    wanted = pinned((root / "packaging" / "constraints.txt").read_text("utf-8"), "pip")
    if version != wanted:
        pip(root, ["install", f"pip=={wanted}"], log, "updating pip in .venv.")
    # at the end of sys.path, so that no folder of ours hides a library of the same name
    (Path(packages) / "parley.pth").write_text(str(root) + "\n", "utf-8")
    return made


def works(root: Path) -> bool:
    found = pythons.probe(str(python_of(root)))
    return found is not None and found.fits and look(root) is not None


def look(root: Path) -> list[str] | None:
    """The version of the environment's pip and the folder of its packages; None when broken."""
    said = output_of([str(python_of(root)), "-I", "-c", LOOK])
    return None if said is None else json.loads(said)


def create(root: Path, python: pythons.Python, log: Path) -> None:
    folder = environment_of(root)
    if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        raise Problem(
            f"there is a folder {folder} that is no Python environment.",
            todo="Move it away; Parley keeps its packages there.",
        )
    try:
        with Progress(f"Making .venv with Python {python.words}"):
            if folder.exists():
                shutil.rmtree(folder)
            run_tool([python.path, "-I", "-m", "venv", str(folder)], log)
    except (ToolFailed, OSError) as error:
        failed = error if isinstance(error, ToolFailed) else ToolFailed([str(error)], log)
        raise failed.problem(f"making .venv with {python.path}.") from error


def pip(root: Path, arguments: list[str], log: Path, what: str) -> None:
    """Run the environment's pip. Raises Problem that begins with what."""
    base = [str(python_of(root)), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    try:
        run_tool([*base, *arguments], log)
    except ToolFailed as failed:
        raise failed.problem(what) from failed
