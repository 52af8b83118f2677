"""Requests for the clock: the time, weekdays, and how days lie to today."""

import re
from datetime import timedelta

from engines.errors import ParleyError
from engines.llm.routing.wording import in_digits
from engines.tools import clock

MONTHS = [month.lower() for month in clock.MONTHS]
SHORT = [month[:3] for month in MONTHS]
WEEKDAYS = [day.lower() for day in clock.DAYS]
FEASTS = {
    **{"christmas": "12-25", "christmas day": "12-25", "xmas": "12-25", "christmas eve": "12-24"},
    **{"new year": "01-01", "new years": "01-01", "new year's": "01-01"},
    **{"new year's day": "01-01", "new years day": "01-01", "the new year": "01-01"},
    **{"new year's eve": "12-31", "new years eve": "12-31", "halloween": "10-31"},
    **{"valentine's day": "02-14", "valentines day": "02-14", "valentine's": "02-14"},
    **{"boxing day": "12-26", "april fools' day": "04-01", "april fools day": "04-01"},
    **{"april fools": "04-01", "april fool's day": "04-01", "may day": "05-01"},
    **{"st patrick's day": "03-17", "st patricks day": "03-17", "st. patrick's day": "03-17"},
    **{"bonfire night": "11-05", "guy fawkes night": "11-05", "independence day": "07-04"},
    **{"the fourth of july": "07-04", "bastille day": "07-14", "burns night": "01-25"},
}
MONTH = rf"(?P<month>{'|'.join(MONTHS)}|{'|'.join(SHORT)}|sept)\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
YEAR = r"(?:(?:,| of)? (?P<year>\d{4}))?"
DATE_FORMS = [
    re.compile(form)
    for form in (
        rf"(?:the )?{DAY}(?: of)? {MONTH}{YEAR}",
        rf"{MONTH} (?:the )?{DAY}{YEAR}",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
]
ORDINALS = {
    **{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7},
    **{"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13},
    **{"fifteenth": 15, "twentieth": 20, "thirtieth": 30},
}
UNIT = r"(?P<unit>day|week|month|year)s?"
WHICH = r"(?:what|which)(?:'s| is)?(?: the)?"
NOW = re.compile(
    r"(?:what(?:'s|s| is)? )?(?:the )?(?:current |exact )?(?:time|date|day|year|month)"
    r"(?: is it| it is| is today| do we have| today| are we in| is it today)?"
    r"|what(?:'s|s| is) today(?:'s date)?|today's date|the date today|what hour is it|how"
    r" late is it"
    r"|(?:what|which) (?:day of the week|weekday) is (?:it|today)|got the time|have the time"
    r"|(?:what|which) (?:time|date|day|year|month) (?:is it|are we|have we got)(?: today)?"
    r"|what is the (?:time|date|day|year|month)(?: today)?|do you have the time"
    r"|(?:the )?(?:time|date) (?:right )?now|what day (?:is|are we) today"
)
COUNT = (
    r"(?:how many|how much|how long|how far|the number of|number of|count the|count)?"
    r" ?(?:(?:more )?(?:days|nights|weeks|sleeps|time|months))?"
)
LEFT = r"(?: (?:are|is|do|there|it|left|to go|remain|remaining|have|we|i|are there|until then))*"
UNTIL = re.compile(rf"{COUNT}{LEFT} ?(?:until|till|til|to|before) (?P<date>.+)")
AWAY = re.compile(
    r"(?:how (?:far|long|many days|many weeks) (?:away |off )?is|how soon is|when is|when's"
    r"|in how many days is) (?P<date>.+?)(?: away| off)?"
)
SINCE = re.compile(
    rf"{COUNT}(?: (?:has|have|it|been|is|are|there|passed|gone by|gone|ago))*"
    r" ?(?:since|ago was|ago is) (?P<date>.+)"
)
WEEKDAY = re.compile(
    r"(?:on )?(?:what|which)(?: is the)? (?:day of the week|weekday|day)"
    r"(?: was it| is it| will it be| of the week)?(?: on| is| was| will| does| did| falls"
    r" on| for| of)+"
    r" (?P<date>.+?)(?: fall on| fall| be| on| land on)?"
    r"|(?:the )?(?:weekday|day of the week) (?:of|for|on) (?P<other>.+)"
    r"|(?P<third>.+?) (?:is|was|falls on|will be)(?: on)? (?:what|which) (?:day|weekday)(?:"
    r" of the week)?"
)
DATE_IN = (
    r"(?:what|which)(?:'s| is| was| will)?(?: the)? ?(?:date|day)?(?: is it| was it|"
    r" will it be| be| is| was)*"
)
SPAN = rf"(?P<amount>\d+|an?) {UNIT}"
AHEAD = [
    re.compile(form)
    for form in (
        rf"(?:{DATE_IN}|the date|date|when is|when is it) (?:in )?{SPAN}(?: from now| from today"
        r"| later| ahead)?",
        rf"{SPAN} (?:from now|from today|ahead|later)(?: is (?:what|which) (?:date|day))?",
        rf"in {SPAN},? (?:what|which) (?:date|day)(?: is it| will it be| is that)?",
        rf"(?:add )?{SPAN} (?:to|after) today",
        rf"today plus {SPAN}",
    )
]
AGO = [
    re.compile(form)
    for form in (
        rf"(?:{DATE_IN}|the date|date|when was|when was it) {SPAN} (?:ago|back|before today"
        rf"|earlier)",
        rf"{SPAN} (?:ago|before today)(?: was (?:what|which) (?:date|day))?",
        rf"(?:today minus|subtract|go back) {SPAN}(?: from today)?",
    )
]
NEAR = re.compile(
    rf"(?:{DATE_IN}|the date|date|the date of|date of)? ?"
    r"(?P<which>the day after tomorrow|the day before yesterday|tomorrow|yesterday)(?:'s date)?"
)
MOVES = {
    **{"tomorrow": ("ahead", 1), "the day after tomorrow": ("ahead", 2)},
    **{"yesterday": ("ago", 1), "the day before yesterday": ("ago", 2)},
}


def asked(text: str) -> dict[str, object] | None:
    text = re.sub(r"\ba fortnight\b", "2 weeks", in_digits(text))
    if NOW.fullmatch(text):
        return {"question": "now"}
    if (found := NEAR.fullmatch(text)) and not text.startswith(("tomorrow", "yesterday")):
        question, amount = MOVES[found["which"]]
        return {"question": question, "amount": amount, "unit": "days"}
    for question, forms in (("ahead", AHEAD), ("ago", AGO)):
        for form in forms:
            if found := form.fullmatch(text):
                return _moved(question, found)
    return _day(text)


def _moved(question: str, found: re.Match[str]) -> dict[str, object]:
    amount = 1 if found["amount"] in ("a", "an") else int(found["amount"])
    return {"question": question, "amount": amount, "unit": f"{found['unit']}s"}


def _day(text: str) -> dict[str, object] | None:
    for question, forms in (("since", (SINCE,)), ("weekday", (WEEKDAY,)), ("until", (UNTIL, AWAY))):
        for form in forms:
            if found := form.fullmatch(text):
                named = next(one for one in found.groupdict().values() if one)
                if when := day(named, question):
                    return {"question": question, "date": when}
    return None


def day(text: str, question: str = "until") -> str:
    """A date as the clock takes it, or "" for what is none."""
    text = re.sub(r"^(?:on|next|the next|this) |(?: this year|,)$", "", text.strip())
    if text in FEASTS:
        return FEASTS[text]
    if text in WEEKDAYS and question != "weekday":
        return _weekday(WEEKDAYS.index(text), question)
    for word, number in ORDINALS.items():
        text = re.sub(rf"\b{word}\b", str(number), text)
    for form in DATE_FORMS:
        if found := form.fullmatch(text):
            return _valid(found)
    return ""


def _valid(found: re.Match[str]) -> str:
    month = found["month"]
    number = int(month) if month.isdigit() else SHORT.index(month[:3]) + 1
    year = found.groupdict().get("year")
    date = f"{number:02}-{int(found['day']):02}"
    date = f"{year}-{date}" if year else date
    try:
        clock.read_day(date, clock.now().date(), 1)
    except ParleyError:
        return ""
    return date


def _weekday(number: int, question: str) -> str:
    """The next such day, or the last one."""
    today = clock.now().date()
    step = 1 if question == "until" else -1
    days = (number - today.weekday()) * step % 7 or 7
    return (today + timedelta(days * step)).isoformat()
