"""Functions and tables as people write them, and the pictures that come of them."""

import io
import math
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app import paths
from engines.errors import ParleyError
from engines.plotting import charts, curves, letters, library, look, sampling, tables
from engines.tools import registry
from engines.tools.drawing import Options, chart, plot
from engines.tools.registry import Use

FONTS = str(paths.resource("fonts"))
assert library  # as in the worker, where it comes first

READ = [  # (as written, the same in Python)
    ("x^2", lambda x: x**2),
    ("y = 2x + 1", lambda x: 2 * x + 1),
    ("f(x) = x² - 3x + 2", lambda x: x**2 - 3 * x + 2),
    ("sin x", math.sin),
    ("sinx", math.sin),
    ("sin(2x)", lambda x: math.sin(2 * x)),
    ("sin 2x", lambda x: math.sin(2 * x)),
    ("3 sin(2x)", lambda x: 3 * math.sin(2 * x)),
    ("x sin x", lambda x: x * math.sin(x)),
    ("xsinx", lambda x: x * math.sin(x)),
    ("sin x cos x", lambda x: math.sin(x) * math.cos(x)),
    ("sin^2 x + cos²(x)", lambda x: 1.0),
    ("sin^-1 (x/9)", lambda x: math.asin(x / 9)),
    ("sin x / x", lambda x: math.sin(x) / x),
    ("sin(x)^2", lambda x: math.sin(x) ** 2),
    ("e^x", math.exp),
    ("e^-x", lambda x: math.exp(-x)),
    ("2^x", lambda x: 2**x),
    ("exp(-x^2/2)", lambda x: math.exp(-(x**2) / 2)),
    ("ln x", math.log),
    ("log x", math.log10),
    ("log(x, 2)", math.log2),
    ("sqrt x", math.sqrt),
    ("√x", math.sqrt),
    ("square root of x", math.sqrt),
    ("|x - 3|", lambda x: abs(x - 3)),
    ("abs(x-3)", lambda x: abs(x - 3)),
    ("x squared", lambda x: x**2),
    ("1/x", lambda x: 1 / x),
    ("1/(x+1)", lambda x: 1 / (x + 1)),
    ("(x+1)(x-2)", lambda x: (x + 1) * (x - 2)),
    ("2x(x+1)", lambda x: 2 * x * (x + 1)),
    ("2 pi x", lambda x: 2 * math.pi * x),
    ("sin 2πx", lambda x: math.sin(2 * math.pi * x)),
    ("x mod 2", lambda x: x % 2),
    ("max(x, 2)", lambda x: max(x, 2)),
    ("round(x)", lambda x: math.floor(x + 0.5)),
    ("x!", lambda x: math.gamma(x + 1)),
    ("cot x", lambda x: 1 / math.tan(x)),
    ("X^2", lambda x: x**2),
    ("4.9t^2", lambda x: 4.9 * x**2),
    ("f(t) = 3t", lambda x: 3 * x),
    ("cos θ", math.cos),
    ("5", lambda x: 5),
    ("$x^3$", lambda x: x**3),
    ("1,000x", lambda x: 1000 * x),
]


@pytest.mark.parametrize(("text", "function"), READ, ids=[text for text, _ in READ])
def test_functions_are_read_as_they_are_meant(text, function):
    (read,) = curves.curves(text)
    x = np.array([0.3, 1.0, 2.7, 7.2])
    with np.errstate(all="ignore"):
        found = np.broadcast_to(read.values(x), x.shape)
    assert found == pytest.approx([function(float(one)) for one in x])


def test_several_curves_are_told_apart():
    for text in ("sin x; cos x", "sin x, cos x", "sin x and cos x", "y = sin x;\ny = cos x;"):
        assert [curve.text for curve in curves.curves(text)] == ["sin x", "cos x"]
    assert [curve.text for curve in curves.curves("max(x, 2); min(x; 1)")][0] == "max(x, 2)"
    assert curves.curves("4.9t^2")[0].variable == "t" and curves.curves("e^x")[0].variable == "x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing to plot"),
        (";;", "nothing to plot"),
        ("x^2 + y^2 = 25", "not a function"),
        ("x + q", "do not know 'q'"),
        ("__import__('os').system('ls')", "cannot read"),
        ("lambda: 1", "cannot read"),
        ("open(1)", "do not know 'open'"),
        ("sin", "missing at the end"),
        ("sin(x", "closing parenthesis"),
        ("sin(1, 2, 3)", "takes 1 argument."),
        ("(" * 300 + "x" + ")" * 300, "nested too deeply"),
        ("sin " * 200 + "x", "nested too deeply"),
        ("x+" * 600 + "x", "longer than 1000"),
        ("; ".join(["x"] * 20), "At most 8"),
    ],
)
def test_what_is_no_function_is_refused_in_words(text, words):
    with pytest.raises(ParleyError) as caught:
        curves.curves(text)
    assert words in caught.value.message


