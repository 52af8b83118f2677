"""Stored turns as the model is told them and as the page shows them."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.controllers import attached
from app.controllers.attached import Telling
from app.controllers.shown import ShownError, ShownPicture, ShownQuestion, ShownTool, ShownTurn
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import Part, Text, ToolCall, ToolResult, Turn

RUNS_CODE = "run_python"
SEARCHES = "web_search"
TITLE_LENGTH = 48
PASSAGE = attached.PASSAGE
TAINTS = attached.KINDS | {PASSAGE}
PARAGRAPH = "\n\n"  # between the texts of a turn
VARIANT = "variant"  # fact: {id, digest, name, version}, changed where another one was before
HEARD = "heard"  # fact: so many characters of the text were spoken when the person interrupted
FIRST_SOUND, VOICE = "first_sound_seconds", "voice"  # facts of an answer that was spoken
INTERRUPTED = "You interrupted here; the model knows only what you heard."
NOTES = {
    "stopped": "Stopped by you.",
    "interrupted": "Parley was closed while this was being written.",
    "length": "Stopped at the longest answer set in Preferences.",
    "context": "The model ran out of room. Start a new conversation, or raise the context length.",
    "failed": "",
}


def for_model(
    turns: Iterable[StoredTurn],
    instructions: str = "",
    sees: bool = False,
    hears: bool = False,
    reads: bool = False,
    before: tuple[Turn, ...] = (),
) -> tuple[Turn, ...]:
    """The branch as the engine wants it: instructions first, tool rounds unfolded, no thoughts.

    before: turns between the instructions and the branch.

    Pictures and sounds stand in it by name for a model that sees or hears, else in words. With
    reads, what programs read in a picture follows it.

    Turns without words are left out and neighbours of one role are joined, because many chat
    templates refuse two turns of the person in a row.
    """
    system = [Turn("system", (Text(instructions),))] if instructions.strip() else []
    told = [turn for turn, _ in _told(turns, Telling(sees, hears, reads))]
    return (*system, *before, *told)


def first_seen(turns: Sequence[StoredTurn], dropped: int) -> int:
    """Index in turns of the first one the model saw when it was not shown the dropped oldest."""
    told = _told(turns, Telling(False, False))
    return told[dropped][1] if dropped < len(told) else max(0, len(turns) - 1)


def mark_of(turns: Sequence[StoredTurn]) -> int:
    """Index of the turn the cut mark stands above; -1 for none."""
    for turn in reversed(turns):
        if turn.role == "assistant" and turn.facts:
            dropped = turn.facts.get("dropped", 0)
            return first_seen(turns, dropped) if dropped else -1
    return -1


def _told(turns: Iterable[StoredTurn], telling: Telling) -> list[tuple[Turn, int]]:
    """Turns for the model, each with the index of the stored turn it begins with."""
    told: list[tuple[Turn, int]] = []
    for index, turn in enumerate(turns):
        for piece in _unfold(turn, telling):
            last = told[-1][0] if told else None
            if last and last.role == piece.role and piece.role in ("user", "assistant"):
                joined = Turn(piece.role, (*last.parts, Text("\n\n"), *piece.parts))
                told[-1] = (joined, told[-1][1])
            else:
                told.append((piece, index))
    return told


def _unfold(turn: StoredTurn, telling: Telling) -> Iterable[Turn]:
    """One stored answer is assistant, tool, assistant… for the model."""
    telling.begin(turn.parts)
    if found := [part for part in turn.parts if part.kind == PASSAGE]:
        yield Turn("user", (Text(attached.told_passages(found)),))
    said: list[Part] = []
    results: list[Part] = []
    for part in _heard(turn):
        if part.kind == "result":
            results.append(ToolResult(**json.loads(part.text)))
            continue
        if results:
            yield Turn(turn.role, tuple(said))
            yield Turn("tool", tuple(results))
            said, results = [], []
        if part.kind == "text" and part.text:
            said.append(Text(part.text))
        elif part.kind in attached.KINDS:
            said += telling.told(part)
        elif part.kind == "call":
            said.append(ToolCall(**json.loads(part.text)))
    answered = bool(results)
    if not answered:  # a call that was never answered would make the template fail
        said = [part for part in said if not isinstance(part, ToolCall)]
    if said:
        yield Turn(turn.role, tuple(said))
    if answered:
        yield Turn("tool", tuple(results))


def _heard(turn: StoredTurn) -> Iterable[StoredPart]:
    """The parts of a turn, its text only as far as the person let it be spoken."""
    left = heard_of(turn)
    if left < 0:
        return turn.parts
    kept: list[StoredPart] = []
    for part in turn.parts:
        if part.kind == "text" and part.text:
            heard = part.text[: max(0, left)]
            left -= len(part.text) + len(PARAGRAPH)
            if heard != part.text:
                heard = f"{heard.rstrip()}…" if heard.strip() else ""
            part = StoredPart("text", heard)
        kept.append(part)
    return kept


def heard_of(turn: StoredTurn) -> int:
    """How many characters of the text were heard before the person interrupted; -1: all."""
    heard = turn.facts.get(HEARD, -1)
    return heard if isinstance(heard, int) else -1


def talked(turn: StoredTurn) -> bool:
    """Whether the sound of these words is kept: the person spoke them."""
    return any(part.kind == "sound" for part in turn.parts)


def asked_with(
    files: Iterable[StoredPart], text: str, sounds: Iterable[StoredPart] = ()
) -> tuple[StoredPart, ...]:
    """The parts of a question: files first, because a model reads them before it is asked."""
    words = (StoredPart("text", text),) if text.strip() else ()
    return (*files, *words, *sounds)


def joined(message: str, text: str) -> str:
    """A message with more words at its end; what was sent may still stand there."""
    return text if message.strip() in ("", text.strip()) else f"{message}\n{text}"


def asked_anew(parts: Sequence[StoredPart], text: str) -> tuple[StoredPart, ...]:
    """The same question in other words, with its files and its sound."""
    files = [part for part in parts if part.kind in attached.KEPT]
    return asked_with(files, text, [part for part in parts if part.kind == "sound"])


def pretended(parts: tuple[StoredPart, ...]) -> StoredTurn:
    """A question that is not asked yet."""
    return StoredTurn(0, "", 0, None, "user", parts, "done", 0)


def as_part(event: ToolCall | ToolResult) -> StoredPart:
    if isinstance(event, ToolCall):
        fields: dict[str, Any] = {"name": event.name, "arguments": event.arguments}
        return StoredPart("call", json.dumps({"id": event.id} | fields, ensure_ascii=False))
    fields = {"id": event.id, "text": event.text, "error": event.error}
    if event.origin:
        fields["origin"] = event.origin
    return StoredPart("result", json.dumps(fields, ensure_ascii=False))


def text_of(parts: Iterable[StoredPart], kind: str = "text") -> str:
    return PARAGRAPH.join(part.text for part in parts if part.kind == kind and part.text)


def tainted(parts: Iterable[StoredPart]) -> bool:
    """Whether strangers may have written something in these parts.

    Whoever made a file wrote what stands in it, also what is only to be seen in a picture.
    """
    return any(
        part.kind in TAINTS or (part.kind == "result" and "origin" in json.loads(part.text))
        for part in parts
    )


def quotable(turns: Iterable[StoredTurn]) -> str:
    """What an address may be taken from: the person's words, and what searches found."""
    found: list[str] = []
    for turn in turns:
        if turn.role == "user":
            found.append(text_of(turn.parts))
        searches: set[str] = set()
        for part in turn.parts:
            if part.kind == "call" and (about := json.loads(part.text))["name"] == SEARCHES:
                searches.add(about["id"])
            elif part.kind == "result" and (about := json.loads(part.text))["id"] in searches:
                found.append(about["text"])
    return "\n".join(found)


