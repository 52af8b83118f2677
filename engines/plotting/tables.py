"""Labels and values as a model or a person writes them in one line of text."""

import math
import re
from dataclasses import dataclass

from engines.errors import ParleyError

MOST = 200  # values
LENGTH = 20_000  # characters
LABEL = 40  # characters of a label that are shown

THOUSANDS = re.compile(r"(?<![\d.])(\d{1,3}(?:,\d{3})+)(?!\d)")
SEPARATORS = (";", r"\n", r"\|", r",\s+", ",")  # that with a space leaves 1,200 whole
NUMBER = re.compile(
    r"(?P<before>[^\d+\-−.]*)(?P<number>[+\-−]?\s*(?:\d[\d,_' ]*)?\.?\d+(?:e[+-]?\d+)?)\.?"
    r"\s*(?P<after>[^\d]*)",
    re.IGNORECASE,
)
SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "mio": 1e6, "m": 1e6}
SCALES |= {"billion": 1e9, "bn": 1e9, "trillion": 1e12}
CURRENCIES = "$€£¥₹₩"


@dataclass(frozen=True)
class Table:
    labels: list[str]
    values: list[float]
    unit: str = ""  # of all values: "€", "%", "km"


def table(labels: str, values: str) -> Table:
    """Raises ParleyError, worded for the model."""
    if len(labels) > LENGTH or len(values) > LENGTH:
        raise ParleyError(f"That is too long for a chart: at most {LENGTH} characters.")
    names, found = ways(labels, ",")[0], ways(values)
    count = len(names)
    fitting = next((way for way in found if len(way) == count), found[0])
    for what, given in (("labels", names), ("values", fitting)):
        if not any(given):
            raise ParleyError(f"There are no {what}.", "Write them with commas between: a, b, c.")
    if len(fitting) != count:
        raise ParleyError(
            f"{counted(count, 'label')} do not fit {counted(len(fitting), 'value')}.",
            "Give as many values as labels, with commas between and no commas in a number.",
        )
    if count > MOST:
        raise ParleyError(f"At most {MOST} values fit into a chart, not {count}.")
    read = [number(piece) for piece in fitting]
    units = {unit for _, unit in read}
    return Table(names, [value for value, _ in read], units.pop() if len(units) == 1 else "")


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def ways(text: str, *separators: str) -> list[list[str]]:
    """The ways to divide it, the likeliest first: a comma may stand within a number."""
    text = text.strip().removeprefix("[").removesuffix("]").strip(" ,;\n")
    strong = [s for s in SEPARATORS[:3] if re.search(s, text)][:1]
    ways = [re.split(s, text) for s in strong or separators or SEPARATORS[3:]]
    ways.append(THOUSANDS.sub(lambda match: match[1].replace(",", ""), text).split(","))
    return [[part.strip().strip("\"'") for part in way] for way in ways]


def number(text: str) -> tuple[float, str]:
    """A value and its unit."""
    match = NUMBER.fullmatch(text)
    if match is None:
        raise ParleyError(f"{text[:40]!r} is not a number.", "Write the values as 1.5, 2, 3.")
    digits = re.sub(r"[\s,_']", "", match["number"]).replace("−", "-")
    before, after = match["before"].strip(), match["after"].strip()
    scale, _, rest = after.partition(" ")
    factor = SCALES.get(scale.lower(), 1.0)
    if scale == "m" and before not in tuple(CURRENCIES):
        factor = 1.0  # metres
    value = float(digits) * factor
    if not math.isfinite(value):
        raise ParleyError(f"{text[:40]!r} is too large for a chart.")
    return value, before or (rest if factor != 1.0 else after)
