"""Runs tools: an engine without a model. Each home of tools is one, in a process of its own."""

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.errors import ParleyError
from engines.messages import CallTool, Done, Event, Loaded, Request, ToolResult
from engines.protocol import EngineSpec, Kind
from engines.tools.registry import Tool, Use, all_tools

log = logging.getLogger(__name__)

RESULT_LIMIT = 20_000  # characters; a longer result would fill the model's context
# What a mistake in a tool may raise. The model hears of it and can go on without the tool.
MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True)
class Options:
    pass


class ToolsEngine:
    """The tools of one home, and the options each of them is handed."""

    def __init__(self, home: str = "tools", options: Any = None, title: str = "Tools") -> None:
        self._home, self._options, self._title = home, options, title

    def loaded(self) -> Loaded:
        return Loaded(name=self._title)

    def run(self, request: Request) -> Generator[Event, None, Done]:
        if not isinstance(request, CallTool):
            raise ParleyError("The tools cannot answer this.", "", type(request).__name__)
        told: list[Event] = []
        use = Use(self._options, request.allowed, told.append)
        result = answer(request, self._tools(), use)
        yield from told
        yield result
        return Done()

    def close(self) -> None:
        pass

    def _tools(self) -> dict[str, Tool]:
        return {name: one for name, one in all_tools().items() if one.home == self._home}


def answer(request: CallTool, tools: dict[str, Tool], use: Use) -> ToolResult:
    """What the tool says, or in words for the model why it says nothing."""
    call = request.call
    tool = tools.get(call.name)
    if tool is None:
        names = ", ".join(tools)
        return ToolResult(call.id, f"There is no tool {call.name!r}. There are: {names}.", True)
    try:
        text = tool.call(call.arguments, use)
    except ParleyError as error:
        words = f"{error.message} {error.hint}".strip()
        return ToolResult(call.id, words, True, use.origin)
    except MISTAKES as error:
        log.error("%s(%s)", call.name, ", ".join(call.arguments), exc_info=error)
        words = f"{call.name} failed and cannot answer this."
        return ToolResult(call.id, words, True, use.origin)
    return ToolResult(call.id, shortened(text), origin=use.origin)


def shortened(text: str) -> str:
    if len(text) <= RESULT_LIMIT:
        return text
    return text[:RESULT_LIMIT] + f"\n… and {len(text) - RESULT_LIMIT} more characters"


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> ToolsEngine:
    return ToolsEngine()


SPEC = EngineSpec("tools", Kind.TOOL, "Tools", Options, create, read=lambda model: ())
