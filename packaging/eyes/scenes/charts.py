"""Scenes of simple charts: bars, lines and pies."""

import numpy as np

from scenes import lettering
from scenes.asking import NUMBERS, ORDINALS, ask
from scenes.canvas import Canvas, canvas
from scenes.colours import NAMES, RGB, against, colour, contrast
from scenes.draft import Draft, Pair

ASPECTS = (1.0, 4 / 3, 4 / 3, 3 / 2, 16 / 9)
LABELS = ("A B C D E F G", "Jan Feb Mar Apr May Jun Jul", "1 2 3 4 5 6 7", "Mo Tu We Th Fr Sa Su")
KINDS = {"bar": "a bar chart", "line": "a line chart", "pie": "a pie chart"}
TRENDS = {  # heights from left to right, and the words
    "rising": ((0.15, 0.85), "The line rises.", "rising"),
    "falling": ((0.85, 0.15), "The line falls.", "falling"),
    "peak": ((0.15, 0.9, 0.15), "The line rises and then falls.", "that rises and then falls"),
    "dip": ((0.85, 0.12, 0.85), "The line falls and then rises.", "that falls and then rises"),
}
CLEAR = 0.12  # by how much of the paper the tallest bar leads


def chart(rng: np.random.Generator, split: str) -> Draft:
    makers = (_bars, _bars, _line, _pie)
    return makers[rng.integers(4)](rng, split)


def _bars(rng: np.random.Generator, split: str) -> Draft:
    """Two to seven bars, the tallest and the shortest of which are clearly so."""
    paper = _paper(rng, split)
    count = int(rng.integers(2, 8))
    heights = rng.uniform(0.25, 0.78, count)
    order = rng.permutation(count)
    tallest, shortest = int(order[0]), int(order[1])
    heights[tallest] = max(heights) + rng.uniform(CLEAR, 0.22)
    heights[shortest] = max(0.06, min(heights) - rng.uniform(0.08, 0.15))
    left, top, right, bottom = _axes(rng, paper)
    step = (right - left) / count
    width = step * rng.uniform(0.5, 0.85)
    name, shade = against(rng, list(NAMES), *paper.behind)
    varied = rng.random() < 0.3
    labels = LABELS[rng.integers(len(LABELS))].split()
    room = paper.size[1] - bottom
    font = lettering.font(rng, split, room * 0.7) if rng.random() < 0.5 and room > 18 else None
    for index, height in enumerate(heights / max(1.0, max(heights) * 1.03)):
        middle = left + step * (index + 0.5)
        fill = against(rng, list(NAMES), *paper.behind)[1] if varied else shade
        box = (middle - width / 2, bottom - (bottom - top) * height, middle + width / 2, bottom)
        paper.paper.rectangle(box, fill=fill)
        if font:
            spot = (middle, bottom + room / 2)
            paper.paper.text(spot, labels[index], fill=_ink(paper), font=font, anchor="mm")
    places = [_place(index, count) for index in (tallest, shortest)]
    questions = [
        (ask(rng, split, "bars"), f"There are {NUMBERS[count]} bars."),
        (ask(rng, split, "tallest"), f"The {places[0]} bar is the tallest."),
        (ask(rng, split, "shortest"), f"The {places[1]} bar is the shortest."),
        *_which(rng, split, "bar"),
    ]
    if not varied:
        questions.append((ask(rng, split, "bars_colour"), f"The bars are {name}."))
    caption = f"a bar chart with {NUMBERS[count]} bars, the {places[0]} is the tallest"
    questions.append((ask(rng, split, "describe"), f"I see {caption}."))
    facts = {"chart": "bar", "bars": str(count), "tallest": str(tallest + 1)}
    return Draft(paper.image, caption, questions, facts | {"shortest": str(shortest + 1)})


def _line(rng: np.random.Generator, split: str) -> Draft:
    paper = _paper(rng, split)
    trend = tuple(TRENDS)[rng.choice(4, p=(0.35, 0.35, 0.15, 0.15))]
    heights, said, word = TRENDS[trend]
    left, top, right, bottom = _axes(rng, paper)
    count = int(rng.integers(4, 10))
    x = np.linspace(0, 1, count)
    y = np.interp(x, np.linspace(0, 1, len(heights)), heights)
    y = np.clip(y + rng.uniform(-0.06, 0.06, count), 0.04, 0.96)
    points = np.stack([left + x * (right - left), bottom - y * (bottom - top)], 1)
    name, shade = against(rng, list(NAMES), *paper.behind)
    paper.paper.line(points.ravel().tolist(), fill=shade, width=int(rng.integers(3, 8)))
    if rng.random() < 0.4:
        for u, v in points:
            paper.paper.ellipse((u - 5, v - 5, u + 5, v + 5), fill=shade)
    caption = f"a {word} line chart" if " " not in word else f"a line chart {word}"
    questions = [
        (ask(rng, split, "trend"), said),
        *_which(rng, split, "line"),
        (ask(rng, split, "line_colour"), f"The line is {name}."),
        (ask(rng, split, "describe"), f"I see {caption}."),
    ]
    return Draft(paper.image, caption, questions, {"chart": "line", "trend": trend, "colour": name})


