"""Reads when something is to be: "in 20 minutes", "friday at 9", "3 March at 14:00".

Whatever is not wholly understood is refused: a reminder at a guessed time is worse than none.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from engines.errors import ParleyError
from engines.tools.clock import DAYS, MONTHS, by_months, nearest
from engines.tools.texts import folded

EXAMPLES = "Say for example: in 10 minutes, tomorrow at 18:00, friday at 9, 2027-03-03 14:00."
FARTHEST = 100 * 366 * 86_400  # seconds
LONGEST = 100  # characters
USUAL = time(9)  # of a day that is named without a time

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
ONES += " fifteen sixteen seventeen eighteen nineteen"
NUMBERS = {word: n for n, word in enumerate(ONES.split())}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
SPELLED = re.compile(
    rf"\b(?:({'|'.join(TENS)})(?:[ -]({'|'.join(ONES.split()[1:10])}))?|({'|'.join(NUMBERS)}))\b"
)

SECONDS = {"s": 1, "m": 60, "h": 3600}
AMOUNT = r"(half an?|quarter of an|an?|\d+(?:\.\d+)?)"
UNIT = r"(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|days?|weeks?|months?|years?)"
PIECE = rf"(?:a )?{AMOUNT} ?{UNIT}(?![a-z])( and a half)?"
SPAN = re.compile(rf"((?:in|for|after) )?(?:{PIECE}(?:,? and |,? ?|$))+(from now)?\b *(.*)")
LONG_UNIT = re.compile(r"\d+ ?(sec|min|hour|hr|day|week|month|year)|an? (minute|hour|day|week)")

MORNING, AFTERNOON, EVENING, NIGHT = time(9), time(15), time(19), time(21)
PARTS = {"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING, "night": NIGHT}
FILLERS = {"on", "at", "the", "of", "by", "in", "around", "this", "for", "to", ",", "and"}


class Clock(NamedTuple):
    """A time of day as said. exact: 7 is not also 19. days: 1 for midnight, which ends a day."""

    hour: int
    minute: int = 0
    exact: bool = True
    days: int = 0


class Said:
    """What is left of the words, from which what is understood is taken away."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: str) -> re.Match[str] | None:
        if found := re.search(rf"(?<!\w)(?:{pattern})(?!\w)", self.text):
            self.text = f"{self.text[: found.start()]} {self.text[found.end() :]}"
        return found

    @property
    def understood(self) -> bool:
        return set(self.text.split()) <= FILLERS


def moment(when: str, present: datetime) -> datetime:
    """The local time that is meant; raises ParleyError for what is past or cannot be read."""
    text = prepared(when) if len(when) <= LONGEST else ""
    if re.search(r"\b(every|each|daily|weekly|monthly|hourly)\b", text):
        raise ParleyError("A reminder cannot repeat itself.", "Say one time.")
    try:
        found = written(text) or span(text, present) or named(text, present)
    except (OverflowError, OSError, ValueError):
        found = None
    if found is None:
        raise ParleyError(f"I cannot read the time {when.strip()[:60]!r}.", EXAMPLES)
    away = found.timestamp() - present.timestamp()
    if away <= 0:
        words = f"{when.strip()[:60]!r} is in the past."
        raise ParleyError(words, f"It is {present:%Y-%m-%d %H:%M}.")
    if away > FARTHEST:
        raise ParleyError("That is too far away.", EXAMPLES)
    return found


def prepared(when: str) -> str:
    text = folded(" ".join(when.split())).strip(" .!?")
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text).replace("o'clock", "").replace("’", "'")
    return SPELLED.sub(in_digits, text).replace("  ", " ").strip()


def in_digits(found: re.Match[str]) -> str:
    tens, one, alone = found.groups()
    return str(NUMBERS[alone] if alone else TENS[tens] + NUMBERS.get(one or "zero", 0))


def written(text: str) -> datetime | None:
    """As programs write it, also with a time zone."""
    whole = re.fullmatch(r"(?:on |at )?(\d{4}-\d\d-\d\d[t ]\d\d:\d\d.*)", text)
    if whole is None:
        return None
    try:
        found = datetime.fromisoformat(whole[1].upper())
    except ValueError:
        return None
    return found.astimezone().replace(tzinfo=None) if found.tzinfo else found


