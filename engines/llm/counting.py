"""How many things a drawing shows and where its only one lies, for the starter: programs counted.

What is said names no kind of thing, because the programs do not know what they counted.
"""

import re
from collections.abc import Sequence

from engines import written
from engines.llm.routing.reading import ASKS, POLITE, TAIL, tidy
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


COUNTING, PLACING = _whole(COUNTS), _whole(WHERE)


def shown(turns: Sequence[Turn]) -> Things | None:
    """What was counted in the picture shown last; None where there were several, or nothing."""
    for turn in reversed(turns):
        pictures = sum(isinstance(part, Picture) for part in turn.parts)
        if pictures:
            texts = (part.text for part in turn.parts if isinstance(part, Text))
            found = [things for text in texts if (things := written.things_in(text))]
            return found[0] if pictures == 1 and found else None
    return None


def answer(asked: str, things: Things | None) -> str:
    """For a question that is about it, else ""."""
    text = tidy(asked)
    if things is None or not text or len(text) > LONGEST:
        return ""
    if things.count > 1 and _counts(text):
        return f"I count {NUMBERS[things.count]} separate things."
    if things.count == 1 and things.place and any(form.fullmatch(text) for form in PLACING):
        return f"The only thing there is {things.place}."
    return ""


def _counts(text: str) -> bool:
    for form in COUNTING:
        if found := form.fullmatch(text):
            thing = found.groupdict().get("thing") or ""
            return not PARTS & set(thing.split())
    return False
