"""Numbers that know whether they are exact, within limits, and how they are written."""

import math
import operator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from engines.errors import ParleyError

DIGITS = 4000  # of a numerator or denominator; more is refused before it is computed
BITS = int(DIGITS * math.log2(10))
SHOWN_DIGITS = 400  # of a whole number; longer ones are rounded
DECIMALS = 30  # of a decimal written exactly
ROUNDED = 10  # significant digits of an approximation
NAMED = 12  # digits of a numerator or denominator that is worth reading
ROOT_DIGITS = 40  # of a root that is no fraction
WORKING_DIGITS = 60  # of a power that is not exact
HIGHEST_ROOT = 64  # that is tried exactly
LARGEST, SMALLEST = 10**15, Fraction(1, 10**6)  # beyond these, powers of ten are written

FLOATS = Fraction(1, 10**300), Fraction(10**300)
TOO_LARGE = "The number is too large or too small to calculate with."


@dataclass(frozen=True)
class Number:
    """percent: it was written with a percent sign, so that 80 + 15% can mean 92."""

    value: Fraction
    exact: bool = True
    percent: bool = False

    def __post_init__(self) -> None:
        bits = max(self.value.numerator.bit_length(), self.value.denominator.bit_length())
        if bits > BITS:
            raise ParleyError(TOO_LARGE)


def add(a: Number, b: Number) -> Number:
    if b.percent and not a.percent:
        return multiply(a, Number(1 + b.value, b.exact))
    return Number(a.value + b.value, a.exact and b.exact, a.percent)


def negative(a: Number) -> Number:
    return Number(-a.value, a.exact, a.percent)


def multiply(a: Number, b: Number) -> Number:
    return Number(a.value * b.value, a.exact and b.exact)


def divisor(b: Number) -> Fraction:
    if not b.value:
        raise ParleyError("Division by zero.")
    return b.value


def divide(a: Number, b: Number) -> Number:
    return Number(a.value / divisor(b), a.exact and b.exact)


