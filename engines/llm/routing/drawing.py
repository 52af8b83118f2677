"""Requests for plots and charts."""

import re

from engines.errors import ParleyError
from engines.llm.routing.wording import in_digits
from engines.tools.calculator import evaluate

FUNCTIONS = r"sin|cos|tan|asin|acos|atan|exp|ln|log|sqrt|cbrt|abs"
VERB = (
    r"(?:(?:please )?(?:plot|graph|draw|sketch|show|display|visualise|visualize|trace|see"
    r"|make|give|"
    r"create|view|picture)(?: me| us)?|(?:can|could|may) i see|i(?:'d| would)? (?:like|want|need)"
    r"(?: to see)?|let me see|i need)"
)
WHAT = (
    r"(?:(?:the |a |an )?(?:graph|plot|curve|function|line|parabola|equation|picture|drawing)"
    r"(?: of| for|:)?(?: the)?(?: function| curve)?(?: of)? ?|f\(x\) ?= ?|y ?= ?)*"
)
DONE = r"(?:,? (?:plotted|graphed|drawn|curve|for me|(?:as|in|on) an? (?:graph|plot|curve)))*"
LIKE = re.compile(
    r"(?:what (?:does|would|do)|how (?:does|do|would)) (?:the (?:graph|plot|curve) of"
    r" )?(?P<inner>.+?)"
    r" look(?: like)?"
)
DRAW = re.compile(rf"{VERB} {WHAT}(?P<inner>.+?){DONE}")
NAMED = re.compile(
    r"(?:the |a )?(?:plot|graph|curve)(?: of| for|:)?(?: the function)? (?P<inner>.+)"
)
DRAWN = re.compile(
    r"(?P<inner>.+?),? (?:plotted|graphed|drawn|(?:as|in|on) an? (?:graph|plot|curve)|graph|plot)"
)
END = r"-?\d+(?:\.\d+)?|-?(?:\d+(?:\.\d+)? ?\*? ?)?(?:pi|π)|minus \d+(?:\.\d+)?"
RANGE = re.compile(
    rf"(?:,\s*|\s+)(?:for |with |where |on |in |over |going |and )*(?:the )?(?:range "
    rf"|interval |domain )?"
    rf"(?:x ?(?:is |going |goes |running |=|in |from )* ?)?(?:from |between |of |in )?"
    rf"(?:x ?= ?)?[\[(]?(?P<low>{END})(?: to | and | up to |, ?| \.\. ?|\.\.\.?| - | < x < "
    rf"| ?<= ?x ?<= ?)"
    rf"(?:x ?= ?)?(?P<high>{END})[\])]?$"
)
SAID = (
    (r"\b(?:the )?absolute value of x\b|\|x\|", "abs(x)"),
    (r"\b(?:the )?(?:square root|sqrt|root) of x\b|\b(?:the )?root x\b", "sqrt(x)"),
    (r"\b(?:the )?natural log(?:arithm)? of x\b", "ln(x)"),
    (r"\b(?:the )?(?:sine|sin) (?:of )?(?=[x\d(])", "sin "),
    (r"\b(?:the )?(?:cosine|cos) (?:of )?(?=[x\d(])", "cos "),
    (r"\b(?:the )?(?:tangent|tan) (?:of )?(?=[x\d(])", "tan "),
    (r"\b(?:the )?(?:logarithm|log) of x\b", "log x"),
    (r"\b(?:the )?exponential(?: function)?(?: of x)?\b", "e^x"),
    (r"\b(?:the )?square of x\b| ?\bsquared\b|²", "^2"),
    (r"\b(?:the )?cube of x\b| ?\bcubed\b|³", "^3"),
    (r" ?\bto the (?:power of )?(?:(\d+)(?:st|nd|rd|th)?)(?: power)?\b", r"^\1"),
    (r" ?\bto the x\b", "^x"),
    (r"\bplus\b", "+"),
    (r"\bminus\b", "-"),
    (r"\btimes\b|×|·", "*"),
    (r"\b(?:over|divided by)\b|÷", "/"),
    (r"\ba sine wave\b|\bthe sine curve\b|\bsine wave\b", "sin x"),
    (r"\ba parabola\b", "x^2"),
)
WORDS = [(re.compile(said), sign) for said, sign in SAID]
CURVE = re.compile(rf"(?:[-+*/^().,\d ]|x|pi|e(?=\^)|\b(?:{FUNCTIONS})\b)+")
NEXT = re.compile(r" ?(?:;| and also | together with | and | against ) ?")
POINTS = ("(1.37)", "(-2.61)", "(0.43)", "(11.3)")

