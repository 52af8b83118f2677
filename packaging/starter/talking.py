"""Small talk, help and refusals, read from the three lists beside this file."""

import tomllib
from pathlib import Path
from random import Random
from typing import Any

from amounts import word
from copying import PLAIN
from exchange import Exchange, plain
from grammar import say

HERE = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


HELP, TALK, REFUSE = read("help"), read("talk"), read("refuse")
OPENINGS = HELP.pop("openings")
TOPICS = REFUSE.pop("topics")["words"]
OFTEN = {"greet": 10, "thanks": 3, "bye": 2, "who": 4, "can": 4, "cannot": 2}  # first things said
REPLIES = {name: tuple(one["reply"]) for name, one in (HELP | TALK | REFUSE).items()}


def templates(intent: str, held: bool) -> list[str]:
    """The templates of one intent, openings put in."""
    chosen = (HELP | TALK | REFUSE)[intent]["held" if held else "say"]
    for name, opening in OPENINGS.items():
        chosen = [template.replace(f"{{{name}}}", opening) for template in chosen]
    return chosen


def talk(rng: Random, held: bool) -> Exchange:
    weights = [OFTEN.get(intent, 1) for intent in TALK]
    return _said(rng, rng.choices(list(TALK), weights)[0], held)


def help_asked(rng: Random, held: bool) -> Exchange:
    return _said(rng, rng.choice(list(HELP)), held)


def refusal(rng: Random, held: bool) -> Exchange:
    slots = {"topic": _topic(rng), "other": _topic(rng), "text": _sentence(rng)}
    template = rng.choice(templates("refuse", held))
    if template == "{topic}" and rng.random() < 0.5:
        template = (
            "[explain|describe|tell me about|what about|more about|and|something about] {topic}"
        )
    return plain("refuse", template, say(rng, template, slots, not held), REPLIES["refuse"])


def _said(rng: Random, intent: str, held: bool) -> Exchange:
    template = rng.choice(templates(intent, held))
    text = say(rng, template, {}, not held)
    replies = REPLIES[intent]
    return plain(intent, template, text, tuple(rng.sample(replies, len(replies))))


def _topic(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.6:
        return rng.choice(TOPICS)
    if chance < 0.75:
        return word(rng)
    if chance < 0.9:
        return (
            f"{rng.choice(('the', 'my', 'old', 'a', 'new', 'our'))} {rng.choice(PLAIN)} {word(rng)}"
        )
    return f"{rng.choice(TOPICS)} in {rng.choice((word(rng), rng.choice(TOPICS)))}"


def _sentence(rng: Random) -> str:
    return " ".join(rng.choice((rng.choice(PLAIN), word(rng))) for _ in range(rng.randint(2, 9)))