def sampled(text, start=-10.0, end=10.0):
    return sampling.sample(curves.curves(text)[0], start, end)


@pytest.mark.parametrize(("text", "at"), [("1/x", [0]), ("tan x", [-1.5708, 1.5708])])
def test_a_pole_is_a_gap(text, at):
    x, y, endless = sampled(text, -2.01, 2)
    gaps = x[np.isnan(y)]
    assert endless and len(gaps) == len(at) and gaps == pytest.approx(at, abs=0.01)


@pytest.mark.parametrize(
    ("text", "gaps"), [("floor(x)", 20), ("sign x", 1), ("sin x", 0), ("atan(500x)", 0), ("x^9", 0)]
)
def test_only_jumps_are_gaps(text, gaps):
    _, y, endless = sampled(text, -10.003, 10.002)
    assert not endless and np.isnan(y).sum() == pytest.approx(gaps, abs=1)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("sin x", -1.12, 1.12), ("1/x", -3, 3), ("exp(-100x^2)", -0.1, 1.1), ("x^2", -7, 107)],
)
def test_all_of_a_curve_is_seen_but_not_the_way_to_infinity(text, low, high):
    bottom, top = sampling.view([sampled(text)])
    assert low < bottom < top < high
    assert top > min(0.9, high / 3)


def test_a_curve_is_drawn_to_its_end():
    x, y, endless = sampled("sqrt(25 - x^2)", -6.01, 6)
    here = x[np.isfinite(y)]
    assert not endless and (here.min(), here.max()) == pytest.approx((-5, 5), abs=1e-9)
    assert y[np.isfinite(y)][[0, -1]] == pytest.approx([0, 0], abs=1e-4)
    assert sampling.view([sampled("ln x")])[0] > -10  # its end is far away


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("x**2 - 3*x", "x² − 3x"),
        ("sqrt(25 - x^2)", "√(25 − x²)"),
        ("x^(-1)", "x⁻¹"),
        ("x^-2", "x⁻²"),
        ("x^2.5", "x^2.5"),
        ("e^(2x)", "e^(2x)"),
        ("2pi*x", "2π · x"),
    ],
)
def test_formulas_are_labels(text, label):
    assert look.pretty(text) == label


@pytest.mark.parametrize("text", ["ln(-x^2-1)", "sqrt(-1)", "1/(x-x)", "1e400"])
def test_a_curve_without_values_is_said(text):
    with pytest.raises(ParleyError, match="has no values from -10 to 10"):
        sampled(text)


# pictures


def drawn(function, *arguments):
    """The words, and the picture's pixels as an array of RGB."""
    told = []
    words = function(*arguments, use=Use(Options(FONTS), (), told.append))
    (picture,) = told
    image = Image.open(io.BytesIO(picture.png), formats=["PNG"])
    assert image.size == (picture.width, picture.height) == (look.WIDTH, look.HEIGHT)
    return words, np.asarray(image.convert("RGB"), int)


