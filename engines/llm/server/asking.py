"""A conversation as OpenAI's protocol has it.

Source of the form: https://platform.openai.com/docs/api-reference/chat
"""

import json
from collections.abc import Iterator
from typing import Any

from engines.llm.enclosing import Enclosures, media_of
from engines.messages import Chat, Picture, Sound, Text, ToolCall, ToolResult, Turn, plain

SAMPLED = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")


def told(turns: tuple[Turn, ...]) -> str:
    """What leaves, for the log."""
    shown = {part.hash: part for turn in turns for part in media_of(turn)}.values()
    pictures = sum(isinstance(part, Picture) for part in shown)
    counts = (len(turns), "turn"), (pictures, "picture"), (len(shown) - pictures, "sound")
    return ", ".join(f"{count} {noun}{'s' * (count != 1)}" for count, noun in counts if count)


def body_of(chat: Chat, model: str, enclosures: Enclosures) -> dict[str, Any]:
    """The request as the protocol has it; what nobody chose is left to the server."""
    body: dict[str, Any] = {"model": model, "stream": True, "max_tokens": chat.max_tokens}
    body["stream_options"] = {"include_usage": True}
    body["messages"] = [m for turn in chat.turns for m in messages_of(turn, enclosures)]
    if chat.tools:
        body["tools"] = [{"type": "function", "function": tool} for tool in chat.tools]
    if chat.stop:
        body["stop"] = list(chat.stop)
    if chat.json_schema:
        schema = {"name": "answer", "schema": json.loads(chat.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if chat.think is not None:
        body["chat_template_kwargs"] = {"enable_thinking": chat.think}
    for name in SAMPLED:
        if (value := getattr(chat.sampling, name)) is not None:
            body[name] = value
    return body


def messages_of(turn: Turn, enclosures: Enclosures) -> Iterator[dict[str, Any]]:
    """One turn is one message, but for tool results: each of those is its own."""
    if turn.role == "tool":
        for part in turn.parts:
            if isinstance(part, ToolResult):
                yield {"role": "tool", "tool_call_id": part.id, "content": part.text}
        return
    message: dict[str, Any] = {"role": turn.role, "content": content_of(turn, enclosures)}
    if calls := [part for part in turn.parts if isinstance(part, ToolCall)]:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
            }
            for call in calls
        ]
    yield message


def content_of(turn: Turn, enclosures: Enclosures) -> str | list[dict[str, Any]]:
    """Words alone are a text, as every server knows it."""
    if not media_of(turn):
        return plain(turn)
    content: list[dict[str, Any]] = []
    for part in turn.parts:
        if isinstance(part, Text):
            content.append({"type": "text", "text": part.text})
        elif isinstance(part, Picture | Sound):
            content.append(enclosures.part(part.hash))
    return content
