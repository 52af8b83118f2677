"""Arithmetic with its steps written out, in a form that very small models learn.

Every line does one column and carries the rest along, so that nothing has to be counted off.
"""

from random import Random

from exchange import Exchange, plain
from grammar import say

WAYS = (
    "[step by step|with steps|show the steps|show your work|show me how|in steps|"
    "without a calculator|without the calculator|by hand|on paper|write out the steps]"
)
SEEN = (
    f"[what is|what's|calculate|work out|compute|how much is|solve|] {{e}}[,|] {WAYS}",
    f"{{e}}[,|] {WAYS}[ please|]",
    f"[please |can you |could you |]{WAYS}: {{e}}",
    "[explain|show me|show] [how to calculate|how to work out|the steps of|the steps for] {e}",
    "[how do i|how can i|how would you|help me|i want to] [work out|calculate|do|solve] {e} "
    "[by hand|on paper|step by step|in steps|myself|without a calculator]",
    "[break down|explain|go through|write out] {e}[ step by step| in steps| slowly| for me|]",
    "[solve|do|calculate|work out] {e} [and show|showing|and write down] [each|every|all the] "
    "[step|steps|line]",
    "{e}[, |: ][show every step|every step|all the steps|line by line|slowly, in steps|longhand]",
    "[work|guide me|take me|let's go] through {e}[ with me| please|]",
    "[the working|the full working|your working|the way] [for|to] {e}[ please|]",
    "{e}[, | - ][and i want to see how|i want to see how|how is it done|how do you get there|"
    "show the way]",
    "[show|let me see|i'd like to see|i would like] [how {e} is done|the way to do {e}|"
    "the steps for {e}|{e} written out]",
    "[long multiplication|long division|long addition|column method][: | for | of ]{e}",
)
HELD = (
    "i want to see the working of {e}",
    "[do|take] {e} one column at a time",
    "[teach me|walk me through] {e}",
)


def longhand(rng: Random, held: bool) -> Exchange:
    sign, a, b = numbers(rng)
    said = {"+": ("+", "plus"), "-": ("-", "minus"), "*": ("*", "x", "times", "×")}
    said["/"] = ("/", "÷", "divided by")
    space = rng.choice((" ", " ", ""))
    word = rng.choice(said[sign])
    space = " " if word.isalpha() else space
    template = rng.choice(HELD if held else SEEN)
    text = say(rng, template, {"e": f"{a}{space}{word}{space}{b}"}, not held)
    return plain("steps", f"steps {template}", text, (worked(sign, a, b),))


def numbers(rng: Random) -> tuple[str, int, int]:
    sign = rng.choice("++--**/")
    if sign in "+-":
        size = rng.choice((2, 2, 3, 3, 4, 5))
        a, b = (
            rng.randrange(10 ** (n - 1), 10**n) for n in (size, rng.randint(max(1, size - 2), size))
        )
        return (sign, max(a, b), min(a, b)) if sign == "-" or rng.random() < 0.5 else (sign, b, a)
    if sign == "*":
        size = rng.choice(((2, 1), (2, 1), (3, 1), (2, 2), (2, 2), (2, 2), (3, 2), (4, 1)))
        a, b = (rng.randrange(10 ** (n - 1), 10**n) for n in size)
        return sign, a, max(b, 2)
    b = rng.randint(2, 12)
    return sign, b * rng.randint(3, 10 ** rng.randint(1, 3)), b


def worked(sign: str, a: int, b: int) -> str:
    """The whole answer: its lines, and the result last."""
    lines, found = {"+": added, "-": taken, "*": multiplied, "/": divided}[sign](a, b)
    shown = {"+": "+", "-": "−", "*": "×", "/": "÷"}[sign]
    return "\n".join((*lines, f"{a} {shown} {b} = {found}"))


def added(a: int, b: int) -> tuple[list[str], int]:
    lines, carry, done, one, two = [], 0, "", str(a), str(b)
    while one or two:
        left = f"{one or 0}+{two or 0}" + (f"+{carry}" if carry else "")
        x, y = int((one or "0")[-1]), int((two or "0")[-1])
        column = f"{x}+{y}" + (f"+{carry}" if carry else "")
        total, one, two = x + y + carry, one[:-1], two[:-1]
        done = f"{total if not (one or two) else total % 10}{done}"
        carry = total // 10
        lines.append(f"{left}: {column}={total} → {done}")
    return lines, a + b


def taken(a: int, b: int) -> tuple[list[str], int]:
    """a is not less than b."""
    lines, borrow, done, one, two = [], 0, "", str(a), str(b)
    while one:
        left = f"{one}-{two or 0}" + ("-1" if borrow else "")
        x, y = int(one[-1]), int((two or "0")[-1])
        short = x - y - borrow < 0
        column = f"{x + 10 if short else x}-{y}" + ("-1" if borrow else "")
        digit = x - y - borrow + 10 * short
        done, borrow, one, two = f"{digit}{done}", int(short), one[:-1], two[:-1]
        lines.append(f"{left}: {column}={digit} → {done}")
    return lines, a - b


def multiplied(a: int, b: int) -> tuple[list[str], int]:
    """One digit of b after the other, and their sum."""
    lines, total = [], 0
    for place, digit in enumerate(reversed(str(b))):
        rows, product = by_digit(a, int(digit))
        lines += rows
        product *= 10**place
        if place:
            lines.append(f"{a}*{digit}{'0' * place}={product}")
        if place and total and product:
            lines += added(total, product)[0]
        total += product
    return lines, total


def by_digit(a: int, digit: int) -> tuple[list[str], int]:
    if digit < 2:
        return [f"{a}*{digit}={a * digit}"], a * digit
    lines, carry, done, left = [], 0, "", str(a)
    while left:
        more = f"+{carry}" if carry else ""
        total = int(left[-1]) * digit + carry
        text = f"{left}*{digit}{more}: {left[-1]}*{digit}{more}={total}"
        left = left[:-1]
        done, carry = f"{total % 10 if left else total}{done}", total // 10
        lines.append(f"{text} → {done}")
    return lines, a * digit


def divided(a: int, b: int) -> tuple[list[str], int]:
    """Exact; from the left, what is over goes on to the next digit."""
    lines, rest, done, left = [], 0, "", str(a)
    while left:
        part = rest * 10 + int(left[0])
        left = left[1:]
        times, rest = divmod(part, b)
        done = f"{done}{times}" if done or times else ""
        more = f" {left}" if left else ""
        lines.append(
            f"{part}: {times}*{b}={times * b}, {part}-{times * b}={rest}{more} → {done or 0}"
        )
    return lines, a // b