def inked(pixels, colour, box=slice(100, 700)):
    """Where that colour is, within the rows that hold the plot."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    mask = np.abs(pixels - wanted).sum(axis=2) < 40
    mask[: box.start] = mask[box.stop :] = False
    return mask


def test_a_plot_shows_the_curve():
    words, pixels = drawn(plot, "sin x", 0, 2 * math.pi)
    assert words == "Plotted sin x from 0 to 6.28319."
    rows, columns = np.nonzero(inked(pixels, look.COLOURS[0]))
    left, right = columns.min(), columns.max()
    middle = (left + right) / 2
    assert right - left > 900
    highest = columns[rows == rows.min()].mean()
    lowest = columns[rows == rows.max()].mean()
    assert highest == pytest.approx((left + middle) / 2, abs=12)
    assert lowest == pytest.approx((middle + right) / 2, abs=12)
    assert tuple(pixels[0, 0]) == tuple(pixels[-1, -1]) == (255, 255, 255)


def test_a_pole_is_not_crossed():
    mask = inked(drawn(plot, "1/x", -10, 10)[1], look.COLOURS[0])
    columns = np.flatnonzero(mask.any(axis=0))
    middle = round((columns.min() + columns.max()) / 2)
    assert mask.any() and not mask[:, middle - 2 : middle + 3].any()


def test_every_curve_has_its_colour():
    words, pixels = drawn(plot, "sin x; cos(2x); x/5", -10, 10)
    assert words == "Plotted sin x, cos(2x) and x/5 from -10 to 10."
    assert all(inked(pixels, colour).sum() > 500 for colour in look.COLOURS[:3])
    assert not inked(pixels, look.COLOURS[3]).any()


def test_one_curve_needs_no_legend(monkeypatch):
    from matplotlib.axes import Axes

    legends = []
    monkeypatch.setattr(Axes, "legend", lambda *given, **named: legends.append(named))
    drawn(plot, "x", -1, 1)
    assert not legends
    drawn(plot, "x; 2x", -1, 1)
    assert len(legends) == 1


def test_the_letters_are_ours_where_the_folder_is_given():
    from matplotlib import font_manager

    assert look.fonts(FONTS)[0] == "Inter" and look.fonts("") == ("DejaVu Sans",)
    assert "Inter" in font_manager.findfont(font_manager.FontProperties(family="Inter"))


def test_letters_that_ours_do_not_have_come_from_the_system(tmp_path, monkeypatch):
    from matplotlib import get_data_path

    (tmp_path / "broken.ttf").write_bytes(b"no font")
    own = Path(get_data_path(), "fonts/ttf/STIXSizFiveSymReg.ttf")
    shutil.copy(own, tmp_path / "odd.ttf")
    ours = frozenset().union(*(letters.letters(str(f)) for f in Path(FONTS).glob("Inter*.ttf")))
    (wanted, *_) = sorted(letters.letters(str(own)) - ours - letters.letters(dejavu()))
    monkeypatch.setattr(letters, "FOLDERS", (str(tmp_path), str(tmp_path / "none")))
    assert letters.families("abc", ("Inter",)) == ("Inter",)
    assert letters.families(f"a{wanted}", look.fonts(FONTS))[2:] == ("STIXSizeFiveSym",)
    assert drawn(chart, "bar", f"{wanted}, b", "1, 2", "")[0]


def dejavu():
    from matplotlib import font_manager

    return font_manager.findfont("DejaVu Sans")


def test_the_range_may_be_given_the_wrong_way_round_but_not_empty():
    assert drawn(plot, "x", 5, -5)[0] == "Plotted x from -5 to 5."
    for start, end in ((1, 1), (0, 1e300), (1e11, 1e11 + 1e-6)):
        with pytest.raises(ParleyError, match="no curve to see"):
            drawn(plot, "x", start, end)


TABLES = [
    ("a, b, c", "1, 2, 3", ["a", "b", "c"], [1, 2, 3], ""),
    ("a,b", "1.5,-2", ["a", "b"], [1.5, -2], ""),
    ("a; b", "1; 2;", ["a", "b"], [1, 2], ""),
    ("a, b", "1,200, 3,400", ["a", "b"], [1200, 3400], ""),
    ("a, b", "1,200,3,400", ["a", "b"], [1200, 3400], ""),
    ("a", "1,200", ["a"], [1200], ""),
    ("a, b", "$1,200, $450", ["a", "b"], [1200, 450], "$"),
    ("a, b", "€5m, €2k", ["a", "b"], [5e6, 2e3], "€"),
    ("a, b", "5 km, 7 km", ["a", "b"], [5, 7], "km"),
    ("a, b", "5 m, 7 m", ["a", "b"], [5, 7], "m"),
    ("a, b", "5%, 7.5 %", ["a", "b"], [5, 7.5], "%"),
    ("a, b", "5 kg, 7 lb", ["a", "b"], [5, 7], ""),
    ("a, b", "3 million, 2 million", ["a", "b"], [3e6, 2e6], ""),
    ("a, b", "−3, +2", ["a", "b"], [-3, 2], ""),
    ('["a", "b"]', "[1, 2]", ["a", "b"], [1, 2], ""),
    ("New York, Paris", "1e3, 2E2", ["New York", "Paris"], [1000, 200], ""),
]


@pytest.mark.parametrize(("labels", "values", "names", "numbers", "unit"), TABLES)
def test_tables_are_read_as_they_are_meant(labels, values, names, numbers, unit):
    found = tables.table(labels, values)
    assert (found.labels, found.values, found.unit) == (names, numbers, unit)


@pytest.mark.parametrize(
    ("labels", "values", "words"),
    [
        ("a, b", "1, 2, 3", "2 labels do not fit 3 values"),
        ("a, b, c", "1", "3 labels do not fit 1 value"),
        ("a, b", "1, many", "'many' is not a number"),
        ("", "1", "no labels"),
        ("a", "", "no values"),
        (",".join("a" * 300), ",".join("1" * 300), "At most 200"),
        ("a" * 30_000, "1", "too long"),
        ("a", "1e999", "too large"),
    ],
)
def test_a_table_that_does_not_fit_is_said(labels, values, words):
    with pytest.raises(ParleyError) as caught:
        tables.table(labels, values)
    assert words in caught.value.message


@pytest.mark.parametrize("kind", charts.DRAWERS)
def test_every_kind_of_chart_is_drawn(kind):
    words, pixels = drawn(chart, kind, "Jan, Feb, Mar", "12, 30, 18", "Rain, $5 a day")
    assert words == f"Drew a {kind} chart of 3 values."
    assert inked(pixels, look.COLOURS[0]).sum() > 300


def test_bars_are_as_high_as_their_values():
    mask = inked(drawn(chart, "bar", "a, b, c", "10, 20, 40", "")[1], look.COLOURS[0])
    heights = mask.sum(axis=0)
    edges = np.flatnonzero(np.diff((heights > 0).astype(int)))
    bars = [heights[a + 3 : b - 3].mean() for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert len(bars) == 3
    assert (bars[2] - bars[1]) / (bars[1] - bars[0]) == pytest.approx(2, rel=0.05)


def test_a_pie_of_less_than_nothing_is_refused():
    for values in ("1, -2", "0, 0"):
        with pytest.raises(ParleyError, match="parts of a whole"):
            drawn(chart, "pie", "a, b", values, "")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.5, "", "1,234.5"),
        (-1200, "$", "−$1,200"),
        (0.125, "%", "0.125%"),
        (3.1e6, "", "3.1 M"),
        (0, "km", "0 km"),
        (1e-9, "", "1e−09"),
    ],
)
def test_values_are_written_for_people(value, unit, text):
    assert charts.written(value, unit) == text


def test_the_starter_knows_the_signatures():
    found = {one["name"]: one["parameters"] for one in registry.schemas()}
    assert list(found["plot"]["properties"]) == ["expression", "start", "end"]
    assert found["plot"]["required"] == ["expression"]
    assert list(found["chart"]["properties"]) == ["kind", "labels", "values", "title"]
    assert found["chart"]["required"] == ["kind", "labels", "values"]


# anything at all


@settings(max_examples=400)
@given(
    st.text(st.sampled_from("0123456789.,+-*/^%!()|;=xyet π°√sincoqrtlgmadbf²'_[]"), max_size=50)
)
def test_any_expression_is_sampled_or_refused_in_words(text):
    began = time.thread_time()
    try:
        for curve in curves.curves(text):
            x, y, _ = sampling.sample(curve, -3.0, 3.0)
            assert len(x) == len(y) and not np.isinf(y).any()
            low, high = sampling.view([(x, y, True)])
            assert math.isfinite(low) and low < high
    except ParleyError as refused:
        assert refused.message
    assert time.thread_time() - began < 2


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab12.,;-$€%k \n[]\"'|e+−_"), max_size=40), st.text(max_size=30))
def test_any_table_is_read_or_refused_in_words(values, labels):
    for given_labels in (labels, "a", "a, b"):
        try:
            found = tables.table(given_labels, values)
            assert len(found.labels) == len(found.values) > 0
            assert all(map(math.isfinite, found.values))
        except ParleyError as refused:
            assert refused.message


@settings(max_examples=6)
@given(
    st.sampled_from(sorted(charts.DRAWERS)),
    st.lists(st.text(max_size=60), min_size=1, max_size=30),
    st.data(),
)
def test_any_table_is_drawn(kind, labels, data):
    numbers = st.floats(0 if kind == "pie" else -1e300, 1e300)
    values = data.draw(st.lists(numbers, min_size=len(labels), max_size=len(labels)))
    try:
        charts.chart(kind, tables.Table(labels, values, "$"), labels[0], FONTS)
    except ParleyError as refused:
        assert kind == "pie" and refused.message
