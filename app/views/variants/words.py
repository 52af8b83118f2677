"""What the pages of variants say of one, and the drawings that go with it."""

from app.controllers.shown_variants import ShownVariant

PLAIN = "Plain Parley"  # without a variant
PLAIN_LINE = "The model as it is, with your own instructions."
ANY_MODEL = "Any model"
NOTHING = "Only talks"  # it may touch nothing
MARKS = {  # of a score: drawing, colour
    "all": ("circle-check", "ok"),
    "some": ("triangle-alert", "warn"),
    "old": ("clock", "muted"),
    "none": ("circle-help", "muted"),
}
NO_TESTS = "No tests of its own"


def caption(one: ShownVariant) -> str:
    """The small line below a name: the model it wants, the size of its file, its licence."""
    base = one.base or ANY_MODEL
    away = "" if one.base_here else " (not here)"
    return " · ".join(part for part in (base + away, one.size, one.licence) if part)


def duels(one: ShownVariant) -> str:
    """The person's own choices; "" where there were none."""
    return f"{one.won} won · {one.lost} lost" if one.won or one.lost else ""


def score(one: ShownVariant) -> tuple[str, str]:
    """A key of MARKS, and words."""
    if not one.tests:
        return "none", NO_TESTS
    if not one.scores:
        return "none", one.score_words or f"{counted(one.tests, 'test')}, not run here"
    best = one.scores[0]
    mark = "all" if best.passed == best.total else "some"
    return (mark if best.current else "old"), one.score_words


def counted(count: int, what: str) -> str:
    """ "1 test", "3 tests"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def spoken(one: ShownVariant) -> str:
    """A card in a few sentences, for screen readers."""
    touches = f"May touch: {', '.join(one.touches)}" if one.touches else NOTHING
    states = (
        ("In use in this conversation", one.in_use),
        ("The default", one.default),
        ("Comes with Parley", one.built_in),
        ("A shelf has another version", one.update),
    )
    said = [words for words, so in states if so]
    parts = (one.name, one.line, caption(one), touches, score(one)[1], duels(one))
    parts = (*parts, one.trouble, *said)
    return ". ".join(part.rstrip(".") for part in parts if part)


def has(one: ShownVariant, words: list[str]) -> bool:
    """Whether a variant has all of the words, which are casefolded."""
    sought = " ".join((one.name, one.line, one.author, one.base, one.licence, *one.touches))
    sought = sought.casefold()
    return all(word in sought for word in words)
