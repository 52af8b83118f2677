"""Exchanges that can only be answered by copying what was said."""

from random import Random

from amounts import NAMES, amount, word
from exchange import Exchange, Said, plain
from grammar import say

PLAIN = (
    *("the", "old", "red", "small", "cat", "house", "garden", "runs", "over", "quickly", "blue"),
    *("river", "under", "bridge", "sings", "green", "tall", "tree", "near", "door", "opens"),
    *("window", "letter", "reads", "slowly", "warm", "bread", "and", "with", "my", "your", "we"),
)


def repeat(rng: Random, held: bool) -> Exchange:
    """Say after me."""
    seen = (
        (
            "[repeat|repeat after me|say|say after me|echo|write|type|please "
            "repeat|can you repeat|copy this][:| this:] {x}"
        ),
        "[repeat|say|echo] [the words|the text|the line] [\"{x}\"|'{x}']",
    )
    unseen = ("[parrot|read back][:|] {x}", "[give back to me|return to me]: {x}")
    template = rng.choice(unseen if held else seen)
    text = _text(rng)
    return plain("repeat", template, say(rng, template, {"x": text}, rough=False), (text,))


def _text(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.35:
        return " ".join(word(rng) for _ in range(rng.randint(1, 4)))
    if chance < 0.6:
        return " ".join(amount(rng).value for _ in range(rng.randint(1, 3)))
    mixed = [
        rng.choice((word(rng), rng.choice(PLAIN), amount(rng).value))
        for _ in range(rng.randint(2, 7))
    ]
    return " ".join(mixed)


def name(rng: Random, held: bool) -> Exchange:
    """The person's name, told and asked back, or asked without having been told."""
    who = rng.choice(NAMES) if rng.random() < 0.4 else word(rng).capitalize()
    told = "[they call me|i go by|folks call me] {x}" if held else TOLD
    asked = "[do you recall|what was] my name" if held else ASKED
    chance = rng.random()
    if chance < 0.25:
        return plain("name_unknown", asked, say(rng, asked, {}, not held), (UNTOLD,))
    first = plain(
        "name", told, say(rng, told, {"x": who}, not held), (f"Nice to meet you, {who}.",)
    )
    if chance < 0.55:
        return first
    second = plain("name", asked, say(rng, asked, {}, not held), (f"Your name is {who}.",))
    return Exchange("name", f"{told} {asked}", first.said + second.said, second.replies)


UNTOLD = "You have not told me your name in this conversation."
TOLD = (
    "[my name is|i am called|call me|i'm|this is|you can call me|hi, my "
    "name is|hello, i am|the name is|hello, my name is|hey, i'm] {x}"
)
ASKED = (
    "[what is my name|what's my name|who am i|do you know my name|tell me "
    "my name|do you remember my name|say my name|what am i called|do you "
    "know who i am]"
)


def recall(rng: Random, held: bool) -> Exchange:
    """A fact told in one turn and asked for in the next."""
    thing = f"{rng.choice(THINGS)} {rng.choice(KINDS)}"
    value = rng.choice((word(rng), amount(rng).value, f"{word(rng)} {word(rng)}"))
    tell = "[keep in mind|bear in mind]: my {t} is {v}" if held else TELL
    back = "[remind me of|what was] my {t}" if held else BACK
    slots = {"t": thing, "v": value}
    said = (
        Said("user", say(rng, tell, slots, not held and rng.random() < 0.3)),
        Said("assistant", f"I see: your {thing} is {value}."),
        Said("user", say(rng, back, slots, not held)),
        Said("assistant", f"Your {thing} is {value}."),
    )
    return Exchange("recall", f"{tell} {back}", said, (said[-1].text,))


THINGS = ("wifi", "bike", "garden", "hotel", "office", "library", "locker", "red", "old", "train")
KINDS = ("code", "number", "name", "key", "word", "address", "friend", "seat", "box", "shelf")
TELL = "[remember that|my|note that|i tell you that|listen:|know that][ my|] {t} is {v}"
BACK = "[what is|what's|tell me|do you remember|say] my {t}"
