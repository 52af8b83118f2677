"""Questions for the calculator."""

import re
from random import Random
from typing import NamedTuple

from amounts import THINGS, Amount, amount, price, whole
from exchange import Asked, Exchange, Said, answered, plain
from grammar import say
from simulate import result
from stories import STORIES, STORIES_HELD

SHOWN = {"**": "^", "*": " × ", "/": " ÷ ", "+": " + ", "-": " − "}
SIGNS = {
    "+": ("plus", "+", "and", "added to", " + "),
    "-": ("minus", "-", "take away", "less", " - "),
    "*": ("times", "x", "*", "multiplied by", "×"),
    "/": ("divided by", "/", "over", "÷"),
}
ASK = (
    "[what is|what's|whats|what does|how much is|calculate|compute|work out|tell me|"
    "can you work out|can you calculate|could you tell me|please calculate|i need|do the sum|"
    "what do i get for|what do you get for|solve|evaluate|and|i want to know|do you know|"
    "i'd like to know|let me know|what number is|tell me how much is|what would be|]"
)


class Sum(NamedTuple):
    """A template with its slots, the expression, and how the answer begins ("" shows the sum)."""

    family: str
    template: str
    slots: dict[str, str]
    expression: str
    begins: str = ""


def sums(rng: Random, held: bool) -> Exchange:
    """A sum, its call, its result and the sentence about it."""
    return _exchange(*_asked(rng, held))


def _exchange(asked: Asked, begins: str = "") -> Exchange:
    found = result(asked)
    expression = asked.arguments["expression"]
    reply = trouble(found.text) if found.error else sentence(expression, found.text, begins)
    return answered(asked, found.text, reply)


def sum_failed(rng: Random, held: bool) -> Exchange:
    """The calculator refuses: the reply passes its words on."""
    top = amount(rng)
    template, expression = rng.choice(IMPOSSIBLE_HELD if held else IMPOSSIBLE)
    slots = {"a": top.said, "by": rng.choice(SIGNS["/"])}
    text = say(rng, template, slots, not held)
    expression = expression.format(a=top.value)
    asked = Asked("error", f"impossible {template}", text, "calculator", {"expression": expression})
    made = _exchange(asked)
    if held or rng.random() < 0.5:
        return made
    message = rng.choice(TROUBLES).format(e=expression, a=top.value)
    return answered(asked, message, trouble(message))


def trouble(message: str) -> str:
    return f"That did not work: {message}"


IMPOSSIBLE = (
    (f"{ASK} {{a}} {{by}} 0", "{a}/0"),
    (f"{ASK} {{a}} {{by}} zero", "{a}/0"),
    ("{a} {by} 0", "{a}/0"),
    ("[divide|can you divide] {a} by [zero|0]", "{a}/0"),
    (f"{ASK} [the|] square root of -{{a}}", "sqrt(-{a})"),
    (f"{ASK} [the|] square root of minus {{a}}", "sqrt(-{a})"),
    ("sqrt(-{a})", "sqrt(-{a})"),
)
IMPOSSIBLE_HELD = (
    ("share {a} among [zero|0] people", "{a}/0"),
    ("-{a}, square root", "sqrt(-{a})"),
)
TROUBLES = (
    *("The result is not a number.", "{e} cannot be calculated.", "The calculator took too long."),
    *("The expression is longer than 1000 characters.", "I cannot read {e}.", "Unknown name {e}."),
    *("{a} is too large for an exact result.", "The number is too large to calculate with."),
    *("I cannot read '{a}'. Write only the calculation.", "A bracket is missing."),
)


def follow_up(rng: Random, held: bool) -> Exchange:
    """A second sum that goes on from the first one's result."""
    first = sums(rng, held)
    before = first.said[2].text
    if len(before) > 12 or not set(before) <= set("-.0123456789"):
        return first
    other = whole(rng, 2, 99)
    template, tail = rng.choice(FOLLOW_HELD if held else FOLLOW)
    value = f"({before})" if before.startswith("-") else before
    expression = value + tail.format(n=other.value)
    text = say(rng, template, {"n": other.said}, not held)
    asked = Asked("follow", f"follow{template}", text, "calculator", {"expression": expression})
    second = _exchange(asked)
    return Exchange("follow", asked.family, first.said + second.said, second.replies, second.call)


