"""The calculator: exact numbers, bounded in length, depth and digits. No eval."""

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated

from engines.errors import ParleyError
from engines.tools import exact, functions
from engines.tools.exact import Number
from engines.tools.grammar import Arithmetic, Parser, tokens
from engines.tools.registry import tool

LITERAL_POWER = 4000  # of ten, in 1e6


@tool(effect="pure")
def calculator(
    expression: Annotated[str, "for example 17*24, (2+3)/4, 2^10, sqrt(2), 15% of 80, 80 + 15%"],
) -> str:
    """Calculate exactly. Knows + - * / // mod ^ ! %, parentheses, sqrt, cbrt, abs, round, floor,
    ceil, min, max, gcd, lcm, pi, e, ln, log, exp, sin, cos, tan (radians, or degrees as 30°)."""
    return exact.written(evaluate(expression))


def evaluate(expression: str) -> Number:
    """Raises ParleyError, worded for the model."""
    return Parser(tokens(expression), ARITHMETIC).whole()


def literal(text: str) -> Number:
    digits, _, power = text.partition("e")
    if power and abs(int(power)) > LITERAL_POWER:
        raise ParleyError(exact.TOO_LARGE)
    return Number(Fraction(f"{digits.rstrip('.')}e{power or 0}"))


def percent(value: Number) -> Number:
    return Number(value.value / 100, value.exact, percent=True)


PRODUCTS: dict[str, Callable[[Number, Number], Number]] = {
    "*": exact.multiply,
    "/": exact.divide,
    "//": exact.quotient,
    "mod": exact.remainder,
}
MARKS: dict[str, Callable[[Number], Number]] = {
    "!": functions.factorial,
    "²": lambda value: exact.power(value, Number(Fraction(2))),
    "³": lambda value: exact.power(value, Number(Fraction(3))),
    "°": lambda value: exact.multiply(value, functions.DEGREE),
    "%": percent,
}
ARITHMETIC = Arithmetic(
    literal,
    exact.add,
    exact.negative,
    exact.multiply,
    exact.power,
    PRODUCTS,
    MARKS,
    functions.CONSTANTS,
    functions.FUNCTIONS,
)