def _pie(rng: np.random.Generator, split: str) -> Draft:
    """Two to five slices in clearly different colours, one clearly the largest."""
    paper = _paper(rng, split)
    count = int(rng.integers(2, 6))
    shares = rng.uniform(0.5, 1.0, count)
    largest = int(rng.integers(count))
    shares[largest] = max(shares) * rng.uniform(1.35, 2.2)
    shares *= 360 / shares.sum()
    wide, high = paper.size
    radius = min(paper.size) * rng.uniform(0.3, 0.44)
    x, y = wide / 2 + rng.uniform(-0.08, 0.08) * wide, high / 2
    box = (x - radius, y - radius, x + radius, y + radius)
    start, names, shades = float(rng.uniform(0, 360)), [], list(paper.behind)
    for share in shares:
        name, shade = _fresh(rng, names, shades)
        names.append(name)
        shades.append(shade)
        paper.paper.pieslice(box, start, start + float(share), fill=shade, outline=_ink(paper))
        start += float(share)
    if rng.random() < 0.2:
        hole = radius * rng.uniform(0.4, 0.6)
        inner = (x - hole, y - hole, x + hole, y + hole)
        paper.paper.ellipse(inner, fill=paper.behind[0])
    biggest = names[largest]
    caption = f"a pie chart with {NUMBERS[count]} slices, the largest is {biggest}"
    questions = [
        (ask(rng, split, "slices"), f"There are {NUMBERS[count]} slices."),
        (ask(rng, split, "largest_slice"), f"The {biggest} slice is the largest."),
        *_which(rng, split, "pie"),
        (ask(rng, split, "describe"), f"I see {caption}."),
    ]
    return Draft(
        paper.image, caption, questions, {"chart": "pie", "slices": str(count), "largest": biggest}
    )


def _which(rng: np.random.Generator, split: str, kind: str) -> list[Pair]:
    others = [name for name in KINDS if name != kind]
    other = others[rng.integers(2)]
    shown = kind if rng.random() < 0.5 else other
    sure = "Yes" if shown == kind else "No"
    return [
        (ask(rng, split, "chart"), f"It is {KINDS[kind]}."),
        (ask(rng, split, "is_chart", a_chart=KINDS[shown]), f"{sure}, it is {KINDS[kind]}."),
    ]


def _place(index: int, count: int) -> str:
    return "last" if index == count - 1 else ORDINALS[index]


def _paper(rng: np.random.Generator, split: str) -> Canvas:
    ground = "white" if rng.random() < 0.55 else ""
    return canvas(rng, split, ASPECTS[rng.integers(len(ASPECTS))], ground)


def _axes(rng: np.random.Generator, paper: Canvas) -> tuple[float, float, float, float]:
    """Draws the frame and maybe lines behind; the box that is left for the values."""
    wide, high = paper.size
    left, right = wide * rng.uniform(0.06, 0.14), wide * rng.uniform(0.9, 0.97)
    top, bottom = high * rng.uniform(0.05, 0.14), high * rng.uniform(0.8, 0.92)
    ink, drawn = _ink(paper), paper.paper
    if rng.random() < 0.35:
        faint = tuple((a + 2 * b) // 3 for a, b in zip(ink, paper.behind[0], strict=True))
        for part in np.linspace(0, 1, int(rng.integers(4, 7)))[:-1]:
            level = top + (bottom - top) * part
            drawn.line((left, level, right, level), fill=faint, width=1)
    if rng.random() < 0.85:
        drawn.line((left, bottom, right, bottom), fill=ink, width=2)
    if rng.random() < 0.6:
        drawn.line((left, top, left, bottom), fill=ink, width=2)
    return left + 4, top, right - 4, bottom


def _ink(paper: Canvas) -> RGB:
    return (40, 40, 44) if sum(paper.behind[0]) > 380 else (225, 225, 220)


def _fresh(rng: np.random.Generator, names: list[str], shades: list[RGB]) -> tuple[str, RGB]:
    """A colour that no other slice has."""
    free = [name for name in NAMES if name not in names]
    for index in rng.permutation(len(free)):
        shade = colour(rng, free[index])
        if all(contrast(shade, other) > 100 for other in shades):
            return free[index], shade
    return free[0], colour(rng, free[0])
