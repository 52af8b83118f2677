"""How many things a drawing shows, where its only one lies and what it looks like, for the starter.

Programs counted, and the eyes alone name a thing better than the model that looks through them.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from engines import written
from engines.llm.routing.reading import ASKS, POLITE, TAIL, describes, tidy
from engines.messages import Picture, Text, Turn
from engines.senses import Things

LONGEST = 100  # characters of a question
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS += ("eleven", "twelve")
THING = r"(?P<thing>(?!of the |many )[a-z-]+(?: [a-z-]+){0,2}?)"
THERE = (
    r"(?: (?:are|were) (?:there|shown|drawn|visible|here|in it)| there are| are"
    r"|(?: do| can| could) (?:you|we|i) (?:see|count|find|make out)"
    r"| does (?:it|the (?:picture|image|photo|drawing)|this(?: picture| image)?)"
    r" (?:show|contain|have)"
    r"| (?:is|are) (?:there )?(?:shown|to be seen))"
)
COUNTS = (
    rf"how many {THING}{THERE}?",
    rf"how many(?: of (?:them|these|those))?{THERE}?",
    rf"count (?:(?:all )?(?:the |these |those )?{THING}|them|these|those|all of them)",
    rf"what(?: is|'s) the (?:number|count) of (?:the )?{THING}",
)
NOUN = r"(?:the [a-z-]+(?: [a-z-]+)?|it|this|that)"
SPOT = r"(?:corner|part|half|area|spot|place|region)"
WHERE = (
    rf"(?:where|whereabouts) (?:is|lies|'s) {NOUN}(?: placed| drawn| located| lying)?",
    rf"(?:where|whereabouts) (?:in|on) the (?:picture|image|photo|drawing) (?:is|lies) {NOUN}",
    rf"where (?:do|can) you see {NOUN}",
    rf"(?:in|on|at) (?:which|what) {SPOT}(?: of the (?:picture|image|photo|drawing))? (?:is|lies) "
    rf"{NOUN}",
    rf"where {NOUN} is",
)
KIND = r"(?:thing|object|item|animal|creature|food|fruit|vegetable|vehicle|shape|figure|form|icon)"
NAMES = (
    rf"(?:what|which)(?: (?:kind|sort|type) of)? {KIND}"
    r"(?: (?:is|do you see|can you see|could this be)"
    r"(?: (?:it|this|that|there|here|shown|drawn|depicted|to be seen|in (?:the|this) "
    r"(?:picture|image|photo|drawing)|shown here|drawn here))?)?",
    rf"(?:name|tell me|say) (?:the|this|that) {KIND}(?: (?:in|on) (?:the|this) (?:picture|image))?",
    r"(?:tell me |say )?what (?:is this|this is|it is|is it|is that|that is)(?: exactly)?",
    rf"what is (?:the|this|that) {KIND}(?: called)?",
)
ONES = r"(?:it|this|that|they|these|those|them|(?:the|this|that|these|those) (?P<thing>[a-z-]+))"
COLOURS = (
    rf"(?:in )?(?:what|which) colou?r (?:is|are|has|have) {ONES}(?: drawn| painted| have)?",
    rf"(?:in )?(?:what|which) colou?r (?:does|do) {ONES} have",
    rf"what(?: is|'s) the colou?r of {ONES}",
    r"what(?: is|'s) (?:its|their|the) colou?r",
    r"(?:tell me |name )?(?:the|its|their) colou?r",
    rf"(?:tell me |say )?(?:what|which) colou?r {ONES} (?:is|are|has|have)",
)
GENERAL = frozenset(("thing", "object", "shape", "figure", "form", "drawing", "one", "symbol"))
PARTS = frozenset(  # of one thing: nobody counted those
    ("bars", "slices", "parts", "pieces", "sides", "corners", "edges", "lines", "wheels", "legs")
    + ("eyes", "arms", "ears", "fingers", "petals", "points", "letters", "words", "numbers")
    + (
        "digits",
        "colours",
        "colors",
        "kinds",
        "types",
        "sorts",
        "shapes",
        "characters",
        "sentences",
    )
    + ("pixels", "pictures", "images", "photos", "days", "hours", "minutes", "people", "faces")
)


def _whole(forms: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"{POLITE}{ASKS}(?:{form}){TAIL}") for form in forms)


COUNTING, PLACING, NAMING = _whole(COUNTS), _whole(WHERE), _whole(NAMES)
COLOURING = _whole(COLOURS)


class Shown(NamedTuple):
    things: Things
    like: str = ""  # what the only one looks like
    colour: str = ""


def shown(turns: Sequence[Turn]) -> Shown | None:
    """What was counted in the picture shown last; None where there were several, or nothing."""
    for turn in reversed(turns):
        pictures = sum(isinstance(part, Picture) for part in turn.parts)
        if pictures:
            texts = [part.text for part in turn.parts if isinstance(part, Text)]
            found = [
                Shown(things, written.likeness_in(text), written.colour_in(text))
                for text in texts
                if (things := written.things_in(text))
            ]
            return found[0] if pictures == 1 and found else None
    return None


def answer(asked: str, seen: Shown | None) -> str:
    """For a question that is about it, else ""."""
    text = tidy(asked)
    if seen is None or not text or len(text) > LONGEST:
        return ""
    things, like, colour = seen
    if colour and (asked_for := _coloured(text)) is not None and _is(asked_for, like):
        return f"It is {colour}." if things.count == 1 else f"They are {colour}."
    if like and (describes(asked) or any(form.fullmatch(text) for form in NAMING)):
        return f"It looks like {a(like)}."
    if things.count > 1 and _counts(text):
        return f"I count {NUMBERS[things.count]} separate things."
    if things.count == 1 and things.place and any(form.fullmatch(text) for form in PLACING):
        return f"The only thing there is {things.place}."
    return ""


def _coloured(text: str) -> str | None:
    """The thing whose colour is asked for, "" for all there is; None for another question."""
    for form in COLOURING:
        if found := form.fullmatch(text):
            return found.groupdict().get("thing") or ""
    return None


def _is(thing: str, like: str) -> bool:
    """Nobody says the colour of a snowflake where there is none."""
    words = {word.removesuffix("s") for word in thing.split()}
    return not words - GENERAL or bool(words & set(like.split()))


def a(thing: str) -> str:
    """With its article, as far as one sees that from its letters; "headphones" have none."""
    several = thing.endswith("s") and not thing.endswith(("ss", "us")) and " of " not in thing
    if several or thing.startswith(("a ", "an ")):
        return thing
    return f"an {thing}" if thing[0] in "aeio" or thing.startswith("umb") else f"a {thing}"


def _counts(text: str) -> bool:
    for form in COUNTING:
        if found := form.fullmatch(text):
            thing = found.groupdict().get("thing") or ""
            return not PARTS & set(thing.split())
    return False