# spans


def span(text: str, present: datetime) -> datetime | None:
    """ "in 1 hour and 30 minutes"; days may be followed by a time of day."""
    found = SPAN.fullmatch(text)
    if found is None:
        return None
    prefix, _, _, _, from_now, rest = found.groups()
    if not (prefix or from_now or LONG_UNIT.match(text)):
        return None
    amounts = re.findall(PIECE, text[: found.start(6)])
    seconds, days, months = total(amounts)
    if rest:
        said = Said(rest)
        clock = time_of_day(said)
        if clock is None or not said.understood or seconds or not (days or months):
            return None
        return at_time(by_months(present.date() + timedelta(days), months), clock)
    day = by_months(present.date() + timedelta(days), months)
    start = datetime.combine(day, present.time())
    return datetime.fromtimestamp(start.timestamp() + seconds)  # also over a change of the clocks


def total(amounts: list[tuple[str, str, str]]) -> tuple[float, int, int]:
    """Seconds, days and months; only seconds may be parts of a unit."""
    seconds, days, months = 0.0, 0, 0
    for amount, unit, half in amounts:
        number = {"half": 0.5, "quar": 0.25}.get(amount[:4]) or (
            1.0 if amount[:1] == "a" else float(amount)
        )
        number += 0.5 if half else 0
        if unit[:2] in ("mo", "ye"):
            months += whole(number * (12 if unit[:2] == "ye" else 1))
        elif unit[0] in "dw":
            days += whole(number * (7 if unit[0] == "w" else 1))
        else:
            seconds += number * SECONDS[unit[0]]
    return seconds, days, months


def whole(number: float) -> int:
    if not number.is_integer():
        raise ValueError(number)
    return int(number)


# days and times


def named(text: str, present: datetime) -> datetime | None:
    if re.fullmatch(r"((in|for) )?\d+", text):
        return None  # 5 of what?
    said = Said(text)
    part = part_of_day(said)
    day = day_of(said, present.date())
    clock = time_of_day(said)
    if not said.understood or not (part or day or clock):
        return None
    if clock is None:
        usual = part or USUAL
        clock = Clock(usual.hour, usual.minute)
    elif part and not clock.exact:
        clock = by_part(clock, part)
    elif day and day != present.date() and not clock.exact:
        clock = Clock(clock.hour + 12 if clock.hour < 7 else clock.hour, clock.minute)
    return at_time(day, clock) if day and clock.exact else upcoming(day, clock, present)


def part_of_day(said: Said) -> time | None:
    if said.take("tonight"):
        said.text = f"today {said.text}"
        return EVENING.replace(hour=20)
    if found := said.take(r"(this )?(?:in the )?(?:at )?(morning|afternoon|evening|night)"):
        if found[1]:
            said.text = f"today {said.text}"
        return PARTS[found[2]]
    return None


def by_part(clock: Clock, part: time) -> Clock:
    """ "at 8 in the evening" is 20:00, "at 12 at night" the end of the day."""
    if part == MORNING:
        return Clock(clock.hour % 12, clock.minute)
    if clock.hour == 12:
        return Clock(12, clock.minute) if part == AFTERNOON else Clock(0, clock.minute, days=1)
    return Clock(clock.hour + 12, clock.minute)


def at_time(day: date, clock: Clock) -> datetime:
    return datetime.combine(day + timedelta(clock.days), time(clock.hour, clock.minute))


def upcoming(day: date | None, clock: Clock, present: datetime) -> datetime | None:
    """The next such time, for an hour up to 12 that of the morning or of the afternoon."""
    hours = {clock.hour} if clock.exact else {clock.hour % 12, clock.hour % 12 + 12}
    first = day or present.date()
    days = [first] if day else [first, first + timedelta(1)]
    every = sorted(at_time(d, clock._replace(hour=hour)) for d in days for hour in hours)
    return next((one for one in every if one > present), every[-1])


