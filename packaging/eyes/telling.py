"""What an answer about a scene has to hold, so that it counts as right."""

from collections.abc import Callable

from scenes import Scene
from scenes.asking import NUMBERS

Told = Callable[[Scene], str]
TOLD: dict[str, Told] = {  # the family -> what the answer must hold
    "shapes": lambda one: one.facts["shape"],
    "colours": lambda one: one.facts["colour"],
    "counts": lambda one: NUMBERS[int(one.facts["count"])],
    "places": lambda one: one.questions[0][1],
    "relations": lambda one: one.questions[0][1],
    "sizes": lambda one: one.questions[0][1],
    "digits": lambda one: one.facts["number"],
    "words": lambda one: f'"{one.facts["word"]}"',
    "emoji": lambda one: one.facts["name"],
    "several": lambda one: one.questions[0][1],
    "emoji counts": lambda one: NUMBERS[int(one.facts["count"])],
    "icons": lambda one: one.facts["name"],
    "charts": lambda one: one.questions[0][1],
}


def question(one: Scene, told: str) -> str:
    """The first whose answer holds it."""
    return next(asked for asked, answer in one.questions if told in answer)


def holds(said: str, told: str) -> bool:
    """Whole words, whatever their case."""
    plain = [f" {''.join(c if c.isalnum() else ' ' for c in one.lower())} " for one in (said, told)]
    plain = [" ".join(one.split()) for one in plain]
    return f" {plain[1]} " in f" {plain[0]} "
