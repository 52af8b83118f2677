"""Turns the files of a plugin into its tools. Runs in the plugin's own process alone."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import ModuleType

from engines.plugins.about import BadPlugin
from engines.plugins.contents import Contents
from engines.tools.registry import MARK, Tool

PLACE = "/plugin/"  # where its files seem to lie; there is no such folder
ENTRY = "__plugin__"
MOST = 32  # tools


class Loader(importlib.abc.SourceLoader):
    """Modules from the bytes whose hash the person agreed to, never from the disk."""

    def __init__(self, files: Mapping[str, bytes], name: str) -> None:
        self._files, self._name = files, name

    def get_filename(self, fullname: str) -> str:
        return PLACE + self._name

    def get_data(self, path: str | bytes) -> bytes:
        name = str(path).removeprefix(PLACE)
        if name not in self._files:
            raise OSError(f"the plugin has no file {name}")
        return self._files[name]


class Finder(importlib.abc.MetaPathFinder):
    """Finds what a plugin imports of itself; asked after all others."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        place = fullname.replace(".", "/")
        for name in (f"{place}/__init__.py", f"{place}.py"):
            if name in self._files:
                return spec_of(self._files, fullname, name)
        return None


def spec_of(files: Mapping[str, bytes], name: str, file: str) -> importlib.machinery.ModuleSpec:
    package = file.endswith("/__init__.py")
    inside = [PLACE + file.rpartition("/")[0]] if package else None
    loader = Loader(files, file)
    found = importlib.util.spec_from_file_location(
        name, PLACE + file, loader=loader, submodule_search_locations=inside
    )
    assert found
    return found


def load(contents: Contents) -> dict[str, Tool]:
    """Run the plugin's file and find its tools. Raises BadPlugin, worded for its author."""
    sys.dont_write_bytecode = True
    sys.meta_path.append(Finder(contents.files))
    spec = spec_of(contents.files, ENTRY, contents.about.entry)
    made = sys.modules[ENTRY] = importlib.util.module_from_spec(spec)
    assert spec.loader
    try:
        spec.loader.exec_module(made)
    except BadPlugin:
        raise
    except (Exception, SystemExit) as error:  # it may raise anything, also to end itself
        raise BadPlugin("It fails when it is started.", where(error)) from error
    return found_in(made, contents)


def found_in(made: ModuleType, contents: Contents) -> dict[str, Tool]:
    tools: dict[str, Tool] = {}
    for member in list(vars(made).values()):
        one = getattr(member, MARK, None)
        if not isinstance(one, Tool) or tools.get(one.name) is one:
            continue
        if one.name in tools:
            raise BadPlugin(f"It has two tools named {one.name}.")
        if one.effect == "sends" and not contents.about.permissions.network:
            words = f"{one.name} sends, but plugin.toml names no address."
            raise BadPlugin(words, 'Under [permissions] belongs network = ["example.org"].')
        tools[one.name] = one
    if not 0 < len(tools) <= MOST:
        words = f"It has more than {MOST} tools." if tools else "It has no function under @tool."
        raise BadPlugin(words)
    return tools


def where(error: BaseException) -> str:
    """What went wrong in which line of the plugin: "plugin.py, line 7: ZeroDivisionError: …"."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and str(error.filename).startswith(PLACE):
        file, line, words = str(error.filename), error.lineno, error.msg
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename[:8] == PLACE]
        file, line = (frames[-1].filename, frames[-1].lineno) if frames else ("", 0)
        words = str(error)
    said = f"{kind}: {words}" if words else kind
    return f"{file.removeprefix(PLACE)}, line {line}: {said}" if file else said
