"""Small grammars: one line of text stands for many ways of saying the same thing.

`[a|b|]` is a choice (the last one here is "nothing"), `{name}` a slot filled from outside.
"""

import random
import re
from collections.abc import Mapping

SLOT = re.compile(r"\{(\w+)\}")
INNERMOST = re.compile(r"\[([^\[\]]*)\]")
SPACES = re.compile(r" {2,}")
FILLERS = ("hey", "ok", "um", "so", "please", "hi", "hello", "right", "well", "parley", "and", "oh")
TAILS = ("please", "pls", "thanks", "now", "for me", "if you can", "thank you", "then")


def choose(rng: random.Random, template: str) -> str:
    """Take one branch of every choice, innermost first; slots stay."""
    while found := INNERMOST.search(template):
        branch = rng.choice(found[1].split("|"))
        template = template[: found.start()] + branch + template[found.end() :]
    return SPACES.sub(" ", template).strip()


def fill(text: str, slots: Mapping[str, str]) -> str:
    return SLOT.sub(lambda found: slots[found[1]], text)


def forms(template: str) -> int:
    """How many texts a template stands for, slots counted once."""
    depth, total, product = 0, 0, 1
    sums: list[tuple[int, int]] = []
    for letter in template:
        if letter == "[":
            sums.append((total, product))
            total, product, depth = 0, 1, depth + 1
        elif letter == "|" and depth:
            total, product = total + product, 1
        elif letter == "]":
            inside = total + product
            total, product = sums.pop()
            product, depth = product * inside, depth - 1
    return total + product


def roughen(rng: random.Random, text: str) -> str:
    """What hurried people do to a sentence; slots are left as they are."""
    if rng.random() < 0.12:
        text = f"{rng.choice(FILLERS)}{rng.choice((',', ''))} {text}"
    if rng.random() < 0.12:
        text = f"{text.rstrip('?.! ')}{rng.choice((',', ''))} {rng.choice(TAILS)}"
    if rng.random() < 0.12:
        text = _mistyped(rng, text)
    if rng.random() < 0.15:
        text = text.replace("'", "")
    chance = rng.random()
    if chance < 0.5:
        text = text[:1].upper() + text[1:]
    elif chance < 0.53:
        text = _upper(text)
    return _ended(rng, text)


def _upper(text: str) -> str:
    return "".join(part if part.startswith("{") else part.upper() for part in _parts(text))


def _ended(rng: random.Random, text: str) -> str:
    if text[-1:] in "?!.=":
        return text
    chance = rng.random()
    if chance < 0.45:
        return text + "?"
    return text + (rng.choice((".", "!", "??", " ?", "...")) if chance < 0.57 else "")


def _parts(text: str) -> list[str]:
    return re.split(r"(\{\w+\})", text)


def _mistyped(rng: random.Random, text: str) -> str:
    """One slip of the finger inside one longer word outside the slots."""
    parts = _parts(text)
    words = [
        (place, found)
        for place, part in enumerate(parts)
        if not part.startswith("{")
        for found in re.finditer(r"[a-zA-Z]{4,}", part)
    ]
    if not words:
        return text
    place, found = rng.choice(words)
    word = found[0]
    at = rng.randrange(1, len(word) - 1)
    wrong = rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
    part = parts[place]
    parts[place] = part[: found.start()] + wrong + part[found.end() :]
    return "".join(parts)


def say(rng: random.Random, template: str, slots: Mapping[str, str], rough: bool = True) -> str:
    """One sentence of a template."""
    text = choose(rng, template)
    return fill(roughen(rng, text) if rough else text, slots)