KINDS = {
    **{"bar": "bar", "column": "bar", "line": "line", "pie": "pie"},
    **{"scatter": "scatter", "scatter plot": "scatter"},
}
KIND = r"(?P<kind>bar|column|line|pie|scatter(?: plot)?)(?: (?:chart|graph|diagram|plot))"
CHART = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{VERB} (?:me )?(?:an? |the )?{KIND}(?: of| with| for| from| showing|:|,|"
        rf" please)* (?P<pairs>.+)",
        rf"(?:an? |the )?{KIND}(?: of| with| for| from| showing|:|,| please)* (?P<pairs>.+)",
        rf"(?:.*?\b(?:sold|had|spent|counted|have|plot|draw|show|turn|put|compare|make) )?"
        rf"(?P<pairs>.+?),? (?:as|in|into|on|- make|: draw) an? {KIND}",
    )
]
VALUE = r"[$£€]?(?P<value>-?\d+(?:\.\d+)?) ?%?"
PAIRS = [
    re.compile(form)
    for form in (
        rf"(?P<label>[^:=]+?) ?[:=] ?{VALUE}",
        rf"(?P<label>.*[^\d\s].*?) (?:with|was|were|is|at|has|had) {VALUE}",
        rf"(?P<label>[^:=]*[^\d\s:=][^:=]*?) \(?{VALUE}\)?",
        rf"{VALUE} (?:for |of )?(?P<label>[^\d].*)",
    )
]
TITLE = re.compile(r",? (?:titled|called|named|title:?|with the title) \"?(?P<title>[^\"]+?)\"?$")
SPLIT = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+")


def plot(text: str) -> dict[str, object] | None:
    """text as wording.bare leaves it."""
    text = in_digits(text)
    found = RANGE.search(text)
    while found:  # an x before the range may belong to the curve
        low, high = number(found["low"]), number(found["high"])
        if low < high and (made := _curve(text[: found.start()])):
            return {"expression": made, "start": low, "end": high}
        found = RANGE.search(text, found.start() + 1)
    made = _curve(text)
    return {"expression": made} if made else None


def _curve(text: str) -> str:
    """The expression that is to be drawn, or ""."""
    for form in (LIKE, DRAW, NAMED, DRAWN):
        if (found := form.fullmatch(text)) and (made := _drawable(found["inner"])):
            return made
    return ""


def _drawable(text: str) -> str:
    """One curve or several, each of which has a value somewhere; "" for anything else."""
    curves = [written(part) for part in NEXT.split(text.strip(" ,"))]
    fits = all(CURVE.fullmatch(one) and _has_values(one) for one in curves)
    return "; ".join(curves) if fits and any("x" in one for one in curves) else ""


def written(text: str) -> str:
    for said, sign in WORDS:
        text = said.sub(sign, text)
    text = re.sub(r"^(?:the |y ?= ?|f\(x\) ?= ?)", "", text.strip())
    return " ".join(text.split())


def _has_values(curve: str) -> bool:
    text = re.sub(rf"\b({FUNCTIONS}) ?(\d*x)\b(?! ?\()", r"\1(\2)", curve)
    text = re.sub(r"(\d|\)|x)(?= ?(?:x\b|\(|sin|cos|tan|sqrt|ln|log|abs|exp))", r"\1*", text)
    return any(_works(re.sub(r"\bx\b", point, text)) for point in POINTS)


def _works(expression: str) -> bool:
    try:
        evaluate(expression)
    except ParleyError:
        return False
    return True


def number(text: str) -> float | int:
    text = text.replace("minus ", "-").replace("π", "pi").replace("*", "").replace(" ", "")
    if not text.endswith("pi"):
        return float(text) if "." in text else int(text)
    factor = text.removesuffix("pi")
    return round(float({"": "1", "-": "-1"}.get(factor, factor)) * 3.14159265, 4)


def chart(text: str) -> dict[str, object] | None:
    """text keeps its case."""
    text, title = text.rstrip("?.! "), ""
    if found := TITLE.search(text):
        text, title = text[: found.start()], found["title"]
    for form in CHART:
        found = form.fullmatch(text)
        if found and (made := _pairs(found["pairs"])):
            kind = KINDS[found["kind"].lower()]
            return {"kind": kind, **made, **({"title": title} if title else {})}
    return None


def _pairs(text: str) -> dict[str, str] | None:
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.strip(" :,"))
    parts = SPLIT.split(text)
    for form in PAIRS:
        found = [form.fullmatch(part.strip()) for part in parts]
        if len(parts) > 1 and all(found):
            pairs = [(one["label"].strip(), one["value"]) for one in found if one]
            labels, values = zip(*pairs, strict=True)
            return {"labels": ", ".join(labels), "values": ", ".join(values)}
    return None
