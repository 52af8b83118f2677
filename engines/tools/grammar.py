"""The grammar of expressions: an exact, bounded parser of our own. No eval.

What the numbers are is left open: Fractions for the calculator, whole curves for plots.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from engines.errors import ParleyError

V = TypeVar("V")
Function = Callable[[str, list[V]], V]  # (its name, for the words; arguments)

LENGTH = 1000  # characters
DEPTH = 40  # parentheses, signs and powers inside one another

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


@dataclass(frozen=True)
class Arithmetic(Generic[V]):
    """What the parser does with what it reads; every part may raise ParleyError."""

    literal: Callable[[str], V]
    add: Callable[[V, V], V]
    negative: Callable[[V], V]
    multiply: Callable[[V, V], V]
    power: Callable[[V, V], V]
    products: Mapping[str, Callable[[V, V], V]]  # by the signs * / // mod
    marks: Mapping[str, Callable[[V], V]]  # by the signs ! ² ³ ° %
    constants: Mapping[str, V]
    functions: Mapping[str, Function[V]]


def tokens(expression: str, words: Mapping[str, str] = WORDS) -> list[Token]:
    """Raises ParleyError. words: signs, and names that stand for one, as in WORDS."""
    if len(expression) > LENGTH:
        raise ParleyError(f"The expression is longer than {LENGTH} characters.")
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
        token = as_token(match, words)
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


def as_token(match: re.Match[str], words: Mapping[str, str]) -> Token:
    text = " ".join(match[0].lower().split())
    if match["number"]:
        return Token("number", text.replace("_", "").replace("'", ""))
    known = words.get(text)
    if match["name"] and known is None:
        return Token("name", text)
    return Token("name" if known in ("sqrt", "cbrt") else "sign", known or text)


class Parser(Generic[V]):
    """Recursive descent; every method leaves the place behind what it read."""

    def __init__(self, found: list[Token], using: Arithmetic[V]) -> None:
        self._using = using
        self._tokens = [*found, Token("end", "")]
        self._at = self._depth = 0

    def whole(self) -> V:
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

    def _sum(self) -> V:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            value = self._using.add(value, other if sign == "+" else self._using.negative(other))
        return value

    def _product(self) -> V:
        value = self._signed()
        while True:
            if sign := self._take("*", "/", "//", "mod"):
                value = self._using.products[sign](value, self._signed())
            elif self._is_operand():  # 2(3+4), 3 pi
                value = self._using.multiply(value, self._signed())
            else:
                return value

    def _is_operand(self) -> bool:
        return self._next.kind == "name" or self._next == ("sign", "(")

    def _signed(self) -> V:
        sign, minus = self._take("+", "-"), False
        while sign:
            minus ^= sign == "-"
            sign = self._take("+", "-")
        value = self._power()
        return self._using.negative(value) if minus else value

    def _power(self) -> V:
        self._depth += 1
        if self._depth > DEPTH:  # every way down leads through here
            raise ParleyError("The expression is nested too deeply.")
        value = self._with_marks(self._operand())
        if self._take("**"):
            value = self._using.power(value, self._signed())
        self._depth -= 1
        return value

    def _with_marks(self, value: V) -> V:
        while mark := self._take("!", "²", "³", "°", "%"):
            if mark == "%" and self._begins_operand():
                self._at -= 1
                self._tokens[self._at] = Token("sign", "mod")  # 17 % 5
                return value
            value = self._using.marks[mark](value)
        return value

    def _begins_operand(self) -> bool:
        return self._is_operand() or self._next.kind == "number"

    def _operand(self) -> V:
        token = self._next
        self._at += 1
        if token.kind == "number":
            return self._using.literal(token.text)
        if token.kind == "name":
            return self._named(token.text)
        if token == ("sign", "("):
            return self._closed(self._sum())
        where = f"before {token.text!r}" if token.text else "at the end"
        raise ParleyError(f"A number is missing {where}.")

    def _closed(self, value: V) -> V:
        if not self._take(")"):
            raise ParleyError("A closing parenthesis is missing.")
        return value

    def _named(self, name: str) -> V:
        if name in self._using.constants:
            return self._using.constants[name]
        function = self._using.functions.get(name)
        if function is None:
            known = ", ".join([*self._using.functions, *self._using.constants])
            raise ParleyError(f"I do not know {name!r}.", f"I know {known}.")
        return function(name, self._arguments())

    def _arguments(self) -> list[V]:
        if not self._take("("):
            return [self._power()]  # sqrt 16
        found = [self._sum()]
        while self._take(","):
            found.append(self._sum())
        self._closed(found[-1])
        return found
