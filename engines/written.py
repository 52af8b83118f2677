"""The words for what programs read and counted in a picture: for a model, and understood back.

The same words stand on the page.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engines.senses import Line, Things

HEADING = "Found in the picture by programs, which can be wrong:"
TEXT = "- Text in it: "
ALIKE = "- Separate things in it: "
LIKE = "- What the only thing looks like: "
COLOUR = "- Their colour: "
COUNTED = re.compile(rf"{re.escape(ALIKE)}(\d+)(?:, ([a-z ]+))?")
SURE, DOUBTFUL = 0.85, 0.6  # of lines: below the first it is marked, below the second left out
MOST = 4_000  # characters
NOT_SURE = " (not sure)"
ROW = re.compile(rf"  “(.+)”({re.escape(NOT_SURE)})?")


class Read(NamedTuple):
    text: str  # a line
    sure: bool = True


def rows(lines: Iterable[Line]) -> list[str]:
    """Each line between marks of its own, so that a model takes it for a quotation."""
    told, length = [], 0
    for one in lines:
        length += len(one.text)
        if length > MOST:
            told.append("  (there is more)")
            break
        told.append(f"  “{one.text}”" + ("" if one.sure >= SURE else NOT_SURE))
    return told


def certain(lines: Iterable[Line]) -> list[Line]:
    return [one for one in lines if one.sure >= DOUBTFUL]


def told(
    lines: Iterable[Line], things: Things | None = None, like: str = "", colour: str = ""
) -> str:
    """What is said of a picture to a model that sees it; "" where there is nothing to say.

    like: a word for what the only thing in it looks like most.
    """
    read = [one for one in certain(lines) if _letters(one.text)]
    told = [TEXT, *rows(read)] if read else []
    if things:
        told.append(f"{ALIKE}{things.count}" + (f", {things.place}" if things.place else ""))
        if things.count == 1 and like:
            told.append(f"{LIKE}{like}")
        if colour:
            told.append(f"{COLOUR}{colour}")
    return "\n".join((HEADING, *told)) if told else ""


def things_in(text: str) -> Things | None:
    """What was counted, in what told() said."""
    for row in _rows_of(text):
        if found := COUNTED.fullmatch(row):
            return Things(int(found[1]), found[2] or "")
    return None


def likeness_in(text: str) -> str:
    """What the only thing looks like, in what told() said; "" where that was not said."""
    return _after(LIKE, text)


def colour_in(text: str) -> str:
    """The colour of the things, likewise."""
    return _after(COLOUR, text)


def _after(mark: str, text: str) -> str:
    return next((row[len(mark) :] for row in _rows_of(text) if row.startswith(mark)), "")


def _rows_of(text: str) -> list[str]:
    heading, *listed = text.strip("\n").split("\n")
    return listed if heading == HEADING else []


def not_read(why: str) -> str:
    return f"{HEADING}\n{TEXT}could not be read. {why}"


def understood(text: str) -> tuple[Read, ...] | None:
    """The lines in what told() said; None where it is no such words."""
    heading, *listed = text.strip("\n").split("\n")
    if heading != HEADING:
        return None
    found = (ROW.fullmatch(line) for line in listed)
    return tuple(Read(one[1], not one[2]) for one in found if one)


def _letters(text: str) -> bool:
    """A drawing of a star or of two bars looks like a sign to a reader of text."""
    marks: Sequence[str] = [mark for mark in text if mark.isalnum()]
    if marks and all(ord(mark) > 0x2E7F for mark in marks):  # 一, 口, 十: boxes and crosses
        return len(set(marks)) > 1
    return bool(marks)
