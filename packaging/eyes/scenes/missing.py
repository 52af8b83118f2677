"""Questions about what is not in the picture: the answer says so."""

import numpy as np

from scenes.asking import a, ask
from scenes.draft import Draft, Pair
from scenes.shapes import PLURALS
from scenes.things import NAMES, alike, plural

WRITTEN = {"words", "letters", "digits", "charts"}
SAID = ("shape", "other", "name")  # the facts that tell what is there


def missing(rng: np.random.Generator, split: str, drawn: Draft, family: str) -> Pair:
    chance = rng.random()
    if chance < 0.25 and family not in WRITTEN:
        return ask(rng, split, "no_text"), "There is no text in the picture."
    thing, things = _absent(rng, drawn)
    if chance < 0.5:
        return ask(rng, split, "none", things=things), f"There are no {things}."
    if chance < 0.65:
        return ask(rng, split, "absent_colour", thing=thing), f"There is no {thing}."
    if chance < 0.8:
        return ask(rng, split, "absent_where", thing=thing), f"There is no {thing}."
    return ask(rng, split, "is_there", a_thing=a(thing)), f"No, there is no {thing}."


def _absent(rng: np.random.Generator, drawn: Draft) -> tuple[str, str]:
    """A shape or a thing that is not in the picture, and many of them."""
    there = drawn.facts.get("names", "").split(", ")
    there = [*there, *(drawn.facts[key] for key in SAID if key in drawn.facts)]
    while True:
        if rng.random() < 0.3:
            shapes = tuple(PLURALS)
            thing = shapes[rng.integers(len(shapes))]
            things = PLURALS[thing]
        else:
            thing = NAMES[rng.integers(len(NAMES))]
            things = plural(thing)
        told = f"{thing} " in f"{drawn.caption} " or things in drawn.caption
        if not told and not any(alike(thing, other) for other in there if other):
            return thing, things
