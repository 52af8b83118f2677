"""One question and everything that answers it, as data the generators make."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple


class Said(NamedTuple):
    role: str  # "user", "assistant" or "tool"
    text: str
    call: Any = None  # a model's call, as its engine found it


@dataclass(frozen=True)
class Exchange:
    """family names the template it came from, so that held-out families can be told apart.

    call is the tool call in it, if there is one; replies are the texts that count as right at
    the end, the first of them being the one in said.
    """

    intent: str
    family: str
    said: tuple[Said, ...]
    replies: tuple[str, ...]
    call: dict[str, Any] | None = None


@dataclass(frozen=True)
class Asked:
    """What a person said and the call it asks for."""

    intent: str
    family: str
    text: str
    tool: str
    arguments: dict[str, Any]


Source = Callable[[Random, bool], Exchange]  # (rng, from held-out families)


class Number(str):
    """A number as it was typed: 5.90 stays 5.90 inside the JSON."""


def call_text(tool: str, arguments: dict[str, Any]) -> str:
    inside = arguments_text(arguments)
    return f'<tool_call>\n{{"name": "{tool}", "arguments": {inside}}}\n</tool_call>'


def arguments_text(arguments: dict[str, Any]) -> str:
    inside = ", ".join(f'"{name}": {_value(value)}' for name, value in arguments.items())
    return f"{{{inside}}}"


def _value(value: Any) -> str:
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def plain(intent: str, family: str, text: str, replies: tuple[str, ...]) -> Exchange:
    return Exchange(intent, family, (Said("user", text), Said("assistant", replies[0])), replies)


def answered(asked: Asked, result: str, reply: str) -> Exchange:
    said = (
        Said("user", asked.text),
        Said("assistant", call_text(asked.tool, asked.arguments)),
        Said("tool", result),
        Said("assistant", reply),
    )
    call = {"name": asked.tool, "arguments": asked.arguments}
    return Exchange(asked.intent, asked.family, said, (reply,), call)


def called(text: str) -> dict[str, Any] | None:
    """The call in an assistant's turn, if it is one: {"name", "arguments"}."""
    inside = text.removeprefix("<tool_call>\n").removesuffix("\n</tool_call>")
    return json.loads(inside) if len(inside) < len(text) else None
