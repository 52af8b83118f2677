"""What the pages of variants show: plain values, worded by controllers."""

from dataclasses import dataclass, field

import msgspec

from engines.variants.variant import Variant


class ShownWish(msgspec.Struct, frozen=True):
    """Something a variant wants: nothing of it happens before the person says so."""

    key: str  # "tool:calculator", "adapter:…", "knowledge", "voice", "template"
    words: str  # "Use the calculator", "Read 3 files of its own, 1.2 MB"
    granted: bool = False
    possible: bool = True
    trouble: str = ""  # why not: "There is no tool of this name here"


class ShownScore(msgspec.Struct, frozen=True):
    """How a variant did in its own tests with one model, on this computer."""

    model: str  # in words
    passed: int
    total: int
    size: int = 0  # bytes of the model
    when: str = ""
    current: bool = True  # of the variant as it is now, not of an earlier version


class ShownVariant(msgspec.Struct, frozen=True):
    key: str  # its id; "" is plain Parley, without a variant
    name: str
    line: str = ""
    colour: str = ""  # "#RRGGBB"
    picture: str = ""  # path of a file the window may show
    emoji: str = ""
    base: str = ""  # the model it wants, in words; "" for any
    base_here: bool = True  # that model, or an alternative, is on this computer
    size: str = ""  # of its file: "14 KB"
    licence: str = ""
    author: str = ""
    touches: tuple[str, ...] = ()  # what it may touch, granted: "Calculator", "Its own 3 files"
    wishes: tuple[ShownWish, ...] = ()
    tests: int = 0
    scores: tuple[ShownScore, ...] = ()  # the best first
    score_words: str = ""  # "9 of 10 with Qwen3 4B" or "Not tried on this computer"
    smallest: str = ""  # "Smallest model that passes all: …", "" where none did
    won: int = 0  # the person's own choices
    lost: int = 0
    built_in: bool = False
    default: bool = False
    in_use: bool = False  # in the conversation on screen
    update: bool = False  # a shelf has another version
    trouble: str = ""  # why it cannot be used as it is


class ShownOffer(msgspec.Struct, frozen=True):
    """A variant on a shelf (a folder or an address with an index), not taken in."""

    key: str
    name: str
    line: str = ""
    shelf: str = ""
    size: str = ""
    state: str = "offered"  # offered, fetching, here, changed (another version is here)


class ShownVariantShelf(msgspec.Struct, frozen=True):
    place: str  # folder or address
    title: str
    words: str = ""  # "8 variants", or what went wrong
    there: bool = True


class ShownDifference(msgspec.Struct, frozen=True):
    """One line of what changes: a field in words, how it was, how it would be."""

    field: str
    before: str = ""
    after: str = ""


class ShownTestResult(msgspec.Struct, frozen=True):
    question: str
    state: str = "waiting"  # waiting, running, passed, failed, broken (it could not be run)
    answer: str = ""
    words: str = ""  # which check it did not fulfil


@dataclass(frozen=True)
class ShownImport:
    """What would be taken in, before it is: the person looks, then says yes or no."""

    key: str
    variant: Variant
    format: str  # "Parley variant", "Ollama Modelfile", "Character card V3", …
    size: str  # in words, before anything else
    wishes: tuple[ShownWish, ...] = ()
    left_out: tuple[str, ...] = ()  # what could not be carried over, in words
    differences: tuple[ShownDifference, ...] = ()  # to the one that is here already
    picture: bytes = field(default=b"", repr=False)
    replaces: str = ""  # key of the one that is here already
