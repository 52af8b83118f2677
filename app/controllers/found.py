"""The words for what programs found in a picture: told to a model, and shown as they are."""

from typing import NamedTuple

from engines import written
from engines.messages import Described, Lines
from engines.written import HEADING

SURE, LIKELY, LEAST = 0.8, 0.4, 0.05  # probabilities: below these "perhaps", a guess, not said
MOST_WORDS, MOST_NEAREST, MOST_COLOURS = 5, 3, 3


class Unknown(NamedTuple):
    """It could not be found out, and why."""

    why: str  # a sentence


class Found(NamedTuple):
    words: tuple[tuple[str, float], ...]  # what it shows, the surest first, with probabilities
    lines: tuple[str, ...]  # the text in it
    text: str  # all of it in words, for a model that does not see, and for the screen
    read: str = ""  # for one that sees but does not read: text, what was counted, a likeness


def found(described: Described | Unknown, lines: Lines | Unknown) -> Found:
    told = [HEADING, f"- What it shows: {_shows(described)}"]
    if isinstance(described, Described) and described.colours:
        told.append(f"- Colours: {_colours(described.colours)}")
    told.append(f"{written.TEXT}{_text(lines)}")
    words = described.words if isinstance(described, Described) else ()
    read = written.certain(lines.lines) if isinstance(lines, Lines) else []
    return Found(words, tuple(one.text for one in read), "\n".join(told), _read(words, lines))


def _read(words: tuple[tuple[str, float], ...], lines: Lines | Unknown) -> str:
    if isinstance(lines, Unknown):
        return written.not_read(lines.why)
    like = words[0][0] if words and words[0][1] >= LEAST else ""
    return written.told(written.certain(lines.lines), lines.things, like, lines.colour)


def _shows(described: Described | Unknown) -> str:
    if isinstance(described, Unknown):
        return f"could not be found out. {described.why}"
    likely = [one for one in described.words if one[1] >= LIKELY][:MOST_WORDS]
    if likely:
        return ", ".join(_word(*one) for one in likely)
    nearest = [one for one in described.words if one[1] >= LEAST][:MOST_NEAREST]
    listed = ", ".join(f"{word} ({_percent(sure)})" for word, sure in nearest)
    return "not known: no guess is sure" + (f"; the nearest are {listed}" if listed else "")


def _word(word: str, sure: float) -> str:
    return f"{'' if sure >= SURE else 'perhaps '}{word} ({_percent(sure)} sure)"


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _colours(colours: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{name} {_percent(share)}" for name, share in colours[:MOST_COLOURS])


def _text(lines: Lines | Unknown) -> str:
    if isinstance(lines, Unknown):
        return f"could not be read. {lines.why}"
    read = written.certain(lines.lines)
    if not read:
        return "none that can be read" if lines.lines else "none"
    return "\n" + "\n".join(written.rows(read))
