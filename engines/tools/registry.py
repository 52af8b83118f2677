"""Tools: functions a model may call. The signature is the schema, the docstring what it reads.

A keyword-only parameter `use` is not part of the schema: it gets what the call may work with.
"""

import importlib
import inspect
import math
import pkgutil
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from engines.errors import ParleyError
from engines.messages import Event

USE = "use"
MARK = "__tool__"  # the attribute by which a decorated function is found again
TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


class Effect(StrEnum):
    """What a tool does to the world outside its process; decides whether the person is asked."""

    PURE = "pure"
    READS = "reads"
    WRITES = "writes"
    RUNS = "runs"
    SENDS = "sends"


@dataclass
class Use:
    """What a tool works with besides its arguments."""

    options: Any = None  # the Options of its home, as the app filled them
    allowed: tuple[str, ...] = ()  # addresses (host or host:port) the person opened for this call
    tell: Callable[[Event], None] = lambda event: None  # Picture, Act or Sent, for the app
    origin: str = ""  # set by the tool when strangers may have written what it returns


# (arguments as the model wrote them, options of its home) -> the addresses it would send to
Where = Callable[[Mapping[str, Any], Any], tuple[str, ...]]


def nowhere(arguments: Mapping[str, Any], options: Any) -> tuple[str, ...]:
    return ()


class BadArguments(ParleyError):
    """Worded for the model that made the call, so that its next one is right."""


@dataclass(frozen=True)
class Parameter:
    name: str
    type: type
    words: str
    choices: tuple[Any, ...]  # () where any value of the type will do
    default: Any  # inspect.Parameter.empty where it must be given

    @property
    def needed(self) -> bool:
        return self.default is inspect.Parameter.empty

    def schema(self) -> dict[str, Any]:
        about: dict[str, Any] = {"type": TYPES[self.type]}
        if self.words:
            about["description"] = self.words
        if self.choices:
            about["enum"] = [plain(choice) for choice in self.choices]
        return about

    def read(self, value: Any) -> Any:
        """The value as the function takes it; raises BadArguments."""
        if value is None and not self.needed:
            return self.default
        found = READERS[self.type](value)
        if found is None:
            raise BadArguments(f"{self.name} must be {KINDS[self.type]}, not {shown(value)}.")
        return self._choice(found) if self.choices else found

    def _choice(self, value: Any) -> Any:
        for choice in self.choices:
            if plain(choice) == value:
                return choice
        if isinstance(value, str) and (near := self._meant(value.strip().lower())) is not None:
            return near
        names = ", ".join(str(plain(choice)) for choice in self.choices if plain(choice) != "")
        raise BadArguments(f"{self.name} must be one of {names}, not {shown(value)}.")

    def _meant(self, word: str) -> Any:
        """The one choice that begins so: a model may well write "day" for "days"."""
        found = [c for c in self.choices if len(word) > 2 and plain(c).lower().startswith(word)]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Tool:
    name: str
    description: str
    effect: Effect
    parameters: tuple[Parameter, ...]
    function: Callable[..., str]
    home: str = "tools"  # the engine in whose process it runs
    where: Where = nowhere
    uses: bool = False  # the function takes `use`
    quoted: str = ""  # a parameter whose value should stand in the conversation already
    acts: str = ""  # the kind of Act it may tell the app, once in a call

    def schema(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "parameters": {
                "type": "object",
                "properties": {p.name: p.schema() for p in self.parameters},
                "required": [p.name for p in self.parameters if p.needed],
            },
        }

    def call(self, arguments: Mapping[str, Any], use: Use | None = None) -> str:
        """Raises ParleyError, worded for the model."""
        names = [p.name for p in self.parameters]
        for name in arguments:
            if name not in names:
                raise BadArguments(
                    f"{self.name} has no parameter {shown(name)}. It has: {', '.join(names)}."
                )
        given = {p.name: self._argument(p, arguments) for p in self.parameters}
        if self.uses:
            given["use"] = use or Use()
        return self.function(**given)

    def _argument(self, parameter: Parameter, arguments: Mapping[str, Any]) -> Any:
        if parameter.name in arguments:
            return parameter.read(arguments[parameter.name])
        if parameter.needed:
            words = f": {parameter.words}" if parameter.words else ""
            raise BadArguments(f"{self.name} needs {parameter.name}{words}.")
        return parameter.default


def tool(
    effect: str, home: str = "tools", where: Where = nowhere, quoted: str = "", acts: str = ""
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Makes a function a tool; its parameters are str, int, float, bool, a Literal or an Enum.

    Annotated[str, "words"] describes a parameter to the model. where is asked in the app, before
    the call: it must be quick and may not raise. The parameter named by quoted is not to be made
    up: the person is told when its value is neither in their words nor in what a search found.
    acts is what the tool has the app do.
    """

    def mark(function: Callable[..., str]) -> Callable[..., str]:
        hints = get_type_hints(function, include_extras=True)
        every = inspect.signature(function).parameters
        parameters = tuple(
            read_parameter(p.name, hints[p.name], p.default)
            for p in every.values()
            if p.name != USE
        )
        description = inspect.getdoc(function)
        assert description, f"{function.__name__} does not say what it does"
        kind = Effect(effect)
        uses = USE in every
        made = Tool(
            *(function.__name__, description, kind, parameters, function),
            *(home, where, uses, quoted, acts),
        )
        setattr(function, MARK, made)
        return function

    return mark


def read_parameter(name: str, hint: Any, default: Any) -> Parameter:
    words = ""
    if get_origin(hint) is Annotated:
        hint, words = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):  # X | None: only says that null will do
        hint = next(one for one in get_args(hint) if one is not type(None))
    choices: tuple[Any, ...] = ()
    if get_origin(hint) is Literal:
        choices = get_args(hint)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        choices = tuple(hint)
    kind = type(plain(choices[0])) if choices else hint
    assert kind in TYPES, f"{name}: {hint} cannot be told to a model"
    return Parameter(name, kind, words, choices, default)


def plain(choice: Any) -> Any:
    return choice.value if isinstance(choice, Enum) else choice


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def read_text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def read_float(value: Any) -> float | None:
    """Also from a text: models often write numbers in quotes."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value.replace(",", "").strip() if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_whole(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = read_float(value)
    return int(number) if number is not None and number.is_integer() else None


def read_truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


READERS: dict[type, Callable[[Any], Any]] = {
    str: read_text,
    int: read_whole,
    float: read_float,
    bool: read_truth,
}


def where_to(tool: Tool, arguments: Mapping[str, Any], options: Any) -> tuple[str, ...]:
    """The addresses a call would send to, each once."""
    return tuple(dict.fromkeys(tool.where(arguments, options)))


@cache
def all_tools() -> dict[str, Tool]:
    """Every tool of the modules in this folder, by name, in the order of their names."""
    package = importlib.import_module("engines.tools")
    found: dict[str, Tool] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for member in vars(importlib.import_module(info.name)).values():
            if isinstance(made := getattr(member, MARK, None), Tool):
                found[made.name] = made
    return dict(sorted(found.items()))


def schemas() -> tuple[dict[str, Any], ...]:
    """What a model is told about the tools: name, description, parameters as a JSON schema."""
    return tuple(one.schema() for one in all_tools().values())
