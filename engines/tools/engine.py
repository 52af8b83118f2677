"""Runs tools: an engine without a model, in a process of its own."""

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ParleyError
from engines.messages import CallTool, Done, Event, Loaded, Request, ToolCall, ToolResult
from engines.protocol import EngineSpec, Kind
from engines.tools.registry import all_tools

log = logging.getLogger(__name__)

RESULT_LIMIT = 20_000  # characters; a longer result would fill the model's context
# What a mistake in a tool may raise. The model hears of it and can go on without the tool.
MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True)
class Options:
    pass


class ToolsEngine:
    def loaded(self) -> Loaded:
        return Loaded(name="Tools")

    def run(self, request: Request) -> Generator[Event, None, Done]:
        if not isinstance(request, CallTool):
            raise ParleyError("The tools cannot answer this.", "", type(request).__name__)
        yield answer(request.call)
        return Done()

    def close(self) -> None:
        pass


def answer(call: ToolCall) -> ToolResult:
    """What the tool says, or in words for the model why it says nothing."""
    tool = all_tools().get(call.name)
    if tool is None:
        names = ", ".join(all_tools())
        return ToolResult(call.id, f"There is no tool {call.name!r}. There are: {names}.", True)
    try:
        text = tool.call(call.arguments)
    except ParleyError as error:
        return ToolResult(call.id, f"{error.message} {error.hint}".strip(), True)
    except MISTAKES as error:
        log.error("%s(%s)", call.name, ", ".join(call.arguments), exc_info=error)
        return ToolResult(call.id, f"{call.name} failed and cannot answer this.", True)
    if len(text) > RESULT_LIMIT:
        text = text[:RESULT_LIMIT] + f"\n… and {len(text) - RESULT_LIMIT} more characters"
    return ToolResult(call.id, text)


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> ToolsEngine:
    return ToolsEngine()


SPEC = EngineSpec("tools", Kind.TOOL, "Tools", Options, create, read=lambda model: ())
