"""The words Describe chooses from, and which of them fit a scene."""

from collections.abc import Iterable, Mapping, Sequence

from scenes import shapes

WRITING = {  # the family of a scene -> what is seen there, whatever it says
    "words": "a word",
    "letters": "letters",
    "digits": "a number",
}
CHARTS = ("bar chart", "line chart", "pie chart")
NAMED = ("name", "other", "shape")  # the facts that tell what is there, and "names"
SHAPED = ("shapes", "colours", "counts", "mixed", "places", "relations", "sizes")
NO, YES = 0.0, 1.0


def labels(things: Iterable[str]) -> list[str]:
    return sorted({*things, *shapes.SHAPES, *CHARTS, *WRITING.values()})


def fitting(known: Sequence[str], caption: str, facts: Mapping[str, str]) -> list[float]:
    """YES or NO for each label."""
    shown = {facts[one] for one in NAMED if one in facts}
    shown |= {*facts.get("names", "").split(", "), WRITING.get(facts["family"], "")}
    if facts["family"] in SHAPED:
        words = caption.replace(",", "").split()
        shown |= {one for one, many in shapes.PLURALS.items() if one in words or many in words}
    shown |= {one for one in CHARTS if one in caption}
    return [YES if one in shown else NO for one in known]
