"""Requests for plots and charts."""

from random import Random

from amounts import NAMES, THINGS, word, words
from asking import SAID, asked, template_of
from exchange import Exchange, Number, answered
from grammar import say
from sums import trouble

FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "ln", "sqrt", "abs")
PLOTTED = (
    *("Plotted {e}{r}.", "The plot of {e}{r} is shown.", "Drawn: {e}{r}."),
    "{e}{r} is drawn above.",
)
KINDS = ("bar", "line", "pie", "bar", "pie", "scatter")
PAIRS = ("{l} {v}", "{l} {v}", "{l}: {v}", "{l} = {v}", "{v} {l}")


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
    result = rng.choice(PLOTTED).format(e=wanted, r=shown)
    return answered(one, result, result)


def expression(rng: Random) -> tuple[str, str]:
    """As said, and as the tool takes it."""
    chance = rng.random()
    if chance < 0.2:
        return rng.choice(list(SAID["named"].items()))
    if chance < 0.45:
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


def _term(rng: Random) -> str:
    n = rng.choice((str(rng.randint(2, 20)), f"0.{rng.randint(1, 9)}", str(rng.randint(2, 9))))
    p = rng.randint(2, 5)
    powers = (f"x^{p}", f"{n}x^{p}", f"x**{p}")
    return rng.choice(("x", f"{n}x", f"{n}*x", *powers, n, "sin(x)", "cos x", f"{n}/x", "x/2"))


def ends(rng: Random) -> tuple[str, int, int | Number]:
    """A range as said, and its two ends."""
    low = rng.choice((0, 0, 0, 1, -rng.randint(1, 20), -rng.randint(1, 5), rng.randint(-100, 50)))
    high: int | Number = low + rng.choice((5, 10, rng.randint(1, 20), rng.randint(1, 150)))
    names = [str(low), str(high)]
    if rng.random() < 0.2:
        names = [_in_words(rng, low), _in_words(rng, int(high))]
    elif rng.random() < 0.15:
        high = Number(f"{high}.5")
        names[1] = high
    template = rng.choice(SAID["plot"]["between"])
    return template.replace("{a}", names[0]).replace("{b}", names[1]), low, high


def _in_words(rng: Random, n: int) -> str:
    sign = "minus " if n < 0 else ""
    return sign + (words(abs(n)) if abs(n) <= 20 and rng.random() < 0.8 else str(abs(n)))


def chart(rng: Random, held: bool) -> Exchange:
    kind, count = rng.choice(KINDS), rng.randint(2, 5)
    labels = [rng.choice((rng.choice(THINGS), rng.choice(NAMES), word(rng))) for _ in range(count)]
    values = [str(rng.randint(1, 200)) for _ in labels]
    form, both = rng.choice(PAIRS), zip(labels, values, strict=True)
    pairs = ", ".join(form.format(l=label, v=value) for label, value in both)
    if rng.random() < 0.4:
        pairs = " and ".join(pairs.rsplit(", ", 1))
    arguments = {"kind": kind, "labels": ", ".join(labels), "values": ", ".join(values)}
    slots = {"k": kind, "pairs": pairs}
    one = asked(rng, held, "chart", template_of(rng, "chart", held), slots, arguments)
    result = say(
        rng, f"[Drawn: a {kind} chart of {count} values.|The {kind} chart is shown.]", {}, False
    )
    return answered(one, result, result)