FOLLOW = (
    (
        "[and|now|then|] [times|multiply by|multiply that by|multiplied by|multiply it by] {n}",
        "*{n}",
    ),
    ("[and|now|then|] [plus|add|add another|now add] {n}[ to that| to it|]", "+{n}"),
    ("[and|now|then|] [minus|subtract|take away|less] {n}[ from that| from it|]", "-{n}"),
    (
        "[and|now|then|] [divide that by|divided by|divide by|divide it by|split that by] {n}",
        "/{n}",
    ),
    ("[and|now|then|] [double that|double it|twice that|the double|doubled]", "*2"),
    ("[and|now|then|] [half of that|halve that|halve it|half of it|divide it by two]", "/2"),
    ("[and|what is|] {n}% of [that|it|the result]", "*{n}/100"),
    ("[it|the result|the answer|this number] [times|multiplied by|x] {n}", "*{n}"),
    ("[that|it|the result|the answer|make that] [plus|and] {n}[ more|]", "+{n}"),
    ("[put|count|pile] {n} [more|on top|on it|to it|to that]", "+{n}"),
    ("[lower|reduce|decrease|lessen|cut] [that|it|the result|this] by {n}", "-{n}"),
    ("[that|it|the result|the answer] [minus|less] {n}", "-{n}"),
    ("[divide|cut] [the answer|this|that|it] [by|into] {n}[ parts|]", "/{n}"),
    ("[that|it|the result|the answer] [divided by|over] {n}", "/{n}"),
)
FOLLOW_HELD = (
    ("[take|have] that [times|multiplied by] {n}", "*{n}"),
    ("[increase|raise] [that|it] by {n}", "+{n}"),
    ("[share|split] the result [among|between] {n}", "/{n}"),
)


def ask_sum(rng: Random, held: bool) -> Exchange:
    """Something is to be calculated, but what? Often the person then says it."""
    template = rng.choice(ASK_BACK_HELD if held else ASK_BACK)
    question = plain("ask_sum", template, say(rng, template, {}, not held), (WHAT_SUM,))
    if held or rng.random() < 0.5:
        return question
    a, b, sign = amount(rng), amount(rng), rng.choice("+-*/")
    b = b if float(b.value) else a
    text = say(rng, "{a} {s} {b}", {"a": a.said, "b": b.said, "s": rng.choice(SIGNS[sign])})
    expression = f"{a.value}{sign}{b.value}"
    if not float(b.value) and sign == "/":
        return question
    asked = Asked("ask_sum", "sum told", text, "calculator", {"expression": expression})
    told = _exchange(asked)
    return Exchange("ask_sum", "sum told", question.said + told.said, told.replies, told.call)


WHAT_SUM = "Yes. What shall I calculate?"
ASK_BACK = (
    "[can you|could you|would you|please|will you|are you able to] "
    "[calculate|compute|do a calculation|"
    "do maths|do math|work something out|do a sum|add numbers|do sums|calculate something|add up|"
    "multiply|divide|add something up][ please|]",
    "[i want|i need|i would like|i have|help me|i'd like] [to calculate something|a calculation|"
    "a calculator|a sum|to do some maths|with a sum|with my maths|to add some numbers|to do a sum]",
    (
        "[calculator|calculate|calculate something|do a sum|maths|math|"
        "arithmetic|sum|sums|calculation]"
    ),
    "[open|start|use|show me|where is] the calculator",
)
ASK_BACK_HELD = (
    "[are you good|how good are you] [with numbers|at sums]",
    "[let's|let us] [crunch some numbers|do arithmetic]",
)


def _asked(rng: Random, held: bool) -> tuple[Asked, str]:
    kinds = (_pair, _pair, _pair, _chain, _written, _percent, _percent, _root, _power, _part)
    kinds += (_story, _story, _story, _share, _named)
    kind = rng.choice(kinds)
    while True:
        one = kind(rng, held)
        text = say(rng, one.template, one.slots, not held)
        asked = Asked("sum", one.family, text, "calculator", {"expression": one.expression})
        if not result(asked).error:
            return asked, one.begins


