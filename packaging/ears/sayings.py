"""What is said to the ears: the starter's own requests, plain sentences, commands and numbers.

held: from families of sentences that nothing was trained on, see packaging/starter/README.
"""

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "starter"))
sys.path.append(str(HERE.parents[1]))

import amounts  # noqa: E402
import dates  # noqa: E402
import filtering  # noqa: E402
import grammar  # noqa: E402
import longhand  # noqa: E402
import measures  # noqa: E402
import sums  # noqa: E402
import talking  # noqa: E402
import wants  # noqa: E402
from exchange import Exchange  # noqa: E402
from spoken import spoken, written  # noqa: E402

grammar.roughen = lambda rng, text: text  # slips of the finger cannot be said

EVERYDAY = tomllib.loads((HERE / "everyday.toml").read_text("utf-8"))
MADE_UP = re.compile(rf"\b(?:{'|'.join(amounts.SYLLABLES)}){{2,}}\b", re.IGNORECASE)
LONGEST = 22  # words
SOURCES: tuple[tuple[float, Callable[[Random, bool], Exchange]], ...] = (
    (12, sums.sums),
    (2, sums.follow_up),
    (1, sums.ask_sum),
    (10, measures.units),
    (2, measures.follow_up),
    (10, dates.clock),
    (2, dates.follow_up),
    (4, wants.plot),
    (4, wants.chart),
    (7, wants.find_notes),
    (9, wants.write_note),
    (11, wants.remind),
    (7, wants.web_search),
    (1, longhand.longhand),
    (8, talking.help_asked),
    (6, talking.talk),
    (6, talking.refusal),
)
PLAIN = 0.3  # share of sayings from everyday.toml
COUNTS: tuple[Callable[[Random], int], ...] = (
    lambda rng: rng.randint(0, 20),
    lambda rng: rng.randint(1, 100),
    lambda rng: rng.randint(100, 1000),
    lambda rng: rng.randint(1000, 10_000),
    lambda rng: rng.randint(1, 99) * rng.choice((10, 100, 1000)),
)


class Saying(NamedTuple):
    kind: str
    text: str  # as the ears should write it down
    words: str  # as it is said


def saying(rng: Random, held: bool = False) -> Saying:
    """Something that can be said, of no more than LONGEST words."""
    while True:
        kind, text = everyday(rng, held) if rng.random() < PLAIN else request(rng, held)
        text = written(MADE_UP.sub(lambda _: word(rng), text))
        if not text or filtering.shares(text):
            continue
        words = spoken(text)
        if words.count(" ") < LONGEST:
            return Saying(kind, text, words)


def request(rng: Random, held: bool) -> tuple[str, str]:
    source = rng.choices([one for _, one in SOURCES], [weight for weight, _ in SOURCES])[0]
    made = source(rng, held)
    asked = [turn.text for turn in made.said if turn.role == "user"]
    return made.intent, asked[-1]


def everyday(rng: Random, held: bool) -> tuple[str, str]:
    template = grammar.choose(rng, rng.choice(EVERYDAY["held" if held else "said"]))
    return "plain", grammar.SLOT.sub(lambda found: _slot(rng, found[1]), template)


def _slot(rng: Random, name: str) -> str:
    if name in EVERYDAY:
        return rng.choice(EVERYDAY[name])
    if name == "n":
        number = str(rng.choice(COUNTS)(rng))
        return f"{number}.{rng.randint(0, 99)}" if rng.random() < 0.2 else number
    if name == "word":
        return word(rng)
    first, last = {"h": (1, 12), "d": (1, 31), "y": (1900, 2040)}[name]
    return str(rng.randint(first, last))


def word(rng: Random) -> str:
    return rng.choice(EVERYDAY[rng.choice(("noun", "noun", "adjective", "name"))])


if __name__ == "__main__":
    shown = Random(1)
    for _ in range(40):
        print(*saying(shown, held=_ > 20), sep=" | ")