def quotient(a: Number, b: Number) -> Number:
    return Number(Fraction(a.value // divisor(b)), a.exact and b.exact)


def remainder(a: Number, b: Number) -> Number:
    return Number(a.value % divisor(b), a.exact and b.exact)


def power(a: Number, b: Number) -> Number:
    exact = a.exact and b.exact
    if b.value.denominator == 1:
        if a.value.denominator > 1 and power_bits(a.value, int(b.value)) > BITS:
            return approximate_power(a.value, b.value)
        return Number(whole_power(a.value, int(b.value)), exact)
    if a.value < 0:
        raise ParleyError("A negative number has no such power among the real numbers.")
    found = root(a.value, b.value.denominator)
    if found is not None:
        return Number(whole_power(found, b.value.numerator), exact)
    return approximate_power(a.value, b.value)


def whole_power(base: Fraction, exponent: int) -> Fraction:
    if not base:
        divisor(Number(Fraction(exponent >= 0)))
        return Fraction(exponent == 0)
    if abs(base) == 1:
        return base if exponent % 2 else Fraction(1)
    if power_bits(base, exponent) > BITS:
        raise ParleyError(TOO_LARGE)
    return base**exponent


def power_bits(base: Fraction, exponent: int) -> int:
    """At least how many bits the power has."""
    bits = max(base.numerator.bit_length() - 1, base.denominator.bit_length() - 1)
    return bits * abs(exponent)


def approximate_power(base: Fraction, exponent: Fraction) -> Number:
    """As 1.004 to the 600th, which is short, but has thousands of digits."""
    with localcontext(prec=WORKING_DIGITS):
        parts = (Decimal(part) for part in (abs(base.numerator), base.denominator))
        size = operator.truediv(*parts).ln() * exponent.numerator / exponent.denominator
        if abs(size) > DIGITS:  # e to the size has fewer digits than that
            raise ParleyError(TOO_LARGE)
        value = Fraction(size.exp())
    odd = exponent.denominator == 1 and exponent.numerator % 2
    return Number(-value if base < 0 and odd else value, exact=False)


def root(value: Fraction, degree: int) -> Fraction | None:
    """The root of a number not below zero where it is a fraction; None where it is not."""
    if degree > HIGHEST_ROOT and value:
        return None
    parts = [whole_root(part, degree) for part in (value.numerator, value.denominator)]
    found = Fraction(parts[0], parts[1])
    return found if found**degree == value else None


def whole_root(value: int, degree: int) -> int:
    """The largest whole number whose power is not above value: Newton's method on integers."""
    if value < 2:
        return value
    if degree == 2:
        return math.isqrt(value)
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def nth_root(a: Number, degree: int, name: str) -> Number:
    value = abs(a.value)
    if a.value < 0 and degree % 2 == 0:
        raise ParleyError(f"A negative number has no {name} among the real numbers.")
    found, exact = root(value, degree), a.exact
    if found is None:
        scale = 10**ROOT_DIGITS
        scaled = value.numerator * scale**degree // value.denominator
        found, exact = Fraction(whole_root(scaled, degree), scale), False
    return Number(found if a.value >= 0 else -found, exact)


def logarithm(value: Fraction) -> float:
    """The natural one. Of numbers far beyond a float, too."""
    if value <= 0:
        raise ParleyError("Only numbers above zero have a logarithm.")
    if FLOATS[0] < value < FLOATS[1]:
        return math.log(value)
    return math.log(value.numerator) - math.log(value.denominator)


def rounded(value: float) -> Number:
    if not math.isfinite(value):
        raise ParleyError(TOO_LARGE)
    return Number(Fraction(value), exact=False)


def written(number: Number) -> str:
    """Exactly where that is short: 42, 0.125, 1/3 ≈ 0.3333333333; else ≈ 1.414213562."""
    value = number.value
    if not number.exact:
        return f"≈ {approximately(value)}"
    if value.denominator == 1:
        digits = str(value.numerator)
        if len(digits) <= SHOWN_DIGITS:
            return digits
        return f"≈ {approximately(value)} ({len(digits.lstrip('-'))} digits)"
    if (decimal := as_decimal(value)) is not None:
        return decimal
    if max(len(str(abs(value.numerator))), len(str(value.denominator))) <= NAMED:
        return f"{value.numerator}/{value.denominator} ≈ {approximately(value)}"
    return f"≈ {approximately(value)}"


def as_decimal(value: Fraction) -> str | None:
    """All digits of a fraction that ends; None where it does not, or not soon."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1 or places > DECIMALS or len(str(abs(value.numerator))) > SHOWN_DIGITS:
        return None
    return with_places(value, places)


def with_places(value: Fraction, places: int) -> str:
    """Rounded half up to so many digits behind the point, without zeros at the end."""
    scaled = int(abs(value) * 10**places * 2 + 1) // 2
    digits = str(scaled).rjust(places + 1, "0")
    text = f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}".rstrip("0")
    text = text.rstrip(".")
    return f"-{text}" if value < 0 and scaled else text


def approximately(value: Fraction, digits: int = ROUNDED) -> str:
    """Rounded to so many significant digits."""
    if not value:
        return "0"
    exponent = magnitude(value)
    if SMALLEST <= abs(value) < LARGEST:
        return with_places(value, max(0, digits - 1 - exponent))
    shift = Fraction(10) ** -exponent
    text = with_places(value * shift, digits - 1)
    if text.lstrip("-").startswith("10"):  # rounded up to the next power of ten
        text, exponent = text.replace("10", "1", 1), exponent + 1
    return f"{text}e{exponent:+d}"


def magnitude(value: Fraction) -> int:
    """The power of ten of the first digit."""
    exponent = len(str(abs(value.numerator))) - len(str(value.denominator))
    return exponent if abs(value) >= Fraction(10) ** exponent else exponent - 1
