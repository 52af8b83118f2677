"""What a person looks for, taken apart: a year, words that may stand in names, and phrasings."""

import re
import unicodedata
from typing import NamedTuple

PHRASINGS = ("{}", "a {}", "a picture of {}", "a photo of {}")
YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
WORDS = re.compile(r"[^\W\d_]+|\d+")
DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$")
LITTLE = frozenset(
    ("a", "an", "the", "of", "with", "in", "on", "at", "and", "or", "my", "our", "from")
    + ("photo", "picture", "photos", "pictures")
)
ARTICLE = r"(?:the|an?|my|all|any|every)\s+"
ASKING = re.compile(  # what is said around the thing itself
    r"^(?:please\s+)?(?:(?:find|show|search|look)\s+(?:(?:me|for)\s+)*)?"
    rf"(?:{ARTICLE})?(?:(?:photo|picture|image)s?\s+(?:of|with|showing|that\s+shows?)\s+)?"
    rf"(?:{ARTICLE})?",
    re.IGNORECASE,
)
LONGEST = 300  # characters


class Wanted(NamedTuple):
    text: str  # for the eyes; "" where only a year was said
    years: frozenset[int]
    words: frozenset[str]  # that may stand in the name of a file or folder


def wanted(said: str) -> Wanted:
    said = " ".join(said[:LONGEST].split())
    asked = ASKING.sub("", said, count=1) or said
    years = frozenset(map(int, YEAR.findall(asked)))
    text = " ".join(YEAR.sub(" ", asked).split())
    alone = re.sub(r"\s+(?:in|from|of|around)$", "", text)
    bare = frozenset(words(text)) - LITTLE
    return Wanted(alone if bare else "", years, bare)


def phrasings(text: str) -> tuple[str, ...]:
    return tuple(one.format(text) for one in PHRASINGS)


def words(name: str) -> list[str]:
    """Of a name, without capitals and accents: "IMG_20190612 Zoë.jpg" has img, 2019…, zoe, jpg."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    found = WORDS.findall(plain)
    return found + [one[:4] for one in found if DATE.match(one)]


def alike(word: str) -> tuple[str, ...]:
    """The word, and what may stand in its place: one and many."""
    fewer = (word[:-1],) if len(word) > 3 and word.endswith("s") else ()
    return (word, word + "s", *fewer)
