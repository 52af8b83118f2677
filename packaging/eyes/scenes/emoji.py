"""Scenes of everyday things: one, several of a kind, several kinds, and icons in one colour."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from scenes import placing, things
from scenes.asking import NUMBERS, a, are, ask, listed, several
from scenes.canvas import Canvas, canvas
from scenes.colours import NAMES, RGB, against, contrast
from scenes.draft import Draft, Pair
from scenes.things import KIND, plural

KINDS = {  # what is answered; the others are hard to put under one word
    "animal": "an animal",
    "food": "something to eat or drink",
    "vehicle": "a vehicle",
    "clothing": "something to wear",
    "face": "a face",
    "plant": "a plant",
}
FACED = {"calendar", "newspaper", "question mark", "keyboard", "printer"}  # never mirrored
IN_MANNER = 0.35
LEAST_CONTRAST = 70
STANDING_OUT = 8  # papers tried before a thing is put on one it hardly stands out from


class Picked(NamedTuple):
    name: str
    picture: Image.Image
    mean: RGB


def single(rng: np.random.Generator, split: str) -> Draft:
    """One emoji: what it is."""
    name, picture, mean = _any(rng, split)
    paper = _under(rng, split, [mean])
    size = min(paper.size) * paper.share(rng, 0.35, 0.96)
    wide, high = paper.size
    x, y = (rng.random(2) - 0.5) * (1.0 if rng.random() < 0.4 else 0.3) + 0.5
    spot = size / 2 + x * (wide - size), size / 2 + y * (high - size)
    _put(rng, paper, picture, spot, size, name)
    questions = about(rng, split, name)
    if paper.ground:
        questions.append((ask(rng, split, "ground"), f"The background is {paper.ground}."))
    ground = f" on {paper.ground}" if paper.ground and rng.random() < 0.3 else ""
    questions.append((ask(rng, split, "describe"), f"I see {a(name)}{ground}."))
    facts = {"name": name, "kind": KIND[name], "count": "1"}
    return Draft(paper.image, f"{a(name)}{ground}", questions, facts)


def counted(rng: np.random.Generator, split: str) -> Draft:
    """Two to nine of a kind."""
    name, picture, mean = _any(rng, split)
    count = int(rng.integers(2, 8 if rng.random() < 0.8 else 10))
    paper = _under(rng, split, [mean])
    spots, radii = placing.group(rng, paper.size, count)
    for spot, radius in zip(spots, radii, strict=True):
        _put(rng, paper, picture, spot, radius * 1.9, name)
    told = several(count, name, plural(name))
    other = _unlike(rng, (name,))
    questions = [
        (ask(rng, split, "count", things=plural(name)), f"{are(count, name, plural(name))}."),
        (ask(rng, split, "count_all"), f"{are(count, name, plural(name))}."),
        (ask(rng, split, "both"), f"I see {told}."),
        (ask(rng, split, "is_there", a_thing=a(other)), f"No, there is no {other}."),
        (ask(rng, split, "describe"), f"I see {told}."),
    ]
    return Draft(paper.image, told, questions, {"name": name, "count": str(count)})


def mixed(rng: np.random.Generator, split: str) -> Draft:
    """Two or three kinds of one style, mostly one of each."""
    number = _style(rng, split)
    style = things.styles(split)[number]
    kinds = 2 if rng.random() < 0.7 else 3
    names = [style.names[index] for index in rng.permutation(len(style.names))[: 3 * kinds]]
    names = list(dict.fromkeys(names))[:kinds]
    picked = [_picked(rng, split, number, name) for name in names]
    pictures = [one.picture for one in picked]
    paper = _under(rng, split, [one.mean for one in picked])
    if kinds == 2 and rng.random() < 0.6:
        return _beside(rng, split, paper, names, pictures)
    counts = [int(rng.choice((1, 1, 1, 2, 3))) for _ in names]
    spots, radii = placing.group(rng, paper.size, sum(counts))
    order = iter(rng.permutation(sum(counts)))
    for name, picture, count in zip(names, pictures, counts, strict=True):
        for _ in range(count):
            index = next(order)
            _put(rng, paper, picture, spots[index], radii[index] * 1.9, name)
    told = listed([several(n, one, plural(one)) for one, n in zip(names, counts, strict=True)])
    name, count = names[0], counts[0]
    questions = [
        (ask(rng, split, "both"), f"I see {told}."),
        (ask(rng, split, "count", things=plural(name)), f"{are(count, name, plural(name))}."),
        _is_there(rng, split, name, _unlike(rng, tuple(names))),
        (
            ask(rng, split, "count_all"),
            f"There are {NUMBERS[sum(counts)]} in all: {told}.",
        ),
        (ask(rng, split, "describe"), f"I see {told}."),
    ]
    facts = {"name": name, "count": str(count), "names": ", ".join(names), "all": str(sum(counts))}
    return Draft(paper.image, told, questions, facts)


def iconic(rng: np.random.Generator, split: str) -> Draft:
    """A sign of one colour, as programs have them."""
    styles = things.styles(split, icons=True)
    style = styles[rng.integers(len(styles))]
    name = tuple(style.found)[rng.integers(len(style.found))]
    mask = style.pictures[style.found[name][0]]
    paper = canvas(rng, split)
    common = ["black", "black", "white", "blue"] if rng.random() < 0.5 else list(NAMES)
    colour, shade = against(rng, [one for one in common if one != paper.ground], *paper.behind)
    size = min(paper.size) * paper.share(rng, 0.4, 0.95)
    small = mask.resize((round(size), round(size)), Image.Resampling.BILINEAR)
    x, y = (rng.random(2) - 0.5) * 0.5 + 0.5
    corner = round(x * (paper.size[0] - size)), round(y * (paper.size[1] - size))
    paper.image.paste(shade, corner, small)
    questions = [
        *about(rng, split, name),
        (ask(rng, split, "colour", thing=name), f"It is {colour}."),
        (ask(rng, split, "describe"), f"I see {a(name)} in {colour}."),
    ]
    facts = {"name": name, "kind": KIND[name], "colour": colour}
    return Draft(paper.image, f"{a(name)} in {colour}", questions, facts)


def about(rng: np.random.Generator, split: str, name: str) -> list[Pair]:
    """What may be asked of a single thing."""
    kind, other = KIND[name], _unlike(rng, (name,))
    pair = (a(name), a(other)) if rng.random() < 0.5 else (a(other), a(name))
    questions = [
        (ask(rng, split, "name"), f"It is {a(name)}."),
        _is_there(rng, split, name, other),
        _is_this(rng, split, name, other),
        (ask(rng, split, "this_or", a_thing=pair[0], an_other=pair[1]), f"It is {a(name)}."),
    ]
    if kind in ("animal", "food"):
        questions.append((ask(rng, split, kind), f"It is {a(name)}."))
    if kind in KINDS:
        questions.append((ask(rng, split, "kind"), f"It is {KINDS[kind]}: {a(name)}."))
    return questions


def _beside(
    rng: np.random.Generator,
    split: str,
    paper: Canvas,
    names: list[str],
    pictures: list[Image.Image],
) -> Draft:
    where = tuple(placing.SIDES)[rng.integers(4)]
    sizes = [min(paper.size) * paper.share(rng, 0.28, 0.46) for _ in range(2)]
    spots = placing.beside(rng, paper.size, where, sizes[0] / 2, sizes[1] / 2)
    for name, picture, spot, size in zip(names, pictures, spots, sizes, strict=True):
        _put(rng, paper, picture, spot, size, name)
    one, other = names
    words, back = placing.SIDES[where], placing.SIDES[placing.OPPOSITE[where]]
    pair = (words, back) if rng.random() < 0.5 else (back, words)
    told = f"The {one} is {words} the {other}."
    true = rng.random() < 0.5
    asked = ask(rng, split, "is_relation", thing=one, other=other, one=words if true else back)
    questions = [
        (ask(rng, split, "both"), f"I see {a(one)} and {a(other)}."),
        (ask(rng, split, "relation", thing=one, other=other, one=pair[0], two=pair[1]), told),
        (asked, ("Yes, t" if true else "No, t") + told[1:]),
        (ask(rng, split, "what_at", one=words, other=other), f"It is {a(one)}."),
        _is_there(rng, split, one, _unlike(rng, (one, other))),
    ]
    facts = {"name": one, "other": other, "names": f"{one}, {other}", "relation": where}
    caption = f"{a(one)} {words} {a(other)}"
    if rng.random() < 0.4:
        caption = f"{a(one)} and {a(other)}"
    questions.append((ask(rng, split, "describe"), f"I see {caption}."))
    return Draft(paper.image, caption, questions, facts)


def _style(rng: np.random.Generator, split: str) -> int:
    return int(rng.integers(len(things.styles(split))))


def _any(rng: np.random.Generator, split: str) -> Picked:
    number = _style(rng, split)
    names = tuple(things.styles(split)[number].found)
    return _picked(rng, split, number, names[rng.integers(len(names))])


def _picked(rng: np.random.Generator, split: str, number: int, name: str) -> Picked:
    """A picture of the thing in the style, in training often in another manner."""
    style = things.styles(split)[number]
    index = style.found[name][rng.integers(len(style.found[name]))]
    picture = style.pictures[index]
    if split == "train" and rng.random() < IN_MANNER:
        manner = things.MANNERS[rng.integers(len(things.MANNERS))]
        if manner != "grey" or KIND[name] not in things.COLOURED:
            picture = things.in_manner(split, number, index, manner)
    return Picked(name, picture, style.means[index])


def _under(rng: np.random.Generator, split: str, means: list[RGB]) -> Canvas:
    """Paper that things of these colours stand out from."""
    paper = canvas(rng, split)
    for _ in range(STANDING_OUT):
        if all(contrast(one, behind) > LEAST_CONTRAST for one in means for behind in paper.behind):
            break
        paper = canvas(rng, split)
    return paper


def _put(
    rng: np.random.Generator,
    paper: Canvas,
    picture: Image.Image,
    spot: placing.Spot,
    size: float,
    name: str,
) -> None:
    if rng.random() < 0.25 and name not in FACED:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.25:
        picture = picture.rotate(rng.uniform(-16, 16), Image.Resampling.BILINEAR, expand=True)
    side = max(8, round(size))
    small = picture.resize((side, side), Image.Resampling.BILINEAR)
    corner = round(spot[0] - side / 2), round(spot[1] - side / 2)
    paper.image.paste(small, corner, small)


def _is_there(rng: np.random.Generator, split: str, there: str, absent: str) -> Pair:
    if rng.random() < 0.5:
        return ask(rng, split, "is_there", a_thing=a(there)), f"Yes, there is {a(there)}."
    return ask(rng, split, "is_there", a_thing=a(absent)), f"No, there is no {absent}."


def _is_this(rng: np.random.Generator, split: str, name: str, other: str) -> Pair:
    shown = name if rng.random() < 0.5 else other
    sure = "Yes" if shown == name else "No"
    return ask(rng, split, "is_this", a_thing=a(shown)), f"{sure}, it is {a(name)}."


def _unlike(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    """Another thing, often of the same kind, that none of these could be taken for."""
    free = [one for one in things.NAMES if KIND[one] == KIND[names[0]]]
    if rng.random() < 0.5 or names[0].endswith("face"):
        free = list(things.NAMES)
    while True:
        other = free[rng.integers(len(free))]
        if not any(things.alike(other, name) for name in names):
            return other
