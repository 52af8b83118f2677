"""Chat with a model on a server the person runs, by OpenAI's chat completions protocol.

llama-server, Ollama, LM Studio, vLLM and others speak it. Source of the form of messages, tools
and the stream: https://platform.openai.com/docs/api-reference/chat
"""

import json
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.errors import ParleyError
from engines.llm.enclosing import Enclosures, media_of, refuses_media
from engines.llm.llama.calls import new_id
from engines.messages import (
    Chat,
    Done,
    Event,
    Listen,
    Loaded,
    Look,
    Picture,
    Prefill,
    Request,
    Sent,
    Sound,
    Text,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    Turn,
    Unseen,
    Usage,
    plain,
)
from engines.options import option
from engines.protocol import EngineSpec, Kind

CONNECT = 5.0  # seconds
SILENCE = 300.0  # seconds without a byte: a long prompt on a slow machine is silent for so long
LONGEST = 32 << 20  # bytes of one answer; more is not an answer
LONGEST_CALL = 1 << 20  # characters of the arguments of one call
MOST_CALLS = 32
CHECK = "Check the address under File > Use a server."
REASONS = {"stop": "stop", "length": "length", "tool_calls": "tools", "function_call": "tools"}
SAMPLED = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")


@dataclass(frozen=True)
class Options:
    address: str = option("", "Address", "For instance http://127.0.0.1:8080/v1", shape="line")
    model: str = option("", "Model", "Empty: the first one the server offers.", shape="line")
    key: str = option("", "Key", "Only if the server asks for one.", shape="secret")
    sees: bool = option(True, "The model sees pictures", "Off for one that only reads.")
    hears: bool = option(False, "The model hears sounds")


@dataclass
class Said:
    """What one answer consists of while it streams in."""

    reason: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    calls: dict[int, dict[str, str]] = field(default_factory=dict)  # place -> name, arguments
    deltas: int = 0
    first: float = 0.0
    received: int = 0


class Server:
    """One address; every exchange with it raises ParleyError in words."""

    def __init__(self, options: Options) -> None:
        import httpx2

        self._library = httpx2
        headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
        try:
            self.url = httpx2.URL(options.address.rstrip("/") + "/")
        except httpx2.InvalidURL as error:
            raise ParleyError("This is not an address.", CHECK, str(error)) from error
        if self.url.scheme not in ("http", "https") or not self.url.host:
            raise ParleyError("A server's address begins with http:// or https://.", CHECK)
        timeout = httpx2.Timeout(SILENCE, connect=CONNECT)
        # never a proxy or a key from the environment, never on to another address
        self._client = httpx2.Client(
            base_url=self.url, headers=headers, timeout=timeout, trust_env=False
        )

    @property
    def where(self) -> str:
        host = f"[{self.url.host}]" if ":" in self.url.host else self.url.host
        return f"{host}:{self.url.port}" if self.url.port else host

    def models(self) -> list[str]:
        """Names of what the server offers; none where it does not say."""
        with self._words():
            answer = self._client.get("models", timeout=CONNECT * 2)
            if answer.status_code == 404:
                return []
            self._check(answer)
            listed = answer.json().get("data", [])
        return [str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one]

    def stream(self, body: bytes) -> Iterator[tuple[dict[str, Any], int]]:
        """Each event of a streamed answer, and the bytes it took."""
        headers = {"Content-Type": "application/json"}
        with (
            self._words(),
            self._client.stream(
                "POST", "chat/completions", content=body, headers=headers
            ) as answer,
        ):
            if answer.status_code != 200:
                answer.read()
                self._check(answer)
            for line in answer.iter_lines():
                if not line.startswith("data:"):
                    continue
                data = line[5:].strip()
                if data == "[DONE]":
                    yield {"choices": [{"finish_reason": "stop"}]}, len(line)
                    return
                yield json.loads(data), len(line)

    def close(self) -> None:
        self._client.close()

    def _check(self, answer: Any) -> None:
        if answer.status_code == 200:
            return
        try:
            error = answer.json().get("error", {})
            said = error.get("message", "") if isinstance(error, dict) else str(error)
        except (ValueError, AttributeError):
            said = answer.text[:200]
        words = {
            401: ("The server refuses the key.", "Enter another one under File > Use a server."),
            403: ("The server refuses the key.", "Enter another one under File > Use a server."),
            404: ("The server does not know this model or address.", CHECK),
            429: ("The server has too much to do.", "Wait a little and try again."),
        }
        if refuses_media(answer.status_code, said):
            words[answer.status_code] = (
                "The server's model does not take pictures or sounds.",
                "Choose another model there, or switch its eyes off under File > Use a server.",
            )
        usual = (
            f"The server refused: {said[:200]}" if said else "The server failed.",
            "Try again.",
        )
        message, hint = words.get(answer.status_code, usual)
        raise ParleyError(message, hint, f"{answer.status_code} {said}"[:2000])

    def _words(self) -> "InWords":
        return InWords(self._library, self.where)


