"""Requests for the converter of units; what a unit is, its own tables say."""

import re

from engines.errors import ParleyError
from engines.llm.routing.wording import in_digits
from engines.tools.units import pair

V = r"(?<![\w.-])(?P<value>(?:minus |negative |-)?(?:\d+(?:\.\d+)?|\.\d+)|half an?(?= )|an?(?= ))"
UNIT = r"[^\d\s,;:?!][^\d,;:?!]{0,30}?²?³?"
TO = r"(?:to|in|into|as|=|->|→|is how many|are how many|equals how many|makes? how many|is what in)"
THAT = (
    r"(?:what|how much|how many|which) (?:is|'s|are) (?:that|it|this)|what's that|that is how much"
)
FORMS = (
    rf"(?:.*?){V} ?(?P<source>{UNIT})(?:[,.;:]| is| are)*(?: (?:{THAT}))? {TO} (?P<target>{UNIT})",
    rf"(?:.*\b)?(?:how many|how much|what) (?P<target>{UNIT}) (?:is|are|are in|are there in"
    rf"|in|is in"
    rf"|make|makes|equals?|go into|does it take for|do i get from|for) {V} ?(?P<source>{UNIT})",
)
SEARCHED = [re.compile(form) for form in FORMS]
LEADING = re.compile(r"(?:the |of )")
TRAILING = re.compile(r"(?: conversion| units?| then| exactly| roughly| about)+$")


def asked(text: str) -> dict[str, object] | None:
    """Arguments for the tool; None where either unit is not known or there is a second number."""
    text = in_digits(text.replace("sq.", "sq"))
    if len(re.findall(r"\d+(?:\.\d+)?", text)) > 1 or " per " in text and "in " not in text:
        return None
    for form in SEARCHED:
        if (found := form.fullmatch(text)) and (made := _made(found)):
            return made
    return None


def _made(found: re.Match[str]) -> dict[str, object] | None:
    source, target = (_unit(found[name]) for name in ("source", "target"))
    try:
        pair(source, target)
    except ParleyError:
        return None
    return {"value": _value(found["value"]), "source": source, "target": target}


def _unit(text: str) -> str:
    return TRAILING.sub("", LEADING.sub("", text.strip(" ,.")))


def _value(text: str) -> float | int:
    if text.startswith("half"):
        return 0.5
    if text in ("a", "an"):
        return 1
    number = re.sub(r"minus |negative ", "-", text)
    return float(number) if "." in number else int(number)
