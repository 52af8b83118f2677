"""A variant as a file of another program, and what that program has no place for."""

from typing import NamedTuple

from engines.variants.variant import Variant


class Exported(NamedTuple):
    data: bytes
    left_out: tuple[str, ...]  # in words

    @property
    def text(self) -> str:
        return self.data.decode()


def parts_in_words(variant: Variant) -> dict[str, str]:
    """Fields that it really has -> what they are called."""
    counted = {
        "alternatives": ("other model that it may be used with", "other models to be used with"),
        "openings": ("question to begin with", "questions to begin with"),
        "knowledge": ("file of knowledge", "files of knowledge"),
        "adapters": ("adapter", "adapters"),
        "tests": ("test", "tests"),
        "tags": ("tag", "tags"),
    }
    found: dict[str, str] = {}
    for field, (one, many) in counted.items():
        if number := len(getattr(variant, field)):
            found[field] = f"its {one}" if number == 1 else f"its {number} {many}"
    if variant.tools is not None:
        names = ", ".join(variant.tools)
        found["tools"] = f"which tools it may use: {names}" if names else "that it may use no tools"
    named = {
        "voice": "its voice and language",
        "grammar": "the grammar of its answers",
        "json_schema": "the JSON shape of its answers",
        "think": f"that it {variant.think} thinks first",
        "minutes": "its time for thinking",
        "greeting": "what it says first",
        "context": "the length of conversation it wants",
        "longest_answer": "the length of its answers",
        "sampling": "its sampling",
        "examples": "its examples",
        "licence": "its licence",
    }
    default = Variant(name="")
    for field, words in named.items():
        if getattr(variant, field) != getattr(default, field):
            found[field] = words
    if variant.look.picture:
        found["picture"] = "its picture"
    if variant.look.colour or variant.look.emoji:
        found["look"] = "its colour and emoji"
    return found


def sentences(parts: list[str]) -> tuple[str, ...]:
    return tuple(f"{one[:1].upper()}{one[1:]}." for one in parts)
