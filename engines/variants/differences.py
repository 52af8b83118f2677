"""What is another in a new version of a variant, told in words before it is taken."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import singledispatch
from itertools import takewhile
from typing import Any

import msgspec

from engines.variants.variant import (
    Adapter,
    Attached,
    Base,
    Check,
    Example,
    Test,
    Variant,
)

MOST_LINES = 2_000  # compared line by line; of longer texts the middle is told as one change

FIELDS = {
    "name": "Name",
    "version": "Version",
    "line": "What it is good for",
    "author": "Author",
    "licence": "Licence",
    "origin": "Where it comes from",
    "tags": "Tags",
    "base": "Model",
    "alternatives": "Other models",
    "instructions": "Instructions",
    "openings": "Openings",
    "greeting": "Greeting",
    "examples": "Examples",
    "sampling": "Sampling",
    "context": "Context",
    "longest_answer": "Longest answer",
    "tools": "Tools",
    "knowledge": "Knowledge",
    "voice": "Voice",
    "look": "Look",
    "adapters": "Adapters",
    "grammar": "Grammar of its answers",
    "json_schema": "JSON shape of its answers",
    "think": "Thinking",
    "minutes": "Minutes to think",
    "tests": "Tests",
}
CHECKS = {
    "contains": "contains",
    "lacks": "does not contain",
    "equals": "is exactly",
    "matches": "matches",
    "number": "ends in the number",
    "one of": "contains one of",
    "json": "is JSON of the shape",
    "tool": "uses the tool",
    "no tool": "does not use the tool",
    "longest": "has at most so many words:",
    "shortest": "has at least so many words:",
    "asks": "ends in a question",
    "language": "is written in",
}

Difference = tuple[str, str, str]  # field in words, how it was, how it would be


def differences(old: Variant, new: Variant) -> tuple[Difference, ...]:
    """() where only their ids differ. Of texts and lists only what changed is told, all of it."""
    return tuple(
        (words, before, after)
        for field, words in FIELDS.items()
        for before, after in changes(getattr(old, field), getattr(new, field))
    )


def changes(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    if old == new:
        return
    before, after = lines(old), lines(new)
    if before == after:  # the words say less than the data
        yield "\n".join(before), "\n".join(after) + " (changed)"
    for gone, come in hunks(before, after):
        yield "\n".join(gone), "\n".join(come)


def lines(value: Any) -> list[str]:
    """A text by its lines, a list by its members."""
    if isinstance(value, str):
        return value.split("\n") if value else []
    if value is None:
        return ["As in Parley"]
    if isinstance(value, tuple):
        return [said(one) for one in value] or ["None"]
    words = said(value)
    return words.split("\n") if words else []


def hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The stretches that differ."""
    start = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))))
    rest = zip(reversed(old[start:]), reversed(new[start:]), strict=False)
    end = len(list(takewhile(lambda pair: pair[0] == pair[1], rest)))
    gone, come = list(old[start : len(old) - end]), list(new[start : len(new) - end])
    if len(gone) > MOST_LINES or len(come) > MOST_LINES:  # it would take minutes
        yield gone, come
        return
    for kind, a, b, c, d in SequenceMatcher(None, gone, come).get_opcodes():
        if kind != "equal":
            yield gone[a:b], come[c:d]


@singledispatch
def said(value: Any) -> str:
    """Something of a variant in words; several lines where it has several members."""
    if value is None:
        return ""
    if isinstance(value, msgspec.Struct):
        kept = [(f.name, f.default) for f in msgspec.structs.fields(value)]
        shown = [(n, getattr(value, n)) for n, default in kept if getattr(value, n) != default]
        return "\n".join(f"{name.replace('_', ' ')}: {said(one)}" for name, one in shown)
    if isinstance(value, float | int):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:,}"
    return str(value)


@said.register
def _(file: Attached) -> str:
    return f"{file.name} ({file.size:,} bytes, {file.sha256[:12]})"


@said.register
def _(one: Adapter) -> str:
    kind = "LoRA" if one.kind == "lora" else "control vector"
    title = f"{one.title}: " if one.title else ""
    return f"{title}{said(one.file)}, {kind}, strength {one.scale:g}"


@said.register
def _(base: Base) -> str:
    size = f"{base.size:,} bytes" if base.size else ""
    parts = (base.description, base.hub, base.architecture, size, base.sha256[:12])
    return ", ".join(one for one in parts if one)


@said.register
def _(one: Example) -> str:
    return f"{one.question} → {one.answer}"


@said.register
def _(check: Check) -> str:
    within = f" (within {check.tolerance:g})" if check.tolerance else ""
    return f"{CHECKS[check.kind]} {check.text}".strip() + within


@said.register
def _(test: Test) -> str:
    checks = "; ".join(said(check) for check in test.checks)
    before = "".join(f"{said(one)}; then " for one in test.before)
    more = [
        f"{words}: {value}"
        for words, value in (
            ("right", test.right),
            ("wrong", test.wrong),
            ("right tools", ", ".join(test.right_tools)),
            ("wrong tools", ", ".join(test.wrong_tools)),
        )
        if value
    ]
    return " · ".join([f"{before}{test.question} → {checks}", *more])
