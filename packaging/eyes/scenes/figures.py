"""Scenes of shapes: one, many of a kind, several kinds, side by side, large and small."""

from typing import NamedTuple

import numpy as np

from scenes import placing, shapes
from scenes.asking import NUMBERS, a, are, ask, listed, several
from scenes.canvas import Canvas, canvas
from scenes.colours import NAMES, RGB, against, contrast
from scenes.draft import Draft, Pair
from scenes.shapes import DIRECTIONS, PLAIN, PLURALS, SHAPES, TURNS
from scenes.things import alike

ON_GROUND = 0.6  # how often a plain background is named in the caption


class Figure(NamedTuple):
    shape: str
    colour: str
    shade: RGB

    @property
    def noun(self) -> str:
        return f"{self.colour} {self.shape}"

    @property
    def nouns(self) -> str:
        return f"{self.colour} {PLURALS[self.shape]}"


def unseen(shape: str, colour: str) -> bool:
    """Whether the two are never together in training: one pair in seven."""
    return (SHAPES.index(shape) * 3 + NAMES.index(colour)) % 7 == 0


def figure(
    rng: np.random.Generator,
    split: str,
    paper: Canvas,
    among: tuple[str, ...] = SHAPES,
    without: tuple[Figure, ...] = (),
    only_unseen: bool = False,
) -> Figure:
    """A shape in a colour that stands out; unlike all in `without` in both."""
    for _ in range(30):
        kinds = [one for one in among if one not in {other.shape for other in without}]
        shape = kinds[rng.integers(len(kinds))]
        taken = {other.colour for other in without} | {paper.ground}
        free = [name for name in NAMES if name not in taken]
        if split == "train":
            free = [name for name in free if not unseen(shape, name)]
        elif only_unseen:
            free = [name for name in free if unseen(shape, name)]
        name, shade = against(rng, free, *paper.behind)
        if split != "train" or not unseen(shape, name):
            return Figure(shape, name, shade)
    raise ValueError("no colour stands out")


