"""What was asked for on the command line."""

from __future__ import annotations

from typing import NamedTuple

COMMANDS = ("run", "test", "setup", "bench")


class Usage(Exception):
    """The command line made no sense; the words say what would."""


class Asked(NamedTuple):
    command: str
    rest: list[str]  # for Parley, pytest or the benchmark, untouched
    full: bool = False
    name: str = ""  # of the benchmark
    clip: bool = False


def read_arguments(arguments: list[str]) -> Asked:
    """Raises Usage. What follows `--` is passed on as it is; `run ask hello` works without it."""
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        return Asked("help", [])
    command, given = arguments[0], arguments[1:]
    if command not in COMMANDS:
        raise Usage(f"There is no command {command!r}; there are {', '.join(COMMANDS)}.")
    if command == "run":
        return Asked(command, given[1:] if given[:1] == ["--"] else given)
    at = given.index("--") if "--" in given else len(given)
    ours, rest = given[:at], given[at + 1 :]
    if command == "test" and ours in ([], ["--full"], ["--clip"]):
        return Asked(command, rest, full="--full" in ours, clip="--clip" in ours)
    if command == "bench" and len(ours) == 1:
        return Asked(command, rest, name=ours[0])
    if command == "setup" and not ours:
        return Asked(command, rest)
    usage = {
        "test": "test [--full | --clip] [-- pytest arguments]",
        "bench": "bench NAME [-- arguments]",
    }
    raise Usage(f"Say it like this: bootstrap.py {usage.get(command, command)}")
