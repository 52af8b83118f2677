"""What a family hands over: a drawing with its words, before anything spoils it."""

from typing import NamedTuple

from PIL import Image

Pair = tuple[str, str]


class Draft(NamedTuple):
    image: Image.Image
    caption: str
    questions: list[Pair]
    facts: dict[str, str]
