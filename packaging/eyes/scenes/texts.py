"""Scenes of words, letters and numbers."""

import numpy as np
from PIL import Image

from scenes import lettering
from scenes.asking import ask
from scenes.canvas import Canvas, canvas
from scenes.colours import NAMES, RGB, against
from scenes.draft import Draft, Pair

LEAST_CONTRAST = 190  # thin strokes need more than shapes do
PLATES = 0.15  # of the texts stand on a sign
WIDE = (1.0, 1.0, 4 / 3, 3 / 2, 16 / 9, 2.0, 2.6, 3 / 4)


def worded(rng: np.random.Generator, split: str) -> Draft:
    """One everyday word."""
    word = lettering.word(rng)
    image, shade = _written(rng, split, lettering.case(rng, word))
    other = word
    while other == word:
        other = lettering.word(rng)
    shown = word if rng.random() < 0.5 else other
    sure = "Yes" if shown == word else "No"
    questions = [
        (ask(rng, split, "read"), f'It says "{word}".'),
        (ask(rng, split, "says", word=shown), f'{sure}, it says "{word}".'),
        (ask(rng, split, "describe"), f'I see the word "{word}" in {shade}.'),
        (ask(rng, split, "text_colour"), f"The text is {shade}."),
    ]
    return Draft(image, f"the word {word} in {shade}", questions, {"word": word, "colour": shade})


def lettered(rng: np.random.Generator, split: str) -> Draft:
    """Letters that make no word: they teach to read, not to guess."""
    letters = lettering.letters(rng)
    image, shade = _written(rng, split, letters)
    spaced = " ".join(letters)
    questions = [
        (ask(rng, split, "spell"), f"{spaced}."),
        (ask(rng, split, "first_letter"), f"The first letter is {letters[0]}."),
        (ask(rng, split, "read"), f'It says "{letters}".'),
    ]
    facts = {"letters": letters, "colour": shade}
    return Draft(image, f"the letters {spaced} in {shade}", questions, facts)


def numbered(rng: np.random.Generator, split: str) -> Draft:
    """A number of one to four digits."""
    number = lettering.number(rng)
    image, shade = _written(rng, split, number)
    what = "digit" if len(number) == 1 else "number"
    questions: list[Pair] = [
        (ask(rng, split, "digit"), f"It is the {what} {number}."),
        (ask(rng, split, "describe"), f"I see the {what} {number} in {shade}."),
        (ask(rng, split, "number_colour"), f"It is {shade}."),
    ]
    caption = f"the {what} {number} in {shade}"
    return Draft(image, caption, questions, {"number": number, "colour": shade})


def _written(rng: np.random.Generator, split: str, text: str) -> tuple[Image.Image, str]:
    """The picture and the name of the colour of its text."""
    wide = WIDE[rng.integers(len(WIDE))] if len(text) > 2 else 1.0
    paper = canvas(rng, split, wide)
    common = ["black", "white", "blue", "red", "green"]
    names = common if rng.random() < 0.5 else list(NAMES)
    names = [one for one in names if one != paper.ground]
    name, shade = against(rng, names, *paper.behind, least=LEAST_CONTRAST)
    fill = paper.share(rng, 0.55, 0.92) if len(text) > 2 else paper.share(rng, 0.35, 0.8)
    font = lettering.fitted(rng, split, text, paper.size, fill)
    left, top, right, bottom = font.getbbox(text)
    spare = paper.size[0] - (right - left), paper.size[1] - (bottom - top)
    x, y = rng.uniform(0.1, 0.9, 2)
    if rng.random() < PLATES:
        _plate(rng, paper, shade, (spare[0] * x, spare[1] * y, right - left, bottom - top))
    paper.paper.text((spare[0] * x - left, spare[1] * y - top), text, fill=shade, font=font)
    image = paper.image
    if rng.random() < 0.2:
        image = image.rotate(rng.uniform(-9, 9), resample=2, fillcolor=paper.behind[0])
    return image, name


def _plate(
    rng: np.random.Generator, paper: Canvas, ink: RGB, box: tuple[float, float, float, float]
) -> None:
    """A sign behind the text, in a colour that the ink stands out from."""
    left, top, wide, high = box
    edge = high * rng.uniform(0.15, 0.4)
    shade = against(rng, list(NAMES), ink, least=LEAST_CONTRAST)[1]
    corners = (left - edge, top - edge, left + wide + edge, top + high + edge)
    paper.paper.rounded_rectangle(corners, radius=edge * rng.uniform(0, 0.9), fill=shade)
