"""What is written in a picture, for the starter: programs read it, and these rules tell it.

Its eyes are too small to read. What programs read stands in the turn (engines/written.py); it is
taken out before the model sees the turn, and questions about it are recognised here.
"""

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from engines import written
from engines.llm.routing import reading as asking
from engines.messages import Part, Picture, Text, Turn
from engines.written import Read

Lines = tuple[Read, ...]  # of one picture

LONGEST = 60  # characters of a text that is told beside what the picture shows
SHORT = 24  # characters of what is spelled
FIGURES = re.compile(r"\d(?:[\d., ’']*\d)?")
ALIKE = str.maketrans({"I": "1", "l": "1", "|": "1", "O": "0", "o": "0"})
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NAMED = re.compile(r'\b(the (?:word|letters?|text)) "?[\w-]+"?|\b(the (?:digit|number)) \d+')


def bare(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns without what was read: the model was not trained on it."""
    return tuple(
        replace(turn, parts=kept) if len(kept := _kept(turn)) < len(turn.parts) else turn
        for turn in turns
    )


def _kept(turn: Turn) -> tuple[Part, ...]:
    return tuple(part for part in turn.parts if _read(part) is None)


def _read(part: Part) -> Lines | None:
    return written.understood(part.text) if isinstance(part, Text) else None


def last_shown(turns: Sequence[Turn]) -> list[Lines]:
    """What was read in each picture of the last turn that shows any."""
    for turn in reversed(turns):
        found: list[Lines] = []
        for part in turn.parts:
            if isinstance(part, Picture):
                found.append(())
            elif found and (read := _read(part)) is not None:
                found[-1] = read
        if found:
            return found
    return []


def question(turn: Turn) -> str:
    """The person's words: pictures and documents stand before them."""
    last = turn.parts[-1] if turn.parts else None
    return last.text.strip() if isinstance(last, Text) and _read(last) is None else ""


def answer(asked: str, pictures: Sequence[Lines]) -> str:
    """What is written in the pictures, if that is what is asked; else ""."""
    if not any(pictures):
        return ""
    one, rest = asking.which_picture(asked, len(pictures))
    if one is not None:
        return _answer(rest, pictures[one]) if pictures[one] else ""
    said = [(number, _answer(rest, lines)) for number, lines in enumerate(pictures, 1) if lines]
    if len(said) == 1 or not all(text for _, text in said):
        return said[0][1] if len(said) == 1 else ""
    return "\n\n".join(f"Picture {number}: {text}" for number, text in said)


def _answer(asked: str, lines: Lines) -> str:
    kind, word = asking.recognised(asked)
    return ANSWERS[kind](lines, word) if kind else ""


def tells(asked: str, pictures: Sequence[Lines]) -> str:
    """The text of the one picture, where it asks what the picture shows and the text is clear.

    A ring looks like the letter O to a reader of text, four of them like 8.
    """
    lines = pictures[0] if len(pictures) == 1 else ()
    text = " ".join(line.text for line in lines)
    marks = {mark for mark in text if mark.isalnum()}
    clear = all(line.sure for line in lines) and len(marks) > 1 and len(text) <= LONGEST
    return text if clear and asking.describes(asked) else ""


def beside(said: str, text: str) -> str:
    """What the model said of a picture, with the text in it."""
    if f" {_plain(text)} " in f" {_plain(said)} ":
        return said
    what = f"number {text}" if FIGURES.fullmatch(text) else f'word "{text}"'
    if NAMED.search(said) and " " not in text:  # it saw that there is one
        return NAMED.sub(f"the {what}", said, count=1)
    return f"{said} {_says((Read(text),), '')}".strip()


# Answers


def _says(lines: Lines, _: str) -> str:
    if len(lines) == 1:
        return f'{_seems(lines, "It says")} "{lines[0].text}".'
    rows = "\n".join(f"> {line.text}  " for line in lines)
    return f"{_seems(lines, 'It says')}:\n\n{rows.rstrip()}"


def _seems(lines: Lines, words: str) -> str:
    return (
        words if all(line.sure for line in lines) else f"I am not sure, but I think {_low(words)}"
    )


def _low(words: str) -> str:
    return words[0].lower() + words[1:]


def _any(lines: Lines, _: str) -> str:
    said = _says(lines, "")
    return f"Yes, {_low(said)}" if lines[0].sure and len(_joined(lines)) > 1 else said


def _number(lines: Lines, _: str) -> str:
    found = [figures for line in lines for figures in FIGURES.findall(line.text)]
    if not found and len(text := _joined(lines)) <= 4 and text.translate(ALIKE).isdigit():
        found = [text.translate(ALIKE)]
    if not found:
        return f"I can read no number. {_says(lines, '')}"
    if len(found) > 1:
        return f"{_seems(lines, 'The numbers are')} {_list(found)}."
    what = "digit" if len(found[0]) == 1 else "number"
    return f"{_seems(lines, 'It is')} the {what} {found[0]}."


def _letters(lines: Lines, _: str) -> str:
    text = _joined(lines)
    return f"{' '.join(text)}." if len(text) <= SHORT else _says(lines, "")


def _first(lines: Lines, _: str) -> str:
    return _one_letter(lines, "first", 0)


def _last(lines: Lines, _: str) -> str:
    return _one_letter(lines, "last", -1)


def _one_letter(lines: Lines, which: str, place: int) -> str:
    letters = [mark for mark in _joined(lines) if mark.isalpha()]
    if not letters:
        return f"I can read no letters. {_says(lines, '')}"
    return f"{_seems(lines, f'The {which} letter is')} {letters[place]}."


def _how_many(lines: Lines, what: str) -> str:
    text = " ".join(line.text for line in lines)
    counted = {
        "letter": [mark for mark in text if mark.isalpha()],
        "digit": [mark for mark in text if mark.isdigit()],
        "character": [mark for mark in text if not mark.isspace()],
        "word": text.split(),
        "line": list(lines),
        "number": FIGURES.findall(text),
    }[what]
    count = len(counted)
    number = NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
    there = "There is" if count == 1 else "There are"
    thing = what if count == 1 else f"{what}s"
    tail = f' in "{text}"' if len(text) <= LONGEST else ""
    return f"{_seems(lines, there)} {number} {thing}{tail}."


def _is_it(lines: Lines, word: str) -> str:
    text = " ".join(line.text for line in lines)
    wanted, there = _plain(word), _plain(text)
    found = f" {wanted} " in f" {there} " or wanted == _joined(lines).translate(ALIKE)
    shown = word if found else text
    if len(lines) > 1 and not found:
        return f"No. {_says(lines, '')}"
    return f'{"Yes" if found else "No"}, {_low(_seems(lines, "It says"))} "{shown}".'


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def _joined(lines: Lines) -> str:
    return "".join(mark for line in lines for mark in line.text if mark.isalnum())


def _list(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


ANSWERS: dict[str, Callable[[Lines, str], str]] = {
    "read": _says,
    "any": _any,
    "number": _number,
    "letters": _letters,
    "first": _first,
    "last": _last,
    "how many": _how_many,
    "is it": _is_it,
}
