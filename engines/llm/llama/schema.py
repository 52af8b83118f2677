"""JSON schemas as GBNF grammars."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engines.llm.llama.calls import CLOSE

DEEPEST = 32  # levels of a schema; deeper ones take any value
MOST_TIMES = 500  # repetitions spelled out in a grammar; the library refuses many more
MOST_RULES = 5000

# A space, or a line break with its indent, so that a model cannot run away in white space.
COMMON = {
    "ws": r'( " "? | "\r"? "\n" [ \t]{0,20} )',
    "value": "object | array | string | number | boolean | null",
    "object": '"{" ws ( string ws ":" ws value ( ws "," ws string ws ":" ws value )* ws )? "}"',
    "array": '"[" ws ( value ( ws "," ws value )* ws )? "]"',
    "string": r'"\"" char* "\""',
    "char": r'[^"\\\x00-\x1f\x7f] | "\\" ( ["\\/bfnrt] | "u" [0-9a-fA-F]{4} )',
    "integer": '"-"? ( "0" | [1-9] [0-9]{0,17} )',
    "number": 'integer ( "." [0-9]{1,17} )? ( [eE] [-+]? [0-9]{1,3} )?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "date": r'"\"" [0-9]{4} "-" [0-1] [0-9] "-" [0-3] [0-9] "\""',
}


class Unwritable(ValueError):
    """The schema cannot become a grammar."""


def from_schema(schema: Any) -> str:
    """A grammar whose texts are JSON of this schema. Raises Unwritable."""
    rules = Rules(schema)
    return rules.grammar(rules.of(schema))


def from_tools(tools: Sequence[Mapping[str, Any]]) -> str:
    """What may follow <tool_call>: one call of one of these tools, closed, then anything."""
    rules, choices = Rules({}), []
    for tool in tools:
        own = Rules(tool.get("parameters"), rules)
        arguments = own.of(tool.get("parameters") or {"type": "object"}, needed="object")
        pair = f'{literal(json.dumps("name"))} ws ":" ws {literal(json.dumps(tool["name"]))}'
        given = f'{literal(json.dumps("arguments"))} ws ":" ws {arguments}'
        choices.append(rules.add(f'"{{" ws {pair} ws "," ws {given} ws "}}"'))
    anything = r"[^\x00]*"
    return rules.grammar(f"ws ( {' | '.join(choices)} ) ws {literal(CLOSE)} {anything}")


class Rules:
    """The rules written so far; schemas of several documents may share them."""

    def __init__(self, document: Any, others: "Rules | None" = None) -> None:
        self._document = document
        self._lines: dict[str, str] = others._lines if others else {}
        self._references: dict[str, str] = {}

    def grammar(self, root: str) -> str:
        lines = {"root": root, **COMMON, **self._lines}
        return "\n".join(f"{name} ::= {line}" for name, line in lines.items()) + "\n"

    def add(self, line: str) -> str:
        if len(self._lines) >= MOST_RULES:
            raise Unwritable("the schema is too large")
        name = f"r{len(self._lines)}"
        self._lines[name] = line
        return name

    def of(self, schema: Any, depth: int = 0, needed: str = "value") -> str:
        """The name of a rule for this schema; needed is the rule for a schema that says nothing."""
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            return needed
        if isinstance(reference := schema.get("$ref"), str):
            return self._refer(reference, depth)
        if "const" in schema:
            return self.add(constant(schema["const"]))
        if isinstance(values := schema.get("enum"), list) and values:
            return self.add(" | ".join(map(constant, values)))
        for several in ("anyOf", "oneOf"):
            if isinstance(choices := schema.get(several), list) and choices:
                return self.add(" | ".join(self.of(one, depth + 1) for one in choices))
        if isinstance(schema.get("allOf"), list):
            return self.of(merged(schema), depth + 1, needed)
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return self.add(" | ".join(self._kind(str(one), schema, depth) for one in kinds))
        if kinds is None:
            kinds = "object" if "properties" in schema else "array" if "items" in schema else needed
        return self._kind(str(kinds), schema, depth)

    def _refer(self, reference: str, depth: int) -> str:
        """A place in the same document; other documents are never fetched."""
        if reference in self._references:
            return self._references[reference]
        place: Any = self._document
        for step in reference.removeprefix("#").split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            place = place.get(step) if isinstance(place, Mapping) else None
        if reference != "#" and not reference.startswith("#/") or place is None:
            raise Unwritable(f"{reference} points nowhere")
        self._references[reference] = name = self.add("value")
        self._lines[name] = self.of(place, depth + 1)
        return name

    def _kind(self, kind: str, schema: Mapping[str, Any], depth: int) -> str:
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "string":
                return self._string(schema)
            case "integer" | "number" | "boolean" | "null":
                return kind
        return "value"

    def _string(self, schema: Mapping[str, Any]) -> str:
        if schema.get("format") == "date":
            return "date"
        if "minLength" not in schema and "maxLength" not in schema:
            return "string"
        times = repeated("char", bound(schema, "minLength"), bound(schema, "maxLength", None))
        return self.add(f'"\\"" {times} "\\""')

    def _array(self, schema: Mapping[str, Any], depth: int) -> str:
        item = self.of(schema.get("items"), depth + 1)
        low, high = bound(schema, "minItems"), bound(schema, "maxItems", None)
        if high == 0:
            return self.add('"[" ws "]"')
        more = repeated(
            f'( ws "," ws {item} )', max(low - 1, 0), None if high is None else high - 1
        )
        filled = f"{item} {more} ws"
        return self.add(f'"[" ws {filled} "]"' if low else f'"[" ws ( {filled} )? "]"')

    def _object(self, schema: Mapping[str, Any], depth: int) -> str:
        """Properties in the order of the schema; those not required may be left out."""
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or not properties:
            return "object"
        required = schema.get("required")
        needed = set(required) if isinstance(required, list) else set()
        pairs = [
            (
                f'{literal(json.dumps(str(name)))} ws ":" ws {self.of(one, depth + 1)}',
                name in needed,
            )
            for name, one in properties.items()
        ]
        return self.add(f'"{{" ws {self._members(pairs)} "}}"')

    def _members(self, pairs: Sequence[tuple[str, bool]]) -> str:
        """Pairs with commas between those that are there: one rule for each place to begin."""
        rest = {True: "", False: ""}  # what may follow, once something was written and before
        for pair, needed in reversed(pairs):
            after = rest[True]
            later = f'ws "," ws {pair} {after}'.rstrip()
            first = f"{pair} {after}".rstrip()
            if needed:
                rest = {True: self.add(later), False: self.add(first)}
            else:
                first = f"{first} | {rest[False]}" if rest[False] else f"( {first} )?"
                rest = {
                    True: self.add(f"( {later} ) | {after}" if after else f"( {later} )?"),
                    False: self.add(first),
                }
        return f"{rest[False]} ws"


def merged(schema: Mapping[str, Any]) -> dict[str, Any]:
    """allOf with objects in it: all their properties at once."""
    found = {name: value for name, value in schema.items() if name != "allOf"}
    for part in schema["allOf"]:
        for name, value in part.items() if isinstance(part, Mapping) else ():
            if name == "properties" and isinstance(value, Mapping):
                found[name] = {**found.get(name, {}), **value}
            elif name == "required" and isinstance(value, list):
                found[name] = [*found.get(name, []), *value]
            else:
                found.setdefault(name, value)
    return found


def bound(schema: Mapping[str, Any], name: str, default: Any = 0) -> Any:
    value = schema.get(name)
    return min(max(value, 0), MOST_TIMES) if isinstance(value, int) else default


def repeated(rule: str, low: int, high: int | None) -> str:
    return f"{rule}{{{low},{'' if high is None else max(high, low)}}}"


def constant(value: Any) -> str:
    return literal(json.dumps(value, ensure_ascii=False))


def literal(text: str) -> str:
    """A text in a grammar."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\x{ord(c):02X}" for c in plain) + '"'