def _one(rng: Random, held: bool, seen: list[str], unseen: list[str]) -> str:
    return rng.choice(unseen if held else seen)


def _pair(rng: Random, held: bool) -> Sum:
    a, b, sign = amount(rng), amount(rng), rng.choice("+-*/")
    slots = {"a": a.said, "b": b.said, "w": rng.choice(SIGNS[sign])}
    verb = {
        "+": [
            "[add|please add|can you add|sum up] {a} [and|to|plus] {b}",
            "the sum of {a} and {b}",
        ],
        "-": ["the difference between {a} and {b}", "[take|subtract] {b} from {a}"],
        "*": ["[multiply|please multiply|can you multiply] {a} [by|with|and|times] {b}"],
        "/": ["[divide|please divide|can you divide] {a} by {b}", "how often does {b} go into {a}"],
    }[sign]
    seen = [f"{ASK} {{a}} {{w}} {{b}}", f"{ASK} {{a}} {{w}} {{b}}", "{a} {w} {b}", *verb]
    seen += ["[so|if i take|and] {a} {w} {b} [makes what|is what|gives|equals what|is how much|is]"]
    slots["s"] = {"*": rng.choice(("*", "x", "×")), "/": rng.choice(("/", "÷"))}.get(sign, sign)
    if a.said[0].isdigit() and b.said[0].isdigit():
        seen += ["{a}{s}{b}[=| =|]", f"{ASK} {{a}}{{s}}{{b}}", "{a} {s} {b}[ =|]"]
    unseen = ["[could you figure out|give me the result of|i wonder what is] {a} {w} {b}"]
    unseen += ["{a} {w} {b}, [what's that|what does it come to]", "the answer to {a} {w} {b}"]
    template = _one(rng, held, seen, unseen)
    return Sum(f"pair {template}", template, slots, f"{a.value}{sign}{b.value}")


def _chain(rng: Random, held: bool) -> Sum:
    parts = [amount(rng) for _ in range(rng.randint(3, 5))]
    if rng.random() < 0.55:
        listed = (
            ", ".join(part.said for part in parts[:-1]) + f"{rng.choice((' and', ', and', ','))} "
        )
        slots = {"list": listed + parts[-1].said}
        seen = [
            "[add|add up|sum|sum up|total|can you add|please add up|can you add up] {list}",
            "[what is|what's|the|tell me|what is the|give me the] [sum|total] of {list}",
        ]
        template = _one(
            rng, held, seen, ["[put together|add together] {list}", "{list} altogether"]
        )
        if not held and rng.random() < 0.25:
            template = "[what is the|the|find the|tell me the|what's the] [average|mean] of {list}"
            joined = "+".join(part.value for part in parts)
            return Sum(template, template, slots, f"({joined})/{len(parts)}")
        return Sum(f"list {template}", template, slots, "+".join(part.value for part in parts))
    signs = [rng.choice("+-*") for _ in parts[1:]]
    text, expression = parts[0].said, parts[0].value
    for part, sign in zip(parts[1:], signs, strict=True):
        text += f" {rng.choice(SIGNS[sign][:2]).strip()} {part.said}"
        expression += sign + part.value
    template = _one(rng, held, [f"{ASK} {{e}}", "{e}"], ["find the value of {e}", "{e}, how much"])
    return Sum(f"chain {template}", template, {"e": text}, expression)


def _written(rng: Random, held: bool) -> Sum:
    """A whole expression, typed with or without spaces and in several signs."""
    expression = _tree(rng, rng.randint(2, 4))
    shown = expression
    if rng.random() < 0.4:
        shown = re.sub(r"(?<=[\d)])([-+*/])", r" \1 ", shown).replace("*  *", "**")
    if rng.random() < 0.4:
        shown = shown.replace("*", rng.choice(("x", "×")))
    seen = [f"{ASK} {{e}}", "{e}[ =|=|]", "{e}"]
    template = _one(rng, held, seen, ["the value of {e}", "please do {e}", "result of {e}"])
    return Sum(f"written {template}", template, {"e": shown}, expression)


