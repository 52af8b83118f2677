"""Countdown: make a number out of some others, one step a line."""

from random import Random

from exchange import Exchange, plain
from grammar import say

SEEN = (
    "[use|take|combine|using|with] {n}[ to|,|:|] [make|get|reach|build|give] {t}",
    "[make|get|reach|build] {t} [from|with|out of|using] {n}",
    "[countdown|countdown puzzle|numbers game][:|] {n}[ to| ->| =>| make|, target|, make] {t}",
    "[how can i|can you|how do i] [make|get|reach] {t} [from|with|out of] [the numbers |]{n}",
)
SEEN += (
    "[numbers|given|i have|my numbers are|with the numbers] {n}[, |: |; ][target|i need|aim for|"
    "make|find|the target is] {t}",
    "[hit|get to|land on|get] {t} [with|using|from|out of] {n}",
    "[can|how can] {t} be [made|built|reached] [from|with|out of] {n}",
    "{n}[ : | = | -> |, how do i get |, how do i make |: make |, get ]{t}",
    "[solve|play] [the|a|this] [countdown|numbers game|numbers puzzle]: {n}, [target|goal"
    "|make] {t}",
)
HELD = (
    "[the numbers are|numbers] {n}, [the goal is|my goal is] {t}",
    "[arrive at|come to] {t} [starting from|given only] {n}",
    "[find a way from|turn] {n} [to|into] {t}",
)
SIGNS = "+-*/"


def countdown(rng: Random, held: bool) -> Exchange:
    numbers, target, lines = puzzle(rng, rng.choice((2, 3, 3, 3, 4)), rng.choice((10, 25, 25)))
    text = asked(rng, numbers, target, held)
    return plain("countdown", f"countdown {text}", text, ("\n".join(lines),))


def asked(rng: Random, numbers: list[int], target: int, held: bool) -> str:
    joined = ", ".join(map(str, numbers))
    if rng.random() < 0.4:
        joined = " and ".join(joined.rsplit(", ", 1))
    elif rng.random() < 0.3:
        joined = joined.replace(",", "")
    template = rng.choice(HELD if held else SEEN)
    return say(rng, template, {"n": joined, "t": str(target)}, not held)


def puzzle(rng: Random, count: int, most: int = 25) -> tuple[list[int], int, list[str]]:
    """Numbers, a target from 10 to 100, and steps that use every number."""
    while True:
        numbers = [rng.randint(1, most) for _ in range(count)]
        lines, left = [], list(numbers)
        while len(left) > 1:
            one, other = rng.sample(range(len(left)), 2)
            a, b = left[one], left[other]
            found = step(a, b, rng.choice("+-*+-*/"))
            if found is None:
                break
            sign, value = found
            left = [n for place, n in enumerate(left) if place not in (one, other)] + [value]
            rest = " ".join(map(str, left))
            lines.append(f"{a}{sign}{b}={value}" + (f" | {rest}" if len(left) > 1 else ""))
        if len(left) == 1 and 10 <= left[0] <= 100:
            return numbers, left[0], lines


def step(a: int, b: int, sign: str) -> tuple[str, int] | None:
    """Positive whole numbers only; steps that change nothing are left out."""
    if sign == "+":
        return sign, a + b
    if sign == "-" and a > b:
        return sign, a - b
    if sign == "*" and 1 not in (a, b) and a * b <= 300:
        return sign, a * b
    return (sign, a // b) if sign == "/" and b > 1 and not a % b else None


def solves(text: str, numbers: list[int], target: int) -> bool:
    """Whether the lines are true, use what is there, each number once, and end in the target."""
    left, value = list(numbers), None
    for line in text.strip().splitlines():
        sum_, _, _ = line.partition(" | ")
        left_side, _, result = sum_.partition("=")
        sign = next((one for one in left_side if one in SIGNS), "")
        a, _, b = left_side.partition(sign) if sign else ("", "", "")
        if not (a.isdigit() and b.isdigit() and result.isdigit()):
            return False
        one, other, value = int(a), int(b), int(result)
        if one not in left:
            return False
        left.remove(one)
        if other not in left:
            return False
        left.remove(other)
        good = {"+": one + other == value, "-": one - other == value, "*": one * other == value}
        good["/"] = other != 0 and one == value * other
        if not good[sign]:
            return False
        left.append(value)
    return value == target
