"""What a plugin gets by `from parley import …`. It exists in the plugin's own process alone."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_type_hints

from engines.errors import ParleyError
from engines.plugins.about import WORD, BadPlugin
from engines.plugins.talk import Fetch, Fetched
from engines.tools import registry
from engines.tools.registry import USE, Effect

NAME = "parley"
HOME = "plugin"
EFFECTS = (Effect.PURE, Effect.READS, Effect.WRITES, Effect.SENDS)
NOT_CHOSEN = "The person has not chosen the folder “{}” for this plugin yet."
CHOOSE = "They can do so under Tools."
NOWHERE = "This tool may not ask the network: its author did not write @tool(effect='sends')."


class Problem(ParleyError):
    """Raised by a plugin: the model reads the words, and can go on."""


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    status: int
    headers: dict[str, str]
    data: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


def module(
    files: Mapping[str, bytes],
    folders: Mapping[str, str],
    ask: Callable[[Fetch], Fetched],
) -> ModuleType:
    """The module `parley`, for a plugin with these files and these folders of the person's."""

    def data(name: str) -> bytes:
        """One of the plugin's own files."""
        if name not in files:
            raise Problem(f"The plugin has no file {name}.")
        return files[name]

    def folder(name: str) -> Path:
        """A folder the person chose."""
        if name not in folders:
            raise Problem(NOT_CHOSEN.format(name), CHOOSE)
        return Path(folders[name])

    def fetch(
        url: str,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask an address plugin.toml names: GET, or POST of a form or a body. No redirects."""
        posted = dict(form) if form is not None else None
        answer = ask(Fetch(url, dict(headers or {}), posted, body))
        if answer.trouble:
            raise Problem(answer.trouble)
        return Answer(answer.status, answer.headers, answer.body)

    made = ModuleType(NAME, __doc__)
    offered = {"tool": tool, "data": data, "folder": folder, "fetch": fetch}
    vars(made).update(offered, Problem=Problem, Answer=Answer)
    return made


def tool(function: Any = None, *, effect: str = "pure") -> Any:
    """Makes a function a tool, as @tool or @tool(effect="reads"), "writes" or "sends".

    The effect decides what its process may do: a tool that only calculates has no folder at all.
    """

    def mark(function: Any) -> Any:
        if words := trouble(function, effect):
            raise BadPlugin(words)
        try:
            return registry.tool(effect, HOME)(function)
        except AssertionError as error:
            raise BadPlugin(f"{function.__name__}: {error}.") from error

    return mark if function is None else mark(function)


def trouble(function: Any, effect: str) -> str:
    """Why a function cannot be a tool, in words for its author; "" where it can."""
    if not isinstance(function, FunctionType) or inspect.iscoroutinefunction(function):
        return "@tool stands above a plain function (def)."
    name = function.__name__
    if not WORD.fullmatch(name):
        return f"{name}: the name of a tool is small letters, digits and _."
    if effect not in EFFECTS:
        known = ", ".join(EFFECTS)
        return f"{name}: the effect of a tool is one of {known}, not {effect!r}."
    if not (function.__doc__ or "").strip():
        return f"{name} does not say what it does: it needs a docstring."
    hints = get_type_hints(function)
    if hints.get("return") is not str:
        return f"{name} must return str, and say so: -> str."
    for one in inspect.signature(function).parameters.values():
        if one.kind not in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) or one.name == USE:
            return f"{name}: a parameter may not be {one}."
        if one.name not in hints:
            return f"{name}: {one.name} has no type."
    return ""
