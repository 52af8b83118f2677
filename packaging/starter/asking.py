"""What the generators of wants.toml share: its templates, things to speak of, and one call."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from amounts import NAMES, THINGS, word
from copying import PLAIN
from exchange import Asked
from grammar import say

SAID: dict[str, Any] = tomllib.loads(Path(__file__).with_name("wants.toml").read_text("utf-8"))
WORDS = SAID["words"]


def asked(rng: Random, held: bool, tool: str, template: str, slots: dict, arguments: dict) -> Asked:
    text = say(rng, template, slots, not held)
    return Asked(tool, f"{tool} {template}", text, tool, arguments)


def template_of(rng: Random, tool: str, held: bool) -> str:
    return rng.choice(SAID[tool]["held" if held else "say"])


def subject(rng: Random) -> str:
    """What a note or a reminder is about."""
    chance = rng.random()
    if chance < 0.35:
        return rng.choice(NAMES)
    if chance < 0.65:
        return rng.choice(WORDS["subjects"])
    if chance < 0.85:
        return word(rng) if rng.random() < 0.6 else word(rng).capitalize()
    return f"{rng.choice(('the', 'my', 'our'))} {rng.choice(PLAIN)} {word(rng)}"


def deed(rng: Random) -> str:
    if rng.random() < 0.35:
        return filled(rng, rng.choice(WORDS["whole"]))
    what = rng.choice((*WORDS["objects"], rng.choice(NAMES), f"the {word(rng)}", word(rng)))
    return f"{rng.choice(WORDS['deeds'])} {what}"


def fact(rng: Random) -> str:
    """What a note says."""
    return deed(rng) if rng.random() < 0.3 else filled(rng, rng.choice(WORDS["facts"]))


def filled(rng: Random, text: str) -> str:
    slots: dict[str, Callable[[], str]] = {
        "{x}": lambda: word(rng),
        "{who}": lambda: rng.choice(NAMES),
        "{thing}": lambda: rng.choice((*WORDS["objects"], f"the {word(rng)}", rng.choice(THINGS))),
        "{n}": lambda: str(rng.randint(1, 400)),
        "{long}": lambda: str(rng.randint(100_000, 99_999_999)),
    }
    for slot, value in slots.items():
        while slot in text:
            text = text.replace(slot, value(), 1)
    return text