def shown(
    turn: StoredTurn,
    cut: bool = False,
    files: Callable[[str], Path] = Path,
    question: ShownQuestion | None = None,
) -> ShownTurn:
    """files finds the file of an attachment; question is the one that waits for the person."""
    facts, parts, heard = turn.facts, turn.parts, heard_of(turn)
    error = facts.get("error")
    simple = len(parts) == 1 and parts[0].kind == "text"  # most are, and a branch may be long
    return ShownTurn(
        key=turn.id,
        role=turn.role,
        text=parts[0].text if simple else text_of(parts),
        thought="" if simple else text_of(parts, "thought"),
        status=turn.status,
        note=NOTES.get(turn.status, "") if heard < 0 else INTERRUPTED,
        version=turn.version,
        versions=turn.versions,
        facts=_line(facts),
        tools=() if simple else _tools(parts, files, question),
        error=ShownError(**error) if error else None,
        attachments=() if simple else attached.shown(parts, files),
        sound=not simple and any(part.kind == "sound" for part in parts),
        cut=cut,
        heard=heard,
        changed=changed_words(facts),
    )


def changed_words(facts: dict[str, Any]) -> str:
    """For a line above a turn that another variant answers than the one before."""
    about = facts.get(VARIANT)
    if not about or not about.get("changed"):
        return ""
    return f"{about.get('name') or 'Plain Parley'} answers from here on"