def _tree(rng: Random, leaves: int) -> str:
    if leaves == 1:
        return amount(rng).value if rng.random() < 0.5 else str(rng.randint(1, 99))
    left = rng.randint(1, leaves - 1)
    a, b, sign = _tree(rng, left), _tree(rng, leaves - left), rng.choice("+-*/")
    a = f"({a})" if left > 1 and (sign in "*/" or rng.random() < 0.3) else a
    b = f"({b})" if leaves - left > 1 and (sign in "*/-" or rng.random() < 0.3) else b
    return f"{a}{sign}{b}"


def _percent(rng: Random, held: bool) -> Sum:
    a = amount(rng) if rng.random() < 0.6 else price(rng)
    p = (
        whole(rng, 1, 100)
        if rng.random() < 0.75
        else Amount(*2 * (f"{rng.randint(0, 40)}.{rng.choice((5, 5, 25, 75, 2))}",))
    )
    sign = (
        rng.choice(("%", "%", " %", " percent", " per cent")) if p.said[0].isdigit() else " percent"
    )
    slots = {"a": a.said, "p": p.said + sign, "t": rng.choice(THINGS)}
    kind = rng.random()
    if kind < 0.6:
        seen = [f"{ASK} {{p}} of {{a}}", "{p} of {a}", "[take|find|get] {p} of {a}"]
        seen += [
            "[how much is|what's|what is|calculate|] [a|the] {p} [tip|tax|vat|fee] [on|for] {a}"
        ]
        seen += ["[tip|tax|interest|commission] of {p} [on|for] {a}", "{p} [tip|tax|vat] on {a}"]
        seen += ["[how much|what] [is the tip|tip do i leave|is the tax] [at|if i give] {p} on {a}"]
        template = _one(rng, held, seen, ["how many is {p} of {a}", "i'd like {p} out of {a}"])
        begins = f"{p.value}% of {a.value} is"
        return Sum(f"percent {template}", template, slots, f"{a.value}*{p.value}/100", begins)
    off = kind < 0.8
    seen = [
        f"{ASK} {{a}} [minus|less|reduced by|with a discount of] {{p}}",
        "{a} [minus|less] {p}",
        "[take|deduct|subtract] {p} [from|off] {a}",
        (
            "[what does|how much does|how much is] {a} [cost|come to|] [with {p} "
            "off|after a discount of {p}]"
        ),
    ]
    seen += ["{p} off {a}", "[what is|what's|how much is] {p} off[ of|] {a}"]
    seen += ["{a} [with|at] {p} off", "[a|the] {t} [costs|is] {a}, [with|at|minus] {p} off[ now|]"]
    unseen = ["[knock|shave] {p} off {a}", "a {p} discount on {a}, what do i pay"]
    if not off:
        seen = [
            f"{ASK} {{a}} [plus|increased by|raised by] {{p}}",
            "[add|put] {p} [to|on] {a}",
            "{a} [plus|and] {p}[ tax| tip| vat|]",
        ]
        seen += ["{a} [with|including|incl.] {p} [tax|vat|tip|interest|service]"]
        seen += ["[price|cost|total] [with|including] {p} [tax|vat|tip] [for|on|of] {a}"]
        unseen = ["{a} with {p} [tip|tax] on top", "raise {a} by {p}"]
    template = _one(rng, held, seen, unseen)
    word, mark = ("less", "-") if off else ("plus", "+")
    expression = f"{a.value}{mark}{a.value}*{p.value}/100"
    return Sum(f"{word} {template}", template, slots, expression, f"{a.value} {word} {p.value}% is")


