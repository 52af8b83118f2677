"""Requests for reminders and timers."""

from random import Random

from amounts import words
from asking import SAID, asked, deed, subject, template_of
from dates import MONTHS
from exchange import Exchange, answered
from notes import day
from sums import trouble

UNITS = ("minute", "minute", "minute", "hour", "hour", "second", "day", "week")
DAYS = (
    *("", "", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
    *("sunday", "tonight"),
)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OTHERS = (  # days and times as the tool reads them
    *("tomorrow morning", "tomorrow evening", "this evening", "this afternoon", "at noon"),
    *("next {day}", "next {day} at {h}", "at midnight", "tomorrow at noon", "tomorrow afternoon"),
    *(
        "{n} {month}",
        "{n} {month} at {h} pm",
        "{month} {n}",
        "{month} {n} at {h}:30",
        "{day} morning",
    ),
    *(
        "{day} evening",
        "next week",
        "next month",
        "at {h} o'clock",
        "tonight",
        "tomorrow at {h}:15",
    ),
)
TROUBLES = (
    *("I cannot read the time '{w}'.", "'{w}' is in the past."),
    "Say when, for example in 10 minutes.",
)


def remind(rng: Random, held: bool) -> Exchange:
    said, wanted = when(rng)
    slots, arguments = {"w": said, "n": said.removeprefix("in ")}, {"when": wanted}
    template, about, chance = template_of(rng, "remind", held), "", rng.random()
    if held or chance < 0.6:
        slots["d"] = about = deed(rng)
    elif chance < 0.75:
        template, about = rng.choice(SAID["remind"]["about"]), subject(rng)
        slots["s"] = about
    else:
        timers = SAID["remind"]["timer"]
        template = rng.choice(timers if said.startswith("in ") else (timers[0], timers[-1]))
    if about:
        arguments["about"] = about
    one = asked(rng, held, "remind", template, slots, arguments)
    if rng.random() < 0.08:
        message = rng.choice(TROUBLES).format(w=wanted)
        return answered(one, message, trouble(message))
    moment = f"{day(rng)} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}"
    result = f"I will remind you at {moment}: {about or 'time is up'}."
    return answered(one, result, result)


def when(rng: Random) -> tuple[str, str]:
    """As said, and as the tool takes it: spans in digits after "in", the rest as said."""
    if rng.random() < 0.5:
        return span(rng)
    if rng.random() < 0.2:
        text = rng.choice(OTHERS).format(
            h=rng.randint(1, 12),
            n=rng.randint(1, 28),
            month=rng.choice(MONTHS),
            day=rng.choice(WEEK),
        )
        return (f"on {text}" if text[0].isdigit() and rng.random() < 0.5 else text), text
    name, hour = rng.choice(DAYS), rng.randint(1, 12)
    half = f"{rng.randint(0, 23)}:{rng.choice((0, 15, 30, 45, rng.randint(0, 59))):02}"
    time = rng.choice(
        (f"{hour} pm", f"{hour}pm", f"{hour} am", half, str(hour), f"{hour}:30 pm", "noon")
    )
    if name == "tonight":
        return f"tonight at {hour}", f"tonight at {hour}"
    if not name:
        return f"at {time}", f"at {time}"
    if rng.random() < 0.25:
        return (name, name) if name == "tomorrow" or rng.random() < 0.5 else (f"on {name}", name)
    text = f"{name} at {time}"
    return (f"on {text}" if name != "tomorrow" and rng.random() < 0.4 else text), text


HALVES = (
    *(("in half an hour", "in 30 minutes"), ("in a quarter of an hour", "in 15 minutes")),
    *(("in an hour and a half", "in 90 minutes"), ("in one and a half hours", "in 90 minutes")),
    *(("in two and a half hours", "in 150 minutes"), ("in a couple of hours", "in 2 hours")),
    *(
        ("in a couple of minutes", "in 2 minutes"),
        ("in three quarters of an hour", "in 45 minutes"),
    ),
    *(("in an hour", "in 1 hour"), ("in a minute", "in 1 minute"), ("in a week", "in 1 week")),
)


def span(rng: Random) -> tuple[str, str]:
    if rng.random() < 0.12:
        return rng.choice(HALVES)
    unit = rng.choice(UNITS)
    n = rng.choice((5, 10, 15, 20, 30, 45, rng.randint(1, 90), rng.randint(1, 12)))
    many = unit if n == 1 else unit + "s"
    said = words(n) if rng.random() < 0.35 else str(n)
    if n == 1:
        said = rng.choice(("1", "one", "an" if unit == "hour" else "a"))
    shown = rng.choice(("min", "mins")) if unit == "minute" and rng.random() < 0.2 else many
    return f"in {said} {shown}", f"in {n} {many}"
