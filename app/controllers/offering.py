"""The tools of the person's programs as a model is told of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.controllers.addresses import place_of
from app.controllers.consent import hash_of
from app.controllers.offered import Offered
from app.programs import Program, one_line
from engines.tools.registry import Effect, all_tools
from engines.tools.strangers import clean, digest

LONGEST_NAME = 60  # characters; some protocols take no more than 64
LONGEST_COMMAND = 600  # of what a question shows


def home_of(key: str) -> str:
    """The home of a program's tools."""
    return f"program {key}"


def place(program: Program) -> str:
    """Where its calls may send to: an address, words where there are many, "" for nowhere."""
    if program.url:
        return place_of(program.url)
    return f"any address, through {program.name}" if program.network else ""


def effect(program: Program) -> Effect:
    """What the program says of its tools itself ("read only") does not count."""
    return Effect.SENDS if place(program) else Effect.RUNS


def offers(programs: Iterable[Program]) -> dict[str, Offered]:
    """Every tool of these programs under a name that nobody else has."""
    made: dict[str, Offered] = {}
    taken = set(all_tools())
    for program in programs:
        for tool in program.tools:
            name = name_of(program.name, tool["name"], taken)
            taken.add(name)
            made[name] = offered(program, name, tool)
    return made


def name_of(program: str, tool: str, taken: Iterable[str]) -> str:
    whole = f"{plain(program) or 'program'}_{plain(tool) or 'tool'}"[:LONGEST_NAME]
    tries = (f"{whole}_{number}" if number > 1 else whole for number in range(1, 10_000))
    return next(one for one in tries if one not in taken)


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def offered(program: Program, name: str, tool: Mapping[str, Any]) -> Offered:
    where = place(program)
    about = tool["description"]
    schema = {"name": name, "description": about, "parameters": tool["parameters"]}
    return Offered(
        schema,
        home_of(program.key),
        effect(program),
        hash_of(home_of(program.key), program.full, {"offered": schema, "own": tool["name"]}),
        title(program, tool),
        command=clean(program.runs, LONGEST_COMMAND),
        about=about,
        own_name=tool["name"],
        digest=digest(tool),
        places=(where,) if where else (),
    )


def title(program: Program, tool: Mapping[str, Any]) -> str:
    return f"{program.name}: {one_line(tool['name'].replace('_', ' '), 60)}"