def _tools(
    parts: Iterable[StoredPart], files: Callable[[str], Path], question: ShownQuestion | None
) -> tuple[ShownTool, ...]:
    calls: dict[str, ShownTool] = {}
    for part in parts:
        if part.kind == PASSAGE and (one := attached.passage(part)):
            calls[f"{PASSAGE} {len(calls)}"] = ShownTool("its_own_files", one.file, one.text)
        if part.kind not in ("call", "result", "picture"):
            continue
        about = json.loads(part.text)
        key = about["id"]
        if part.kind == "call":
            arguments = about["arguments"]
            words = ", ".join(f"{name}: {value}" for name, value in arguments.items())
            asked = question if question and question.key == key else None
            code = str(arguments.get("code", "")) if about["name"] == RUNS_CODE else ""
            calls[key] = ShownTool(about["name"], words, code=code, question=asked)
        elif not (call := calls.get(key)):
            continue
        elif part.kind == "result":
            calls[key] = replace(call, result=about["text"], error=about["error"])
        else:
            size = (about["width"], about["height"], about["title"])
            picture = ShownPicture(str(files(part.attachment)), *size)
            calls[key] = replace(call, pictures=(*call.pictures, picture))
    return tuple(calls.values())


def said_on(said: int) -> str:
    """UTC milliseconds as people read a time."""
    return time.strftime("%d %B %Y, %H:%M", time.localtime(said / 1000)).lstrip("0")


def speed(facts: dict[str, Any]) -> float:
    """Tokens a second while writing; 0 when too little was written to say."""
    tokens, seconds = facts.get("output_tokens", 0), facts.get("output_seconds", 0.0)
    return tokens / seconds if tokens > 1 and seconds > 0 else 0.0


def _line(facts: dict[str, Any]) -> str:
    if not facts.get("model"):
        return ""
    words = [facts["model"]]
    if tokens := facts.get("output_tokens"):
        words.append(f"{tokens:,} token{'s' if tokens != 1 else ''}")
    if rate := speed(facts):
        words.append(f"{rate:,.0f} tok/s")
    if seconds := facts.get("seconds"):
        words.append(f"{seconds:.1f} s")
    return " · ".join(words)


WORDS = {
    "model": "Model",
    VARIANT: "Variant",
    "adapters": "Adapters",
    "hash": "File (SHA-256)",
    "runner": "Runner",
    "device": "Device",
    "heard_seconds": "Heard after (s)",
    "pictures": "Pictures seen",
    "picture_tokens": "Tokens of the pictures",
    "picture_seconds": "Looking at new ones took (s)",
    "prompt_tokens": "Tokens read",
    "cached_tokens": "of them already in memory",
    "prompt_seconds": "Reading took (s)",
    "first_token_seconds": "First word after (s)",
    FIRST_SOUND: "First sound after (s)",
    "output_tokens": "Tokens written",
    "output_seconds": "Writing took (s)",
    "seconds": "Altogether (s)",
    VOICE: "Voice",
    HEARD: "Characters heard before you interrupted",
    "seed": "Seed",
    "settings": "Settings",
    "reason": "Ended because",
    "dropped": "Turns the model did not see",
    "no tools": "Tools the model did not see",
}
REASONS = {
    "stop": "the model was done",
    "length": "the longest answer was reached",
    "context": "the context was full",
    "stopped": "you stopped it",
    "failed": "something failed",
}


def details(turn: StoredTurn) -> tuple[tuple[str, str], ...]:
    """Everything known about how a turn came to be, for people: (label, value)."""
    facts, rows = turn.facts, [("Said", said_on(turn.said))]
    for name, label in WORDS.items():
        value = facts.get(name)
        if value is None or value == "":
            continue
        if name == VARIANT:
            value = variant_words(value)
        elif isinstance(value, dict):
            value = ", ".join(f"{k} {v}" for k, v in value.items()) or "as the file recommends"
        elif isinstance(value, float):
            value = f"{value:.2f}"
        rows.append((label, REASONS.get(value, str(value)) if name == "reason" else str(value)))
    return tuple(rows)


def variant_words(about: dict[str, Any]) -> str:
    if not about.get("id"):
        return "none"
    version = f", version {about['version']}" if about.get("version") else ""
    return f"{about.get('name', '')}{version}"


def times_of(turns: Sequence[StoredTurn]) -> dict[str, Any]:
    """How long the person waited for their spoken words, for the facts of the answer to them."""
    facts = turns[-1].facts if turns else {}
    return {name: facts[name] for name in ("heard_seconds",) if name in facts}


def title_of(parts: Sequence[StoredPart]) -> str:
    """For a conversation that begins with these: of files alone, the name of one."""
    return title_from(text_of(parts) or attached.title_of(parts))


def title_from(text: str) -> str:
    """A title until there is a better one: the first words of the first question."""
    line = " ".join(text.split()).lstrip("#>*-`• ")
    if len(line) <= TITLE_LENGTH:
        return line.rstrip("?.! ") or "New conversation"
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
