"""What a server streams, as events: text, thoughts and whole calls of tools."""

import json
import time
from collections.abc import Collection, Iterator
from typing import Any

from engines.errors import ParleyError
from engines.llm.llama.calls import new_id
from engines.llm.llama.reply import Reply
from engines.messages import Event, TextDelta, ThoughtDelta, ToolCall, Usage

LONGEST_CALL = 1 << 20  # characters of the arguments of one call
MOST_CALLS = 32
REASONS = {"stop": "stop", "length": "length", "tool_calls": "tools", "function_call": "tools"}


class Hearing:
    """One answer while it streams in. take() its pieces, then finish().

    A server may leave thoughts and calls in the text as the model wrote them: they are found
    there as in the words of a model from here.
    """

    def __init__(self, tools: Collection[str]) -> None:
        self.reason = ""
        self._reply = Reply(tools=tools)
        self._usage: dict[str, Any] = {}
        self._calls: dict[int, dict[str, str]] = {}  # place -> name, arguments
        self._began, self._first = time.monotonic(), 0.0
        self._deltas = 0

    @property
    def called(self) -> bool:
        return bool(self._calls or self._reply.calls)

    def take(self, event: dict[str, Any]) -> Iterator[Event]:
        """The events of one piece; a piece of a call is kept until it is whole."""
        if error := event.get("error"):
            said = error.get("message") if isinstance(error, dict) else error
            raise ParleyError(f"The server failed: {str(said)[:200]}", "Try again.")
        self._usage = event.get("usage") or self._usage
        for choice in event.get("choices") or ():
            if reason := choice.get("finish_reason"):
                self.reason = self.reason or REASONS.get(reason, "stop")
            delta = choice.get("delta") or choice.get("message") or {}
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            text = delta.get("content")
            if thought or text:
                self._first = self._first or time.monotonic()
                self._deltas += 1
            if thought:
                yield ThoughtDelta(str(thought))
            if text:
                yield from self._reply.take(str(text).encode("utf-8", "replace"))
            for piece in delta.get("tool_calls") or ():
                self._collect(piece)

    def _collect(self, piece: dict[str, Any]) -> None:
        place = piece.get("index", len(self._calls))
        if place not in self._calls and len(self._calls) >= MOST_CALLS:
            raise ParleyError("The server's model calls too many tools at once.", "Try again.")
        call = self._calls.setdefault(place, {"name": "", "arguments": ""})
        function = piece.get("function") or {}
        call["name"] = call["name"] or str(function.get("name") or "")
        written = function.get("arguments") or ""
        call["arguments"] += written if isinstance(written, str) else json.dumps(written)
        if len(call["arguments"]) > LONGEST_CALL:
            raise ParleyError("The server's model calls a tool with too much.", "Try again.")

    def half(self) -> Iterator[Event]:
        """What was held back of an answer that goes no further."""
        yield from self._reply.finish()

    def finish(self) -> Iterator[Event]:
        """Also the calls whose arguments are JSON; another one is shown as the text it is."""
        yield from self._reply.finish()
        for place, call in sorted(self._calls.items()):
            try:
                arguments = json.loads(call["arguments"] or "{}")
            except ValueError:
                arguments = None
            if isinstance(arguments, dict) and call["name"]:  # some servers count anew each time
                yield ToolCall(new_id(), call["name"], arguments)
            else:
                del self._calls[place]
                yield TextDelta(f"{call['name']} {call['arguments']}")

    def usage(self) -> Usage:
        now = time.monotonic()
        first = self._first or now
        details = self._usage.get("prompt_tokens_details") or {}
        return Usage(
            prompt_tokens=int(self._usage.get("prompt_tokens") or 0),
            cached_tokens=int(details.get("cached_tokens") or 0),
            output_tokens=int(self._usage.get("completion_tokens") or self._deltas),
            prompt_seconds=first - self._began,
            output_seconds=now - first,
        )
