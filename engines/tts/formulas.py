"""Formulas in TeX's notation, said in words where they are simple."""

import re

LONGEST = 160  # characters
GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi"),
    *("chi", "psi", "omega"),
)
NAMED = {
    **{name: name for name in GREEK},
    **{name.capitalize(): f"capital {name}" for name in GREEK},
    **{"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi"},
    **{"times": "times", "cdot": "times", "div": "divided by", "pm": "plus or minus"},
    **{"le": "is at most", "leq": "is at most", "ge": "is at least", "geq": "is at least"},
    **{"lt": "is less than", "gt": "is greater than", "neq": "is not", "ne": "is not"},
    **{"approx": "is about", "sim": "is like", "equiv": "is equivalent to"},
    **{"to": "to", "rightarrow": "to", "Rightarrow": "implies", "implies": "implies"},
    **{"iff": "if and only if", "infty": "infinity", "in": "in", "notin": "not in"},
    **{"cup": "union", "cap": "intersection", "subset": "is a subset of", "emptyset": "empty set"},
    **{"forall": "for all", "exists": "there is", "partial": "partial", "nabla": "nabla"},
    **{"sum": "the sum", "prod": "the product", "int": "the integral", "lim": "the limit"},
    **{"sin": "sine", "cos": "cosine", "tan": "tangent", "log": "log", "ln": "natural log"},
    **{"exp": "exp", "min": "min", "max": "max", "det": "det", "gcd": "gcd", "deg": "degree"},
    **{"ldots": "and so on", "cdots": "and so on", "dots": "and so on", "circ": "degrees"},
    **{"percent": "percent", "propto": "is proportional to", "land": "and", "lor": "or"},
    **{"hbar": "h bar", "ell": "l", "degree": "degrees", "mid": "given", "quad": ",", "qquad": ","},
}
SIGNS = {
    **{"+": "plus", "-": "minus", "−": "minus", "=": "equals", "<": "is less than"},
    **{">": "is greater than", "*": "times", "/": "over", "×": "times", "·": "times"},
    **{"±": "plus or minus", "≤": "is at most", "≥": "is at least", "≈": "is about"},
    **{"≠": "is not", "!": "factorial", "|": "bar", "%": "percent", "°": "degrees", "'": "prime"},
    **{"∞": "infinity", "→": "to", "√": "the square root of", ":": "to", ";": ",", ",": ","},
}
PLAIN = {"left", "right", "big", "Big", "displaystyle", "limits", ",", ";", ":", "!", " ", "\\"}
WORDED = re.compile(r"\\(?:text|math|operatorname)[a-z]*\{([^{}]*)\}")
BOUNDED = {"sum", "prod", "int", "lim"}
POWERS = {"2": "squared", "3": "cubed"}
TOKEN = re.compile(
    rf"{WORDED.pattern}|" r"\\(?:[a-zA-Z]+|.)|\d+(?:[.,]\d+)*|[a-zA-Z]|\S", re.DOTALL
)


class TooHard(Exception):
    """This formula is not one to say in words."""


def spoken_formula(source: str) -> str:
    """In English words; "" where it is better shown than said."""
    if len(source) > LONGEST:
        return ""
    try:
        reading = _Reading([match[0] for match in TOKEN.finditer(source)])
        words = " ".join(reading.row(""))
    except (TooHard, RecursionError):
        return ""
    return re.sub(r" (?=[,])", "", words).strip(" ,")


class _Reading:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at = tokens, 0

    def row(self, closing: str) -> list[str]:
        """Words up to the closing token, which is taken."""
        words: list[str] = []
        while self._at < len(self._tokens):
            if self._tokens[self._at] == closing:
                self._at += 1
                return words
            words += self._one(words)
        if closing:
            raise TooHard
        return words

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise TooHard
        self._at += 1
        return self._tokens[self._at - 1]

    def _group(self) -> list[str]:
        token = self._next()
        return self.row("}") if token == "{" else self._said(token)

    def _one(self, before: list[str]) -> list[str]:
        token = self._next()
        match token:
            case "{":
                return self.row("}")
            case "^":
                return self._power(self._group())
            case "_":
                return self._group()
            case "(" | "[":
                inside = self.row(")" if token == "(" else "]")
                return ["of", *inside] if before and before[-1] in "fghFGP" else inside
        return self._said(token)

    def _power(self, power: list[str]) -> list[str]:
        if len(power) == 1 and power[0] in POWERS:
            return [POWERS[power[0]]]
        if power == ["degrees"] or power[:1] == ["prime"]:
            return power
        return ["to the power of", *power]

    def _said(self, token: str) -> list[str]:
        if words := WORDED.match(token):
            return words[1].split()
        name = token[1:]
        if not name or not token.startswith("\\"):
            if token.isalnum():
                return ["A" if token == "a" else token]  # the letter, not the article
            if token in SIGNS:
                return [SIGNS[token]]
            raise TooHard
        if name in ("frac", "dfrac", "tfrac"):
            return [*self._group(), "over", *self._group()]
        if name == "sqrt":
            return self._root()
        if name in BOUNDED:
            return self._bounds(NAMED[name])
        if name in NAMED:
            return [NAMED[name]]
        if name in PLAIN:
            return []
        if name in SIGNS:
            return [SIGNS[name]]
        if name in "{}$&#_":
            return []
        raise TooHard

    def _root(self) -> list[str]:
        if self._at < len(self._tokens) and self._tokens[self._at] == "[":
            self._at += 1
            degree = self.row("]")
            kind = "cube root" if degree == ["3"] else f"root {' '.join(degree)}"
            return [f"the {kind} of", *self._group()]
        return ["the square root of", *self._group()]

    def _bounds(self, name: str) -> list[str]:
        """A sum, product, integral or limit, with what stands below and above it."""
        words = [name]
        for _ in range(2):
            mark = self._tokens[self._at] if self._at < len(self._tokens) else ""
            if mark not in ("_", "^"):
                break
            self._at += 1
            word = "to" if mark == "^" else "as" if name == "the limit" else "from"
            words += [word, *self._group()]
        return [*words, "of"]
