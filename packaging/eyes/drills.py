"""Pictures of which it is known what lies at each patch: they teach the tower where things are.

Only letters, shapes and colours; what the scenes keep for the test is not used here either.

    python packaging/eyes/drills.py FILE.drills.npz COUNT [--seed 1] [--materials FOLDER]
"""

import argparse
import string
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scenes import canvas, colours, figures, lettering, materials, shapes

MARKS = string.ascii_lowercase + string.digits  # "o" and "O" count as one
NOTHING = 0  # everywhere below; the things are counted from 1
SHADES, LETTERS = len(colours.NAMES) + 1, len(MARKS) + 1
KINDS = 1 + len(shapes.SHAPES) + len(MARKS)
SEEN = 2  # marks told apart in one patch, from left to right
ACROSS = 8  # patches


class Drill(NamedTuple):
    pixels: np.ndarray  # uint8 [128, 128, 3]
    kinds: np.ndarray  # uint8 [64]: the shape or mark around the middle of each patch
    shades: np.ndarray  # uint8 [64]: its colour, or that of the mark
    marks: np.ndarray  # uint8 [64, SEEN]: marks whose middle lies in the patch
    middles: np.ndarray  # uint8 [64]: 1 where the middle of a shape lies


class _Labels:
    def __init__(self, scale: float) -> None:
        self.scale = scale  # from the paper's pixels to patches
        self.kinds, self.shades, self.middles = (
            np.zeros((ACROSS, ACROSS), np.uint8) for _ in range(3)
        )
        self.marks = np.zeros((ACROSS, ACROSS, SEEN), np.uint8)

    def shape(self, kind: str, shade: str, x: float, y: float, radius: float) -> None:
        number = 1 + shapes.SHAPES.index(kind)
        self._cover(number, shade, (x - radius, y - radius, x + radius, y + radius))
        middle = int(y * self.scale), int(x * self.scale)
        self.kinds[middle] = number
        self.shades[middle] = colours.NAMES.index(shade) + 1
        self.middles[middle] = 1

    def mark(self, mark: str, shade: str, box: tuple[float, float, float, float]) -> None:
        """box: left, top, right, bottom."""
        number = MARKS.index(mark.lower())
        self._cover(1 + len(shapes.SHAPES) + number, shade, box)
        row, column = (int((box[n] + box[n + 2]) / 2 * self.scale) for n in (1, 0))
        if not (0 <= row < ACROSS and 0 <= column < ACROSS):
            return
        here = self.marks[row, column]
        free = np.flatnonzero(here == NOTHING)
        if len(free):
            here[free[0]] = 1 + number
        self.shades[row, column] = colours.NAMES.index(shade) + 1

    def _cover(self, number: int, shade: str, box: tuple[float, float, float, float]) -> None:
        spots = (np.arange(ACROSS) + 0.5) / self.scale
        left, top, right, bottom = box
        across, down = (spots > left) & (spots < right), (spots > top) & (spots < bottom)
        inside = down[:, None] & across[None]
        self.kinds[inside] = number
        self.shades[inside] = colours.NAMES.index(shade) + 1


def drill(rng: np.random.Generator) -> Drill:
    paper = canvas.canvas(rng, "train", aspect=1.0)
    labels = _Labels(ACROSS / paper.size[0])
    if rng.random() < 0.6:
        _written(rng, paper, labels)
    else:
        _scattered(rng, paper, labels)
    pixels = canvas.fit(canvas.spoil(rng, paper.image))
    return Drill(
        pixels,
        labels.kinds.ravel(),
        labels.shades.ravel(),
        labels.marks.reshape(-1, SEEN),
        labels.middles.ravel(),
    )


def _scattered(rng: np.random.Generator, paper: canvas.Canvas, labels: _Labels) -> None:
    """One to ten shapes in the cells of a grid they do not leave."""
    across = int(rng.choice((1, 2, 2, 3, 3, 3, 4)))
    cell = paper.size[0] / across
    count = int(rng.integers(1, min(10, across**2) + 1))
    same = rng.random() < 0.4
    kind, shade = _figure(rng, paper)
    for place in rng.permutation(across**2)[:count]:
        if not same:
            kind, shade = _figure(rng, paper)
        radius = cell * rng.uniform(0.2, 0.47)
        room = cell / 2 - radius
        x = (place % across + 0.5) * cell + rng.uniform(-room, room)
        y = (place // across + 0.5) * cell + rng.uniform(-room, room)
        filled = rng.random() < 0.8
        lean = rng.uniform(-1, 1) * shapes.TURNS[kind]
        fill, edge = (shade[1], None) if filled else (None, shade[1])
        shapes.draw(paper.paper, kind, (x, y), radius, fill, edge, radius * 0.15, lean)
        labels.shape(kind, shade[0], x, y, radius)


def _written(rng: np.random.Generator, paper: canvas.Canvas, labels: _Labels) -> None:
    """One to four lines of words, numbers or letters that mean nothing."""
    lines = int(rng.choice((1, 1, 1, 1, 2, 2, 3)))
    high = paper.size[1] / lines
    for line in range(lines):
        text = _text(rng)
        font = lettering.fitted(
            rng, "train", text, (paper.size[0] - 8, high - 6), rng.uniform(0.5, 1.0)
        )
        left, top, right, bottom = font.getbbox(text)
        wide, tall = right - left, bottom - top
        x = rng.uniform(2, max(3, paper.size[0] - wide - 2)) - left
        y = line * high + rng.uniform(1, max(2, high - tall - 1)) - top
        name, shade = colours.against(rng, list(colours.NAMES), *paper.behind)
        paper.paper.text((x, y), text, shade, font)
        at = x
        for number, mark in enumerate(text):
            end = x + font.getlength(text[: number + 1])
            if mark != " ":
                labels.mark(mark, name, (at, y + top, end, y + bottom))
            at = end


def _text(rng: np.random.Generator) -> str:
    chance = rng.random()
    if chance < 0.45:
        return lettering.case(rng, lettering.word(rng))
    if chance < 0.6:
        return lettering.number(rng)
    return lettering.letters(rng)[: 1 if chance < 0.7 else 6]


def _figure(rng: np.random.Generator, paper: canvas.Canvas) -> tuple[str, tuple[str, colours.RGB]]:
    """A shape and a colour that are seen together in training."""
    while True:
        kind = shapes.SHAPES[rng.integers(len(shapes.SHAPES))]
        shade = colours.against(rng, list(colours.NAMES), *paper.behind)
        if not figures.unseen(kind, shade[0]):
            return kind, shade


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--materials", type=Path)
    chosen = parser.parse_args()
    if chosen.materials:
        materials.use(chosen.materials)
    rng = np.random.default_rng(chosen.seed)
    made = [drill(rng) for _ in range(chosen.count)]
    np.savez(
        chosen.file,
        allow_pickle=False,
        **{part: np.stack([getattr(one, part) for one in made]) for part in Drill._fields},
    )


if __name__ == "__main__":
    main()