class InWords:
    """Turns what the library raises into words for the person."""

    def __init__(self, library: Any, where: str) -> None:
        self._library, self._where = library, where

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, _trace: Any) -> None:
        if error is None or isinstance(error, ParleyError | GeneratorExit):
            return
        where, detail = self._where, f"{type(error).__name__}: {error}"
        if isinstance(error, self._library.ConnectError | self._library.ConnectTimeout):
            words, hint = f"The server at {where} does not answer.", "Is it running?"
            raise ParleyError(words, hint, detail) from error
        if isinstance(error, self._library.TimeoutException):
            raise ParleyError(
                f"The server at {where} fell silent.", "Try again.", detail
            ) from error
        if isinstance(error, self._library.HTTPError | self._library.StreamError):
            words = f"The connection to the server at {where} broke."
            raise ParleyError(words, "Try again.", detail) from error
        if isinstance(error, ValueError | TypeError | KeyError | AttributeError):
            words = f"The server at {where} sent something that could not be read."
            raise ParleyError(words, CHECK, detail) from error


class OpenAIEngine:
    def __init__(self, server: Server, model: str, sees: bool, hears: bool) -> None:
        self._server, self._model = server, model
        self._sees, self._hears = sees, hears
        self._enclosures = Enclosures()

    def loaded(self) -> Loaded:
        where = self._server.where
        return Loaded(
            name=self._model,
            runner=f"the server at {where}",
            device=where,
            sees=self._sees,
            hears=self._hears,
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        match request:
            case Chat():
                return (yield from self._answer(request))
            case Prefill():  # the server keeps its own cache
                return None
            case Look() if self._sees:
                yield self._enclosures.take(request)
                return None
            case Listen() if self._hears:
                yield self._enclosures.take(request)
                return None
            case _:
                raise ParleyError("The server cannot do that.", "Ask it something.")

    def close(self) -> None:
        self._server.close()

    def _answer(self, chat: Chat) -> Generator[Event, None, Done]:
        if unseen := self._enclosures.missing(chat.turns):
            yield Unseen(unseen)
            return Done("unseen")
        body = json.dumps(body_of(chat, self._model, self._enclosures), ensure_ascii=False).encode()
        what = f"POST {self._server.url.path}chat/completions: {told(chat.turns)}"
        began, said = time.monotonic(), Said()
        yield Sent(self._server.where, what, len(body), 0)
        for event, size in self._server.stream(body):
            said.received += size
            if said.received > LONGEST:
                raise ParleyError("The server's answer has no end.", "Try again.")
            yield from read(event, said)
        if not said.reason:
            words = f"The connection to the server at {self._server.where} broke."
            raise ParleyError(words, "Try again.", "the stream ended before the answer did")
        yield from whole_calls(said)
        return Done("tools" if said.calls else said.reason, usage_of(said, began))


def read(event: dict[str, Any], said: Said) -> Iterator[Event]:
    """The events of one piece of the stream; a piece of a call is kept until it is whole."""
    if isinstance(error := event.get("error"), dict):
        raise ParleyError(f"The server failed: {str(error.get('message'))[:200]}", "Try again.")
    said.usage = event.get("usage") or said.usage
    for choice in event.get("choices") or ():
        if reason := choice.get("finish_reason"):
            said.reason = said.reason or REASONS.get(reason, "stop")
        delta = choice.get("delta") or {}
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        text = delta.get("content")
        if thought or text:
            said.first = said.first or time.monotonic()
            said.deltas += 1
        if thought:
            yield ThoughtDelta(str(thought))
        if text:
            yield TextDelta(str(text))
        for piece in delta.get("tool_calls") or ():
            collect(piece, said)


def collect(piece: dict[str, Any], said: Said) -> None:
    place = piece.get("index", len(said.calls))
    if place not in said.calls and len(said.calls) >= MOST_CALLS:
        raise ParleyError("The server's model calls too many tools at once.", "Try again.")
    call = said.calls.setdefault(place, {"name": "", "arguments": ""})
    function = piece.get("function") or {}
    call["name"] = call["name"] or str(function.get("name") or "")
    call["arguments"] += str(function.get("arguments") or "")
    if len(call["arguments"]) > LONGEST_CALL:
        raise ParleyError("The server's model calls a tool with too much.", "Try again.")


def whole_calls(said: Said) -> Iterator[Event]:
    """Calls whose arguments are JSON; another one is shown as the text it is."""
    for place, call in sorted(said.calls.items()):
        try:
            arguments = json.loads(call["arguments"] or "{}")
        except ValueError:
            arguments = None
        if isinstance(arguments, dict) and call["name"]:
            yield ToolCall(new_id(), call["name"], arguments)  # some servers count anew each time
        else:
            del said.calls[place]
            yield TextDelta(f"{call['name']} {call['arguments']}")


def usage_of(said: Said, began: float) -> Usage:
    now = time.monotonic()
    first = said.first or now
    details = said.usage.get("prompt_tokens_details") or {}
    return Usage(
        prompt_tokens=int(said.usage.get("prompt_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
        output_tokens=int(said.usage.get("completion_tokens") or said.deltas),
        prompt_seconds=first - began,
        output_seconds=now - first,
    )


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


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> OpenAIEngine:
    server = Server(options)
    offered = server.models()
    chosen = options.model or next(iter(offered), "")
    if not chosen:
        server.close()
        raise ParleyError("The server offers no model.", "Load one there, then try again.")
    if offered and chosen not in offered:
        server.close()
        names = ", ".join(offered[:8])
        raise ParleyError(f"The server has no model {chosen!r}.", f"It has: {names}.")
    return OpenAIEngine(server, chosen, options.sees, options.hears)


SPEC = EngineSpec(
    "openai",
    Kind.LLM,
    "A server of yours",
    Options,
    create,
    imports=("httpx2", "PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin"),
    read=lambda model: (),
    network=True,
)
