"""The calculator: an exact parser of our own, bounded in length, depth and digits. No eval."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, NamedTuple

from engines.errors import ParleyError
from engines.tools import exact, functions
from engines.tools.exact import Number
from engines.tools.registry import tool

LENGTH = 1000  # characters
DEPTH = 40  # parentheses, signs and powers inside one another
LITERAL_POWER = 4000  # of ten, in 1e6

# Ways to write a sign -> the sign.
WORDS = {
    **{"×": "*", "·": "*", "⋅": "*", "∙": "*", "*": "*", "times": "*", "x": "*"},
    **{"multiplied by": "*", "of": "*", "÷": "/", "∕": "/", "/": "/", "divided by": "/"},
    **{"over": "/", "−": "-", "–": "-", "-": "-", "minus": "-", "less": "-", "+": "+"},
    **{"plus": "+", "^": "**", "**": "**", "to the power of": "**", "raised to": "**"},
    **{"//": "//", "mod": "mod", "modulo": "mod", "%": "%", "percent": "%", "per cent": "%"},
    **{"!": "!", "²": "²", "squared": "²", "³": "³", "cubed": "³", "°": "°", "degrees": "°"},
    **{"(": "(", ")": ")", "[": "(", "]": ")", ",": ",", ";": ",", "√": "sqrt", "∛": "cbrt"},
    **{"square root of": "sqrt", "cube root of": "cbrt"},
}
NAMES = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True) if word.isalpha())
PHRASES = "|".join(
    sorted((w.replace(" ", r"\s+") for w in WORDS if " " in w), key=len, reverse=True)
)
SIGNS = "|".join(re.escape(w) for w in sorted(WORDS, key=len, reverse=True) if not w[0].isalpha())
TOKEN = re.compile(
    rf"(?:(?P<number>(?:\d[\d_']*)?\.?\d[\d_]*\.?(?:e[+-]?\d+)?)|(?P<phrase>(?:{PHRASES})\b)"
    rf"|(?P<name>log(?:2|10)\b|[^\W\d_]+)|(?P<sign>{SIGNS}))",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
CURRENCY = re.compile("[$€£¥]")


class Token(NamedTuple):
    kind: str  # "number", "name" or "sign"; "end" after the last
    text: str


@tool(effect="pure")
def calculator(
    expression: Annotated[str, "for example 17*24, (2+3)/4, 2^10, sqrt(2), 15% of 80, 80 + 15%"],
) -> str:
    """Calculate exactly. Knows + - * / // mod ^ ! %, parentheses, sqrt, cbrt, abs, round, floor,
    ceil, min, max, gcd, lcm, pi, e, ln, log, exp, sin, cos, tan (radians, or degrees as 30°)."""
    return exact.written(evaluate(expression))


def evaluate(expression: str) -> Number:
    """Raises ParleyError, worded for the model."""
    if len(expression) > LENGTH:
        raise ParleyError(f"The expression is longer than {LENGTH} characters.")
    parser = Parser(tokens(expression))
    return parser.whole()


def tokens(expression: str) -> list[Token]:
    text = CURRENCY.sub("", expression).rstrip("=? ")
    found: list[Token] = []
    calls: list[bool] = []  # for each open parenthesis: does it hold the arguments of a function?
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if not (calls and calls[-1]) and (group := THOUSANDS.match(text, at)):
            text = text[:at] + group[0].replace(",", "") + text[group.end() :]
        match = TOKEN.match(text, at)
        if match is None:
            raise ParleyError(
                f"I cannot read {text[at : at + 20]!r}.", "Write only the calculation."
            )
        token = as_token(match)
        if token.text == "(":
            calls.append(bool(found) and found[-1].kind == "name")
        elif token.text == ")" and calls:
            calls.pop()
        elif token.text == "," and not (calls and calls[-1]):
            raise ParleyError(
                "A comma stands where it cannot.", "Write decimals with a point: 3.5 for 3,5."
            )
        found.append(token)
        at = match.end()
    return found


def as_token(match: re.Match[str]) -> Token:
    text = " ".join(match[0].lower().split())
    if match["number"]:
        return Token("number", text.replace("_", "").replace("'", ""))
    known = WORDS.get(text)
    if match["name"] and known is None:
        return Token("name", text)
    return Token("name" if known in ("sqrt", "cbrt") else "sign", known or text)


class Parser:
    """Recursive descent; every method leaves the place behind what it read."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = [*found, Token("end", "")]
        self._at = self._depth = 0

    def whole(self) -> Number:
        value = self._sum()
        if self._next.kind != "end":
            raise ParleyError(f"I did not expect {self._next.text!r} there.")
        return value

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> str:
        """The text of the next token if it is one of these signs, and steps over it; else ""."""
        token = self._next
        if token.kind != "sign" or token.text not in texts:
            return ""
        self._at += 1
        return token.text

    def _sum(self) -> Number:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            value = exact.add(value, other if sign == "+" else exact.negative(other))
        return value

    def _product(self) -> Number:
        value = self._signed()
        while True:
            if sign := self._take("*", "/", "//", "mod"):
                value = PRODUCTS[sign](value, self._signed())
            elif self._is_operand():  # 2(3+4), 3 pi
                value = exact.multiply(value, self._signed())
            else:
                return value

    def _is_operand(self) -> bool:
        return self._next.kind == "name" or self._next == ("sign", "(")

    def _signed(self) -> Number:
        sign, minus = self._take("+", "-"), False
        while sign:
            minus ^= sign == "-"
            sign = self._take("+", "-")
        value = self._power()
        return exact.negative(value) if minus else value

    def _power(self) -> Number:
        self._depth += 1
        if self._depth > DEPTH:  # every way down leads through here
            raise ParleyError("The expression is nested too deeply.")
        value = self._with_marks(self._operand())
        if self._take("**"):
            value = exact.power(value, self._signed())
        self._depth -= 1
        return value

    def _with_marks(self, value: Number) -> Number:
        while mark := self._take("!", "²", "³", "°", "%"):
            if mark == "%" and self._begins_operand():
                self._at -= 1
                self._tokens[self._at] = Token("sign", "mod")  # 17 % 5
                return value
            value = MARKS[mark](value)
        return value

    def _begins_operand(self) -> bool:
        return self._is_operand() or self._next.kind == "number"

    def _operand(self) -> Number:
        token = self._next
        self._at += 1
        if token.kind == "number":
            return literal(token.text)
        if token.kind == "name":
            return self._named(token.text)
        if token == ("sign", "("):
            return self._closed(self._sum())
        where = f"before {token.text!r}" if token.text else "at the end"
        raise ParleyError(f"A number is missing {where}.")

    def _closed(self, value: Number) -> Number:
        if not self._take(")"):
            raise ParleyError("A closing parenthesis is missing.")
        return value

    def _named(self, name: str) -> Number:
        if name in functions.CONSTANTS:
            return functions.CONSTANTS[name]
        function = functions.FUNCTIONS.get(name)
        if function is None:
            known = ", ".join([*functions.FUNCTIONS, *functions.CONSTANTS])
            raise ParleyError(f"I do not know {name!r}.", f"I know {known}.")
        return function(name, self._arguments())

    def _arguments(self) -> list[Number]:
        if not self._take("("):
            return [self._power()]  # sqrt 16
        found = [self._sum()]
        while self._take(","):
            found.append(self._sum())
        self._closed(found[-1])
        return found


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
