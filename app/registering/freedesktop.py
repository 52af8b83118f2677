"""Linux desktops: an entry for Parley, the kind of file that .gguf is, and who opens it."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.registering.associations import default, with_default, without_default
from engines.errors import ParleyError

KIND = "application/x-gguf"
KINDS = (KIND, "application/x-parley-variant")
ENTRY = "org.parley.Parley.desktop"
TYPES = "parley-gguf.xml"
ICON = "icons/parley.svg"
PATIENCE = 60  # seconds for a program of the system that renews its lists
LONGEST = 1 << 20  # bytes of a person's mimeapps.list
RESERVED = re.compile(r'(["`$\\])')


class FreeDesktop:
    """data and config are the person's folders of the XDG base directories."""

    def __init__(self, data: Path, config: Path, command: Sequence[str], resources: Path) -> None:
        self._entry = data / "applications" / ENTRY
        self._types = data / "mime" / "packages" / TYPES
        self._icon = data / "icons" / "hicolor" / "scalable" / "apps" / "org.parley.Parley.svg"
        self._defaults = config / "mimeapps.list"
        self._command, self._resources = command, resources

    def is_registered(self) -> bool:
        try:
            return self._entry.read_text("utf-8") == self._content() and self._is_default()
        except (OSError, ValueError):
            return False

    def register(self) -> None:
        try:
            defaults = self._read_defaults()
            for kind in KINDS:
                defaults = with_default(defaults, kind, ENTRY)
            write(self._types, (self._resources / "desktop" / TYPES).read_bytes())
            write(self._icon, (self._resources / ICON).read_bytes())
            write(self._entry, self._content().encode())
            write(self._defaults.resolve(), defaults.encode())  # it may be a link
        except OSError as error:
            raise Unwritten(error) from error
        self._renew()

    def undo(self) -> None:
        try:
            before = after = self._read_defaults()
            for kind in KINDS:
                after = without_default(after, kind, ENTRY)
            if after != before:
                write(self._defaults.resolve(), after.encode())
            for file in (self._entry, self._types, self._icon):
                file.unlink(missing_ok=True)
        except OSError as error:
            raise Unwritten(error) from error
        self._renew()

    def _content(self) -> str:
        template = (self._resources / "desktop" / ENTRY).read_text("utf-8")
        return template.replace("@command@", " ".join(map(quoted, self._command)))

    def _is_default(self) -> bool:
        defaults = self._read_defaults()
        return all(default(defaults, kind) == ENTRY for kind in KINDS)

    def _read_defaults(self) -> str:
        try:
            with self._defaults.open("rb") as file:
                content = file.read(LONGEST + 1)
            if len(content) > LONGEST:
                raise Unwritten(ValueError(f"{self._defaults} is too large"))
            return content.decode("utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise Unwritten(error) from error

    def _renew(self) -> None:
        mime, applications = self._types.parents[1], self._entry.parent
        run("update-desktop-database", applications)  # not every desktop has it, or needs it
        if not run("update-mime-database", mime):
            raise ParleyError(
                "Your desktop could not be told what a .gguf file is.",
                "Install the package shared-mime-info, then try again.",
            )


class Unwritten(ParleyError):
    def __init__(self, error: Exception) -> None:
        super().__init__(
            "Your desktop's list of programs could not be changed.",
            "Choose Parley in your file manager, under “Open with”.",
            str(error),
        )


def write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.parley-new")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def quoted(word: str) -> str:
    """A word of a command as a desktop entry has it: two kinds of escapes, one in the other."""
    inside = RESERVED.sub(r"\\\1", word).replace("%", "%%")
    return '"' + inside.replace("\\", "\\\\") + '"'


def run(program: str, folder: Path) -> bool:
    found = shutil.which(program)
    if found is None or not folder.is_dir():
        return False
    try:
        ended = subprocess.run([found, str(folder)], capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return False
    return ended.returncode == 0
