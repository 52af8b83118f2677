"""Turns as the messages a chat template expects, every word behind a stand-in.

The template lays out stand-ins instead of words, so it can neither look at them nor be misled by
them; the words are put in afterwards, as words. Whoever types the name of a special token, or
writes it into a document or a tool's answer, has written some letters and nothing else.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engines.messages import Picture, Sound, Text, ToolCall, ToolResult, Turn

Message = dict[str, Any]

DIGITS = [chr(0xE000 + n) for n in range(16)]  # private use: no template or trim changes them
PAD = "\x0b"  # white space, to see whether the template trims
PAD_IN_JSON = "\\u000b"
CASES = "qQ"  # letters, to see whether the template changes them
KEY_LENGTH = 8
NUMBER_LENGTH = 4
MOST = 16**NUMBER_LENGTH
UNSEEN = "\u200b"  # put into the name of a special token, it is one no longer

HERMES = """\
You can call these tools, one JSON object for each:
<tools>
{tools}
</tools>
To call one, write its name and arguments like this and wait for the answer:
<tool_call>
{{"name": "...", "arguments": {{...}}}}
</tool_call>"""


class Mangled(Exception):
    """The template changed the stand-ins: what it would do to the words is not known."""


@dataclass(frozen=True)
class Piece:
    """Some text of a prompt: written by the template, or words that stood behind a stand-in.

    Or a picture or sound, which stood behind one too.
    """

    text: str
    words: bool
    media: Picture | Sound | None = None


class StandIns:
    """Hides words from a template and brings them back."""

    def __init__(self) -> None:
        self._key = "".join(secrets.choice(DIGITS) for _ in range(KEY_LENGTH)) + CASES
        self._words: list[str | Picture | Sound] = []
        digits = f"[{DIGITS[0]}-{DIGITS[-1]}]"
        pad = f"({PAD}|{re.escape(PAD_IN_JSON)})?"
        self._pattern = re.compile(f"{pad}{self._key}({digits}{{{NUMBER_LENGTH}}}){pad}")
        self._leftover = re.compile(rf"{digits}|{PAD}|u000b|\\u[eE]00[0-9a-fA-F]")

    def hide(self, words: str | Picture | Sound) -> str:
        if not words:
            return ""  # templates ask whether there is content
        if len(self._words) >= MOST:
            raise Mangled
        number = f"{len(self._words):0{NUMBER_LENGTH}x}"
        self._words.append(words)
        return PAD + self._key + "".join(DIGITS[int(digit, 16)] for digit in number) + PAD

    def reveal(self, rendered: str, needed: str) -> list[Piece]:
        """The rendered text in pieces. Raises Mangled; also when the needed stand-in is missing, or
        that of a picture or sound anywhere."""
        pieces, position = [], 0
        seen = False
        for match in self._pattern.finditer(rendered):
            pieces.append(self._checked(rendered[position : match.start()]))
            pieces.append(self._revealed(match))
            position = match.end()
            seen = seen or self._key + match[2] in needed
        pieces.append(self._checked(rendered[position:]))
        shown = sum(piece.media is not None for piece in pieces)
        if needed and not seen or shown != sum(not isinstance(w, str) for w in self._words):
            raise Mangled
        return [piece for piece in pieces if piece.text or piece.media]

    def _checked(self, text: str) -> Piece:
        if self._leftover.search(text) or text.endswith("\\"):
            raise Mangled
        return Piece(text, words=False)

    def _revealed(self, match: re.Match[str]) -> Piece:
        before, number, after = match.groups()
        words = self._words[int("".join(f"{DIGITS.index(d):x}" for d in number), 16)]
        if not isinstance(words, str):
            return Piece("", words=True, media=words)
        if PAD_IN_JSON in (before, after):
            return Piece(json.dumps(words, ensure_ascii=False)[1:-1], words=True)
        if before is None:
            words = words.lstrip()
        return Piece(words.rstrip() if after is None else words, words=True)


Hide = Callable[[str], str]
Show = Callable[[Picture | Sound], str]  # hides a picture or sound


def messages(
    turns: Sequence[Turn], hide: Hide, show: Show, guard: Hide, spelled: bool
) -> list[Message]:
    """The turns as OpenAI messages. hide is for words, guard for text inside a call.

    spelled: the arguments of a call are a text of JSON, as OpenAI's own messages have it.
    """
    found: list[Message] = []
    names: dict[str, str] = {}
    for turn in turns:
        for role, parts in by_role(turn):
            texts = "".join(hidden(part, hide, show) for part in parts)
            message: Message = {"role": role, "content": texts}
            if said := [part for part in parts if isinstance(part, ToolCall)]:
                names |= {call.id: call.name for call in said}
                message["tool_calls"] = [spell(call, guard, spelled) for call in said]
            for result in parts:
                if isinstance(result, ToolResult):
                    message["content"] += hide(tamed(result.text))
                    message["tool_call_id"] = identify(result.id)
                    message["name"] = guard(names.get(result.id, ""))
            found.append(message)
    return found


def hidden(part: Any, hide: Hide, show: Show) -> str:
    if isinstance(part, Picture | Sound):
        return show(part)
    return hide(part.text) if isinstance(part, Text) else ""


def hermes(turns: Sequence[Turn], tools: Sequence[Any], hide: Hide, show: Show) -> list[Message]:
    """The same for a template that knows nothing of tools: calls and results become text."""
    found: list[Message] = []
    for turn in turns:
        for role, parts in by_role(turn):
            told = [
                show(part) if isinstance(part, Picture | Sound) else hide(told_as_text(part))
                for part in parts
            ]
            role = "user" if role == "tool" else role
            if found and found[-1]["role"] == role == "user":
                found[-1]["content"] += "\n" + "".join(told)
            else:
                found.append({"role": role, "content": "".join(told)})
    if tools:
        listed = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
        words = hide(HERMES.format(tools=listed))
        if found and found[0]["role"] == "system":
            found[0]["content"] += "\n\n" + words
        else:
            found.insert(0, {"role": "system", "content": words})
    return found


def without_system(found: Sequence[Message]) -> list[Message]:
    """For templates that refuse a system turn or two turns of one role in a row."""
    merged: list[Message] = []
    instructions = "\n\n".join(m["content"] for m in found if m["role"] == "system")
    for message in found:
        if message["role"] == "system":
            continue
        before = merged[-1] if merged else {}
        plain = message["role"] == before.get("role") and "tool_calls" not in {*before, *message}
        if plain and message["role"] != "tool":
            merged[-1] = {**before, "content": before["content"] + "\n\n" + message["content"]}
        else:
            merged.append(dict(message))
    if instructions:
        first = next((m for m in merged if m["role"] == "user"), None)
        if first is None:
            merged.insert(0, {"role": "user", "content": instructions})
        else:
            first["content"] = instructions + "\n\n" + first["content"]
    return merged


def by_role(turn: Turn) -> Iterator[tuple[str, list[Any]]]:
    """An answer with rounds of tools is one turn to a person and several to a template."""
    if turn.role not in ("assistant", "tool"):
        yield "system" if turn.role == "system" else "user", list(turn.parts)
        return
    said: list[Any] = []
    for part in turn.parts:
        if isinstance(part, ToolResult):
            if said:
                yield "assistant", said
            said = []
            yield "tool", [part]
        else:
            said.append(part)
    if said:
        yield turn.role, said


def spell(call: ToolCall, guard: Hide, spelled: bool) -> dict[str, Any]:
    if spelled:
        arguments: Any = guard(json.dumps(call.arguments, ensure_ascii=False))
    else:
        arguments = guarded(call.arguments, guard)
    function = {"name": guard(call.name), "arguments": arguments}
    return {"id": identify(call.id), "type": "function", "function": function}


def describe(tools: Sequence[dict[str, Any]], guard: Hide) -> list[dict[str, Any]]:
    """Tools as templates know them from OpenAI."""
    return [{"type": "function", "function": guarded(tool, guard)} for tool in tools]


def guarded(value: Any, guard: Hide) -> Any:
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, dict):
        return {guard(str(name)): guarded(one, guard) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [guarded(one, guard) for one in value]
    return value


def told_as_text(part: Any) -> str:
    if isinstance(part, ToolCall):
        call = json.dumps({"name": part.name, "arguments": part.arguments}, ensure_ascii=False)
        return f"<tool_call>\n{call}\n</tool_call>"
    if isinstance(part, ToolResult):
        return f"<tool_response>\n{tamed(part.text)}\n</tool_response>"
    return part.text


def tamed(result: str) -> str:
    """A tool's answer must not look as if it had ended and the person spoke again."""
    return result.replace("</tool_response", f"</{UNSEEN}tool_response")


def identify(name: str) -> str:
    """Letters and digits, nine of them: what Mistral's templates ask of a call's name."""
    plain = "".join(c for c in name if c.isascii() and c.isalnum())
    return (plain + "0" * 9)[:9]
