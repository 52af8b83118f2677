"""What pasted settings would start, told before anything is started."""

import shlex
from pathlib import Path

from app import pasted, programs
from app.controllers.shown import ShownPlan
from app.programs import Program

OWN = "A folder of its own"
NO_NETWORK = "None. It can be allowed afterwards."


def plan(program: Program) -> ShownPlan:
    rows = []
    if program.url:
        rows.append(("Connects to", program.url))
        rows.append(("Headers", ", ".join(program.headers) or "None"))
    else:
        file = programs.found(program.command)
        rows.append(("Runs", shlex.join(program.command)))
        if file and file != program.command[0]:
            rows.append(("Which is", file))
        rows.append(("Starts in", program.folder or OWN))
        rows.append(("May read", reads(program)))
        rows.append(("May change", OWN))
        rows.append(("Network", NO_NETWORK))
        if program.environment:
            rows.append(("Is handed", ", ".join(program.environment)))
    return ShownPlan(program.name, tuple(rows), tuple(pasted.warnings(program)))


def reads(program: Program) -> str:
    lies = map(str, programs.places(program.command))
    return ", ".join(dict.fromkeys([*lies, *(one.path for one in program.folders), OWN.lower()]))


def folder_words(path: str, write: bool) -> str:
    words = "May read and change" if write else "May read"
    return words if Path(path).is_dir() else f"{words} · not there now"
