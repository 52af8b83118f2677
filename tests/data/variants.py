"""Variants of all kinds for hypothesis: every member with anything it may hold."""

import hashlib

from hypothesis import strategies as st

from engines.variants import names, texts
from engines.variants.variant import (
    Adapter,
    Attached,
    Base,
    Check,
    Example,
    Look,
    Sampling,
    Test,
    Variant,
    Voice,
)

LETTERS = st.characters(exclude_categories=["Cs"])


def text(most: int, least: int = 0):
    """Odd ones too: quotes, backslashes and lines in threes are what TOML stumbles over."""
    odd = st.sampled_from(
        ['"', '"""', "'''", "\\", "\n", "\n\n", "\t", "é", "🦜", "#", "= [", "\\u"]
    )
    parts = st.lists(st.text(LETTERS, max_size=8) | odd, max_size=8).map("".join)
    washed = parts.map(lambda t: texts.washed_text(t)[:most])
    return washed.filter(lambda t: len(t.strip()) >= least)


def line(most: int, least: int = 0):
    return (
        text(most)
        .map(lambda t: texts.washed_line(t)[:most].strip())
        .filter(lambda t: len(t) >= least)
    )


def some(values, most: int):
    return st.lists(values, max_size=most).map(tuple)


def number(low: float, high: float):
    return st.floats(low, high, allow_nan=False)


WORD = st.from_regex(r"[a-z][a-z0-9_.-]{0,12}", fullmatch=True)
EXAMPLES = st.builds(Example, text(60, 1), text(60, 1))
BASES = st.builds(
    Base,
    description=line(60),
    sha256=st.sampled_from(["", "a" * 64, "0123456789abcdef" * 4]),
    hub=st.sampled_from(["", "owner/name", "Qwen/Qwen3-4B-GGUF"]),
    architecture=st.just("") | WORD,
    size=st.integers(0, 1 << 45),
)
SAMPLINGS = st.builds(
    Sampling,
    temperature=st.none() | number(0, 5),
    top_k=st.none() | st.integers(0, 1000),
    top_p=st.none() | number(0, 1),
    min_p=st.none() | number(0, 1),
    repeat_penalty=st.none() | number(0, 10),
    presence_penalty=st.none() | number(-10, 10),
    frequency_penalty=st.none() | number(-10, 10),
    seed=st.none() | st.integers(0, (1 << 32) - 1),
)
CHECKS = st.one_of(
    st.builds(Check, st.sampled_from(["contains", "lacks", "matches", "one of"]), text(40, 1)),
    st.builds(Check, st.sampled_from(["equals", "json", "no tool", "asks"]), text(40)),
    st.builds(Check, st.just("number"), number(-1e9, 1e9).map(str), tolerance=number(0, 1000)),
    st.builds(Check, st.sampled_from(["longest", "shortest"]), st.integers(0, 999).map(str)),
    st.builds(Check, st.sampled_from(["tool", "language"]), WORD),
)
TESTS = st.builds(
    Test,
    question=text(60, 1),
    checks=st.lists(CHECKS, min_size=1, max_size=3).map(tuple),
    right=text(60),
    wrong=text(60),
    right_tools=some(WORD, 2),
    wrong_tools=some(WORD, 2),
    before=some(EXAMPLES, 2),
)
VOICES = st.builds(
    Voice,
    name=st.sampled_from(["", "espeak", "en_GB-alba-medium"]),
    language=st.sampled_from(["", "en", "en-GB", "zh-Hant-TW"]),
    speed=st.just(0.0) | number(0.25, 4),
)


def attached(name: str, data: bytes) -> Attached:
    return Attached(name, hashlib.sha256(data).hexdigest(), len(data))


@st.composite
def whole(draw):
    """A variant and its files."""
    files: dict[str, bytes] = {}

    def file(ending: str, least: int = 0) -> Attached:
        name = names.fitting(draw(line(30, 1)) + ending, files)
        files[name] = draw(st.binary(min_size=least, max_size=200))
        return attached(name, files[name])

    picture = file(".png", 1) if draw(st.booleans()) else None
    knowledge = tuple(file(".txt") for _ in range(draw(st.integers(0, 2))))
    adapters = tuple(
        Adapter(
            file(".gguf"),
            draw(st.sampled_from(["lora", "control"])),
            draw(number(-10, 10)),
            draw(line(40)),
        )
        for _ in range(draw(st.integers(0, 2)))
    )
    either = draw(st.sampled_from(["", "grammar", "schema"]))
    variant = Variant(
        name=draw(line(80, 1)),
        id=draw(st.just("") | st.uuids().map(str)),
        version=draw(line(20)),
        line=draw(line(80)),
        author=draw(line(40)),
        licence=draw(line(40)),
        origin=draw(line(40)),
        tags=draw(some(line(20, 1), 3)),
        base=draw(BASES),
        alternatives=draw(some(BASES, 2)),
        instructions=draw(text(300)),
        openings=draw(some(text(60, 1), 3)),
        greeting=draw(text(100)),
        examples=draw(some(EXAMPLES, 3)),
        sampling=draw(SAMPLINGS),
        context=draw(st.integers(0, 1 << 20)),
        longest_answer=draw(st.integers(0, 1 << 20)),
        tools=draw(st.none() | some(WORD, 3)),
        knowledge=knowledge,
        voice=draw(VOICES),
        look=Look(
            draw(st.sampled_from(["", "#2A7fD4"])), picture, draw(st.sampled_from(["", "🦜"]))
        ),
        adapters=adapters,
        grammar=draw(text(60)) if either == "grammar" else "",
        json_schema=draw(st.sampled_from(["{}", '{"type": "object"}']))
        if either == "schema"
        else "",
        think=draw(st.sampled_from(["", "always", "never"])),
        minutes=draw(number(0, 600)),
        tests=draw(some(TESTS, 2)),
    )
    return variant, files
