"""What is longer than a variant may be is cut, and it is told what was."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from engines.variants.checked import HUB, LONGEST_TEXT, PLAIN, SHA256
from engines.variants.texts import washed, washed_line
from engines.variants.variant import Base, Example, Variant

GREETING, OPENING = 20_000, 500  # characters
EXAMPLES, OPENINGS, TAGS, ALTERNATIVES = 100, 20, 20, 20
ALL = 700_000  # bytes of all texts together, so that variant.toml stays below its bound
NAME = 80
LINES = {"version": 40, "line": 300, "author": 200, "licence": 200, "origin": 300}
Leave = Callable[[str], None]


def fitted(variant: Variant, leave: Leave) -> Variant:
    variant = washed(variant)
    if len(variant.openings) > OPENINGS:
        leave(f"{len(variant.openings) - OPENINGS} questions to begin with.")
    openings = (one for one in variant.openings[:OPENINGS] if one.strip())
    variant = replace(
        variant,
        **{name: _line(getattr(variant, name), most) for name, most in LINES.items()},
        name=_line(variant.name, NAME) or "Variant",
        instructions=_cut(variant.instructions, LONGEST_TEXT, ALL, "its instructions", leave),
        greeting=_cut(variant.greeting, GREETING, ALL, "what it says first", leave),
        openings=tuple(_cut(one, OPENING, ALL, "a question", leave) for one in openings),
        grammar=_whole(variant.grammar, "the grammar of its answers", leave),
        json_schema=_whole(variant.json_schema, "the JSON shape of its answers", leave),
        tags=tuple(one for tag in variant.tags[:TAGS] if (one := washed_line(tag)[:40].strip())),
        base=_base(variant.base),
        alternatives=tuple(_base(one) for one in variant.alternatives[:ALTERNATIVES]),
    )
    room = ALL - sum(len(one.encode()) for one in (variant.instructions, variant.greeting))
    return replace(variant, examples=tuple(_examples(variant.examples, room, leave)))


def _cut(said: str, longest: int, room: int, what: str, leave: Leave) -> str:
    kept = said[:longest].encode()[:room].decode("utf-8", "ignore")
    if len(kept) < len(said):
        leave(f"The end of {what}, which has {len(said):,} characters.")
    return kept


def _line(said: str, longest: int) -> str:
    return said if len(said) <= longest else said[: longest - 1].rstrip() + "…"


def _whole(said: str, what: str, leave: Leave) -> str:
    """A part of it would be worth nothing."""
    if len(said) > LONGEST_TEXT:
        leave(f"{what[:1].upper()}{what[1:]}, which has {len(said):,} characters.")
        return ""
    return said


def _examples(examples: tuple[Example, ...], room: int, leave: Leave) -> Iterator[Example]:
    taken = 0
    for one in examples:
        room -= len(one.question.encode()) + len(one.answer.encode())
        if room < 0 or taken == EXAMPLES:
            leave(f"{len(examples) - taken} of its {len(examples)} examples, for want of room.")
            return
        if one.question.strip() and one.answer.strip():
            taken += 1
            yield one


def _base(base: Base) -> Base:
    return replace(
        base,
        description=base.description[:300],
        sha256=base.sha256 if SHA256.fullmatch(base.sha256) else "",
        hub=base.hub if HUB.fullmatch(base.hub) else "",
        architecture=base.architecture if PLAIN.fullmatch(base.architecture) else "",
    )