def _share(rng: Random, held: bool) -> Sum:
    """What percentage one number is of another, and by how many percent it changed."""
    a, b = whole(rng, 1, 500), whole(rng, 1, 900)
    slots = {"a": a.said, "b": b.said}
    if rng.random() < 0.65:
        seen = [
            f"{ASK} {{a}} as a [percentage|percent] of {{b}}",
            "{a} is [what|how many] [percent|percentage|per cent|%] of {b}",
            "[what|how many] [percent|percentage|per cent|%] [is|are] {a} of {b}",
            "[what|which] [percentage|percent|share] of {b} is {a}",
            "{a} [out of|of] {b} [in percent|as a percentage|as percent|in %]",
            "i [got|scored|had] {a} out of {b}[, what percentage is that|, how many percent]",
        ]
        template = _one(
            rng, held, seen, ["how big a percentage of {b} is {a}", "{a} of {b}, in percent"]
        )
        return Sum(f"share {template}", template, slots, f"{a.value}/{b.value}*100")
    seen = [
        "[percent|percentage] [change|increase|difference] from {a} to {b}",
        "[by how many|how many|what] percent [is it|more] from {a} to {b}",
        "[went|it went|the price went|my rent went] from {a} to {b}, [how many percent|what"
        " percent] is that",
        "from {a} to {b} in percent",
    ]
    template = _one(rng, held, seen, ["the change from {a} to {b} as a percentage"])
    return Sum(f"change {template}", template, slots, f"({b.value}-{a.value})/{a.value}*100")


def _named(rng: Random, held: bool) -> Sum:
    """Factorials, remainders, cube roots and the functions of the calculator."""
    a, b = whole(rng, 2, 400), whole(rng, 2, 30)
    n = str(rng.randint(3, 15))
    slots = {"a": a.said, "b": b.said, "n": n, "d": str(rng.choice((15, 30, 45, 60, 90, 120)))}
    template, expression = rng.choice(NAMED_HELD if held else NAMED)
    values = {"a": a.value, "b": b.value, "n": n, "d": slots["d"]}
    return Sum(f"named {template}", template, slots, expression.format(**values))


NAMED = (
    (f"{ASK} {{n}} factorial", "{n}!"),
    ("[what is|calculate|] {n}!", "{n}!"),
    ("[the|] factorial of {n}", "{n}!"),
    (f"{ASK} {{a}} [mod|modulo] {{b}}", "{a} mod {b}"),
    (
        "[what is|what's|] the remainder [of|when dividing] {a} [divided by|by|over] {b}",
        "{a} mod {b}",
    ),
    ("[what is left|what remains] when i divide {a} by {b}", "{a} mod {b}"),
    (f"{ASK} [the |]cube root of {{a}}", "cbrt({a})"),
    ("[cube root|cbrt|third root] of {a}", "cbrt({a})"),
    ("[sin|sine|the sine] [of|] {d} degrees", "sin({d}°)"),
    ("[cos|cosine|the cosine] [of|] {d} degrees", "cos({d}°)"),
    (f"{ASK} [log|the log|the logarithm] of {{a}}", "log({a})"),
    (f"{ASK} the natural [log|logarithm] of {{a}}", "ln({a})"),
    (
        "[area|the area|what is the area] of a [rectangle|room|field|wall] [of|] {a} [by"
        "|times|x] {b}",
        "{a}*{b}",
    ),
    (
        "[a room|my room|the garden|the wall] is {a} by {b}[, what is the area|, how big is it"
        "|, area]",
        "{a}*{b}",
    ),
    ("[gcd|greatest common divisor] of {a} and {b}", "gcd({a}, {b})"),
    ("[area|the area|what is the area] of a circle with radius {b}", "pi*{b}**2"),
    ("[perimeter|the perimeter] of a [rectangle|field] [of|] {a} by {b}", "2*({a}+{b})"),
)
NAMED_HELD = (
    ("{n} with an exclamation mark, the factorial", "{n}!"),
    ("dividing {a} by {b}, which remainder stays", "{a} mod {b}"),
    ("which number cubed gives {a}", "cbrt({a})"),
)


