"""Programs that speak MCP, as the person set them up and as settings.json keeps them."""

import logging
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from engines.tools.strangers import MOST_TOOLS, clean

log = logging.getLogger(__name__)
LONGEST_NAME = 40
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,30}")
SHEBANG = 256  # bytes in which a script says what runs it
PROJECT = ("package.json", "pyproject.toml", ".git")  # files at the top of a program's own folder
Seconds = Annotated[int, msgspec.Meta(ge=1, le=600)]


class Granted(msgspec.Struct, frozen=True):
    path: str
    write: bool = False


class Program(msgspec.Struct, frozen=True, omit_defaults=True):
    """Either a command to run here, or the address of a server."""

    key: str  # its home of tools and its folder: small letters, digits, hyphens
    name: str
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    folder: str = ""  # to start it in; "" is its own
    url: str = ""
    headers: dict[str, str] = {}
    folders: tuple[Granted, ...] = ()
    network: bool = False  # a command may reach any address
    on: bool = False
    seconds: Seconds = 30  # a call may take
    tools: tuple[dict[str, Any], ...] = ()  # what it offered last

    @property
    def engine(self) -> str:
        return "services" if self.url else "programs"

    @property
    def runs(self) -> str:
        """What is started, or the address, for people: without the values of secrets."""
        return self.url or shlex.join(self.command)

    @property
    def full(self) -> str:
        """What a permission is bound to: also the folder and the names of what is handed over."""
        names = " ".join(sorted([*self.environment, *self.headers]))
        return "\n".join((self.runs, self.folder, names))


def read(stored: Iterable[Any]) -> list[Program]:
    """Every valid entry; another one costs a line in the log, without its values."""
    found: dict[str, Program] = {}
    for one in stored:
        try:
            program = msgspec.convert(one, Program)
        except msgspec.ValidationError as error:
            log.warning("a stored program cannot be read: %s", str(error)[:200])
            continue
        if bool(program.command) is bool(program.url) or not KEY.fullmatch(program.key):
            log.warning("a stored program has neither a command nor an address, or both")
        elif program.key not in found and len(program.tools) <= MOST_TOOLS:
            found[program.key] = program
    return list(found.values())


def key_of(name: str, taken: Iterable[str] = ()) -> str:
    """A name as a key that is not taken yet."""
    letters = [letter if letter.isalnum() and letter.isascii() else "-" for letter in name.lower()]
    plain = "-".join(part for part in "".join(letters).split("-") if part)[:30].strip("-")
    plain, taken = plain or "program", set(taken)
    tries = (f"{plain}-{number}" if number > 1 else plain for number in range(1, len(taken) + 2))
    return next(one for one in tries if one not in taken)


def one_line(text: str, longest: int = LONGEST_NAME) -> str:
    return " ".join(clean(text, longest).split())


def found(command: tuple[str, ...]) -> str:
    """The file that would be started; "" where there is none."""
    return shutil.which(command[0]) or ""


def places(command: tuple[str, ...]) -> list[Path]:
    """Where a program lies that is not the system's: folders it cannot start without."""
    start = found(command)
    made: list[Path] = []
    for file in [*chain(Path(start)), *chain(Path(interpreter(start)))] if start else []:
        inside = file.parent
        made.append(inside.parent if inside.name in ("bin", "Scripts") else inside)
    system = ("/usr", "/bin", "/sbin", "/lib", "/opt", sys.prefix, sys.base_prefix)
    known = [Path(one) for one in system]
    return fitting(one for one in made if not any(one.is_relative_to(k) for k in known))


def chain(file: Path) -> Iterator[Path]:
    """A file and, where it is a link, what it leads to, step by step."""
    for _ in range(10):
        if file == Path():
            return
        yield file
        if not file.is_symlink():
            return
        file = file.parent / file.readlink()


def interpreter(file: str) -> str:
    """What a script says shall run it; "" for what is none."""
    try:
        with Path(file).open("rb") as script:
            first = script.read(SHEBANG).partition(b"\n")[0]
    except OSError:
        return ""
    words = first[2:].decode("utf-8", "ignore").split() if first.startswith(b"#!") else []
    if words[:1] == ["/usr/bin/env"]:
        return shutil.which(words[-1]) or ""
    return words[0] if words and Path(words[0]).is_absolute() else ""


def named(command: tuple[str, ...]) -> list[Path]:
    """Folders a command names in its words, and those of the files it names."""
    made: list[Path] = []
    for word in command[1:]:
        path = Path(word.rpartition("=")[2])
        try:
            if path.is_absolute() and path.is_dir():
                made.append(path)
            elif path.is_absolute() and path.is_file():
                made.append(project(path))
        except (OSError, ValueError):
            continue
    return fitting(made)


def project(file: Path) -> Path:
    """The folder of the whole program that a file belongs to."""
    for folder in file.parents:
        if Path.home().is_relative_to(folder):
            break
        if any((folder / name).exists() for name in PROJECT):
            return folder
    return file.parent


def fitting(folders: Iterable[Path]) -> list[Path]:
    """Each once and as it really is; never all of home, nor a folder above it."""
    home, made = Path.home().resolve(), []
    for folder in folders:
        try:
            real = folder.resolve()
        except (OSError, RuntimeError):
            continue
        if not home.is_relative_to(real) and real not in made:
            made.append(real)
    return made
