"""Curves drawn into a picture."""

from typing import Any

from engines.messages import ToolPicture
from engines.plotting import look, sampling
from engines.plotting.curves import Curve

FEW = 4  # curves whose names are written above the plot in one row
SHORT = 16  # letters of such a name
LARGE = 1e6  # beyond it, powers of ten are written


def graph(drawn: list[Curve], start: float, end: float, fonts: str) -> ToolPicture:
    """Raises ParleyError, worded for the model."""
    import matplotlib

    sampled = [sampling.sample(curve, start, end) for curve in drawn]
    with matplotlib.rc_context(look.style(fonts, "".join(curve.text for curve in drawn))):
        figure, axes = look.paper()
        for (x, y, _), curve, colour in zip(sampled, drawn, look.COLOURS, strict=False):
            axes.plot(x, y, color=colour, label=look.pretty(curve.text))
        axes.set_xlim(start, end)
        axes.set_ylim(*sampling.view(sampled))
        zero_lines(axes)
        for axis in (axes.xaxis, axes.yaxis):
            round_numbers(axis)
        axes.set_xlabel(drawn[0].variable, style="normal")
        if len(drawn) == 1:
            axes.set_title(f"y = {look.pretty(drawn[0].text)[:80]}")
        else:
            columns = min(len(drawn), FEW if longest(drawn) <= SHORT else 2)
            place = {"loc": "lower left", "bbox_to_anchor": (-0.012, 1.0)}
            axes.legend(ncols=columns, columnspacing=1.6, **place)
        return look.picture(figure, "; ".join(curve.text for curve in drawn)[:200])


def zero_lines(axes: Any) -> None:
    """Where an axis is zero a darker line is drawn; the numbers stay at the edge, to be read."""
    for name, limits, line in (
        ("bottom", axes.get_ylim(), axes.axhline),
        ("left", axes.get_xlim(), axes.axvline),
    ):
        axes.spines[name].set_visible(False)
        if limits[0] <= 0 <= limits[1]:
            line(0, color=look.LINE, linewidth=1.1, zorder=1.5)
        else:
            axes.spines[name].set_visible(True)


def longest(drawn: list[Curve]) -> int:
    return max(len(curve.text) for curve in drawn)


def round_numbers(axis: Any) -> None:
    """Numbers people count in, without zeros at their ends."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    low, high = axis.get_view_interval()
    if 1 / LARGE < max(-low, high) < LARGE and high - low > 1 / LARGE:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))
