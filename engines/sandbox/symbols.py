"""SymPy's algebra on expressions as people write them.

Only ever called in a cell: SymPy's parser evaluates what it reads.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from engines.sandbox.script import HINTS

DIGITS = 10  # of an approximation
LONGEST = 4000  # characters of an answer
ROOTS = 20  # solutions that are listed
NAMED = 80  # characters of a number that is worth reading

TENDS = re.compile(
    r"\s*,?\s*(?:as|when|for)?\s*\b(?P<variable>[a-z]\w*)\s*"
    r"(?:->|→|approaches|tends\s+to|goes\s+to)\s*(?P<at>.+)$",
    re.IGNORECASE,
)
RANGE = re.compile(r"\s*,?\s*\bfrom\s+(?P<start>.+?)\s+to\s+(?P<end>.+)$", re.IGNORECASE)
LEADING = re.compile(r"^\s*(?:y|[a-z]\s*\(\s*[a-z]\s*\))\s*=(?!=)", re.IGNORECASE)
SPELLINGS = (
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"[×·⋅]"), "*"),
    (re.compile("÷"), "/"),
    (re.compile("²"), "^2"),
    (re.compile("³"), "^3"),
    (re.compile("π"), "pi"),
    (re.compile("√"), "sqrt"),
    (re.compile(r"∞|\binf(?:inity)?\b", re.IGNORECASE), "oo"),
    (re.compile(r"\bln\b"), "log"),
    (re.compile(r"\barc(?=(?:sin|cos|tan)h?\b)"), "a"),
    (re.compile(r"\be\b"), "E"),
    (re.compile(r"\|([^|]+)\|"), r"Abs(\1)"),
)
TYPED = (  # as SymPy writes it, and as people do
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"\blog\("), "ln("),
    (re.compile(r"\bE\b"), "e"),
    (re.compile(r"\bI\b"), "i"),
    (re.compile(r"\boo\b"), "infinity"),
    (re.compile(r"\bzoo\b"), "infinity (complex)"),
    (re.compile("&"), "and"),
    (re.compile(r"\|"), "or"),
)


class Answer(msgspec.Struct):
    text: str = ""
    error: str = ""


def answer(task: str, expression: str, variable: str, at: str) -> bytes:
    try:
        found = Answer(TASKS[task](expression, variable, at)[:LONGEST])
    except Unclear as unclear:
        found = Answer(error=str(unclear))
    except MemoryError:
        found = Answer(error=HINTS[MemoryError])
    except Exception as error:  # SymPy raises whatever it likes
        found = Answer(error=f"SymPy cannot do this: {type(error).__name__}: {error}"[:500])
    return msgspec.msgpack.encode(found)


class Unclear(Exception):
    """In words for the model."""


def parsed(text: str) -> Any:
    from sympy.parsing import sympy_parser as parser

    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    steps = parser.standard_transformations + (
        parser.convert_xor,
        parser.split_symbols,
        parser.implicit_multiplication,
        parser.implicit_application,
        parser.function_exponentiation,
    )
    try:
        return parser.parse_expr(text.strip().rstrip(".?"), transformations=steps)
    except MemoryError:
        raise
    except Exception as error:
        raise Unclear(
            f"{text.strip()[:80]!r} cannot be read.\nWrite it as x^2 + 3*x - 1."
        ) from error


def expression_of(text: str) -> Any:
    """One that is no equation; y = … and f(x) = … stand for their right side."""
    body = LEADING.sub("", text)
    if "=" in body:
        raise Unclear("This is an equation: it can be solved, or write only one side of it.")
    found = parsed(body)
    import sympy

    if not isinstance(found, sympy.Expr | sympy.MatrixBase):
        raise Unclear(f"{text.strip()[:80]!r} is not one expression.")
    return found


def symbol(variable: str, found: Any) -> Any:
    """The variable, or the only one there is where that is another."""
    import sympy

    wanted = sympy.Symbol(variable.strip() or "x")
    free = list(found.free_symbols)
    return free[0] if wanted not in free and len(free) == 1 else wanted


def written(found: Any) -> str:
    """As it is typed, with its value where it is a number that does not show it."""
    import sympy

    text = typed(found)
    if not isinstance(found, sympy.Expr) or not found.is_number or not found.is_finite:
        return text
    if all(part.is_Integer for part in found.as_real_imag()):
        return text
    value = re.sub(r"(\.\d*?)0+(?!\d)", r"\1", typed(sympy.N(found, DIGITS)))
    value = re.sub(r"\.(?!\d)", "", value)
    if "CRootOf" in text or len(text) > NAMED:
        return f"≈ {value}"
    exact = found.is_Rational and sympy.Rational(value) == found
    return f"{text} {'=' if exact else '≈'} {value}"


def told(name: Any, value: Any) -> str:
    words = written(value)
    return f"{name} {words}" if words.startswith("≈") else f"{name} = {words}"


def typed(found: Any) -> str:
    import sympy

    text = sympy.sstr(found)
    for pattern, spelling in TYPED:
        text = pattern.sub(spelling, text)
    return text


def solved(expression: str, variable: str, at: str) -> str:
    import sympy

    parts = [part for part in re.split(r";|\n|\band\b|,(?![^(]*\))", expression) if part.strip()]
    equations = [equation(part) for part in parts]
    names = [name for name in re.split(r"[,;\s]+", variable) if name]
    if len(equations) == 1 and len(names) <= 1:
        return one_solved(equations[0], symbol(variable, equations[0]))
    wanted = [sympy.Symbol(name) for name in names]
    free = set().union(*(one.free_symbols for one in equations))
    if len(wanted) < len(equations) or not set(wanted) <= free:
        wanted = sorted(free, key=str)
    found = sympy.solve(equations, wanted, dict=True)
    if not found:
        return "There is no solution."
    lines = [", ".join(told(k, v) for k, v in one.items()) for one in found[:ROOTS]]
    return "\nor ".join(lines)


def equation(text: str) -> Any:
    """What is zero where the equation holds; a comparison stays one."""
    if re.search(r"[<>≤≥]", text):
        return parsed(text.replace("≤", "<=").replace("≥", ">="))
    sides = re.split(r"==?", text)
    if len(sides) > 2:
        raise Unclear("An equation has two sides. Write several with semicolons between.")
    left, right = parsed(sides[0]), parsed(sides[1]) if len(sides) == 2 else 0
    return left - right


def one_solved(found: Any, wanted: Any) -> str:
    import sympy

    if isinstance(found, sympy.logic.boolalg.BooleanAtom) or not hasattr(found, "free_symbols"):
        return "It always holds." if found else "It never holds."
    if found.is_Relational:
        return typed(sympy.solve_univariate_inequality(found, wanted))
    if sympy.simplify(found) == 0:
        return f"It holds for every {wanted}."
    if wanted not in found.free_symbols:
        return "There is no solution."
    if found.has(sympy.Abs):  # which SymPy only takes apart for real numbers
        real = sympy.Symbol(wanted.name, real=True)
        found, wanted = found.subs(wanted, real), real
    roots = sympy.solve(found, wanted)
    if not roots:
        return "There is no solution."
    listed = " or ".join(told(wanted, root) for root in roots[:ROOTS])
    more = f" and {len(roots) - ROOTS} more" if len(roots) > ROOTS else ""
    return listed + more + ("." if more else "")


def differentiated(expression: str, variable: str, at: str) -> str:
    import sympy

    found = expression_of(expression)
    by, times = symbol(variable, found), 1
    if at.strip():
        if not re.fullmatch(r"[1-9]", at.strip()):
            raise Unclear("For differentiate, at is how many times, from 1 to 9.")
        times = int(at)
    return written(sympy.simplify(sympy.diff(found, by, times)))


def integrated(expression: str, variable: str, at: str) -> str:
    import sympy

    limits = RANGE.search(expression)
    body = expression[: limits.start()] if limits else expression
    found = expression_of(re.sub(r"\bd[a-z]\s*$", "", body))
    by = symbol(variable, found)
    ends = [limits["start"], limits["end"]] if limits else re.split(r",|;|\bto\b", at)
    ends = [end for end in ends if end.strip()]
    if len(ends) not in (0, 2):
        raise Unclear("For integrate, at is empty or where it begins and ends, as 0, 1.")
    about = (by, *map(parsed, ends)) if ends else by
    result = sympy.integrate(found, about)
    if result.has(sympy.Integral):
        if not ends:
            raise Unclear("This integral has no closed form that SymPy finds.")
        return f"≈ {typed(measured(found, about))}"
    return written(sympy.simplify(result)) if ends else f"{written(sympy.simplify(result))} + C"


def measured(found: Any, about: Any) -> Any:
    """The value of an integral for which there is no formula."""
    import mpmath
    import sympy

    by, *ends = about
    return sympy.N(mpmath.quad(sympy.lambdify(by, found, "mpmath"), ends), DIGITS)


def limited(expression: str, variable: str, at: str) -> str:
    import sympy

    tends = TENDS.search(expression)
    if tends:
        expression, variable, at = expression[: tends.start()], tends["variable"], tends["at"]
    expression = re.sub(r"^\s*(?:lim(?:it)?\s+(?:of\s+)?)", "", expression, flags=re.IGNORECASE)
    if not at.strip():
        raise Unclear("For limit, at is where the variable goes: a number, oo or -oo.")
    found = expression_of(expression)
    by = symbol(variable, found)
    side = {"+": "+", "-": "-"}.get(at.strip()[-1:], "")
    point = parsed(at.strip().rstrip("+-") if side else at)
    if side:
        return written(sympy.limit(found, by, point, side))
    if point.is_infinite:
        return written(sympy.limit(found, by, point))
    left, right = (sympy.limit(found, by, point, way) for way in "-+")
    if left == right:
        return written(right)
    return f"There is none: {written(left)} from the left, {written(right)} from the right."


def changed(name: str) -> Callable[[str, str, str], str]:
    """One of SymPy's functions that take an expression and return one."""

    def change(expression: str, variable: str, at: str) -> str:
        import sympy

        return written(getattr(sympy, name)(expression_of(expression)))

    return change


TASKS: dict[str, Callable[[str, str, str], str]] = {
    "solve": solved,
    "simplify": changed("simplify"),
    "expand": changed("expand"),
    "factor": changed("factor"),
    "differentiate": differentiated,
    "integrate": integrated,
    "limit": limited,
}
