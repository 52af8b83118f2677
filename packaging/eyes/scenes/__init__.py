"""Pictures the starter's eyes learn from and are tested on, each with its words.

All is drawn here from a seed. What is kept for the test and never seen in training: whole families
of fonts, a style of emoji and of icons, pairs of shape and colour, kinds of background, phrasings.
"""

from typing import NamedTuple

import numpy as np

from scenes import figures, texts
from scenes.canvas import fit, spoil
from scenes.draft import Draft

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
}
FAMILIES = tuple(MAKERS)


def scene(rng: np.random.Generator, split: str = "train", family: str = "") -> Scene:
    """One scene; of any family where none is named."""
    drafted, family = draft(rng, split, family)
    pixels = fit(spoil(rng, drafted.image))
    facts = {"family": family, **drafted.facts}
    return Scene(pixels, drafted.caption, tuple(drafted.questions), facts)


def draft(rng: np.random.Generator, split: str, family: str = "") -> tuple[Draft, str]:
    """The scene in full size, before anything spoils it, and its family."""
    if split not in SPLITS:
        raise ValueError(split)
    if not family:
        shares = np.cumsum([share for _, share in MAKERS.values()])
        family = FAMILIES[int(np.searchsorted(shares, rng.random() * shares[-1]))]
    return MAKERS[family][0](rng, split), family
