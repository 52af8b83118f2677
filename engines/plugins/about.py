"""plugin.toml: what a plugin says of itself, and what it wants to be allowed."""

import re
import tomllib
from typing import Annotated

import msgspec

from engines.errors import ParleyError
from engines.tools.registry import BadArguments
from engines.tools.strangers import clean
from engines.tools.web.addresses import read as read_address

FILE = "plugin.toml"
LARGEST = 64_000  # bytes
LONGEST_NAME, LONGEST_LINE = 40, 200
PLACES, FOLDERS = 8, 4  # it may want at most
WORD = re.compile(r"[a-z][a-z0-9_]{0,30}")
MEND = "Its author has to mend plugin.toml."

Line = Annotated[str, msgspec.Meta(max_length=LONGEST_LINE)]


class BadPlugin(ParleyError):
    """It cannot be used, and the words say why."""


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of plugin.toml: an unknown key is an error."""


class WantedFolder(Data, frozen=True):
    """A folder of the person's, which they choose."""

    name: str  # by which the plugin asks for it
    line: Line = ""  # what it is for
    write: bool = False


class Permissions(Data, frozen=True):
    network: tuple[str, ...] = ()  # host or host:port
    folders: tuple[WantedFolder, ...] = ()


class About(Data, frozen=True):
    name: str
    line: Line = ""  # what it is good for
    version: Line = ""
    author: Line = ""
    licence: Line = ""
    entry: str = "plugin.py"
    permissions: Permissions = Permissions()


def read(data: bytes) -> About:
    """Raises BadPlugin."""
    if len(data) > LARGEST:
        raise BadPlugin(f"plugin.toml is larger than {LARGEST // 1000} KB.", MEND)
    try:
        about = msgspec.convert(tomllib.loads(data.decode()), About)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        why = clean(str(error), LONGEST_LINE)
        raise BadPlugin(f"plugin.toml cannot be read: {why}.", MEND) from error
    return worded(about)


def worded(about: About) -> About:
    """With every word made safe to show, and every wish looked at. Raises BadPlugin."""
    name = one_line(about.name, LONGEST_NAME)
    if not name:
        raise BadPlugin("plugin.toml gives no name.", MEND)
    wants = about.permissions
    if len(wants.network) > PLACES or len(wants.folders) > FOLDERS:
        words = f"A plugin may want {PLACES} addresses and {FOLDERS} folders at most."
        raise BadPlugin(words, MEND)
    folders = tuple(map(folder, wants.folders))
    if len({one.name for one in folders}) < len(folders):
        raise BadPlugin("Two folders in plugin.toml have the same name.", MEND)
    network = tuple(dict.fromkeys(map(place, wants.network)))
    plain = {field: one_line(getattr(about, field), LONGEST_LINE) for field in PLAIN}
    wants = Permissions(network, folders)
    return msgspec.structs.replace(about, name=name, permissions=wants, **plain)


PLAIN = ("line", "version", "author", "licence")


def folder(wanted: WantedFolder) -> WantedFolder:
    if not WORD.fullmatch(wanted.name):
        words = "The name of a folder in plugin.toml must be small letters, digits and _."
        raise BadPlugin(words, MEND)
    return msgspec.structs.replace(wanted, line=one_line(wanted.line, LONGEST_LINE))


def place(written: str) -> str:
    """An address as the person is asked about it."""
    try:
        found = read_address(f"https://{written}")
        if found.url == f"https://{found.place}/":
            return found.place
    except BadArguments:
        pass
    shown = one_line(written, 60)
    words = f"“{shown}” is no address a plugin can want. One looks like example.org."
    raise BadPlugin(words, MEND)


def one_line(text: str, longest: int) -> str:
    return " ".join(clean(text, longest).split())
