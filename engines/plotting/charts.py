"""Tables drawn into a picture: bars, lines, pies and scattered points."""

from typing import Any

from engines.errors import ParleyError
from engines.messages import ToolPicture
from engines.plotting import look
from engines.plotting.tables import CURRENCIES, LABEL, Table, number

TOLD = 12  # bars or points that get their value written beside them
UPRIGHT = 70  # letters of all labels that fit under upright bars
SLICES = 8  # more are put together as "others"
THIN = 0.04  # of the whole: a slice too thin for its percentage
SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
ROOM = 0.12  # of the height left above the bars for their values


def chart(kind: str, given: Table, title: str, fonts: str) -> ToolPicture:
    """Raises ParleyError, worded for the model."""
    import matplotlib

    with matplotlib.rc_context(look.style(fonts, "".join((title, given.unit, *given.labels)))):
        figure, axes = look.paper()
        DRAWERS[kind](axes, given)
        axes.set_title(shortened(title, 2 * LABEL))
        return look.picture(figure, title[:200])


def bars(axes: Any, given: Table) -> None:
    labels = [shortened(label) for label in given.labels]
    places = range(len(labels))
    lying = sum(map(len, labels)) > UPRIGHT or len(labels) > 2 * TOLD
    draw = axes.barh if lying else axes.bar
    drawn = draw(places, given.values, 0.62 if len(labels) > 2 else 0.4, color=look.COLOURS[0])
    if lying:
        axes.set_yticks(places, labels)
        axes.invert_yaxis()
        if len(labels) > 2 * TOLD:
            axes.tick_params(axis="y", labelsize=max(3.0, 150 / len(labels)))
    else:
        axes.set_xticks(places, labels)
        axes.set_xlim(-0.7, len(labels) - 0.3)
    finish(axes, given, value_axis="x" if lying else "y")
    if len(labels) <= TOLD:
        told = [written(value, given.unit) for value in given.values]
        axes.bar_label(drawn, told, padding=3, color=look.TEXT)
        getattr(axes, f"set_{'x' if lying else 'y'}margin")(ROOM)


def lines(axes: Any, given: Table) -> None:
    x = along(given)
    marker = "o" if len(x) <= 2 * TOLD else ""
    axes.plot(x, given.values, color=look.COLOURS[0], marker=marker, markersize=4.5)
    if min(given.values) > 0 and min(given.values) < 0.5 * max(given.values):
        axes.set_ylim(bottom=0)
    name_points(axes, given, x)
    finish(axes, given, value_axis="y")


def points(axes: Any, given: Table) -> None:
    x = along(given)
    axes.scatter(x, given.values, s=38, color=look.COLOURS[0], linewidths=0)
    name_points(axes, given, x)
    finish(axes, given, value_axis="y")
    axes.grid(True)


def pie(axes: Any, given: Table) -> None:
    if min(given.values) < 0 or not sum(given.values):
        raise ParleyError(
            "A pie shows parts of a whole, so its values must be above zero.",
            "Use a bar chart for these.",
        )
    pairs = sorted(zip(given.values, given.labels, strict=True), reverse=True)
    kept = pairs if len(pairs) <= SLICES else pairs[: SLICES - 1]
    values, labels = [value for value, _ in kept], [shortened(label) for _, label in kept]
    if len(kept) < len(pairs):
        values.append(sum(value for value, _ in pairs[len(kept) :]))
        labels.append("others")
    slices, *_ = axes.pie(
        values,
        startangle=90,
        counterclock=False,
        colors=look.COLOURS,
        autopct=lambda percent: f"{percent:.0f}%" if percent >= 100 * THIN else "",
        pctdistance=0.76,
        textprops={"color": "white", "fontweight": 600},
        wedgeprops={"width": 0.48, "edgecolor": look.PAPER, "linewidth": 1.6},
    )
    parts = zip(labels, values, strict=True)
    told = [f"{label}   {written(value, given.unit)}" for label, value in parts]
    axes.legend(slices, told, loc="center left", bbox_to_anchor=(1.02, 0.5), labelspacing=0.9)
    axes.grid(False)
    axes.set_anchor("W")


DRAWERS = {"bar": bars, "line": lines, "scatter": points, "pie": pie}


def along(given: Table) -> list[float]:
    """Where the labels stand: as the numbers they are, else one beside the other."""
    try:
        found = [number(label)[0] for label in given.labels if plain(label)]
    except ParleyError:
        found = []
    return found if len(found) == len(given.labels) else [*map(float, range(len(given.labels)))]


def plain(label: str) -> bool:
    return label.strip().replace("-", "", 1).replace(".", "", 1).isdigit()


def name_points(axes: Any, given: Table, x: list[float]) -> None:
    if all(map(plain, given.labels)):
        axes.ticklabel_format(axis="x", useOffset=False, style="plain")
        if all(value.is_integer() for value in x) and len(x) <= TOLD:
            axes.set_xticks(x, given.labels)
        return
    labels = [shortened(label) for label in given.labels]
    every = max(1, -(-sum(len(label) + 2 for label in labels) // (UPRIGHT + 20)))
    axes.set_xticks(x[::every], labels[::every])


def finish(axes: Any, given: Table, value_axis: str) -> None:
    """A grid across the values only, their unit, and a line at zero."""
    from matplotlib.ticker import FuncFormatter

    axis = axes.xaxis if value_axis == "x" else axes.yaxis
    axes.grid(False)
    axes.grid(True, axis=value_axis)
    axis.set_major_formatter(FuncFormatter(lambda value, _: written(value, given.unit)))
    axes.spines["bottom" if value_axis == "x" else "left"].set_visible(False)
    if min(given.values) < 0:
        axes.spines["left" if value_axis == "x" else "bottom"].set_visible(False)
        line = axes.axvline if value_axis == "x" else axes.axhline
        line(0, color=look.LINE, linewidth=1.1)


def written(value: float, unit: str) -> str:
    """As 1,234.5 with its unit: before it for money, behind it else."""
    size = abs(value)
    if size >= 1e6:
        factor, name = next(scale for scale in SCALES if size >= scale[0])
        digits = f"{value / factor:,.2f}".rstrip("0").rstrip(".") + f" {name}"
    elif value == 0 or size >= 1e-3:
        digits = (
            f"{value:,.3f}" if size < 10 else f"{value:,.2f}" if size < 1000 else f"{value:,.1f}"
        )
        digits = digits.rstrip("0").rstrip(".")
    else:
        digits = f"{value:.2g}"
    digits = digits.replace("-", "−")
    if unit and unit in CURRENCIES:
        return f"−{unit}{digits[1:]}" if digits.startswith("−") else f"{unit}{digits}"
    return f"{digits}{unit}" if unit in ("%", "°", "") else f"{digits} {unit}"


def shortened(label: str, length: int = LABEL) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in label).split())
    return text if len(text) <= length else text[: length - 1] + "…"
