"""Pictures the starter's eyes learn from and are tested on, each with its words.

All is drawn here from a seed. What is kept for the test and never seen in training: whole families
of fonts, a style of emoji and of icons, pairs of shape and colour, kinds of background, phrasings.
"""

from typing import NamedTuple

import numpy as np

from scenes import charts, emoji, figures, texts, things
from scenes.asking import casual
from scenes.canvas import fit, spoil
from scenes.draft import Draft
from scenes.missing import missing

ABOUT_MISSING = 0.4  # of the scenes have a question about what is not there
SPLITS = ("train", "held out")


class Scene(NamedTuple):
    pixels: np.ndarray  # uint8 [128, 128, 3]
    caption: str
    questions: tuple[tuple[str, str], ...]  # with their answers
    facts: dict[str, str]  # "family" and what it is about: "shape", "colour", "count", "word", ...


MAKERS = {  # and how often each is drawn
    "shapes": (figures.single, 1.0),
    "colours": (figures.coloured, 0.8),
    "counts": (figures.counted, 1.3),
    "mixed": (figures.mixed, 1.0),
    "places": (figures.placed, 0.7),
    "relations": (figures.related, 1.0),
    "sizes": (figures.sized, 0.6),
    "digits": (texts.numbered, 1.2),
    "words": (texts.worded, 2.0),
    "letters": (texts.lettered, 1.0),
    "charts": (charts.chart, 1.4),
    "emoji": (emoji.single, 2.6),
    "several": (emoji.mixed, 1.3),
    "emoji counts": (emoji.counted, 0.8),
    "icons": (emoji.iconic, 1.0),
}
FAMILIES = tuple(MAKERS)
NEED_MATERIALS = ("emoji", "several", "emoji counts", "icons")


def scene(rng: np.random.Generator, split: str = "train", family: str = "") -> Scene:
    """One scene; of any family where none is named."""
    drafted, family = draft(rng, split, family)
    pixels = fit(spoil(rng, drafted.image))
    questions = drafted.questions
    if rng.random() < ABOUT_MISSING:
        questions = [*questions, missing(rng, split, drafted, family)]
    asked = tuple((casual(rng, question), answer) for question, answer in questions)
    return Scene(pixels, drafted.caption, asked, {"family": family, **drafted.facts})


def draft(rng: np.random.Generator, split: str, family: str = "") -> tuple[Draft, str]:
    """The scene in full size, before anything spoils it, and its family."""
    if split not in SPLITS:
        raise ValueError(split)
    if not family:
        family = _drawn(rng)
    return MAKERS[family][0](rng, split), family


def _drawn(rng: np.random.Generator) -> str:
    """A family by its share; those of things only where the materials are there."""
    names = FAMILIES if things.styles("train") else FAMILIES[: -len(NEED_MATERIALS)]
    shares = np.cumsum([MAKERS[name][1] for name in names])
    return names[int(np.searchsorted(shares, rng.random() * shares[-1]))]
