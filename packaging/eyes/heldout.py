"""The questions that the starter's eyes are tested with: a fixed number of each kind, seeded.

All pictures are of the split "held out": fonts, styles of emoji and icons, pairs of shape and
colour, backgrounds and phrasings that were never learned from.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scenes import MAKERS, fit, lettering, spoil
from scenes.asking import NUMBERS, ORDINALS, a, ask, several
from scenes.colours import NAMES as COLOURS
from scenes.draft import Draft
from scenes.placing import PLACES, SIDES
from scenes.shapes import PLURALS, SHAPES
from scenes.things import ALSO, NAMES, alike, plural, styles

COUNT, SEED = 200, 20_260
HELD = "held out"


class Asked(NamedTuple):
    pixels: np.ndarray  # uint8 [128, 128, 3]
    question: str
    right: tuple[str, ...]  # any of these words answers it
    wrong: tuple[str, ...]  # none of these may be in the answer
    captions: tuple[str, ...]  # one of which fits the picture, for eyes without a model
    index: int  # of that one

    @property
    def chance(self) -> float:
        return 1 / len(self.captions)


def sets(count: int = COUNT, seed: int = SEED) -> dict[str, list[Asked]]:
    """Every kind of question with its pictures; the same for the same seed."""
    return {name: questions(name, count, seed) for name in KINDS}


def questions(kind: str, count: int = COUNT, seed: int = SEED) -> list[Asked]:
    rng = np.random.default_rng((seed, tuple(KINDS).index(kind)))
    return [KINDS[kind](rng) for _ in range(count)]


def chance(asked: list[Asked]) -> float:
    """What blind guessing among the captions gets on average."""
    return sum(one.chance for one in asked) / len(asked)


def answered(text: str, one: Asked) -> bool:
    """Whether an answer in words is right: it says the right thing and nothing wrong beside it."""
    plain = text.lower().replace("the word ", "")
    said = f" {re.sub(r'[^a-z0-9-]+', ' ', plain)} "
    for word in sorted(one.right, key=len, reverse=True):
        if f" {word.lower()} " in said:
            rest = said.replace(f" {word.lower()} ", "  ")
            return not any(f" {other.lower()} " in rest for other in one.wrong)
    return False


def interval(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval that holds the true share in 95 of 100 cases."""
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5
    return middle - half, middle + half


def _asked(
    rng: np.random.Generator,
    drawn: Draft,
    question: str,
    choices: dict[str, tuple[str, ...]],
    right: str,
    caption: str,
) -> Asked:
    """`choices` are the possible answers with their other names; `caption` has a gap for one."""
    names = tuple(choices)
    wrong = tuple(name for name in names if name != right and name not in choices[right])
    captions = tuple(caption.replace("{}", name) for name in names)
    pixels = fit(spoil(rng, drawn.image))
    return Asked(pixels, question, (right, *choices[right]), wrong, captions, names.index(right))


