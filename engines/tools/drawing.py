"""Curves and charts, drawn by code of our own in a jailed process that runs nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from engines.errors import ParleyError
from engines.options import option
from engines.plotting import charts, curves, graphs, tables
from engines.protocol import EngineSpec, Kind
from engines.tools.engine import ToolsEngine
from engines.tools.registry import Use, tool

FARTHEST = 1e12  # from zero, on the axis of x
NARROWEST = 1e-9  # of where it is


@dataclass(frozen=True)
class Options:
    fonts: str = option("", "")  # a folder with the fonts to draw with; "": those of matplotlib


@tool(effect="pure", home="drawing")
def plot(
    expression: Annotated[str, "a function of x, for example sin x; several divided by ;"],
    start: Annotated[float, "lowest x"] = -10,
    end: Annotated[float, "highest x"] = 10,
    *,
    use: Use,
) -> str:
    """Draw the curve of a function of x."""
    low, high = min(start, end), max(start, end)
    if max(-low, high) > FARTHEST or high - low <= NARROWEST * max(-low, high):
        raise ParleyError(
            f"There is no curve to see from {start:g} to {end:g}.", "Choose another range."
        )
    drawn = curves.curves(expression)
    use.tell(graphs.graph(drawn, low, high, use.options.fonts))
    names = [curve.text for curve in drawn]
    words = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
    return f"Plotted {words} from {low:g} to {high:g}."


@tool(effect="pure", home="drawing")
def chart(
    kind: Annotated[Literal["bar", "line", "pie", "scatter"], "what to draw"],
    labels: Annotated[str, "comma-separated, for example Jan, Feb, Mar; numbers for scatter"],
    values: Annotated[str, "comma-separated, as many as labels"],
    title: Annotated[str, "words above it"] = "",
    *,
    use: Use,
) -> str:
    """Draw a bar, line, pie or scatter chart."""
    given = tables.table(labels, values)
    use.tell(charts.chart(kind, given, title, use.options.fonts))
    return f"Drew a {kind} chart of {tables.counted(len(given.values), 'value')}."


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> ToolsEngine:
    return ToolsEngine("drawing", options, "Drawing")


SPEC = EngineSpec(
    "drawing",
    Kind.TOOL,
    "Drawing",
    Options,
    create,
    imports=("engines.plotting.library",),
    read=lambda model: (),
)
