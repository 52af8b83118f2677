"""Questions about a help passage that is given, answered with the passage's own sentences.

The passage comes as the result of a call named help, which the model never makes itself.
"""

import re
from functools import cache
from pathlib import Path
from random import Random

from amounts import word
from copying import PLAIN
from exchange import Exchange, Said, call_text
from grammar import say

PAGES = Path(__file__).parents[2] / "resources/help"
SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can do does for from has have how i in is it its may my of "
        "on or so that the them then there these this to was what when where which who will "
        "with you your not one all any also after before into out up here",
    )
)
SEEN = (
    "[how do i|how can i|how to|how does one|can i|where do i|how does] {w}",
    "[what about|tell me about|explain|what is|what does|where is|more about] {w}",
    "[i need help with|help with|help me with] {w}",
    "{w}",
    "[what happens with|what is the story with|how is it with] {w}",
    "[what can you say about|is there something about] {w}",
    "[in parley|here|in this app], [how do i|what about|where is] {w}",
    "i [want to|would like to|need to] [know about|use|find] {w}",
)
HELD = (
    "[i am stuck|i am lost] with {w}",
    "[what should i know|what must i know] about {w}",
    "{w}: [how does that work here|what does parley do]",
)
NOTHING = "The help says nothing about that."


@cache
def sections() -> tuple[tuple[str, ...], ...]:
    """The sentences of each section of each help page."""
    found = []
    for page in sorted(PAGES.glob("*.md")):
        for part in re.split(r"(?m)^#+ ", page.read_text("utf-8"))[1:]:
            said = sentences(part.partition("\n")[2])
            found += [said[at : at + 6] for at in range(0, len(said), 5)]
    return tuple(tuple(one) for one in found if one)


def sentences(text: str) -> list[str]:
    """Plain words: marks of Markdown off, items of a list and rows of a table one sentence each."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[*`]", "", text)
    blocks = re.split(r"\n\s*\n|\n(?=[-|])", text)
    found: list[str] = []
    for block in blocks:
        line = " ".join(block.split()).strip("-| ")
        if line and not set(line) <= set("-| "):
            found += re.split(r"(?<=[.!?]) (?=[A-Z])", line.replace(" | ", ": "))
    return [one for one in found if len(one) > 8]


def passage(rng: Random) -> tuple[str, ...]:
    if rng.random() < 0.6:
        part = rng.choice(sections())
        if rng.random() < 0.7:
            return part
        return tuple(rng.sample(part, len(part)))
    return tuple(_made(rng) for _ in range(rng.randint(2, 5)))


def _made(rng: Random) -> str:
    """A sentence about things that do not exist."""
    keys = (f"Ctrl+{chr(rng.randint(65, 90))}", f"F{rng.randint(1, 12)}")
    key = rng.choice((*keys, f"The {word(rng)}", word(rng).capitalize()))
    verb = rng.choice(
        ("opens", "shows", "hides", "closes", "moves", "keeps", "changes", "is", "prints", "saves")
    )
    rest = " ".join(rng.choice((rng.choice(PLAIN), word(rng))) for _ in range(rng.randint(2, 5)))
    return f"{key} {verb} {rest}."


def help_phrased(rng: Random, held: bool) -> Exchange:
    while True:
        part = passage(rng)
        chosen = rng.randrange(len(part))
        mine = content(part[chosen])
        others = {
            one for place, text in enumerate(part) if place != chosen for one in content(text)
        }
        own = [one for one in mine if one not in others]
        if own:
            break
    words = rng.sample(own, min(len(own), rng.choice((1, 2, 2, 3))))
    if rng.random() < 0.5 and len(mine) > 2:
        words += [one for one in rng.sample(mine, 1) if one not in words]
    words.sort(key=mine.index)
    asked = " ".join(words)
    reply = part[chosen]
    if rng.random() < 0.06:
        asked, reply = f"{word(rng)} {word(rng)}", NOTHING
    template = rng.choice(HELD if held else SEEN)
    text = say(rng, template, {"w": asked}, not held)
    said = (
        Said("user", text),
        Said("assistant", call_text("help", {"question": text})),
        Said("tool", " ".join(part)),
        Said("assistant", reply),
    )
    return Exchange("help_phrased", f"passage {template}", said, (reply,))


def content(text: str) -> list[str]:
    words = re.findall(r"[A-Za-z][A-Za-z+-]*", text)
    return [
        one if "+" in one else one.lower()
        for one in words
        if one.lower() not in SMALL and len(one) > 2
    ]
