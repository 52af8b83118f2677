"""Requests for plots and charts."""

from random import Random

from amounts import NAMES, THINGS, word, words
from asking import SAID, asked, template_of
from exchange import Exchange, Number, answered
from sums import trouble

FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "ln", "sqrt", "abs")
KINDS = ("bar", "line", "pie", "bar", "pie", "scatter")
SAID_KINDS = {"bar": ("bar", "bar", "column"), "scatter": ("scatter", "scatter plot")}
PAIRS = ("{l} {v}", "{l} {v}", "{l}: {v}", "{l} = {v}", "{v} {l}", "{l} with {v}", "{l} ({v})")
LABELS = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("January", "February", "March", "April", "June", "July", "August", "September", "October"),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"),
    ("rent", "food", "transport", "heating", "savings", "clothes", "fun", "insurance", "phone"),
    ("cats", "dogs", "birds", "fish", "hamsters", "horses", "rabbits"),
    ("red", "blue", "green", "yellow", "black", "white", "pink"),
    ("apples", "pears", "bananas", "cherries", "plums", "grapes", "oranges", "kiwis"),
    ("yes", "no", "maybe"),
    ("north", "south", "east", "west"),
    ("A", "B", "C", "D", "E"),
    ("Q1", "Q2", "Q3", "Q4"),
    ("tea", "coffee", "juice", "water", "milk", "cocoa"),
)


def plot(rng: Random, held: bool) -> Exchange:
    said, wanted = expression(rng)
    arguments: dict = {"expression": wanted}
    between, shown = "", " from -10 to 10"
    if rng.random() < 0.6:
        between, low, high = ends(rng)
        arguments |= {"start": low, "end": high}
        shown = f" from {low} to {high}"
    slots = {"e": said, "range": between}
    one = asked(rng, held, "plot", template_of(rng, "plot", held), slots, arguments)
    if rng.random() < 0.08:
        message = rng.choice(SAID["plot"]["errors"]).format(e=wanted)
        return answered(one, message, trouble(message))
    result = f"Plotted {wanted.replace('; ', ' and ')}{shown}."
    return answered(one, result, result)


def expression(rng: Random) -> tuple[str, str]:
    """As said, and as the tool takes it."""
    chance = rng.random()
    if chance < 0.16:
        return rng.choice(list(SAID["named"].items()))
    if chance < 0.24:
        return _in_speech(rng)
    if chance < 0.34:
        n, text = rng.randint(2, 9), rng.choice(SHAPES)
        text = text.replace("n", str(n))
        return text, text
    if chance < 0.5:
        n = rng.randint(2, 9)
        text = rng.choice(FUNCTIONS)
        text += rng.choice((" x", "(x)", "(x)", "(2x)", f"({n}x)", f"(x/{n})"))
        return text, text
    text = _term(rng)
    for _ in range(rng.randint(0, 2)):
        text += rng.choice((" + ", " - ", "+", "-")) + _term(rng)
    if rng.random() < 0.12:
        other = _term(rng)
        joined = rng.choice(("and", "and also", "together with"))
        return f"{text} {joined} {other}", f"{text}; {other}"
    return (f"y = {text}", text) if rng.random() < 0.1 else (text, text)


SHAPES = (
    *("x^2 + nx + 1", "(x - n)^2", "1/(x^2 + n)", "x*(x - n)", "e^-x", "e^(-x^2)", "n^x", "x^x"),
    *("(x + 1)(x - n)", "sqrt(x + n)", "1/(x - n)", "x^3 - nx", "|x|", "|x - n|", "n - x^2"),
    *("x/(x + n)", "x^2/n", "-x^2 + n", "-nx", "n^2 - x^2", "2^-x", "x^n - 1"),
)


def _in_speech(rng: Random) -> tuple[str, str]:
    """A polynomial read out."""
    said, wanted = [], []
    for _ in range(rng.randint(1, 3)):
        n = rng.randint(2, 12)
        shown = words(n) if rng.random() < 0.5 else str(n)
        one, other = rng.choice(
            (
                *((f"{shown}{' ' if shown.isalpha() else ''}x", f"{n}x"), ("x squared", "x^2")),
                *((shown, str(n)), (f"{shown} times x", f"{n}*x"), ("x cubed", "x^3")),
                *((f"{shown} x squared", f"{n}x^2"), ("sine of x", "sin x"), ("x", "x")),
            )
        )
        if said:
            sign = rng.choice("+-")
            said.append({"+": "plus", "-": "minus"}[sign])
            wanted.append(sign)
        said.append(one)
        wanted.append(other)
    return " ".join(said), " ".join(wanted)


