"""The settings of MCP servers as other programs write them, read from pasted text."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import programs
from app.programs import Granted, Program
from engines.errors import ParleyError
from engines.tools.strangers import hides

LARGEST = 200_000  # characters
MOST = 32  # programs at once
LONGEST_WORD, MOST_WORDS = 4000, 200
TOPS = ("mcpServers", "servers", "context_servers", "mcp")
ADDRESSES = ("url", "serverUrl", "httpUrl")
COMMANDS = ("command", "args", *ADDRESSES)
ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
EXAMPLE = 'It looks like {"mcpServers": {"name": {"command": "…", "args": ["…"]}}}.'
FETCHERS = {"npx", "bunx", "pnpx", "uvx", "pipx"}
SHELLS = {"sh", "bash", "zsh", "fish", "dash", "cmd", "powershell", "pwsh"}
FLAGS_WITH_VALUE = {"-p", "--package", "--from", "--with", "--python", "-c", "--call", "--spec"}


def bad(words: str, hint: str = EXAMPLE) -> ParleyError:
    return ParleyError(words, hint)


def read(text: str, taken: tuple[Program, ...] = ()) -> list[Program]:
    """The programs a text describes, none of them on. Raises ParleyError in words."""
    entries = servers(parsed(text))
    if len(entries) > MOST:
        raise bad(f"These are {len(entries)} programs; at most {MOST} can be added at once.", "")
    made: list[Program] = []
    for name, about in entries.items():
        every = [*taken, *made]
        made.append(program(name, about, every))
    return made


def parsed(text: str) -> Any:
    text = text.strip().strip("\ufeff").strip()
    if not text:
        raise bad("There is nothing to read yet.")
    if len(text) > LARGEST:
        raise bad("This is too long to be the settings of programs.")
    tries = [text, "{" + text.rstrip(",") + "}"] if text.startswith('"') else [text]
    where = ""
    for one in tries:
        try:
            return json.loads(one)
        except RecursionError:
            raise bad("This is nested too deeply.") from None
        except json.JSONDecodeError as error:
            where = f" in line {error.lineno}, column {error.colno}"
        except ValueError:  # a number of thousands of digits
            where = ""
    hint = f"{EXAMPLE} Notes and commas after the last entry are not allowed."
    raise bad(f"This is not JSON: something is wrong{where}.", hint)


def servers(found: Any) -> dict[str, Mapping[str, Any]]:
    """Name -> what is said of it, whichever of the usual forms it has."""
    if not isinstance(found, Mapping):
        raise bad("This does not describe programs.")
    for top in TOPS:
        inner = found.get(top)
        if isinstance(inner, Mapping) and not any(isinstance(inner.get(c), str) for c in COMMANDS):
            return servers(inner) if top == "mcp" else entries_of(inner)
    if any(name in found for name in COMMANDS):
        return {str(found.get("name") or ""): found}
    return entries_of(found)


def entries_of(found: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    if not found:
        raise bad("There is no program in it.")
    for name, about in found.items():
        if not isinstance(about, Mapping):
            raise bad(f"“{programs.one_line(name)}” must have a command or an address.")
    return dict(found)


def program(name: str, about: Mapping[str, Any], others: list[Program]) -> Program:
    """One entry, checked."""
    name = programs.one_line(name)
    said = name or "The program"
    address = next((about[one] for one in ADDRESSES if about.get(one)), None)
    command = about.get("command")
    if command and address:
        raise bad(f"{said} has both a command and an address. Leave one of them out.", "")
    if not command and not address:
        raise bad(f"{said} has neither a command nor an address.")
    fields: dict[str, Any] = {}
    if address:
        fields["url"] = url(said, address, about.get("type"))
        fields["headers"] = pairs(said, about.get("headers"), "headers", HEADER)
        name = name or urlsplit(fields["url"]).hostname or ""
    else:
        fields["command"] = words = command_of(said, command, about.get("args"))
        fields["environment"] = pairs(said, about.get("env"), "env", ENVIRONMENT)
        fields["folder"] = folder(said, about.get("cwd"))
        asked = programs.named((*words, fields["folder"]))
        fields["folders"] = tuple(Granted(str(one)) for one in asked)
        name = name or programs.one_line(Path(words[0]).stem)
    name = unlike(name or "Program", [one.name for one in others])
    return Program(programs.key_of(name, [one.key for one in others]), name, **fields)


def unlike(name: str, others: list[str]) -> str:
    tries = (f"{name} {number}" if number > 1 else name for number in range(1, len(others) + 2))
    return next(one for one in tries if one not in others)


def command_of(said: str, command: Any, args: Any) -> tuple[str, ...]:
    if isinstance(command, list) and not args:  # some write the whole line as a list
        command, args = (command[0], command[1:]) if command else ("", [])
    if not isinstance(command, str) or not command.strip():
        raise bad(f"The command of {said} must be a text.")
    if args is None:
        args = []
    if not isinstance(args, list) or len(args) > MOST_WORDS:
        raise bad(f"The args of {said} must be a list of texts.")
    first = [command.strip()]
    if not args and " " in first[0] and not Path(first[0]).exists():
        try:
            first = shlex.split(command) or first
        except ValueError:
            raise bad(f"The command of {said} has a quote that is not closed.", "") from None
    return tuple(value(said, one, "args") for one in [*first, *args])


def value(said: str, one: Any, where: str) -> str:
    if isinstance(one, bool):
        one = "true" if one else "false"
    if not isinstance(one, str | int | float):
        raise bad(f"In {where} of {said}, every entry must be a text.")
    text = str(one)
    if len(text) > LONGEST_WORD or any(ord(letter) < 32 and letter != "\t" for letter in text):
        raise bad(f"An entry in {where} of {said} is too long, or has a line break in it.", "")
    if hides(text):
        raise bad(f"An entry in {where} of {said} has characters in it that cannot be seen.", "")
    if asked := PLACEHOLDER.search(text):
        words = f"{said} leaves {programs.one_line(asked[0])} open."
        raise bad(words, "Write what belongs there in its place.")
    return text


def pairs(said: str, found: Any, where: str, names: re.Pattern[str]) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, Mapping) or len(found) > MOST_WORDS:
        raise bad(f"{where} of {said} must be names with values.")
    for name in found:
        if not names.fullmatch(name) or len(name) > LONGEST_WORD:
            raise bad(f"{where} of {said} has the name {programs.one_line(name)!r}.", "Correct it.")
    made = {name: value(said, one, where) for name, one in found.items()}
    if where == "headers" and not all(one.isascii() for one in made.values()):
        raise bad(f"The headers of {said} may only have plain letters.", "")
    return made


def folder(said: str, found: Any) -> str:
    if found is None or found == "":
        return ""
    text = value(said, found, "cwd")
    if not Path(text).expanduser().is_absolute():
        raise bad(f"The folder (cwd) of {said} must be a whole path.", "")
    return str(Path(text).expanduser())


def url(said: str, found: Any, kind: Any) -> str:
    text = value(said, found, "url").strip()
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits, parts = False, urlsplit("")
    if not fits or " " in text:
        raise bad(f"The address of {said} must begin with http:// or https://.", "")
    if parts.username or parts.password:
        raise bad(f"The address of {said} has a password in it.", "Put it into headers instead.")
    if kind == "sse" or parts.path.rstrip("/").endswith("/sse"):
        raise bad(
            f"{said} speaks an older form of MCP (SSE), which Parley does not.",
            "Many servers have a newer address, often one that ends in /mcp.",
        )
    return text


def warnings(program: Program) -> list[str]:
    """What to look out for before this is started, a sentence each."""
    found = []
    if program.url:
        if urlsplit(program.url).scheme == "http" and not near(program.url):
            found.append("What is sent to this address can be read on the way: it is not https.")
        return found
    tool = Path(program.command[0]).name.lower().removesuffix(".exe").removesuffix(".cmd")
    if not programs.found(program.command):
        found.append(f"There is no program “{program.command[0]}” on this computer yet.")
    if tool in SHELLS:
        found.append("This starts a shell, which can do more than one sees here.")
    package = fetched(tool, program.command[1:])
    if package is not None and not pinned(package):
        name = package or "the newest version"
        found.append(
            f"{tool} fetches {name} anew from the internet: what runs tomorrow may be another "
            "program than today. Name a version, and allow it the network afterwards."
        )
    elif package is not None:
        found.append(
            f"{tool} fetches {package} from the internet: allow it the network afterwards."
        )
    return found


def near(address: str) -> bool:
    return (urlsplit(address).hostname or "") in ("localhost", "127.0.0.1", "::1")


def fetched(tool: str, words: tuple[str, ...]) -> str | None:
    """The package a command would fetch, None for a command that fetches nothing."""
    if tool == "uv" and words[:2] == ("tool", "run"):
        words = words[2:]
    elif (tool, words[:1]) in (("pnpm", ("dlx",)), ("yarn", ("dlx",)), ("pipx", ("run",))):
        words = words[1:]
    elif tool not in FETCHERS:
        return None
    named = [after for flag, after in zip(words, words[1:], strict=False) if flag == "--from"]
    named += [after for flag, after in zip(words, words[1:], strict=False) if flag == "--package"]
    skip = False
    for word in words if not named else ():
        if not skip and not word.startswith("-"):
            named.append(word)
        skip = word in FLAGS_WITH_VALUE
    return named[0] if named else ""


def pinned(package: str) -> bool:
    """Whether it names one version: name@1.2.3 or name==1.2.3."""
    return bool(re.search(r"(?:.@|==)v?\d+(?:\.\d+)+[\w.+-]*$", package))
