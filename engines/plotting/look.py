"""How our drawings look: calm, light, readable on a dark page as well."""

import io
import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from engines.messages import ToolPicture
from engines.plotting import letters

WIDTH, HEIGHT = 1280, 800  # pixels
DPI = 200
TEXT, QUIET, GRID, LINE, PAPER = "#1b1c24", "#565866", "#e9e9f0", "#b9bac6", "#ffffff"
COLOURS = (
    *("#5450d6", "#e0762b", "#1a936f", "#c8437b"),
    *("#2f8fd0", "#96751c", "#8250c4", "#5d6474"),
)
FAMILY = "Inter"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@cache
def fonts(folder: str) -> tuple[str, ...]:
    """The families to draw with: ours where the folder has it, else matplotlib's own."""
    from matplotlib import font_manager

    files = sorted(Path(folder).glob(f"{FAMILY}_*.ttf")) if folder else []
    found = [file for file in files if "Italic" not in file.name]
    for file in found:
        font_manager.fontManager.addfont(file)
    return (FAMILY, "DejaVu Sans") if found else ("DejaVu Sans",)


def style(folder: str, text: str = "") -> dict[Any, Any]:
    """text: what will be written, which may need more fonts."""
    from cycler import cycler

    return {
        "font.family": list(letters.families(text, fonts(folder))),
        "font.size": 8.5,
        "text.color": TEXT,
        "text.parse_math": False,  # a label may have dollars in it
        "figure.figsize": (WIDTH / DPI, HEIGHT / DPI),
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.edgecolor": LINE,
        "axes.labelcolor": QUIET,
        "axes.titlesize": 10.5,
        "axes.titleweight": 600 if folder else "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 12,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.formatter.useoffset": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.major.pad": 5,
        "ytick.major.pad": 5,
        "lines.linewidth": 2.0,
        "lines.solid_capstyle": "round",
        "lines.solid_joinstyle": "round",
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "legend.handlelength": 1.4,
    }


def paper() -> tuple[Any, Any]:
    """A figure and its axes; to be called under matplotlib.rc_context(style(…))."""
    from matplotlib.figure import Figure

    figure = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # pyright: ignore
    return figure, figure.add_subplot(facecolor=PAPER)


def picture(figure: Any, title: str) -> ToolPicture:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters no font has: they become boxes
        figure.savefig(file, format="png", dpi=DPI, facecolor=PAPER)
    return ToolPicture(file.getvalue(), WIDTH, HEIGHT, title)


def pretty(text: str) -> str:
    """A formula as a label: x² for x^2, π for pi."""
    text = " ".join(text.split()).replace("**", "^")
    text = re.sub(
        r"\^(?:\((-?\d+)\)|(-?\d+)(?![\d.]))",
        lambda match: (match[1] or match[2]).translate(SUPERSCRIPTS),
        text,
    )
    text = re.sub(r"\bpi\b|(?<=\d)pi\b", "π", text)
    text = re.sub(r"\bsqrt(?=\()", "√", text)
    text = re.sub(r"(?<=\d)\s*\*\s*(?=[a-zπ(√])", "", text)
    return text.replace("*", " · ").replace("-", "−")