def _term(rng: Random) -> str:
    n = rng.choice((str(rng.randint(2, 20)), f"0.{rng.randint(1, 9)}", str(rng.randint(2, 9))))
    p = rng.randint(2, 5)
    powers = (f"x^{p}", f"{n}x^{p}", f"x**{p}")
    return rng.choice(("x", f"{n}x", f"{n}*x", *powers, n, "sin(x)", "cos x", f"{n}/x", "x/2"))


def ends(rng: Random) -> tuple[str, int | Number, int | Number]:
    """A range as said, and its two ends."""
    low: int | Number = rng.choice(
        (0, 0, 0, 1, -rng.randint(1, 20), -rng.randint(1, 5), rng.randint(-100, 50))
    )
    high: int | Number = low + rng.choice((5, 10, rng.randint(1, 20), rng.randint(1, 150)))
    names = [str(low), str(high)]
    if rng.random() < 0.07:
        names, low, high = rng.choice(
            (
                (["0", "2pi"], 0, Number("6.2832")),
                (["0", "2 pi"], 0, Number("6.2832")),
                (["0", "pi"], 0, Number("3.1416")),
                (["-pi", "pi"], Number("-3.1416"), Number("3.1416")),
                (["-2pi", "2pi"], Number("-6.2832"), Number("6.2832")),
            )
        )
    elif rng.random() < 0.2:
        names = [_in_words(rng, int(low)), _in_words(rng, int(high))]
    elif rng.random() < 0.15:
        high = Number(f"{high}.5")
        names[1] = high
    template = rng.choice(SAID["plot"]["between"])
    return template.replace("{a}", names[0]).replace("{b}", names[1]), low, high


def _in_words(rng: Random, n: int) -> str:
    sign = "minus " if n < 0 else ""
    return sign + (words(abs(n)) if abs(n) <= 20 and rng.random() < 0.8 else str(abs(n)))


TITLED = (", titled {title}", ", title {title}", " called {title}", ' with the title "{title}"')


def _labels(rng: Random, count: int) -> list[str]:
    chance = rng.random()
    if chance < 0.6:
        chosen = rng.choice([some for some in LABELS if len(some) >= count])
        if rng.random() < 0.5:
            begin = rng.randint(0, len(chosen) - count)
            return list(chosen[begin : begin + count])
        return rng.sample(chosen, count)
    return [rng.choice((rng.choice(THINGS), rng.choice(NAMES), word(rng))) for _ in range(count)]


def _value(rng: Random) -> str:
    if rng.random() < 0.15:
        return f"{rng.randint(0, 99)}.{rng.randint(1, 9)}"
    return str(rng.choice((rng.randint(1, 20), rng.randint(1, 200), rng.randint(100, 5000))))


def chart(rng: Random, held: bool) -> Exchange:
    kind, count = rng.choice(KINDS), rng.randint(2, 5)
    labels, values = _labels(rng, count), [_value(rng) for _ in range(count)]
    form, both = rng.choice(PAIRS), list(zip(labels, values, strict=True))
    if labels[0].isdigit() and form in ("{l} {v}", "{v} {l}", "{l} = {v}", "{l} with {v}"):
        form = "{l}: {v}"
    pairs = ", ".join(form.format(l=label, v=value) for label, value in both)
    if rng.random() < 0.4:
        pairs = " and ".join(pairs.rsplit(", ", 1))
    arguments = {"kind": kind, "labels": ", ".join(labels), "values": ", ".join(values)}
    slots = {"k": rng.choice(SAID_KINDS.get(kind, (kind,))), "pairs": pairs}
    slots |= {"labels": arguments["labels"], "values": arguments["values"]}
    template = template_of(rng, "chart", held)
    if not held and rng.random() < 0.12:
        name = f"{rng.choice((word(rng), rng.choice(THINGS)))} {rng.choice((word(rng), 'sales'))}"
        template = f"{template}{rng.choice(TITLED)}"
        slots["title"] = arguments["title"] = name
    one = asked(rng, held, "chart", template, slots, arguments)
    result = f"Drew a {kind} chart of {count} values."
    return answered(one, result, result)