def time_of_day(said: Said) -> Clock | None:
    if found := said.take("noon|midday|midnight"):
        return Clock(0, 0, days=1) if found[0] == "midnight" else Clock(12)
    if found := said.take(r"(half|quarter|\d{1,2})(?: minutes)? (past|to) (\d{1,2}) ?(am|pm)?"):
        minutes = {"half": 30, "quarter": 15}.get(found[1]) or int(found[1])
        hour = int(found[3]) - (found[2] == "to")
        return clock_of(hour or 12, 60 - minutes if found[2] == "to" else minutes, found[4])
    if found := said.take(r"(\d{1,2})[:.h](\d\d)(?::00)? ?(am|pm)?"):
        return clock_of(int(found[1]), int(found[2]), found[3], found[1][0] == "0")
    if found := said.take(r"(\d{1,2}) ?(am|pm|h)"):
        return clock_of(int(found[1]), 0, found[2])
    if found := said.take(r"(?:at |by |around )?(\d{1,2})"):
        return clock_of(int(found[1]), 0, None)
    return None


def clock_of(hour: int, minute: int, half: str | None, exact: bool = False) -> Clock:
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        return Clock(hour % 12 + (12 if half == "pm" else 0), minute)
    if hour == 24 and not minute:
        return Clock(0, 0, days=1)
    time(hour, minute)  # raises ValueError
    return Clock(hour, minute, exact or half == "h" or not 1 <= hour <= 12)


def day_of(said: Said, today: date) -> date | None:
    for pattern, read in DAY_PATTERNS:
        if found := said.take(pattern):
            return read(found, today)
    return None


def weekday(found: re.Match[str], today: date) -> date:
    """Never today; with "next" that of the week after this one."""
    number = next(n for n, name in enumerate(DAYS) if name.lower().startswith(found[2][:3]))
    if found[1] == "next ":
        return today + timedelta(7 - today.weekday() + number)
    return today + timedelta((number - today.weekday() - 1) % 7 + 1)


def in_month(day: str, month: str, year: str | None, today: date) -> date:
    number = next(n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(month[:3]))
    if year:
        return date(int(year), number, int(day))
    date(2000, number, int(day))  # raises ValueError
    return nearest(number, int(day), today, 1)


def day_of_month(found: re.Match[str], today: date) -> date:
    """The next such day, in a month that has it."""
    day = int(found[1])
    for months in range(12):
        first = by_months(today.replace(day=1), months)
        last = by_months(first, 1) - timedelta(1)
        if day <= last.day and first.replace(day=day) > today:
            return first.replace(day=day)
    raise ValueError(day)


WEEKDAY = "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?"
WEEKDAY += "|sat(?:urday)?|sun(?:day)?"
MONTH = "|".join(f"{name[:3].lower()}(?:{name[3:].lower()})?" for name in MONTHS)
MONTH = MONTH.replace("sep(?:tember)?", "sept?(?:ember)?").replace("may(?:)?", "may")
DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
DAY_PATTERNS: tuple[tuple[str, Callable[[re.Match[str], date], date]], ...] = (
    (r"(?:the )?day after tomorrow", lambda found, today: today + timedelta(2)),
    (r"tomorrow|tmrw|tmr", lambda found, today: today + timedelta(1)),
    (r"today", lambda found, today: today),
    (r"(\d{4})-(\d{1,2})-(\d{1,2})", lambda f, today: date(int(f[1]), int(f[2]), int(f[3]))),
    (r"(\d{1,2})\.(\d{1,2})\.(\d{4})", lambda f, today: date(int(f[3]), int(f[2]), int(f[1]))),
    (
        rf"(?:the )?{DAY}(?: of)? ({MONTH})\.?,?(?: (\d{{4}}))?",
        lambda found, today: in_month(found[1], found[2], found[3], today),
    ),
    (
        rf"({MONTH})\.? (?:the )?{DAY}(?![:.]\d)(?:,? (\d{{4}}))?",
        lambda found, today: in_month(found[2], found[1], found[3], today),
    ),
    (rf"(next |this |coming )?({WEEKDAY})", weekday),
    (r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", day_of_month),
    (r"next week", lambda found, today: today + timedelta(7)),
    (r"next month", lambda found, today: by_months(today, 1)),
)