def _shape(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["shapes"][0](rng, HELD)
    choices: dict[str, tuple[str, ...]] = dict.fromkeys(SHAPES, ())
    choices["crescent"] = ("moon",)
    choices["diamond"] = ("rhombus",)
    shape, colour = drawn.facts["shape"], drawn.facts["colour"]
    asked = _asked(rng, drawn, ask(rng, HELD, "shape"), choices, shape, "{}")
    return asked._replace(captions=tuple(a(f"{colour} {one}") for one in SHAPES))


def _colour(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["colours"][0](rng, HELD)
    choices: dict[str, tuple[str, ...]] = dict.fromkeys(COLOURS, ())
    choices["grey"] = ("gray",)
    shape, colour, ground = (drawn.facts[key] for key in ("shape", "colour", "ground"))
    question = ask(rng, HELD, "colour", thing=shape)
    asked = _asked(rng, drawn, question, choices, colour, "{}")
    captions = tuple(f"{a(f'{one} {shape}')} on {ground}" for one in COLOURS)
    return asked._replace(wrong=tuple(set(asked.wrong) - {ground}), captions=captions)


def _count(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["counts"][0](rng, HELD)
    shape, colour = drawn.facts["shape"], drawn.facts.get("colour", "")
    nouns = f"{colour} {shape}".strip(), f"{colour} {PLURALS[shape]}".strip()
    question = ask(rng, HELD, "count", things=PLURALS[shape])
    return _counted(rng, drawn, question, *nouns, most=9)


def _emoji_count(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["emoji counts"][0](rng, HELD)
    name = drawn.facts["name"]
    question = ask(rng, HELD, "count", things=plural(name))
    return _counted(rng, drawn, question, name, plural(name), most=9)


def _counted(
    rng: np.random.Generator, drawn: Draft, question: str, thing: str, things: str, most: int
) -> Asked:
    numbers = range(1, most + 1)
    choices = {NUMBERS[number]: (str(number),) for number in numbers}
    right = NUMBERS[int(drawn.facts["count"])]
    asked = _asked(rng, drawn, question, choices, right, "{}")
    return asked._replace(captions=tuple(several(one, thing, things) for one in numbers))


def _place(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["places"][0](rng, HELD)
    shape, colour, place = (drawn.facts[key] for key in ("shape", "colour", "place"))
    choices: dict[str, tuple[str, ...]] = dict.fromkeys(PLACES, ())
    choices["centre"] = ("center", "middle")
    question = ask(rng, HELD, "where", thing=shape)
    asked = _asked(rng, drawn, question, choices, place, "{}")
    wrong = tuple(
        word for word in ("top", "bottom", "left", "right", "centre") if word not in place.split()
    )
    captions = tuple(f"{a(f'{colour} {shape}')} {where}" for where in PLACES.values())
    return asked._replace(wrong=wrong, captions=captions)


def _relation(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["relations"][0](rng, HELD)
    shape, other, side = (drawn.facts[key] for key in ("shape", "other", "relation"))
    choices = {"left": (), "right": (), "above": ("over", "on top"), "below": ("under", "beneath")}
    question = ask(rng, HELD, "absent_where", thing=shape)
    asked = _asked(rng, drawn, question, choices, side, "{}")
    one, two = drawn.caption.split(f" {SIDES[side]} ")
    captions = tuple(f"{one} {SIDES[name]} {two}" for name in choices)
    return asked._replace(captions=captions)


def _word(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["words"][0](rng, HELD)
    choices: dict[str, tuple[str, ...]] = dict.fromkeys(lettering.WORDS, ())
    caption = f"the word {{}} in {drawn.facts['colour']}"
    question = ask(rng, HELD, "read")
    asked = _asked(rng, drawn, question, choices, drawn.facts["word"], caption)
    return asked._replace(wrong=())  # a sentence around the word has words too


def _digit(rng: np.random.Generator) -> Asked:
    while True:
        drawn = MAKERS["digits"][0](rng, HELD)
        if len(drawn.facts["number"]) == 1:
            break
    choices = {str(number): (NUMBERS[number] if number else "zero",) for number in range(10)}
    caption = f"the digit {{}} in {drawn.facts['colour']}"
    return _asked(rng, drawn, ask(rng, HELD, "digit"), choices, drawn.facts["number"], caption)


def _number(rng: np.random.Generator) -> Asked:
    """Two digits."""
    while True:
        drawn = MAKERS["digits"][0](rng, HELD)
        if len(drawn.facts["number"]) == 2:
            break
    choices: dict[str, tuple[str, ...]] = {str(number): () for number in range(10, 100)}
    caption = f"the number {{}} in {drawn.facts['colour']}"
    return _asked(rng, drawn, ask(rng, HELD, "digit"), choices, drawn.facts["number"], caption)


def _thing(rng: np.random.Generator, family: str, kind: str) -> Asked:
    drawn = MAKERS[family][0](rng, HELD)
    names = tuple(
        dict.fromkeys(name for style in styles(HELD, family == "icons") for name in style.names)
    )
    choices = {name: tuple(ALSO.get(name, ())) for name in (names or NAMES)}
    name = drawn.facts["name"]
    asked = _asked(rng, drawn, ask(rng, HELD, kind), choices, name, "{}")
    colour = f" in {drawn.facts['colour']}" if family == "icons" else ""
    captions = tuple(f"{a(one)}{colour}" for one in choices)
    wrong = tuple(one for one in asked.wrong if not alike(one, name))
    return asked._replace(wrong=wrong, captions=captions)


def _tallest(rng: np.random.Generator) -> Asked:
    while True:
        drawn = MAKERS["charts"][0](rng, HELD)
        if drawn.facts["chart"] == "bar":
            break
    bars, tallest = int(drawn.facts["bars"]), int(drawn.facts["tallest"])
    names = [*ORDINALS[: bars - 1], "last"]
    choices: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
    choices["last"] = (ORDINALS[bars - 1],)
    caption = f"a bar chart with {NUMBERS[bars]} bars, the {{}} is the tallest"
    question = ask(rng, HELD, "tallest")
    return _asked(rng, drawn, question, choices, names[tallest - 1], caption)


def _chart(rng: np.random.Generator) -> Asked:
    drawn = MAKERS["charts"][0](rng, HELD)
    choices: dict[str, tuple[str, ...]] = {"bar": (), "line": (), "pie": ()}
    return _asked(rng, drawn, ask(rng, HELD, "chart"), choices, drawn.facts["chart"], "a {} chart")


KINDS: dict[str, Callable[[np.random.Generator], Asked]] = {
    "shapes": _shape,
    "colours": _colour,
    "counts": _count,
    "places": _place,
    "relations": _relation,
    "words": _word,
    "digits": _digit,
    "numbers": _number,
    "emoji": partial(_thing, family="emoji", kind="name"),
    "emoji counts": _emoji_count,
    "icons": partial(_thing, family="icons", kind="name"),
    "charts": _chart,
    "tallest bars": _tallest,
}
