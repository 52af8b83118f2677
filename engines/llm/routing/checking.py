"""Whether a call the model made is about what was said; slips in copied words are put right."""

import re
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import Any

from engines.errors import ParleyError
from engines.llm.routing import dates
from engines.llm.routing.wording import in_digits, tidy
from engines.plotting.curves import curves
from engines.tools import clock
from engines.tools.calculator import evaluate
from engines.tools.moments import moment
from engines.tools.units import candidates

COPIED = {  # tool -> the argument that is copied out of the request
    **{"write_note": "text", "find_notes": "about", "web_search": "query", "remind": "about"},
}
NEAR = 0.72  # from here on, words are taken for a miscopy of others
# Numbers that a request may mean without saying them: percent, half, cubed, a year in months…
MEANT = {
    "calculator": "0 1 2 3 4 5 6 8 10 12 100",
    "units": "1 0.5",
    "clock": "1 2",
    "plot": "1 2 3 4 5",
    "remind": "1 2 15 30 45 90 150",
}
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WORD = re.compile(r"\S+")
AROUND = " .,;:!?\"'“”()"


def mended(name: str, arguments: Mapping[str, Any], request: str, before: str) -> dict | None:
    """The arguments, put right where that is certain; None where they are about something else.

    before: everything said earlier, which a request may go on from.
    """
    found, text = dict(arguments), tidy(request)
    if name in COPIED and (said := str(found.get(COPIED[name], ""))):
        copy = copied(said, text)
        if copy is None:
            return None
        found[COPIED[name]] = copy
    known = numbers(text) | numbers(before) | set(MEANT.get(name, "").split())
    return found if _sound(name, found, text, known) else None


def copied(said: str, text: str) -> str | None:
    """said, or the words of the text it was meant to be."""
    if re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text, re.IGNORECASE):
        return said
    words, size = list(WORD.finditer(text)), len(said.split())
    best, chosen = NEAR, None
    for length in range(max(1, size - 1), min(len(words), size + 1) + 1):
        for at in range(len(words) - length + 1):
            span = text[words[at].start() : words[at + length - 1].end()].strip(AROUND)
            alike = SequenceMatcher(None, said.casefold(), span.casefold()).ratio()
            if alike > best:
                best, chosen = alike, span
    return chosen


def numbers(text: str) -> set[str]:
    """As they stand, and those in words."""
    found = NUMBER.findall(text.replace(",", "")) + NUMBER.findall(text)
    return {plain(one) for one in found + NUMBER.findall(in_digits(text.casefold()))}


def plain(number: str) -> str:
    return f"{float(number):.10g}"


def _sound(name: str, arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    check = CHECKS.get(name)
    try:
        return check is None or check(arguments, text, known)
    except (ParleyError, TypeError, ValueError):
        return False


def _sum(arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    expression = str(arguments["expression"])
    if not {plain(one) for one in NUMBER.findall(expression)} <= set(known):
        return False
    try:
        evaluate(expression)
    except ParleyError:  # the tool says why: 1/0 is asked for now and then
        return bool(re.search(r"/0|sqrt\(-", expression))
    return True


def _conversion(arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    value = abs(float(arguments["value"]))
    for unit in ("source", "target"):  # of different kinds they may be: the tool says so
        candidates(str(arguments[unit]))
    return f"{value:.10g}" in known


def _date(arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    if when := str(arguments.get("date", "")):
        clock.read_day(when, clock.now().date(), 1)
        day, feast = str(int(when[-2:])), when[-5:] in dates.FEASTS.values()
        return feast or day in known or not NUMBER.search(text)
    if arguments.get("question") == "now":
        return True
    return str(arguments.get("amount", 0)) in known or "fortnight" in text.casefold()


def _plot(arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    drawn = str(arguments["expression"])
    curves(drawn)
    ends = [abs(float(arguments[one])) for one in ("start", "end") if one in arguments]
    said = "pi" in text.casefold() or all(f"{end:.10g}" in known for end in ends)
    return said and {plain(one) for one in NUMBER.findall(drawn)} <= set(known)


def _chart(arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    values = [one.strip() for one in str(arguments["values"]).split(",")]
    labels = [one.strip().casefold() for one in str(arguments["labels"]).split(",")]
    return (
        len(values) == len(labels)
        and all(plain(one) in known for one in values)
        and all(one in text.casefold() for one in labels)
    )


def _reminder(arguments: Mapping[str, Any], text: str, known: Collection[str]) -> bool:
    when = str(arguments["when"])
    try:
        moment(when, clock.now())
    except ParleyError as error:
        if "past" not in error.message:
            return False
    return {plain(one) for one in NUMBER.findall(when)} <= set(known)


CHECKS = {
    **{"calculator": _sum, "units": _conversion, "clock": _date, "plot": _plot},
    **{"chart": _chart, "remind": _reminder},
}