def _root(rng: Random, held: bool) -> Sum:
    a = Amount(*2 * (str(rng.randint(2, 99) ** 2),)) if rng.random() < 0.5 else amount(rng)
    seen = [f"{ASK} [the|] square root of {{a}}", "[square root|sqrt|root] of {a}", "sqrt({a})"]
    seen += ["[what is|calculate|] sqrt {a}", "√{a}", "[find|take] the square root of {a}"]
    unseen = ["[which number squared gives|the number whose square is] {a}", "{a}, square root"]
    template = _one(rng, held, seen, unseen)
    begins = f"The square root of {a.value} is"
    return Sum(f"root {template}", template, {"a": a.said}, f"sqrt({a.value})", begins)


def _power(rng: Random, held: bool) -> Sum:
    a, n = whole(rng, 2, 60), whole(rng, 2, 12)
    seen = [f"{ASK} {{a}} [to the power of|to the power|raised to|^|**] {{n}}", "{a}^{n}"]
    seen += ["{a} [to the power of|raised to the power|**|^] {n}"]
    if rng.random() < 0.35:
        n = Amount("2", "2")
        seen = [f"{ASK} {{a}} squared", "[the|what is the] square of {a}", "{a}²"]
    elif rng.random() < 0.3:
        n = Amount("3", "3")
        seen = [f"{ASK} {{a}} cubed", "[the|what is the] cube of {a}", "{a}³"]
    unseen = ["{a} to the {n}", "[compute|] the power {n} of {a}"]
    template = _one(rng, held, seen, unseen)
    slots = {"a": a.said, "n": n.said}
    return Sum(f"power {template}", template, slots, f"{a.value}**{n.value}")


def _part(rng: Random, held: bool) -> Sum:
    a = amount(rng)
    word, tail = rng.choice(
        (
            ("half", "/2"),
            ("a third", "/3"),
            ("a quarter", "/4"),
            ("a fifth", "/5"),
            ("a tenth", "/10"),
        )
    )
    if rng.random() < 0.4:
        word, tail = rng.choice(
            (("twice", "*2"), ("double", "*2"), ("three times", "*3"), ("triple", "*3"))
        )
        seen = [f"{ASK} [{{w}}|{{w}} of] {{a}}", "{w} {a}", "{w} of {a}"]
    else:
        seen = [f"{ASK} {{w}} of {{a}}", "{w} of {a}", "[find|take|give me] {w} of {a}"]
    template = _one(rng, held, seen, ["how big is {w} of {a}", "of {a}, {w}"])
    return Sum(f"part {template}", template, {"w": word, "a": a.said}, a.value + tail)


def _story(rng: Random, held: bool) -> Sum:
    """A sum told as a little scene."""
    a, n, m = price(rng), whole(rng, 2, 20), whole(rng, 2, 60)
    big = whole(rng, 61, 5000)
    slots = {"a": a.said, "n": n.said, "m": m.said, "big": big.said}
    years = {"y": str(rng.randint(1900, 2010)), "z": str(rng.randint(2011, 2060))}
    slots |= {"t": rng.choice(THINGS), "u": rng.choice(THINGS), **years}
    seen, unseen = STORIES, STORIES_HELD
    template, expression = rng.choice(unseen if held else seen)
    values = {"a": a.value, "n": n.value, "m": m.value, "big": big.value, **years}
    return Sum(f"story {template}", template, slots, expression.format(**values))


def sentence(expression: str, found: str, begins: str = "") -> str:
    """found: 12.9, or ≈ 1.414, or 1/3 ≈ 0.333."""
    exact, _, rounded = found.partition("≈ ")
    if begins:
        return f"{begins} about {rounded}." if rounded else f"{begins} {exact}."
    return f"{pretty(expression)} ≈ {rounded}." if rounded else f"{pretty(expression)} = {exact}."


def pretty(expression: str) -> str:
    shown = re.sub(r"\*\*|[-+*/]", lambda sign: SHOWN[sign[0]], expression)
    return shown.replace("( − ", "(-").replace("sqrt", "√").strip()


def told_without(rng: Random, held: bool) -> Exchange:
    """A sum where no calculator is at hand."""
    asked, _ = _asked(rng, held)
    reply = "The calculator is switched off here, so I cannot work that out."
    return Exchange(
        "no_calculator",
        asked.family,
        (Said("user", asked.text), Said("assistant", reply)),
        (reply,),
    )
