"""Numbers as they are said, written in digits: "seventeen times twenty three" as "17 times 23".

The starter understands digits better than words. Times, dates and years are told apart from other
numbers by the words beside them.
"""

from collections.abc import Sequence
from typing import NamedTuple

ONES = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9},
}
TEENS = {
    **{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15},
    **{"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19},
}
TENS = {
    **{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70},
    **{"eighty": 80, "ninety": 90},
}
LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {
    **{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7},
    **{"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13},
    **{"fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18},
    **{"nineteenth": 19, "twentieth": 20, "thirtieth": 30},
}
MONTHS = {
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep"),
    *("oct", "nov", "dec"),
}
YEAR_BEFORE = MONTHS | {"in", "since", "of", "year"}
TIME_BEFORE = {"at", "by", "until", "till", "before", "after", "around", "to", "from"}
ONE_BEFORE = {  # "one" after these is no number
    *("the", "this", "that", "which", "another", "last", "next", "no", "any", "every", "each"),
    *("new", "old", "first", "only", "some", "what", "your", "my", "a"),
}


class Written(NamedTuple):
    text: str
    first: int  # of the words it was made of
    last: int


class _Number(NamedTuple):
    value: int
    end: int  # the word after it
    digits: int = 0  # 1 or 2: it was a single word or two, as a part of a year or a time is


def written(words: Sequence[str]) -> list[Written]:
    """The words in lower case, as they are said, each or several as they are written."""
    found: list[Written] = []
    place = 0
    while place < len(words):
        text, end = _next(words, place, found)
        found.append(Written(text, place, end - 1))
        place = end
    return found


def _next(words: Sequence[str], place: int, found: list[Written]) -> tuple[str, int]:
    before = found[-1].text if found else ""
    if day := _day(words, place, before):
        return day
    number = _number(words, place)
    if number is None:
        return _half_of_day(words, place, before) or (words[place], place + 1)
    if words[place] == "one" and number.end == place + 1 and _no_number(words, place, before):
        return "one", place + 1
    if paired := _time(words, place, number, before) or _year(words, number, before):
        return paired
    if list(words[number.end : number.end + 3]) == ["and", "a", "half"]:
        return f"{number.value}.5", number.end + 3
    digits, end = _decimals(words, number.end)
    return (f"{number.value}.{digits}", end) if digits else (str(number.value), number.end)


def _no_number(words: Sequence[str], place: int, before: str) -> bool:
    after = words[place + 1] if place + 1 < len(words) else ""
    larger = before.endswith("er") and not after
    return (larger or before in ONE_BEFORE) and after not in ("point", "hundred", *LARGE)


def _half_of_day(words: Sequence[str], place: int, before: str) -> tuple[str, int] | None:
    """ "p m" after a number."""
    if (
        before[-1:].isdigit()
        and words[place] in "ap"
        and list(words[place + 1 : place + 2]) == ["m"]
    ):
        return f"{words[place]}m", place + 2
    return None


def _number(words: Sequence[str], place: int) -> _Number | None:
    """The cardinal number that begins there; "one hundred and five thousand and two" is one."""
    total, limit = 0, 10**15
    start, digits = place, 0
    while part := _below_thousand(words, place):
        size = LARGE.get(words[part.end], 1) if part.end < len(words) else 1
        if size >= limit:
            break
        place = part.end + (size > 1)
        total, limit, digits = total + part.value * size, size, part.digits
        if size == 1:
            return _Number(total, place, digits if start == place - digits else 0)
        after = place + (list(words[place : place + 1]) == ["and"])
        more = _below_thousand(words, after)
        if more is None or (after == place and more.value < 100 and not _sized(words, more)):
            break
        place = after
    return _Number(total, place) if place > start else None


def _sized(words: Sequence[str], part: _Number) -> bool:
    return part.end < len(words) and words[part.end] in LARGE


def _below_thousand(words: Sequence[str], place: int) -> _Number | None:
    part = _below_hundred(words, place)
    if part is None or list(words[part.end : part.end + 1]) != ["hundred"] or not part.value:
        return part
    total, end = part.value * 100, part.end + 1
    linked = list(words[end : end + 1]) == ["and"]
    rest = _below_hundred(words, end + linked)
    if rest and rest.value:
        return _Number(total + rest.value, rest.end)
    return _Number(total, end)


def _below_hundred(words: Sequence[str], place: int) -> _Number | None:
    word = words[place] if place < len(words) else ""
    if word in TENS:
        one = ONES.get(_word(words, place + 1), 0)
        one = 0 if _word(words, place + 2) == "hundred" else one
        return _Number(TENS[word] + one, place + 1 + bool(one), 1 + bool(one))
    value = (ONES | TEENS).get(word)
    return None if value is None else _Number(value, place + 1, 1)


def _word(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def _hundreds(words: Sequence[str], place: int) -> bool:
    """Whether another number begins there, as "seven hundred"."""
    return _word(words, place + 1) in ("hundred", *LARGE) and _word(words, place) in ONES


def _decimals(words: Sequence[str], place: int) -> tuple[str, int]:
    """The digits after "point"; "" where there are none."""
    digits = ""
    if list(words[place : place + 1]) == ["point"]:
        place += 1
        while _word(words, place) in (*ONES, "oh") and not (digits and _hundreds(words, place)):
            digits += str(ONES.get(words[place], 0))
            place += 1
    return digits, place


def _second(words: Sequence[str], place: int) -> _Number | None:
    """The other half of a year or a time: two digits, or "oh" and one."""
    if list(words[place : place + 1]) == ["oh"]:
        one = _below_hundred(words, place + 1)
        return one if one and 0 < one.value < 10 else None
    part = _below_hundred(words, place)
    return part if part and part.value >= 10 else None


def _time(words: Sequence[str], place: int, hour: _Number, before: str) -> tuple[str, int] | None:
    if before == "at" and 1300 <= hour.value <= 2300 and not hour.value % 100:
        return f"{hour.value // 100}:00", hour.end
    if not hour.digits or hour.value > 24:
        return None
    if list(words[hour.end : hour.end + 2]) == ["o", "clock"]:
        return f"{hour.value}:00", hour.end + 2
    if list(words[hour.end : hour.end + 1]) == ["o'clock"]:
        return f"{hour.value}:00", hour.end + 1
    minute = _second(words, hour.end)
    if (
        minute is None
        or minute.value > 59
        or list(words[minute.end : minute.end + 1]) == ["hundred"]
    ):
        return None
    half = list(words[minute.end : minute.end + 2]) in (["a", "m"], ["p", "m"])
    return (
        (f"{hour.value}:{minute.value:02}", minute.end) if half or before in TIME_BEFORE else None
    )


def _year(words: Sequence[str], century: _Number, before: str) -> tuple[str, int] | None:
    if not century.digits or not 11 <= century.value <= 20:
        return None
    rest = _second(words, century.end)
    if rest is None or not (before in YEAR_BEFORE or _of_date(before) or century.value >= 19):
        return None
    return str(century.value * 100 + rest.value), rest.end


def _of_date(before: str) -> bool:
    return before[:1].isdigit() and before[-2:] in ("st", "nd", "rd", "th")


def _day(words: Sequence[str], place: int, before: str) -> tuple[str, int] | None:
    """ "fifth of may" as "5th of may", "may fifth" as "may 5"; others from the fourth on."""
    value, end = 0, place
    if words[place] in TENS and place + 1 < len(words):
        one = ORDINALS.get(words[place + 1], 0)
        value, end = (TENS[words[place]] + one, place + 2) if 0 < one < 10 else (0, place)
    elif words[place] in ORDINALS:
        value, end = ORDINALS[words[place]], place + 1
    if not value or before == "a":
        return None
    if before in MONTHS:
        return str(value), end
    after = (
        words[end + 1 : end + 2] if list(words[end : end + 1]) == ["of"] else words[end : end + 1]
    )
    if value < 4 and not MONTHS.intersection(after):
        return None
    tail = "th" if value in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{tail}", end


def sentence(parts: Sequence[str]) -> str:
    """With a capital at its start and for "I"."""
    text = " ".join(f"I{one[1:]}" if one == "i" or one.startswith("i'") else one for one in parts)
    return text[:1].upper() + text[1:]
