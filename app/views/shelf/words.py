"""What the shelf says of each job and each mark, and the drawings that go with them."""

from app.controllers.shown import ShownShelfModel

JOBS = ("talk", "see", "listen", "speak", "find")
SEGMENTS = {"talk": "talk", "see": "see", "listen": "listen", "speak": "speak",
            "find pictures": "find"}  # fmt: skip
PICTURES = {
    "talk": "bubble", "see": "eye", "listen": "mic", "speak": "speaker", "find": "scan-search"
}  # fmt: skip
ABOUT = {
    "talk": "Models that answer. A larger one knows more and takes its time.",
    "see": "Models that also answer about pictures, films and documents.",
    "listen": "Speech models, which write down what you say. A larger one mishears less.",
    "speak": "Voices that read answers aloud.",
    "find": "Models that find a photo by what is in it.",
}
MARKS = {  # of how a model fits: drawing, colour, word for those who do not see it
    "fits": ("circle-check", "ok", "Fits"),
    "tight": ("triangle-alert", "warn", "Tight"),
    "large": ("circle-x", "danger", "Too large"),
    "unknown": ("circle-help", "muted", ""),
}
HERE = ("here", "away")
OURS = "Parley"  # the source of what lies in Parley's own folder


def line_of(one: ShownShelfModel) -> str:
    """What stands after the words on how it fits: licence, and whose folder it lies in."""
    lies = one.source if one.state == "here" and one.source != OURS else ""
    parts = (one.licence, f"in {lies}" if lies else "")
    return " · ".join(part for part in parts if part)


def spoken(one: ShownShelfModel) -> str:
    """A row in a sentence or two, for screen readers."""
    state = "In use" if one.in_use else "Its drive or folder is away" if one.state == "away" else ""
    mark = MARKS[one.fit][2]
    fit = one.fit_words or mark
    parts = (one.title, one.words, one.size, fit, line_of(one), state)
    return ". ".join(part.rstrip(".") for part in parts if part)


def has(one: ShownShelfModel, words: list[str]) -> bool:
    """Whether a model has all of the words, which are casefolded."""
    sought = " ".join((one.title, one.words, one.licence, one.source, *dict(one.facts).values()))
    sought = sought.casefold()
    return all(word in sought for word in words)
