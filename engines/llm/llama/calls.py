"""Finds tool calls in what a model writes, in the forms that models are trained on.

Each reader gets what follows its opening mark and says whether it is a call, may become one when
more text comes, or is none. Nothing but complete and well-formed calls ever leaves here.
"""

import json
import re
import secrets
import string
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engines.messages import ToolCall

CLOSE = "</tool_call>"
ID_LETTERS = string.ascii_letters + string.digits
ID_LENGTH = 9  # Mistral's templates accept no other
LONGEST = 1 << 20  # characters of one call
TAIL = 8  # characters at the end that may be half a word of JSON; wrong before that is wrong

FUNCTION = re.compile(r"\s*<function=([^>\s]+)>(.*)</function>\s*", re.DOTALL)
PARAMETER = re.compile(r"\s*<parameter=([^>\s]+)>\n?(.*?)\n?</parameter>\s*", re.DOTALL)
NAMED = re.compile(r"\s*([\w.-]+)\s*(?:\[CALL_ID\]\s*\w*\s*)?\[ARGS\]\s*(?=\{)")
NAMED_SO_FAR = re.compile(r"\s*[\w.-]*\s*(\[[A-Z_]*\]?\s*\w*\s*)*")
BARE = re.compile(r'\{\s*"(?:name|type|function|parameters|arguments)"\s*:')
BARE_SO_FAR = re.compile(r'\{\s*(?:"[a-z]{0,10}(?:"\s*)?)?')
ADDRESSED = re.compile(r"([\w.-]+)[^{]*<\|message\|>\s*(?=\{)", re.DOTALL)
INSIDE = (CLOSE, "[ARGS]", "[CALL_ID]", "<|constrain|>", "<|message|>")  # marks within a call
SEPARATORS = " \t\r\n;,"


class Unfinished(Exception):
    """More text may make it a call."""


class NoCall(Exception):
    """Whatever follows, this is not a call."""


@dataclass(frozen=True)
class Found:
    calls: tuple[ToolCall, ...]
    length: int  # characters of the text they took


Reader = Callable[[str, bool], Found]  # (text after the opening mark, is this all of it)


def read_hermes(text: str, over: bool) -> Found:
    """{"name": …, "arguments": {…}}</tool_call>, or Qwen's <function=…> form instead of JSON."""
    start = len(text) - len(text.lstrip())
    if text[start:].startswith("<"):
        return read_function(text, over)
    value, end = read_json(text, start)
    rest = text[end:].lstrip()
    if rest.startswith(CLOSE):
        return Found((call_of(value),), text.index(CLOSE, end) + len(CLOSE))
    if over and not rest:  # some models end without closing
        return Found((call_of(value),), len(text))
    if CLOSE.startswith(rest):
        raise Unfinished
    raise NoCall


def read_function(text: str, over: bool) -> Found:
    if not "<function=".startswith(text.lstrip()[:10]):
        raise NoCall
    end = text.find(CLOSE)
    if end < 0 and not over:
        raise Unfinished
    body = text[:end] if end >= 0 else text
    found = FUNCTION.fullmatch(body)
    if not found or PARAMETER.sub("", found[2]).strip():
        raise NoCall
    arguments = {name: loose(value) for name, value in PARAMETER.findall(found[2])}
    call = ToolCall(new_id(), found[1], arguments)
    return Found((call,), end + len(CLOSE) if end >= 0 else len(text))


def read_mistral(text: str, over: bool) -> Found:
    """[{"name": …, "arguments": {…}}, …], or name[ARGS]{…}."""
    if text.lstrip()[:1] in ("[", "{"):
        value, end = read_json(text, len(text) - len(text.lstrip()))
        listed = value if isinstance(value, list) else [value]
        if not listed:
            raise NoCall
        return Found(tuple(map(call_of, listed)), end)
    if not (named := NAMED.match(text)):
        if over or not NAMED_SO_FAR.fullmatch(text):
            raise NoCall
        raise Unfinished
    value, end = read_json(text, named.end())
    return Found((call_of({"name": named[1], "arguments": value}),), end)


def read_python_tag(text: str, over: bool) -> Found:
    """Llama 3: {"name": …, "parameters": {…}}, several with semicolons between."""
    calls, position = [], 0
    while True:
        rest = text[position:].lstrip(SEPARATORS)
        position = len(text) - len(rest)
        if not rest and calls and over:
            return Found(tuple(calls), len(text))
        if calls and rest and not rest.startswith("{"):
            return Found(tuple(calls), position)
        value, position = read_json(text, position)
        calls.append(call_of(value))


def read_addressed(text: str, over: bool) -> Found:
    """gpt-oss: name <|constrain|>json<|message|>{…}, closed by the end of the answer."""
    if not (found := ADDRESSED.match(text)):
        raise NoCall if over else Unfinished
    value, end = read_json(text, found.end())
    return Found((call_of({"name": found[1], "arguments": value}),), end)


READERS: dict[str, Reader] = {
    "<tool_call>": read_hermes,
    "[TOOL_CALLS]": read_mistral,
    "<|python_tag|>": read_python_tag,
    "<|channel|>commentary to=functions.": read_addressed,
}


def may_be_bare(text: str) -> bool:
    """Could an answer that begins like this be a call without any mark, as Llama 3 writes it?"""
    return bool(BARE.match(text) or BARE_SO_FAR.fullmatch(text))


def read_bare(text: str, over: bool, names: Collection[str]) -> Found:
    """A call that is nothing but JSON counts only when it names a tool there is."""
    if not may_be_bare(text):
        raise NoCall
    value, end = read_json(text, 0)
    call = call_of(value)
    if call.name not in names:
        raise NoCall
    return Found((call,), end)


def read_json(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins here, and where it ends."""
    if start >= len(text):
        raise Unfinished
    if text[start] not in "{[" or len(text) > LONGEST:
        raise NoCall
    try:
        return DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        inside = error.msg.startswith("Unterminated string")
        if error.pos < len(text) - TAIL and not inside:
            raise NoCall from error
        raise Unfinished from error
    except (ValueError, RecursionError) as error:
        raise NoCall from error


def no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_constant=no_number, strict=False)  # a line break may stand bare


def call_of(value: Any) -> ToolCall:
    """The call a JSON object stands for; raises NoCall."""
    if not isinstance(value, dict):
        raise NoCall
    inner = value["function"] if isinstance(value.get("function"), dict) else value
    name = inner.get("name") or (value.get("function") if inner is value else None)
    arguments = inner.get("arguments", inner.get("parameters"))
    if isinstance(arguments, str):
        try:
            arguments = DECODER.decode(arguments)
        except (ValueError, RecursionError) as error:
            raise NoCall from error
    if not isinstance(name, str) or not name or not isinstance(arguments, dict):
        raise NoCall
    return ToolCall(new_id(), name, arguments)


def loose(value: str) -> Any:
    """A parameter written as text: JSON where it is JSON."""
    try:
        return DECODER.decode(value)
    except (ValueError, RecursionError):
        return value


def new_id() -> str:
    return "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
