"""Words of programs that are not ours, made safe to show and to hand to a model."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

MOST_TOOLS = 64  # of one program
LONGEST_NAME = 128
LONGEST_ABOUT = 1000  # characters of a description
LONGEST_WORD = 300  # characters of any other text in a schema
LARGEST_SCHEMA = 16_000  # bytes of JSON
LARGEST_LIST = 128_000  # of all tools of one program; no model reads more
DEEPEST, MOST = 12, 200  # levels of a schema, entries of each

# Colours, cursor movements, titles and links of terminals (ECMA-48)
TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*."
)
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters that show nothing
SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # shapes of letters: room for hidden bytes
UNSEEN = ("Cc", "Cf", "Cs", "Cn")  # controls, zero widths and directions, halves, unassigned
NOISE = {"$schema", "$id", "$comment", "title", "examples", "deprecated", "readOnly", "writeOnly"}


class Seen(dict[int, "str | None"]):
    """A table for str.translate that looks each character up once."""

    def __missing__(self, code: int) -> str | None:
        self[code] = found = self._kept(code)
        return found

    @staticmethod
    def _kept(code: int) -> str | None:
        letter = chr(code)
        if letter in "\n\t":
            return letter
        if letter in "\r\u2028\u2029\x85\x0b\x0c":
            return "\n"
        hidden = letter in BLANKS or any(low <= code <= high for low, high in SELECTORS)
        return None if hidden or unicodedata.category(letter) in UNSEEN else letter


SEEN = Seen()


def clean(text: str, longest: int) -> str:
    """Only what a reader sees: no terminal codes, zero widths, directions or controls."""
    text = TERMINAL.sub("", text[: 4 * longest].replace("\r\n", "\n")).translate(SEEN).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def hides(text: str) -> bool:
    """Whether there is something in a text that a reader does not see."""
    return text.translate(SEEN) != text


def checked(found: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Tools as a model may be told of them: name, description, parameters; odd ones left out."""
    tools: dict[str, dict[str, Any]] = {}
    size = 0
    for one in found:
        name = one.get("name") if isinstance(one, Mapping) else None
        if not isinstance(name, str) or not is_name(name) or name in tools:
            continue
        about = one.get("description")
        made = {
            "name": name,
            "description": clean(about, LONGEST_ABOUT) if isinstance(about, str) else "",
            "parameters": parameters(one.get("parameters")),
        }
        size += len(msgspec.json.encode(made))
        if len(tools) == MOST_TOOLS or size > LARGEST_LIST:
            break
        tools[name] = made
    return tuple(tools.values())


def is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and clean(name, LONGEST_NAME) == name and "\n" not in name


def parameters(schema: Any) -> dict[str, Any]:
    """The schema of an object, bounded in every direction."""
    if not isinstance(schema, Mapping):
        return {"type": "object", "properties": {}}
    for longest in (LONGEST_WORD, 0):  # a schema that is too large first loses its words
        made = pruned(schema, longest)
        if isinstance(made, dict) and len(msgspec.json.encode(made)) <= LARGEST_SCHEMA:
            return made | {"type": "object"}
    return {"type": "object"}


def pruned(value: Any, longest: int, depth: int = 0, names: bool = False) -> Any:
    """A schema without what hides or has no end; names: the keys are names of the program's."""
    if depth > DEEPEST:
        return True  # any value will do
    if isinstance(value, Mapping):
        kept = {}
        for key, inner in list(value.items())[:MOST]:
            if not isinstance(key, str) or not (names or key not in NOISE):
                continue
            if key == "description" and not names and not (longest and isinstance(inner, str)):
                continue
            below = key in ("properties", "$defs", "definitions") and not names
            kept[clean(key, LONGEST_NAME)] = pruned(inner, longest, depth + 1, below)
        return kept
    if isinstance(value, list | tuple):
        return [pruned(one, longest, depth + 1) for one in list(value)[:MOST]]
    if isinstance(value, str):
        return clean(value, LONGEST_WORD)
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return float(value) if abs(value) < 1 << 1000 else 0
    return value if isinstance(value, bool | int | float) or value is None else None


def digest(tool: Mapping[str, Any]) -> str:
    """Of every word of a tool: it changes when any of them does."""
    return sha256(msgspec.json.encode(tool, order="deterministic")).hexdigest()


def without(text: str, secrets: Iterable[str]) -> str:
    """A text in which values that nobody shall read are blotted out."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:
            text = text.replace(secret, "•••")
    return text