def put(
    rng: np.random.Generator,
    paper: Canvas,
    one: Figure,
    spot: placing.Spot,
    radius: float,
    style: float | None = None,
    lean: float | None = None,
) -> None:
    """Filled mostly, else only its edge, else with an edge of another colour."""
    style = rng.random() if style is None else style
    if lean is None:
        lean = float(rng.uniform(-1, 1)) * TURNS[one.shape] * (rng.random() < 0.6)
    fill, edge, line = one.shade, None, 0.0
    if style > 0.88 and radius > 22 and one.shape != "circle":  # which would be called a ring
        fill, edge, line = None, one.shade, radius * rng.uniform(0.13, 0.24)
    elif style > 0.8 and radius > 26:
        edge, line = tuple(channel // 3 for channel in one.shade), radius * 0.07
    wide = float(rng.uniform(0.92, 1.0)) if one.shape not in ("circle", "square", "ring") else 1.0
    shapes.draw(paper.paper, one.shape, spot, radius * 0.97, fill, edge, line, lean, wide)


def single(rng: np.random.Generator, split: str) -> Draft:
    """One shape: what it is and its colour."""
    paper = canvas(rng, split)
    one = figure(rng, split, paper, only_unseen=split != "train" and rng.random() < 0.8)
    radius = min(paper.size) * paper.share(rng, 0.14, 0.46)
    spot = _anywhere(rng, paper, radius)
    lean, facts = None, {"shape": one.shape, "colour": one.colour, "count": "1"}
    questions = _about(rng, split, one, paper)
    if one.shape == "arrow":
        turn = int(rng.integers(4))
        lean = turn * 90 + float(rng.uniform(-12, 12))
        way = DIRECTIONS[turn]
        facts["points"] = way
        questions.append((ask(rng, split, "points"), f"It points {_way(way)}."))
    put(rng, paper, one, spot, radius, lean=lean)
    return _done(rng, split, paper, a(one.noun), questions, facts)


def coloured(rng: np.random.Generator, split: str) -> Draft:
    """Mostly about the colour: a shape on a plain background of another colour."""
    while True:
        ground = NAMES[rng.integers(len(NAMES))]
        paper = canvas(rng, split, ground=ground)
        one = figure(rng, split, paper)
        if one.colour != ground and contrast(one.shade, paper.behind[0]) > 110:
            break
    radius = min(paper.size) * paper.share(rng, 0.2, 0.46)
    put(rng, paper, one, _anywhere(rng, paper, radius), radius)
    facts = {"shape": one.shape, "colour": one.colour, "ground": ground, "count": "1"}
    questions = _about(rng, split, one, paper)
    return _done(rng, split, paper, f"{a(one.noun)} on {ground}", questions, facts)


def counted(rng: np.random.Generator, split: str) -> Draft:
    """One to nine of a kind, in one colour or in many."""
    paper = canvas(rng, split)
    count = int(rng.integers(1, 10))
    one = figure(rng, split, paper, PLAIN if count > 5 else SHAPES)
    spots, radii = placing.group(rng, paper.size, count)
    style, varied = rng.random(), rng.random() < 0.2 and count > 1
    for spot, radius in zip(spots, radii, strict=True):
        drawn = one
        if varied:
            free = [n for n in NAMES if not unseen(one.shape, n) and n != paper.ground]
            drawn = one._replace(shade=against(rng, free, *paper.behind)[1])
        put(rng, paper, drawn, spot, radius, style)
    thing, things = (one.shape, PLURALS[one.shape]) if varied else (one.noun, one.nouns)
    facts = {"shape": one.shape, "count": str(count)}
    if not varied:
        facts["colour"] = one.colour
    questions = [
        (ask(rng, split, "count", things=PLURALS[one.shape]), f"{are(count, thing, things)}."),
        (ask(rng, split, "count_all"), f"{are(count, thing, things)}."),
    ]
    if not varied:
        verb = "It is" if count == 1 else "They are"
        kind = "colour" if count == 1 else "colour_of_all"
        asked = ask(rng, split, kind, thing=one.shape, things=PLURALS[one.shape])
        questions.append((asked, f"{verb} {one.colour}."))
    questions.append(_is_there(rng, split, one.shape, _other(rng, (one.shape,))))
    return _done(rng, split, paper, several(count, thing, things), questions, facts)


def mixed(rng: np.random.Generator, split: str) -> Draft:
    """Two or three kinds, one to four of each, together nine at most."""
    paper = canvas(rng, split)
    kinds = 2 if rng.random() < 0.7 else 3
    counts = [int(rng.choice((1, 1, 1, 2, 2, 3, 4))) for _ in range(kinds)]
    counts = counts if sum(counts) < 8 else [1] * kinds
    found: list[Figure] = []
    for _ in range(kinds):
        found.append(figure(rng, split, paper, PLAIN, tuple(found)))
    if rng.random() < 0.2 and (split != "train" or not unseen(found[0].shape, found[1].colour)):
        found[1] = found[1]._replace(shape=found[0].shape)  # told apart by colour alone
    spots, radii = placing.group(rng, paper.size, sum(counts))
    order = rng.permutation(sum(counts))
    drawn = [one for one, count in zip(found, counts, strict=True) for _ in range(count)]
    for one, index in zip(drawn, order, strict=True):
        put(rng, paper, one, spots[index], radii[index])
    said = [several(n, one.noun, one.nouns) for one, n in zip(found, counts, strict=True)]
    index = int(rng.integers(kinds))
    one, count = found[index], counts[index]
    alone = [other.shape for other in found].count(one.shape) == 1
    facts = {"shape": one.shape, "colour": one.colour, "count": str(count)}
    facts |= {"all": str(sum(counts)), "kinds": str(kinds)}
    questions = [
        (
            ask(rng, split, "count", things=PLURALS[one.shape] if alone else one.nouns),
            f"{are(count, one.noun, one.nouns)}.",
        ),
        (ask(rng, split, "both"), f"I see {listed(said)}."),
        (
            ask(rng, split, "which_colour", colour=one.colour),
            f"The {one.shape} is {one.colour}."
            if count == 1
            else f"The {PLURALS[one.shape]} are {one.colour}.",
        ),
        _is_there(rng, split, one.shape, _other(rng, tuple(other.shape for other in found))),
    ]
    if count == 1 and alone:
        asked = ask(rng, split, "absent_colour", thing=one.shape)
        questions.append((asked, f"It is {one.colour}."))
    total = sum(counts)
    questions.append(
        (
            ask(rng, split, "count_all"),
            f"There are {NUMBERS[total]} in all: {listed(said)}.",
        )
    )
    return _done(rng, split, paper, listed(said), questions, facts)


def placed(rng: np.random.Generator, split: str) -> Draft:
    """One shape in one of nine places."""
    paper = canvas(rng, split)
    one = figure(rng, split, paper)
    place = tuple(placing.PLACES)[rng.integers(9)]
    radius = min(paper.size) * paper.share(rng, 0.1, 0.17)
    put(rng, paper, one, placing.at(place, paper.size, radius, rng), radius)
    said = placing.PLACES[place]
    asked = ask(rng, split, "where", thing=one.shape)
    if "corner" in asked and "corner" not in said:
        asked = f"Where is the {one.shape}?"
    facts = {"shape": one.shape, "colour": one.colour, "place": place}
    questions = [
        (asked, f"The {one.noun} is {said}."),
        (ask(rng, split, "side", place=said), f"It is {a(one.noun)}."),
        *_about(rng, split, one, paper)[:2],
    ]
    return _done(rng, split, paper, f"{a(one.noun)} {said}", questions, facts)


def related(rng: np.random.Generator, split: str) -> Draft:
    """Two shapes, one left of, right of, above or below the other."""
    paper = canvas(rng, split)
    one = figure(rng, split, paper)
    other = figure(rng, split, paper, without=(one,))
    where = tuple(placing.SIDES)[rng.integers(4)]
    short = min(paper.size)
    first, second = (short * paper.share(rng, 0.11, 0.21) for _ in range(2))
    spots = placing.beside(rng, paper.size, where, first, second)
    put(rng, paper, one, spots[0], first)
    put(rng, paper, other, spots[1], second)
    words, back = placing.SIDES[where], placing.SIDES[placing.OPPOSITE[where]]
    pair = (words, back) if rng.random() < 0.5 else (back, words)
    slots = {"thing": one.shape, "other": other.shape}
    told = f"The {one.noun} is {words} the {other.noun}."
    true = rng.random() < 0.5
    asked = ask(rng, split, "is_relation", **slots, one=words if true else back)
    questions = [
        (ask(rng, split, "relation", **slots, one=pair[0], two=pair[1]), told),
        (asked, ("Yes, t" if true else "No, t") + told[1:]),
        (
            ask(rng, split, "what_at", one=words, other=other.shape),
            f"It is {a(one.noun)}.",
        ),
        (ask(rng, split, "absent_colour", thing=one.shape), f"It is {one.colour}."),
        (ask(rng, split, "both"), f"I see {a(one.noun)} and {a(other.noun)}."),
    ]
    facts = {"shape": one.shape, "colour": one.colour, "other": other.shape, "relation": where}
    return _done(rng, split, paper, f"{a(one.noun)} {words} {a(other.noun)}", questions, facts)


def sized(rng: np.random.Generator, split: str) -> Draft:
    """A big thing and a small one, of two shapes or of one shape in two colours."""
    paper = canvas(rng, split)
    big = figure(rng, split, paper, PLAIN)
    small = figure(rng, split, paper, PLAIN, without=(big,))
    same_shape = rng.random() < 0.4
    if same_shape:
        small = small._replace(shape=big.shape)
        if split == "train" and unseen(small.shape, small.colour):
            return sized(rng, split)
    short = min(paper.size)
    large = short * paper.share(rng, 0.19, 0.26)
    little = large * rng.uniform(0.34, 0.62)
    where = tuple(placing.SIDES)[rng.integers(4)]
    spots = placing.beside(rng, paper.size, where, large, little)
    put(rng, paper, big, spots[0], large, style=0.0)
    put(rng, paper, small, spots[1], little, style=0.0)
    names = ("colour", f"{big.colour} one", f"{small.colour} one")
    if not same_shape:
        names = ("shape", big.shape, small.shape)
    pair = names[1:] if rng.random() < 0.5 else names[:0:-1]
    slots = {"thing": pair[0], "other": pair[1]}
    questions = [
        (ask(rng, split, "bigger", **slots), f"The {big.noun} is bigger."),
        (ask(rng, split, "smaller", **slots), f"The {small.noun} is smaller."),
        (ask(rng, split, "same"), f"No, one is {big.colour} and one is {small.colour}."),
        (ask(rng, split, "both"), f"I see a big {big.noun} and a small {small.noun}."),
    ]
    facts = {"bigger": big.noun, "smaller": small.noun, "differ": names[0]}
    facts["answer"] = big.colour if same_shape else big.shape
    caption = f"a big {big.noun} and a small {small.noun}"
    if rng.random() < 0.5:
        caption = f"a small {small.noun} and a big {big.noun}"
    return _done(rng, split, paper, caption, questions, facts)


def _about(rng: np.random.Generator, split: str, one: Figure, paper: Canvas) -> list[Pair]:
    """What may be asked of a single figure."""
    wrong = colour_unlike(rng, one.colour)
    shown = one.colour if rng.random() < 0.5 else wrong
    yes = shown == one.colour
    questions = [
        (ask(rng, split, "shape"), f"It is {a(one.noun)}."),
        (ask(rng, split, "colour", thing=one.shape), f"It is {one.colour}."),
        (
            ask(rng, split, "is_colour", thing=one.shape, colour=shown),
            f"Yes, it is {one.colour}." if yes else f"No, it is {one.colour}.",
        ),
        _is_there(rng, split, one.shape, _other(rng, (one.shape,))),
        _is_this(rng, split, one),
    ]
    if paper.ground:
        questions.append((ask(rng, split, "ground"), f"The background is {paper.ground}."))
    return questions


def colour_unlike(rng: np.random.Generator, name: str) -> str:
    free = [other for other in NAMES if other != name]
    return free[rng.integers(len(free))]


def _other(rng: np.random.Generator, without: tuple[str, ...]) -> str:
    free = [one for one in SHAPES if not any(alike(one, shape) for shape in without)]
    return free[rng.integers(len(free))]


def _is_there(rng: np.random.Generator, split: str, there: str, absent: str) -> Pair:
    if rng.random() < 0.5:
        return ask(rng, split, "is_there", a_thing=a(there)), f"Yes, there is {a(there)}."
    return ask(rng, split, "is_there", a_thing=a(absent)), f"No, there is no {absent}."


def _is_this(rng: np.random.Generator, split: str, one: Figure) -> Pair:
    """Right, or wrong in the shape or in the colour."""
    chance = rng.random()
    shown = one.noun
    if chance < 0.3:
        shown = f"{one.colour} {_other(rng, (one.shape,))}"
    elif chance < 0.6:
        shown = f"{colour_unlike(rng, one.colour)} {one.shape}"
    sure = "Yes" if shown == one.noun else "No"
    return ask(rng, split, "is_this", a_thing=a(shown)), f"{sure}, it is {a(one.noun)}."


def _anywhere(rng: np.random.Generator, paper: Canvas, radius: float) -> placing.Spot:
    wide, high = paper.size
    pull = 1.0 if rng.random() < 0.6 else 0.25
    x, y = (rng.random(2) - 0.5) * pull + 0.5
    return radius + x * (wide - 2 * radius), radius + y * (high - 2 * radius)


def _way(direction: str) -> str:
    return f"to the {direction}" if direction in ("left", "right") else direction


def _done(
    rng: np.random.Generator,
    split: str,
    paper: Canvas,
    what: str,
    questions: list[Pair],
    facts: dict[str, str],
) -> Draft:
    caption = what
    if paper.ground and " on " not in f"{what} " and rng.random() < ON_GROUND:
        caption = f"{what} on {paper.ground}"
    questions.append((ask(rng, split, "describe"), f"I see {caption}."))
    return Draft(paper.image, caption, questions, facts)
