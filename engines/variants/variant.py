"""What a variant is: a model customised for a purpose, as frozen data and nothing else.

It carries no code, no paths and no grants. What it names (a model, tools, a voice) is a wish.
Every member is optional but the name; limits on lengths and ranges are in checked.py.
"""

from typing import Literal

import msgspec

FORMAT = 1


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of variant.toml: an unknown key is an error, a default is not written."""


class Base(Data, frozen=True):
    """A model by what it is, never by where it lies."""

    description: str = ""  # "Qwen3 4B Instruct, Q4_K_M"
    sha256: str = ""  # of the weights, as the store names a model
    hub: str = ""  # owner/name on the hub, where it may be fetched
    architecture: str = ""  # "qwen3", what adapters must fit
    size: int = 0  # bytes of the weights


class Example(Data, frozen=True):
    """One question with the answer the person wants, told to the model as turns."""

    question: str
    answer: str


class Sampling(Data, frozen=True):
    """None: what the model's file recommends."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None


class Attached(Data, frozen=True):
    """A file inside the variant's own; name is that of the member, without a folder."""

    name: str
    sha256: str
    size: int  # bytes


class Adapter(Data, frozen=True):
    """A LoRA adapter or a control vector (GGUF), and how strongly it is applied."""

    file: Attached
    kind: Literal["lora", "control"] = "lora"
    scale: float = 1.0
    title: str = ""
    layers: tuple[int, int] | None = None  # first and last one a control vector changes; None: all


class Voice(Data, frozen=True):
    """The voice it wants to be read with, by its name, and the language it speaks."""

    name: str = ""  # "en_GB-alba-medium" (Piper), "espeak"; "": the person's own
    language: str = ""  # BCP 47, "en-GB"
    speed: float = 0.0  # 1 is as it was made; 0: the person's own


class Look(Data, frozen=True):
    colour: str = ""  # "#RRGGBB"
    picture: Attached | None = None  # PNG, JPEG or WebP
    emoji: str = ""  # one, shown where there is no picture


class Check(Data, frozen=True):
    """What an answer must fulfil. text is read according to kind (engines/variants/checks.py)."""

    kind: Literal[
        "contains",  # text occurs, whatever its letter case
        "lacks",  # text does not occur
        "equals",  # the answer without white space around it is text
        "matches",  # the regular expression text is found in it (engine `regex`, with a timeout)
        "number",  # the last number in it is text, within tolerance
        "one of",  # one of the lines of text occurs
        "json",  # it is JSON that fits the JSON schema text ("": any JSON)
        "tool",  # the tool text was called
        "no tool",  # no tool was called ("": none at all)
        "longest",  # it has at most text words
        "shortest",  # it has at least text words
        "asks",  # it ends in a question
        "language",  # it is written in the language text ("en", "de", …)
    ]
    text: str = ""
    tolerance: float = 0.0


class Test(Data, frozen=True):
    """A question with what its answer must fulfil, and one right and one wrong answer to prove it.

    right must pass all checks and wrong must not; for checks of tools, right_tools and wrong_tools
    are what would have been called.
    """

    question: str
    checks: tuple[Check, ...]
    right: str = ""
    wrong: str = ""
    right_tools: tuple[str, ...] = ()
    wrong_tools: tuple[str, ...] = ()
    before: tuple[Example, ...] = ()  # turns before the question


class Variant(Data, frozen=True):
    """variant.toml as a whole. id is minted where it is made or taken in, never trusted."""

    name: str
    format: int = FORMAT
    id: str = ""  # UUID of this variant, the same in all its versions
    version: str = "1"  # for people: "1", "1.2"
    line: str = ""  # what it is good for, in one sentence
    author: str = ""
    licence: str = ""
    origin: str = ""  # in words where it came from: "Ollama Modelfile"
    tags: tuple[str, ...] = ()
    base: Base = Base()
    alternatives: tuple[Base, ...] = ()
    instructions: str = ""
    openings: tuple[str, ...] = ()  # questions shown on an empty page, to begin with
    greeting: str = ""  # what it says first, where a card has a first message
    examples: tuple[Example, ...] = ()
    sampling: Sampling = Sampling()
    context: int = 0  # tokens it wants, 0: whatever is chosen
    longest_answer: int = 0  # tokens, 0: as in Preferences
    tools: tuple[str, ...] | None = None  # names it may use; (): none; None: as the person set
    knowledge: tuple[Attached, ...] = ()  # text files (UTF-8) it answers from
    voice: Voice = Voice()
    look: Look = Look()
    adapters: tuple[Adapter, ...] = ()
    grammar: str = ""  # GBNF of its answers
    json_schema: str = ""  # or the JSON schema of its answers, as text
    think: Literal["", "always", "never"] = ""  # "": as the person set
    minutes: float = 0.0  # of thought, then the answer begins; 0: no limit
    tests: tuple[Test, ...] = ()

    def attached(self) -> tuple[Attached, ...]:
        """All files that travel with it."""
        picture = (self.look.picture,) if self.look.picture else ()
        return (*picture, *self.knowledge, *(one.file for one in self.adapters))
