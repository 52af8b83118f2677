"""Functions of one variable as people write them, read by the calculator's grammar. No eval."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from engines.errors import ParleyError
from engines.tools.grammar import WORDS, Arithmetic, Parser, Token, tokens

MOST = 8  # curves in one plot
NAME_LIMIT = 30  # letters written together, as in xsinx

Values = Any  # a numpy array of floats, or one float
Function = Callable[[Values], Values]

HEAD = re.compile(
    r"\s*(?:(?P<y>y)|(?P<f>[a-z]\w?)\s*\(\s*(?P<variable>[a-zθφ])\s*\))\s*=(?!=)", re.IGNORECASE
)
LETTER = re.compile(r"(?<![^\W\d_])[^\W\d_](?![^\W\d_])")
BARS = re.compile(r"\|([^|]*)\|")  # |x|
BORDER = re.compile(r"[()\[\]]|[;\n]|\band\b|(?<!\d),|,(?!\d{3}(?!\d))")
CURVE_WORDS = {k: v for k, v in WORDS.items() if k not in ("x", "of")}
MARKS = {"²": "2", "³": "3"}
FACTORIALS = 170  # the largest that a float can hold


@dataclass(frozen=True)
class Curve:
    text: str  # as it was written, without "y ="
    variable: str
    values: Function  # takes an array and returns one, with inf and nan where there is no value


class CurveParser(Parser[Function]):
    """Knows what people leave out: sin 2x is sin(2x), sin^2 x is sin(x)^2."""

    def _arguments(self) -> list[Function]:
        if self._next == ("sign", "("):
            return super()._arguments()
        value = self._signed()
        while self._is_operand() and self._next.text not in self._using.functions:
            value = self._using.multiply(value, self._power())
        return [value]

    def _named(self, name: str) -> Function:
        if name not in self._using.functions:
            return super()._named(name)
        mark = self._take("**", "²", "³")
        if not mark:
            return super()._named(name)
        minus = mark == "**" and self._take("-")
        exponent = self._operand() if mark == "**" else self._using.literal(MARKS[mark])
        before = self._tokens[self._at - 1]
        if minus and before == ("number", "1") and f"a{name}" in self._using.functions:
            return super()._named(f"a{name}")  # sin^-1
        value = super()._named(name)
        return self._using.power(value, self._using.negative(exponent) if minus else exponent)


def curves(expression: str) -> list[Curve]:
    """One or more, divided by semicolons. Raises ParleyError, worded for the model."""
    parts = [part for part in apart_at_borders(expression) if part.strip()]
    if not parts:
        raise ParleyError("There is nothing to plot.", "Write a function of x, for example x^2.")
    if len(parts) > MOST:
        raise ParleyError(f"At most {MOST} curves fit into one plot.")
    return [curve(part) for part in parts]


def apart_at_borders(text: str) -> Iterator[str]:
    """At semicolons, commas, lines and "and", but not within parentheses."""
    depth = begun = 0
    for border in BORDER.finditer(text):
        if border[0] in "()[]":
            depth += 1 if border[0] in "([" else -1
        elif depth <= 0:
            yield text[begun : border.start()]
            begun = border.end()
    yield text[begun:]


def curve(text: str) -> Curve:
    head = HEAD.match(text)
    body = text[head.end() if head else 0 :].strip().strip("`$").strip()
    if "=" in body:
        raise ParleyError(
            f"{text.strip()[:60]!r} is not a function.",
            "Only y = … with one variable can be drawn.",
        )
    variable = (head["variable"] or "").lower() if head else ""
    variable = variable or variable_of(body)
    using = arithmetic(variable)
    read = tokens(BARS.sub(r"abs(\1)", body), CURVE_WORDS)
    return Curve(body, variable, CurveParser(apart(read, using), using).whole())


def variable_of(text: str) -> str:
    """x, or the one other letter that stands alone."""
    letters = set(LETTER.findall(text.lower())) - {"e", "π"} - {*CURVE_WORDS}
    return letters.pop() if len(letters) == 1 and "x" not in text.lower() else "x"


def apart(found: list[Token], using: Arithmetic[Function]) -> list[Token]:
    """xsinx is x sin x, and x² is x and a sign."""
    known = sorted({*using.functions, *using.constants, *MARKS}, key=len, reverse=True)
    result: list[Token] = []
    for token in found:
        names = pieces(token.text, known) if token.kind == "name" else None
        if names is None:
            result.append(token)
        else:
            result += [Token("sign" if name in MARKS else "name", name) for name in names]
    return result


def pieces(name: str, known: list[str]) -> list[str] | None:
    """The known words a name is made of, the longest first; None when it is not."""
    if not name:
        return []
    if len(name) > NAME_LIMIT:
        return None
    for word in known:
        if name.startswith(word) and (rest := pieces(name[len(word) :], known)) is not None:
            return [word, *rest]
    return None


def lifted(operation: Callable[..., Values]) -> Callable[..., Function]:
    """An operation on numbers as one on functions."""

    def on_functions(*functions: Function) -> Function:
        return lambda x: operation(*(function(x) for function in functions))

    return on_functions


def named(operation: Callable[..., Values], least: int = 1, most: int = 1) -> Any:
    """A function as the parser calls it, with its name and the arguments it was given."""
    make = lifted(operation)

    def called(name: str, arguments: list[Function]) -> Function:
        if not least <= len(arguments) <= most:
            raise ParleyError(f"{name} takes {least} argument{'s'[: least - 1]}.")
        return make(*arguments)

    return called


@cache
def arithmetic(variable: str) -> Arithmetic[Function]:
    """On arrays of floats; nothing in it raises, and nothing takes longer than its array is."""
    import numpy as np

    def constant(value: float) -> Function:
        return lambda x: np.float64(value)

    def factorial(x: Values) -> Values:
        return np.vectorize(gamma, otypes=[float])(np.asarray(x, float) + 1)

    def rounded(x: Values, places: Values = 0.0) -> Values:
        scale = 10.0 ** np.trunc(places)
        return np.sign(x) * np.floor(np.abs(x) * scale + 0.5) / scale

    def logarithm(x: Values, base: Values = 10.0) -> Values:
        return np.log(x) / np.log(base)

    def smallest(*given: Values) -> Values:
        return np.minimum.reduce(np.broadcast_arrays(*given))

    def largest(*given: Values) -> Values:
        return np.maximum.reduce(np.broadcast_arrays(*given))

    one_each = {
        **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
        **{name: getattr(np, name) for name in ("sqrt", "cbrt", "abs", "exp", "floor", "ceil")},
        **{name: getattr(np, name) for name in ("log2", "log10", "sign")},
        **{"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "ln": np.log},
        **{"arcsin": np.arcsin, "arccos": np.arccos, "arctan": np.arctan, "sgn": np.sign},
        **{"asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh},
        "sec": lambda x: 1 / np.cos(x),
        "csc": lambda x: 1 / np.sin(x),
        "cot": lambda x: 1 / np.tan(x),
        "factorial": factorial,
    }
    functions = {name: named(operation) for name, operation in one_each.items()}
    functions |= {"log": named(logarithm, 1, 2), "round": named(rounded, 1, 2)}
    functions |= {"min": named(smallest, 1, 20), "max": named(largest, 1, 20)}
    constants: dict[str, Function] = {"pi": constant(math.pi), "π": constant(math.pi)}
    constants |= {"e": constant(math.e), "tau": constant(math.tau), variable: lambda x: x}
    return Arithmetic(
        lambda text: constant(float(text)),
        lifted(np.add),
        lifted(np.negative),
        lifted(np.multiply),
        lifted(np.float_power),
        {
            "*": lifted(np.multiply),
            "/": lifted(np.divide),
            "//": lifted(np.floor_divide),
            "mod": lifted(np.mod),
        },
        {
            "!": lifted(factorial),
            "²": lifted(np.square),
            "³": lifted(lambda x: x * x * x),
            "°": lifted(np.deg2rad),
            "%": lifted(lambda x: x / 100),
        },
        constants,
        functions,
    )


def gamma(x: float) -> float:
    try:
        return math.gamma(x) if x <= FACTORIALS + 1 else math.inf
    except (ValueError, OverflowError):  # a pole
        return math.nan
