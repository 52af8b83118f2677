"""The clock: what time it is, and how days lie to one another."""

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from engines.errors import ParleyError
from engines.tools.registry import tool

Question = Literal["now", "weekday", "until", "since", "ahead", "ago"]
Unit = Literal["", "days", "weeks", "months", "years"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July")
MONTHS += ("August", "September", "October", "November", "December")
WRITTEN = re.compile(r"(?:(?P<year>\d{4})-)?(?P<month>\d{1,2})-(?P<day>\d{1,2})")
NAMED = {"": 0, "today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
GREGORIAN = date(1582, 10, 15)  # before it, people counted by the Julian calendar
LEAP_DISTANCE = 8  # years between two 29 February at most
LONG = 366  # days from which years and months are told, too
FARTHEST = 4_000_000  # days; more leads beyond the years 1 to 9999 in any case


def now() -> datetime:
    return datetime.now()


@tool(effect="reads")
def clock(
    question: Annotated[
        Question, "now; weekday of date; days until or since date; date ahead or ago by amount"
    ],
    date: Annotated[str, "YYYY-MM-DD, or MM-DD for the next (until) or last (since) such day"] = "",
    amount: Annotated[int, "for ahead and ago: how many"] = 0,
    unit: Annotated[Unit, "for ahead and ago"] = "",
) -> str:
    """Tell the date and time now, weekdays, days between today and a date, dates from today."""
    present = now()
    today = present.date()
    match question:
        case "now":
            return f"{in_words(today)}, {present:%H:%M}"
        case "weekday":
            return in_words(read_day(date, today, 0))
        case "until" | "since":
            return distance(question, date, today)
        case "ahead" | "ago":
            start = read_day(date, today, 0)
            return in_words(moved(start, amount if question == "ahead" else -amount, unit))


def in_words(day: date) -> str:
    text = f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"
    return text if day >= GREGORIAN else f"{text} (in today's calendar)"


def read_day(text: str, today: date, direction: int) -> date:
    """direction: without a year, +1 the next such day, -1 the last one, 0 that of this year."""
    text = text.strip()
    if text.lower() in NAMED:
        return today + timedelta(NAMED[text.lower()])
    written = WRITTEN.fullmatch(text)
    if written is None:
        raise ParleyError(f"I cannot read the date {text[:40]!r}.", "Write YYYY-MM-DD or MM-DD.")
    month, day = int(written["month"]), int(written["day"])
    check_month(month, day)
    if written["year"]:
        return day_of(int(written["year"]), month, day)
    if not direction:
        return day_of(today.year, month, day)
    return nearest(month, day, today, direction)


def check_month(month: int, day: int) -> None:
    if not 1 <= month <= 12:
        raise ParleyError(f"There is no month {month}.", "Write YYYY-MM-DD or MM-DD.")
    if not 1 <= day <= calendar.monthrange(2000, month)[1]:
        raise ParleyError(f"There is no {day} {MONTHS[month - 1]}.")


def day_of(year: int, month: int, day: int) -> date:
    if year < 1:
        raise ParleyError("There is no year 0.")
    if day > calendar.monthrange(year, month)[1]:
        raise ParleyError(f"There is no {day} {MONTHS[month - 1]} in {year}.")
    return date(year, month, day)


def nearest(month: int, day: int, today: date, direction: int) -> date:
    """Today itself counts; 29 February may be up to eight years away."""
    for step in range(LEAP_DISTANCE + 1):
        year = today.year + step * direction
        if day > calendar.monthrange(year, month)[1]:
            continue
        found = date(year, month, day)
        if (found - today).days * direction >= 0:
            return found
    raise AssertionError("every day of the year comes again within eight years")


def distance(question: str, text: str, today: date) -> str:
    if not text.strip():
        raise ParleyError(f"{question} needs a date.", "Write YYYY-MM-DD or MM-DD.")
    day = read_day(text, today, 1 if question == "until" else -1)
    days = (day - today).days if question == "until" else (today - day).days
    if days == 0:
        return f"0 days: {in_words(day)} is today"
    if days < 0:
        relation = "was {} ago" if question == "until" else "is only in {}"
        return f"{in_words(day)} {relation.format(counted(-days, 'day'))}"
    long = f" ({in_years(min(day, today), max(day, today))})" if days >= LONG else ""
    return f"{counted(days, 'day')} {question} {in_words(day)}{long}"


def counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def in_years(first: date, last: date) -> str:
    """The whole months between two days, and the days that are left over."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if by_months(first, months) > last:
        months -= 1
    days = (last - by_months(first, months)).days
    parts = ((months // 12, "year"), (months % 12, "month"), (days, "day"))
    told = [counted(number, unit) for number, unit in parts if number]
    return " and ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else told[0]


def moved(start: date, amount: int, unit: str) -> date:
    if not unit:
        raise ParleyError("The unit is missing.", "It is one of days, weeks, months, years.")
    if abs(amount) > FARTHEST:
        raise ParleyError("That is too far away.")
    try:
        if unit in ("months", "years"):
            return by_months(start, amount * (12 if unit == "years" else 1))
        return start + timedelta(days=amount * (7 if unit == "weeks" else 1))
    except (OverflowError, ValueError) as error:
        raise ParleyError("I only know the years 1 to 9999.") from error


def by_months(start: date, months: int) -> date:
    """The same day of another month; where that month is shorter, its last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
