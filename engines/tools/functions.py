"""The functions and constants of the calculator."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from engines.errors import ParleyError
from engines.tools.exact import (
    TOO_LARGE,
    Number,
    divide,
    logarithm,
    negative,
    nth_root,
    rounded,
    whole_power,
)

LARGEST_FACTORIAL = 1400  # has 3,800 digits
LARGEST_ANGLE = 10**12  # beyond, a float does not know where on the circle it is
NOISE = 14  # decimals of a sine that are not rounding errors
PLACES = 100

Function = Callable[[str, list[Number]], Number]  # (its name, for the words; arguments)


def approximate(digits: str) -> Number:
    return Number(Fraction(digits), exact=False)


PI = approximate("3.14159265358979323846264338327950288419716939937510")
CONSTANTS = {
    "pi": PI,
    "π": PI,
    "tau": Number(2 * PI.value, exact=False),
    "e": approximate("2.71828182845904523536028747135266249775724709369995"),
}
DEGREE = Number(PI.value / 180, exact=False)


def one(name: str, arguments: list[Number]) -> Number:
    if len(arguments) != 1:
        raise ParleyError(f"{name} takes one number, not {len(arguments)}.")
    return arguments[0]


def whole(number: Number, what: str) -> int:
    if number.value.denominator != 1:
        raise ParleyError(f"{what} takes whole numbers.")
    return int(number.value)


def factorial(number: Number) -> Number:
    value = whole(number, "The factorial")
    if value < 0:
        raise ParleyError("The factorial takes no negative numbers.")
    if value > LARGEST_FACTORIAL:
        raise ParleyError(TOO_LARGE)
    return Number(Fraction(math.factorial(value)), number.exact)


def square_root(name: str, arguments: list[Number]) -> Number:
    return nth_root(one(name, arguments), 2, "square root")


def cube_root(name: str, arguments: list[Number]) -> Number:
    return nth_root(one(name, arguments), 3, "cube root")


def absolute(name: str, arguments: list[Number]) -> Number:
    number = one(name, arguments)
    return negative(number) if number.value < 0 else number


def floor(name: str, arguments: list[Number]) -> Number:
    return Number(Fraction(math.floor(one(name, arguments).value)))


def ceiling(name: str, arguments: list[Number]) -> Number:
    return Number(Fraction(math.ceil(one(name, arguments).value)))


def round_off(name: str, arguments: list[Number]) -> Number:
    """Half away from zero, as taught in school; a second argument gives the decimals."""
    if len(arguments) > 2:
        raise ParleyError(f"{name} takes a number and perhaps how many decimals.")
    number = arguments[0]
    places = whole(arguments[1], name) if len(arguments) == 2 else 0
    if abs(places) > PLACES:
        raise ParleyError(f"{name} takes at most {PLACES} decimals.")
    scale = Fraction(10) ** places
    steps = math.floor(abs(number.value) * scale + Fraction(1, 2))
    return Number(Fraction(steps if number.value >= 0 else -steps) / scale)


def smallest(name: str, arguments: list[Number]) -> Number:
    return min(arguments, key=lambda number: number.value)


def largest(name: str, arguments: list[Number]) -> Number:
    return max(arguments, key=lambda number: number.value)


def divisors(of: Callable[..., int], name: str, arguments: list[Number]) -> Number:
    """gcd and lcm."""
    return Number(Fraction(of(*(whole(number, name) for number in arguments))))


def logarithm_of(base: Fraction | None, name: str, arguments: list[Number]) -> Number:
    """base None: e. A second argument of log is another base. Exact for powers of the base."""
    if name == "log" and len(arguments) == 2:
        base = arguments.pop().value
    number = one(name, arguments)
    if base is None:
        return rounded(logarithm(number.value))
    found = divide(rounded(logarithm(number.value)), rounded(logarithm(base)))
    nearest = round(found.value)
    if whole_power(base, nearest) == number.value:
        return Number(Fraction(nearest), number.exact)
    return found


def exponential(name: str, arguments: list[Number]) -> Number:
    value = one(name, arguments).value
    if value > 700:
        raise ParleyError(TOO_LARGE)
    return rounded(math.exp(max(value, Fraction(-(10**6)))))


def circular(function: Callable[[float], float], name: str, arguments: list[Number]) -> Number:
    """Sine, cosine, tangent."""
    value = one(name, arguments).value
    if abs(value) > LARGEST_ANGLE:
        raise ParleyError("The angle is too large.")
    if function is math.tan and abs(math.cos(float(value))) < 10**-NOISE:
        raise ParleyError("The tangent has no value there.")
    return rounded(round(function(float(value)), NOISE))


def inverse_circular(function: Callable[[float], float], name: str, given: list[Number]) -> Number:
    value = one(name, given).value
    if function is not math.atan and abs(value) > 1:
        raise ParleyError(f"{name} takes numbers from -1 to 1.")
    return rounded(function(float(max(-(10**300), min(value, 10**300)))))


FUNCTIONS: dict[str, Function] = {
    "sqrt": square_root,
    "cbrt": cube_root,
    "abs": absolute,
    "round": round_off,
    "floor": floor,
    "ceil": ceiling,
    "min": smallest,
    "max": largest,
    "factorial": lambda name, arguments: factorial(one(name, arguments)),
    "gcd": partial(divisors, math.gcd),
    "lcm": partial(divisors, math.lcm),
    "ln": partial(logarithm_of, None),
    "log": partial(logarithm_of, Fraction(10)),
    "log10": partial(logarithm_of, Fraction(10)),
    "log2": partial(logarithm_of, Fraction(2)),
    "exp": exponential,
    "sin": partial(circular, math.sin),
    "cos": partial(circular, math.cos),
    "tan": partial(circular, math.tan),
    "asin": partial(inverse_circular, math.asin),
    "acos": partial(inverse_circular, math.acos),
    "atan": partial(inverse_circular, math.atan),
}
