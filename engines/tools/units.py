"""The converter of units. Where the factors come from is said in measures.py."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Annotated

from engines.errors import ParleyError
from engines.tools import exact
from engines.tools.measures import Unit, units_by_name
from engines.tools.registry import tool

NAME_LIMIT = 60  # characters
EXACT_DIGITS, ROUNDED_DIGITS = 10, 6  # significant ones
LITRES = 1000  # in a cubic metre
# One word that may mean several units is better asked about than guessed.
UNCLEAR = {
    "ton": "Say tonne (1000 kg), short ton (2000 lb) or long ton (2240 lb).",
    "calorie": "Say cal, or kcal (the calories of food).",
    "degree": "Say °C, °F or K; degrees alone are those of an angle.",
}
# Pattern -> how the tables write it; applied in order.
SPELLINGS = (
    (re.compile(r"^[\u03bcu](?=(?:m|g|s|l|L|W)s?$)"), "µ"),
    (re.compile(r"\s*\b(?:per|an|a)\b\s*(?=\S)|\s*/\s*"), "/"),
    (re.compile(r"°\s+(?=[CFKR]\b)|º(?=[CFKR]\b)"), "°"),
    (re.compile(r"\bsq(?:\.|\b)\s*"), "square "),
    (re.compile(r"\bcu(?:\.|\b)\s*"), "cubic "),
    (re.compile(r"(?<=[a-zA-Z])(?:\^|\*\*)?2$|\s+squared$"), "²"),
    (re.compile(r"(?<=[a-zA-Z])(?:\^|\*\*)?3$|\s+cubed$"), "³"),
    (re.compile(r"(?<=[a-z])\.$"), ""),
    (re.compile(r"(?<=[a-z])\.(?=\s)"), ""),
)
POWER = re.compile(r"(?P<word>square |cubic )(?P<inner>.+)|(?P<outer>.+)(?P<mark>[²³])")
PER_DISTANCE = re.compile(r"(?P<volume>.+)/(?P<count>(?:[1-9]\d*)?)\s*(?P<length>.+)")


@tool(effect="pure")
def units(
    value: Annotated[float, "how many of source"],
    source: Annotated[str, "unit to convert from, for example km, lb, °F, km/h, US gal"],
    target: Annotated[str, "unit to convert to"],
) -> str:
    """Convert a value from one unit of measurement to another."""
    one, other = pair(source, target)
    given = Fraction(repr(value))
    result = from_basis(to_basis(given, one), other)
    mark, number = told(result, one.exact and other.exact)
    return f"{amount(told(given, True)[1], one)} {mark} {amount(number, other)}"


def amount(number: str, unit: Unit) -> str:
    return f"{number} {unit.symbol}{'s' if unit.word and number != '1' else ''}"


def pair(source: str, target: str) -> tuple[Unit, Unit]:
    """The two units, of the same kind; raises ParleyError, worded for the model."""
    ours, theirs = candidates(source), candidates(target)
    for one in ours:
        for other in theirs:
            if one.kind == other.kind:
                return one, other
    one, other = ours[0], theirs[0]
    raise ParleyError(
        f"{source} cannot be converted to {target}: {one.symbol} measures {one.kind},"
        f" {other.symbol} {other.kind}.",
        unclear(source) or unclear(target),
    )


def candidates(text: str) -> list[Unit]:
    """All units a name may stand for, the likeliest first."""
    name = normal(text)
    found = [*named(name), *powers(name), *quotients(name)]
    if not found:
        raise ParleyError(f"I do not know the unit {text[:NAME_LIMIT]!r}.", unclear(text))
    return found


def unclear(text: str) -> str:
    return UNCLEAR.get(text.strip().lower().removesuffix("s"), "")


def normal(text: str) -> str:
    name = " ".join(text[: NAME_LIMIT + 1].split())
    for pattern, written in SPELLINGS:
        name = pattern.sub(written, name)
    return name.strip()


@cache
def tables() -> tuple[dict[str, list[Unit]], dict[str, list[Unit]]]:
    """By exact name, and by name in small letters."""
    exactly = units_by_name()
    small: dict[str, list[Unit]] = {}
    for name, found in exactly.items():
        small.setdefault(name.lower(), []).extend(found)
    return exactly, small


def named(name: str) -> list[Unit]:
    exactly, small = tables()
    return [*exactly.get(name, ()), *small.get(name.lower(), ())]


def powers(name: str) -> Iterator[Unit]:
    """Squares and cubes of lengths."""
    found = POWER.fullmatch(name)
    if found is None:
        return
    square = found["word"] == "square " or found["mark"] == "²"
    for unit in named(found["inner"] or found["outer"]):
        if unit.kind == "a length" and square:
            yield replace(unit, symbol=f"{unit.symbol}²", kind="an area", factor=unit.factor**2)
        elif unit.kind == "a length":
            size = unit.factor**3 * LITRES
            yield replace(unit, symbol=f"{unit.symbol}³", kind="a volume", factor=size)


def quotients(name: str) -> Iterator[Unit]:
    """Lengths over times are speeds; lengths over volumes, or the reverse, are the use of fuel."""
    found = PER_DISTANCE.fullmatch(name)
    if found is None:
        return
    count = Fraction(found["count"] or 1)
    for top in named(found["volume"]):
        for bottom in named(found["length"]):
            symbol, size = (
                f"{top.symbol}/{bottom.symbol}",
                top.factor / (bottom.factor * count),
            )
            sure = top.exact and bottom.exact
            match top.kind, bottom.kind:
                case "a length", "a time":
                    yield Unit(symbol, "a speed", size, exact=sure)
                case "a length", "a volume":
                    yield Unit(symbol, "fuel use", size / 1000, exact=sure)
                case "a volume", "a length":
                    symbol = f"{top.symbol}/{found['count']}{bottom.symbol}"
                    yield Unit(symbol, "fuel use", 1 / size / 1000, inverse=True, exact=sure)


def to_basis(value: Fraction, unit: Unit) -> Fraction:
    if unit.inverse:
        value = 1 / usable(value)
    found = (value + unit.shift) * unit.factor
    if unit.kind == "temperature" and found < 0:
        raise ParleyError("That is below absolute zero: there is no such temperature.")
    return found


def from_basis(value: Fraction, unit: Unit) -> Fraction:
    found = value / unit.factor - unit.shift
    return 1 / usable(found) if unit.inverse else found


def usable(value: Fraction) -> Fraction:
    if not value:
        raise ParleyError("0 has no counterpart in the other unit.")
    return value


def told(value: Fraction, sure: bool) -> tuple[str, str]:
    """ "=" or "≈", and the digits: all where they are few, else six significant ones."""
    decimal = exact.as_decimal(value)
    digits = len(decimal.lstrip("-0.").replace(".", "")) if decimal else EXACT_DIGITS + 1
    if not sure or digits > EXACT_DIGITS:
        return "≈", exact.approximately(value, ROUNDED_DIGITS)
    return "=", exact.approximately(value, EXACT_DIGITS)
