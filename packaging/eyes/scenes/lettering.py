"""Words, letters and digits in many fonts; whole families of fonts are kept for the test."""

import string
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from PIL import ImageFont

from scenes import materials

OURS = Path(__file__).parents[3] / "resources" / "fonts"
SIZES = 8  # pixels between the sizes a font is kept in: opening one costs more than drawing
WORDS = tuple((Path(__file__).parent / "words.txt").read_text("utf-8").split())
SHIPPED = {"train": "Inter_*.ttf", "held out": "JetBrainsMono_*.ttf"}


def fonts(split: str) -> tuple[tuple[Path, ...], ...]:
    """The font files of a split, by family: what the repo ships and what the materials add."""
    return (_ours(split), *materials.fonts(split))


@cache
def _ours(split: str) -> tuple[Path, ...]:
    return tuple(sorted(OURS.glob(SHIPPED[split])))


def font(rng: np.random.Generator, split: str, size: float) -> ImageFont.FreeTypeFont:
    families = fonts(split)
    family = families[rng.integers(len(families))]
    return _opened(family[rng.integers(len(family))], max(10, round(size / SIZES) * SIZES))


def fitted(
    rng: np.random.Generator, split: str, text: str, room: tuple[float, float], fill: float
) -> ImageFont.FreeTypeFont:
    """A font in which the text takes `fill` (0 to 1) of the room's width or height."""
    families = fonts(split)
    family = families[rng.integers(len(families))]
    path = family[rng.integers(len(family))]
    if text == "0" and _low(path):
        path = fonts(split)[0][0]
    left, top, right, bottom = _opened(path, 48).getbbox(text)
    scale = fill * min(room[0] / max(1, right - left), room[1] / max(1, bottom - top))
    return _opened(path, int(np.clip(48 * scale // 4 * 4, 12, 220)))


def case(rng: np.random.Generator, word: str) -> str:
    chance = rng.random()
    if chance < 0.4:
        return word
    return word.capitalize() if chance < 0.7 else word.upper()


def word(rng: np.random.Generator) -> str:
    return WORDS[rng.integers(len(WORDS))]


def letters(rng: np.random.Generator) -> str:
    """Two to six capitals or small letters that make no word."""
    marks = string.ascii_uppercase if rng.random() < 0.6 else string.ascii_lowercase
    return "".join(marks[index] for index in rng.integers(26, size=rng.integers(2, 7)))


def number(rng: np.random.Generator) -> str:
    """One to four digits, no zero in front; one digit most often."""
    digits = int(rng.choice(4, p=(0.45, 0.3, 0.15, 0.1))) + 1
    if digits == 1:
        return str(rng.integers(10))
    return str(rng.integers(10 ** (digits - 1), 10**digits))


@cache
def _low(path: Path) -> bool:
    """Whether its nought is as low as a small o: alone nobody could tell it from a ring."""
    font = _opened(path, 48)
    heights = [font.getbbox(mark)[3] - font.getbbox(mark)[1] for mark in "08"]
    return heights[0] < 0.9 * heights[1]


@lru_cache(maxsize=1500)
def _opened(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
