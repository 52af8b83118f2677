"""Questions for the clock."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from amounts import words
from exchange import Asked, Exchange, Said, answered, plain
from grammar import say
from simulate import result_on_some_day
from sums import trouble

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
FEASTS = {
    "Christmas": "12-25",
    "Christmas Day": "12-25",
    "Christmas Eve": "12-24",
    "New Year": "01-01",
    "New Year's Day": "01-01",
    "New Year's Eve": "12-31",
    "Halloween": "10-31",
    "Valentine's Day": "02-14",
    "Boxing Day": "12-26",
    "xmas": "12-25",
    "April Fools' Day": "04-01",
    "May Day": "05-01",
    "St Patrick's Day": "03-17",
}
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
UNITS = ("day", "week", "month", "year")
WHICH_DATE = "Which date do you mean?"


class Day(NamedTuple):
    said: str
    value: str  # YYYY-MM-DD or MM-DD
    shown: str  # as a reply names it


def day(rng: Random, year: bool | None = None) -> Day:
    """A date in one of the ways people write it; year None: with or without."""
    with_year = rng.random() < 0.5 if year is None else year
    if not with_year and rng.random() < 0.15:
        name = rng.choice(list(FEASTS))
        month, number = map(int, FEASTS[name].split("-"))
        said = name.lower() if rng.random() < 0.3 else name
        return Day(said, FEASTS[name], f"{number} {MONTHS[month - 1]}")
    when = date(rng.randint(1900, 2060), 1, 1) + timedelta(rng.randrange(365))
    number, month = when.day, MONTHS[when.month - 1]
    ordinal = f"{number}{ORDINALS.get(number, 'th')}"
    said = rng.choice(
        (
            *(f"{number} {month}", f"{ordinal} of {month}", f"the {ordinal} of {month}"),
            *(f"{month} {number}", f"{month} {ordinal}", f"{number} {month[:3]}"),
            *(f"{ordinal} {month}", f"{month} the {ordinal}", f"{month[:3]} {number}"),
        )
    )
    shown, value = f"{number} {month}", when.isoformat()
    if with_year:
        said = rng.choice(
            (f"{said} {when.year}", f"{said}, {when.year}", f"{said} {when.year}", value)
        )
        shown = f"{shown} {when.year}"
    said = said.lower() if rng.random() < 0.2 else said
    return Day(said, value if with_year else value[5:], shown)


def clock(rng: Random, held: bool) -> Exchange:
    kind = rng.choices((_now, _weekday, _until, _since, _moved), (2, 3, 4, 3, 4))[0]
    asked, reply = kind(rng, held)
    return _exchange(rng, asked, reply)


def _exchange(rng: Random, asked: Asked, reply: str) -> Exchange:
    """reply has {result}, {time}, {day} and {year} where those go."""
    found, moment = result_on_some_day(rng, asked)
    day_of_week = found.text.partition(",")[0]
    words = {"result": found.text, "time": f"{moment:%H:%M}", "weekday": day_of_week}
    words |= {"day": found.text.rpartition(",")[0], "year": str(moment.year)}
    if found.error:
        reply = trouble(found.text)
    elif " ago" in found.text or "is only in" in found.text or found.text.startswith("0 days"):
        reply = f"{found.text}."
    return answered(asked, found.text, reply.format(**words))


def _asked(family: str, text: str, **arguments: object) -> Asked:
    return Asked("clock", family, text, "clock", dict(arguments))


def _now(rng: Random, held: bool) -> tuple[Asked, str]:
    about, seen, unseen = rng.choice(NOW)
    text = say(rng, unseen if held else seen, {}, not held)
    reply = {"time": "It is {time}.", "date": "Today is {day}.", "year": "It is the year {year}."}
    return _asked(f"now {about} {held}", text, question="now"), reply[about]


NOW = (
    (
        "time",
        "[what time is it|what's the time|what is the time|tell me the time|"
        "the time|time|how late is it|"
        "can you tell me the time|could you tell me what time it is|do you know what time it is|"
        "current time|what's the current time|give me the time|do you know the time|time now|"
        "what time do we have|what hour is it|show me the time|i need to know "
        "the time][ now| right now|]",
        "[do you have the time|at what time are we|what does the clock say]",
    ),
    (
        "date",
        "[what day is it|what's the date|what is the date|what date is it|"
        "which day is it|which date is it|"
        "tell me the date|what is today's date|what's today's date|today's date|the date|date|"
        "what day is today|which day of the week is today|what weekday is it|"
        "what day of the week is it|"
        "is it monday|is it friday|is today sunday|what is the day today|current date|what's today|"
        "give me the date|do you know the date|what month is it|which month is it][ today| now|]",
        "[what do we have for a date|which day are we on|may i have the date]",
    ),
    (
        "year",
        "[what year is it|which year is it|what's the year|what is the year|tell me the year|"
        "what year do we have|do you know the year|the year|current year|which "
        "year are we in][ now|]",
        "[in which year do we live|what year are we in]",
    ),
)


def _weekday(rng: Random, held: bool) -> tuple[Asked, str]:
    when = day(rng, True)
    seen = (
        "[what day|which day|what weekday|which weekday|what day of the week|"
        "which day of the week] "
        "[was|is|will be|was it on|falls on] {d}",
        (
            "[on|] [what|which] [day|weekday|day of the week] [does|did|will|was|"
            "is] {d}[ fall| fall on|]"
        ),
        "{d} [was|is|will be|falls on] [what|which] [day|weekday|day of the week]",
        "[tell me|find|give me|i need] the [weekday|day of the week] [of|for|on] {d}",
        "[weekday|day of the week][ of| for| on|] {d}",
        "{d}[,| -] [weekday|the weekday|day of the week]",
        "[do you know|tell me] [what|which] [day|weekday] {d} [is|was|falls on|fell on]",
        "[is|was|will] {d} [be|] [a|on a] [monday|sunday|weekend|friday|saturday|weekday|workday]",
        "[i was born on|we married on|my birthday was] {d}, [what|which] [day|weekday] was that",
    )
    unseen = ("[name|say] the weekday {d} [fell|falls] on", "{d}: [which weekday|what day]")
    template = rng.choice(unseen if held else seen)
    asked = _asked(
        template,
        say(rng, template, {"d": when.said}, not held),
        question="weekday",
        date=when.value,
    )
    return asked, f"{when.shown} is a {{weekday}}."


def _until(rng: Random, held: bool) -> tuple[Asked, str]:
    when = day(rng, rng.random() < 0.25)
    seen = (
        (
            "how many [days|nights|more days] [until|till|to|before|are there "
            "until|are left until|are there to|is it until|remain until|left until|"
            "left to|is it to] {d}"
        ),
        (
            "[how long|how much time|how long is it|how far] [until|till|to|before|"
            "is left until|do we have until|is there until|is it until|is it till] "
            "{d}"
        ),
        (
            "[days|number of days|count the days|days left|tell me the days|how "
            "many sleeps] [until|till|to|before] {d}"
        ),
        "how [near|close|many weeks away] is {d}",
        "the [time|days|wait] [left|remaining|still to go] [until|till|to|before] {d}",
        "[when is|how soon is|how far off is|how many days away is|in how many days is] {d}",
        "{d} is [how many days away|how far away|in how many days|how long from now]",
        (
            "[my birthday is|the exam is|we travel|the wedding is] [on|] {d}, how "
            "[many days|long] [is that|until then|left|do i have]"
        ),
    )
    unseen = (
        "how [far away|distant] is {d}",
        "the [count|number] of days [from now|from today] to {d}",
    )
    template = rng.choice(unseen if held else seen)
    text = say(rng, template, {"d": when.said}, not held)
    asked = _asked(template, text, question="until", date=when.value)
    return asked, "It is {result}."


def _since(rng: Random, held: bool) -> tuple[Asked, str]:
    when = day(rng, rng.random() < 0.75)
    seen = (
        (
            "how many [days|nights] [since|are there since|have passed since|has "
            "it been since|have gone by since|is it since] {d}"
        ),
        (
            "[how long|how much time|how long is it|how long has it been|how many "
            "days is it] since {d}"
        ),
        "[how long ago|how many days ago] [was|is] {d}",
        "[days|number of days|count the days] since {d}",
        (
            "[i was born|we met|she was born|we moved here|i started] [on|] {d}, "
            "how [many days|long] [ago is that|ago was that|is that|since then|"
            "have i lived]"
        ),
        "{d} was how [many days|long] ago",
        "the [time|days] [since|passed since|that passed since] {d}",
        "[how many days|how long] [lie|lies] between {d} and [now|today]",
        "how many days old am i if i was born [on|] {d}",
    )
    unseen = ("how [far back|long gone] is {d}", "the number of days [that went by|gone] after {d}")
    template = rng.choice(unseen if held else seen)
    text = say(rng, template, {"d": when.said}, not held)
    asked = _asked(template, text, question="since", date=when.value)
    return asked, "It is {result}."


def _moved(rng: Random, held: bool) -> tuple[Asked, str]:
    number, unit = rng.randint(1, 100), rng.choice(UNITS)
    said = words(number) if number < 20 and rng.random() < 0.4 else str(number)
    if number == 1:
        said = rng.choice(("a", "one", "1"))
    many = unit if number == 1 else unit + "s"
    slots = {"n": said, "u": many}
    ahead = rng.random() < 0.6
    number, unit, template = _fixed(rng, ahead, held) or (number, unit, "")
    if not template:
        template = rng.choice(
            {(True, False): AHEAD, (False, False): AGO, (True, True): AHEAD_HELD}.get(
                (ahead, held), AGO_HELD
            )
        )
    asked = _asked(
        template,
        say(rng, template, slots, not held),
        question="ahead" if ahead else "ago",
        amount=number,
        unit=unit + "s",
    )
    named = f"{number} {unit if number == 1 else unit + 's'}"
    return asked, f"In {named} it is {{result}}." if ahead else f"{named} ago it was {{result}}."


def _fixed(rng: Random, ahead: bool, held: bool) -> tuple[int, str, str] | None:
    """Tomorrow, a fortnight ago: moves without a number in them."""
    if held or rng.random() > 0.2:
        return None
    ask = (
        "[what is the date|what date is it|what day is it|what's the date|"
        "which day is|what date is|which date is]"
    )
    if ahead:
        day_word = ((1, "day", f"{ask} tomorrow"), (2, "day", f"{ask} the day after tomorrow"))
        return rng.choice((*day_word, (2, "week", f"{ask} [in a fortnight|a fortnight from now]")))
    ask = (
        "[what was the date|what date was it|what day was it|what's the date "
        "of|which day was|what date was]"
    )
    day_word = ((1, "day", f"{ask} yesterday"), (2, "day", f"{ask} the day before yesterday"))
    return rng.choice((*day_word, (2, "week", f"{ask} a fortnight ago")))


DATE_IN = (
    "[what is the date|what date is it|what will the date be|what date "
    "will it be|what day is it|what day will it be|which date is it|which "
    "day will it be|what's the date|tell me the date|when is it|give me "
    "the date]"
)
AHEAD = (
    DATE_IN + " in {n} {u}[ from now| from today|]",
    DATE_IN + " {n} {u} [from now|from today|later|ahead]",
    "{n} {u} [from now|from today|ahead] is [what date|which date|what day|when]",
    "[which date|what date|what day|the date|when] is {n} {u} [from now|from today|ahead|away]",
    "when {n} {u} [have passed|are over|are up|have gone by], what [date|day] [is it|will it be]",
    "[what|which] [date|day] [follows|will we have|do we have|do we get] [in|after] {n} {u}",
    "[add|count|go] {n} {u} [to today|from today|to the date|ahead|forward]",
    "[in|the date in|date in|today plus|now plus] {n} {u}[, what date is that|, which day is it|]",
)
AHEAD_HELD = (
    "which date comes {n} {u} from now",
    "if i wait {n} {u}, what date [is it|do we have]",
)
AGO = (
    (
        "[what was the date|what date was it|what day was it|which day was it|"
        "what's the date|tell me the date|what was the day|give me the date|"
        "when was it|when was|which date was|what date was] {n} {u} [ago|"
        "before today|back|earlier|before now]"
    ),
    "[what|which] [date|day] [did we have|did we write|do i get] {n} {u} [ago|before today]",
    "{n} {u} [ago|before today|before now] was [what date|which date|what day|when]",
    (
        "[go back|subtract|count back|take off|count] {n} {u}[ from today| "
        "from the date| before today]"
    ),
    "[the date|date|today minus] {n} {u}[ ago| back| before]",
)
AGO_HELD = (
    "which date lies {n} {u} back",
    "we met {n} {u} ago, [on which date|what date was that]",
)


def ask_date(rng: Random, held: bool) -> Exchange:
    """Until when? The date is missing; often the person then says it."""
    template = rng.choice(ASK_DATE_HELD if held else ASK_DATE)
    question = plain("ask_date", template, say(rng, template, {}, not held), (WHICH_DATE,))
    if held or rng.random() < 0.5:
        return question
    when = day(rng, False)
    text = say(rng, "[until|till|to|the|it is|i mean|] {d}", {"d": when.said})
    asked = Asked("ask_date", "date told", text, "clock", {"question": "until", "date": when.value})
    told = _exchange(rng, asked, "It is {result}.")
    return Exchange("ask_date", "date told", question.said + told.said, told.replies, told.call)


ASK_DATE = (
    "[how many|] [days|weeks] [until|till|to|are left until|before][ then| it| that| the day|]",
    (
        "[how long|how much time] [until|till|to|before|is left until][ then| "
        "it| that| the day| my birthday| the holidays| the party| the exam|]"
    ),
    (
        "[what|which] [weekday|day of the week] [was|is|will be][ it then| "
        "that| my birthday| that day|]"
    ),
    (
        "[count|tell me|i want to count|i want to know|can you count] the "
        "days[ until then| for me| left|]"
    ),
    (
        "[how many days|how long] [until|till|to|before] [my birthday|the "
        "holidays|the party|the exam|my appointment|the trip|we leave|summer|"
        "the wedding|easter]"
    ),
    "[when is|how soon is] [my birthday|the party|our anniversary|the exam]",
)
ASK_DATE_HELD = (
    "[could you count days|can you count down] for me",
    "how far [away is it|off is my day]",
)


def follow_up(rng: Random, held: bool) -> Exchange:
    """And until another day?"""
    asked, reply = (_until if rng.random() < 0.6 else _weekday)(rng, held)
    first = _exchange(rng, asked, reply)
    until = asked.arguments["question"] == "until"
    when = day(rng, not until)
    template = FOLLOW_HELD if held else FOLLOW
    text = say(rng, template, {"d": when.said}, not held)
    question = "until" if until else "weekday"
    again = Asked("follow", template, text, "clock", {"question": question, "date": when.value})
    reply = "It is {result}." if until else f"{when.shown} is a {{weekday}}."
    second = _exchange(rng, again, reply)
    return Exchange("follow", template, first.said + second.said, second.replies, second.call)


FOLLOW = (
    "[[and|what about|how about|and what about|and how about|now|then] {d}"
    "|{d}[ then| as well| too]]"
)
FOLLOW_HELD = "[same for|next,] {d}"


def told_without(rng: Random, held: bool) -> Exchange:
    """The clock is not at hand."""
    kind = rng.choice((_now, _weekday, _until, _since, _moved))
    asked = kind(rng, held)[0]
    reply = "The clock is switched off here, so I cannot tell dates or the time."
    said = (Said("user", asked.text), Said("assistant", reply))
    return Exchange("no_clock", asked.family, said, (reply,))
