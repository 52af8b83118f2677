"""Where an answer may be cut into pieces to speak: the first one early, then whole sentences."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from engines.tts.inline import Inline
from engines.tts.words import UNSPACED

# at which comma the first, second, … clause may end: letters before it; later ones as the last
COMMAS = (10, 30, 60, 120)
LONGEST = 300  # letters, then the next space will do
TOO_LONG = 500  # characters, then any place will do
FEW, MANY = 4, 6  # words of a first clause that has no comma
ENOUGH = 18  # letters of a first clause of few words
SIGN = 3  # letters one sign of an unspaced script counts as

STOPS = ".!?…"
WIDE_STOPS = "。！？｡؟۔।॥։።፧៕"  # end a sentence without a space after them
WIDE_COMMAS = "，、；："
PAUSES = ",;:–—"
CLOSING = "\"'”’»)]」』）*_"
WIDE = re.compile(f"[{UNSPACED}]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER_LAST = _words(
    "a an the this that these those my your his her its our their of to in on at by for from with "
    "and or but nor as if than then so is are was were be been am has have had do does did will "
    "would can could may might must shall should not no very more most i you he she we they it "
    "there about into over under between because which who whose when where while also"
)
# before a full stop these do not end a sentence
TITLES = _words(
    "dr mr mrs ms mx prof st rev gen col capt lt sgt hon gov messrs mme mlle u.s u.k u.s.a vs cf "
    "e.g eg i.e approx eqs eds viz resp incl est dept univ z.b d.h bzw ggf usw bspw nr"
)
# nor do these before a number
NUMBERED = _words(
    "no nos fig figs eq vol p pp ch sec art op ed jan feb mar apr jun jul aug sep sept oct nov dec "
    "mon tue tues wed thu thur thurs fri sat sun ca c max min abs kap"
)
# these end one when a capital follows
MAYBE = _words("etc inc ltd co corp jr a.m p.m ph.d m.d b.c a.d al e.v")


class Count(NamedTuple):
    clauses: int  # there were before
    letters: int  # of this one so far
    words: int
    comma: int  # letters from which a comma will do


class Cut(NamedTuple):
    """A clause is text[:end], the next one begins at or after `begins`."""

    end: int
    begins: int


def first_cut(inline: Inline, number: int) -> Cut | None:
    """The first place to cut; None while there is none. number: clauses there were before.

    What is decided at a place depends on the text up to the next word alone, so that it does
    not matter how the text arrived. number 0 may end before its sentence does.
    """
    text = inline.text.text
    comma = COMMAS[min(number, len(COMMAS) - 1)]
    letters = words = 0
    for place, sign in enumerate(text):
        if sign.isalnum():
            letters += SIGN if WIDE.match(sign) else 1
        if inline.fixed[place]:
            continue
        if sign.isspace():
            if not text[place - 1 : place].strip():
                continue
            words += 1
            follows = _word_after(text, place)
            if follows is None:
                return None
            after = "" if inline.fixed[follows] else text[follows]
            if _at_space(text[:place], after, Count(number, letters, words, comma)):
                return Cut(place, follows)
            if sign == "\n" and new_line(text[:place], after) and letters >= comma:
                return Cut(place, follows)
        elif sign in WIDE_STOPS or (sign in WIDE_COMMAS and letters >= comma):
            end = _closed(text, place + 1)
            if end == len(text):
                return None
            if letters:
                return Cut(end, end)
        elif place >= TOO_LONG:
            return Cut(place, place)
    return None


def _word_after(text: str, place: int) -> int | None:
    rest = text[place:].lstrip()
    return len(text) - len(rest) if rest else None


def _closed(text: str, place: int) -> int:
    while place < len(text) and text[place] in CLOSING:
        place += 1
    return place


def _at_space(before: str, after: str, count: Count) -> bool:
    if ends_sentence(before, after):
        return count.letters >= (COMMAS[0] if count.clauses == 0 else 1)
    bare = before.rstrip(CLOSING)
    if bare[-1:] in PAUSES and count.letters >= count.comma:
        return not (bare[-2:-1].isdigit() and after.isdigit())  # "May 5, 2024"
    if count.clauses == 0 and count.words >= FEW and count.letters >= ENOUGH:
        word = before.rsplit(maxsplit=1)[-1].lower()
        return count.words >= MANY or word not in NEVER_LAST
    return count.letters >= LONGEST


def new_line(before: str, after: str) -> bool:
    """Whether a line break in a block is one that is heard, as in an address or a poem."""
    return not after[:1].islower() and before.rstrip()[-1:].isalnum()


def ends_sentence(before: str, after: str) -> bool:
    """Whether a sentence ends between before and the word after, where a space is."""
    bare = before.rstrip(CLOSING)
    if not bare or bare[-1] not in STOPS:
        return False
    if after[:1].islower():
        return False
    if bare[-1] != "." or bare.endswith(".."):
        return True
    word = re.split(r"[\s(\[\"“‘'/–—-]", bare[:-1])[-1].lower()
    if word in MAYBE:
        return after[:1].isupper()
    if word in NUMBERED and after[:1].isdigit():
        return False
    if word in TITLES or (len(word) == 1 and word.isalpha()):
        return False
    return not (word.isdigit() and word == bare[:-1].strip())


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence of a text that is all there."""
    start = 0
    for match in re.finditer(r"\s+|(?<=[" + WIDE_STOPS + r"])", text):
        place, after = match.span()
        if place > start and (
            text[place - 1] in WIDE_STOPS
            or ends_sentence(text[start:place], text[after : after + 1])
        ):
            yield start, place
            start = after
    if start < len(text):
        yield start, len(text)
