"""Questions in many phrasings, of which some are kept for the test; and words for answers."""

import tomllib
from pathlib import Path

import numpy as np

ASKED: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "questions.toml").read_text("utf-8")
)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def ask(rng: np.random.Generator, split: str, kind: str, **slots: str) -> str:
    """One way of asking; `thing`, `things`, `other`, ... fill the gaps."""
    ways = ASKED[kind]["train" if split == "train" else "held"]
    text = ways[rng.integers(len(ways))]
    if "{" not in text:
        return text
    for name, value in slots.items():
        text = text.replace(f"{{{name.replace('_', ' ')}}}", value)
    return opened(text) if text[-1] in "?." else text


def casual(rng: np.random.Generator, question: str) -> str:
    """Now and then without capitals or the mark at the end, as people type."""
    chance = rng.random()
    if chance < 0.06:
        return question.rstrip("?.")
    if chance < 0.16:
        return question[0].lower() + question[1:].rstrip("?.")
    return question


def a(thing: str) -> str:
    """With its article: "an apple", "a blue star"."""
    return f"an {thing}" if thing[0] in "aeio" or thing.startswith(("um", "hour")) else f"a {thing}"


def opened(text: str) -> str:
    return text[0].upper() + text[1:]


def several(count: int, thing: str, things: str) -> str:
    return a(thing) if count == 1 else f"{NUMBERS[count]} {things}"


def listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def are(count: int, thing: str, things: str) -> str:
    """ "There is one star", "There are three stars"."""
    return f"There is one {thing}" if count == 1 else f"There are {NUMBERS[count]} {things}"
