"""What a variant may hold: lengths, ranges and forms, with words for what does not fit."""

import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from engines.errors import ParleyError
from engines.variants import names, texts
from engines.variants.minting import is_id
from engines.variants.variant import FORMAT, Attached, Base, Check, Example, Test, Variant

LARGEST_TOML = 1 << 20  # bytes of variant.toml
LARGEST_PICTURE = 8 << 20
LARGEST_TEXT = 64 << 20  # bytes of one file of knowledge
LARGEST = 2_000_000_000  # bytes of adapters and knowledge together
LARGEST_MODEL = 1 << 45
LONGEST_TEXT = 200_000  # characters of instructions, a grammar, an answer
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
SHA256 = re.compile(r"[0-9a-f]{64}")
HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}", re.ASCII)
PLAIN = re.compile(r"[\w.+-]{1,64}", re.ASCII)  # an architecture, a tool
VOICE = re.compile(r"[\w][\w .()+-]{0,99}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
SAMPLING: dict[str, tuple[float, float]] = {
    "temperature": (0, 5),
    "top_k": (0, 1_000_000),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "repeat_penalty": (0, 10),
    "presence_penalty": (-10, 10),
    "frequency_penalty": (-10, 10),
    "seed": (0, (1 << 32) - 1),
}
NEED_TEXT = ("contains", "lacks", "matches", "one of", "tool", "language")


class BadVariant(ParleyError):
    """It holds something no variant may hold; field names what, in words."""

    def __init__(self, words: str, hint: str = "", detail: str = "", field: str = "") -> None:
        super().__init__(words, hint, detail)
        self.field = field


def checked(variant: Variant) -> Variant:
    """The same with every member in the type it is said to have. Raises BadVariant."""
    if isinstance(variant.format, int) and variant.format > FORMAT:
        raise newer()
    try:
        variant = msgspec.convert(msgspec.to_builtins(variant), Variant)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise explained(error) from error
    if variant.format != FORMAT:
        raise BadVariant("Its format is none that Parley knows.", detail=str(variant.format))
    _about(variant)
    _told(variant)
    _settings(variant)
    _tests(variant.tests)
    _files(variant)
    return variant


def newer() -> BadVariant:
    return BadVariant(
        "This variant was made with a newer Parley.", "Update Parley, then try again.", "format"
    )


def explained(error: Exception) -> BadVariant:
    """What msgspec says of something that is no variant, in words."""
    words, _, place = str(error).partition(" - at ")
    where = re.sub(r"\W+", " ", place.strip("`")).strip()
    if found := re.search(r"unknown field `(.{0,80})", words):
        name = found[1].rstrip("`")
        within = f" (in {where})" if where else ""
        return BadVariant(
            f"It holds something that no variant holds: {texts.washed_line(name)}{within}.",
            "It may be made for a newer Parley.",
            str(error)[:500],
        )
    if "missing required field" in words:
        what = words.split("`")[1]
        return BadVariant(f"{_a(where)} has no {what}.", "Give it one.", str(error)[:500], what)
    return BadVariant(
        f"{_a(where)} cannot be understood.", "Ask who made it.", str(error)[:500], where
    )


def _a(where: str) -> str:
    return f"Its part “{where}”" if where else "It"


def _about(one: Variant) -> None:
    if one.id and not is_id(one.id):
        raise BadVariant("Its id is none.", "Leave it out: Parley gives it one.", one.id[:100])
    if not one.name.strip() or one.name != one.name.strip():
        raise BadVariant("A variant needs a name, without spaces around it.", field="name")
    _line("name", one.name, 80)
    _line("version", one.version, 40)
    _line("line", one.line, 300)
    _line("author", one.author, 200)
    _line("licence", one.licence, 200)
    _line("origin", one.origin, 300)
    _few("tags", one.tags, 20)
    for tag in one.tags:
        _line("tag", tag, 40, needed=True)
    _few("alternative models", one.alternatives, 20)
    for base in (one.base, *one.alternatives):
        _base(base)
    _formed("colour", one.look.colour, COLOUR, "It looks like #2A7FD4.")
    _line("emoji", one.look.emoji, 16)
    _formed("voice", one.voice.name, VOICE)
    _formed("language", one.voice.language, LANGUAGE, "It looks like en-GB.")
    if one.voice.speed:
        _within("speed of the voice", one.voice.speed, 0.25, 4)


def _base(base: Base) -> None:
    _line("model's description", base.description, 300)
    _formed("model's hash", base.sha256, SHA256)
    _formed("model's place at the hub", base.hub, HUB, "It looks like owner/name.")
    _formed("model's architecture", base.architecture, PLAIN)
    _within("model's size", base.size, 0, LARGEST_MODEL)


def _told(one: Variant) -> None:
    _text("instructions", one.instructions, LONGEST_TEXT)
    _text("greeting", one.greeting, 20_000)
    _few("openings", one.openings, 20)
    for opening in one.openings:
        _text("opening", opening, 500, needed=True)
    _few("examples", one.examples, 100)
    for example in one.examples:
        _example(example)
    _text("grammar", one.grammar, LONGEST_TEXT)
    _text("JSON schema", one.json_schema, LONGEST_TEXT)
    if one.grammar and one.json_schema:
        raise BadVariant("It has both a grammar and a JSON schema.", "One of them is enough.")
    if one.json_schema:
        _schema(one.json_schema)


def _schema(text: str) -> None:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadVariant(
            "Its JSON schema is not JSON.", "Correct it.", str(error)[:500], "JSON schema"
        ) from error
    if not isinstance(found, dict):
        raise BadVariant("Its JSON schema must be an object in braces.", field="JSON schema")


def _settings(one: Variant) -> None:
    for name, (low, high) in SAMPLING.items():
        if (value := getattr(one.sampling, name)) is not None:
            _within(name.replace("_", " "), value, low, high)
    _within("context", one.context, 0, 100_000_000)
    _within("longest answer", one.longest_answer, 0, 10_000_000)
    _within("minutes to think", one.minutes, 0, 600)
    _few("tools", one.tools or (), 100)
    for tool in one.tools or ():
        if not tool:
            raise BadVariant("A tool has no name.", field="tools")
        _formed("tool", tool, PLAIN)


def _tests(tests: tuple[Test, ...]) -> None:
    _few("tests", tests, 200)
    for test in tests:
        _text("test's question", test.question, 20_000, needed=True)
        if not test.checks:
            raise BadVariant(
                f"The test “{test.question[:60]}” checks nothing.",
                "Say what its answer must fulfil.",
                field="tests",
            )
        _few("checks of a test", test.checks, 20)
        for check in test.checks:
            _check(check)
        _text("test's right answer", test.right, LONGEST_TEXT)
        _text("test's wrong answer", test.wrong, LONGEST_TEXT)
        for tools in (test.right_tools, test.wrong_tools):
            _few("tools of a test", tools, 100)
            for tool in tools:
                _formed("tool of a test", tool, PLAIN)
        _few("turns before a test's question", test.before, 20)
        for example in test.before:
            _example(example)


def _check(check: Check) -> None:
    _text("check's text", check.text, 20_000, needed=check.kind in NEED_TEXT)
    _within("check's tolerance", check.tolerance, 0, 1e300)
    if check.kind == "number":
        _number(check.text)
    if check.kind in ("longest", "shortest") and not re.fullmatch(r"\s*[0-9]{1,9}\s*", check.text):
        raise BadVariant(f"The check “{check.kind}” needs a number of words.", field="tests")


def _number(text: str) -> None:
    try:
        fine = len(text) < 100 and math.isfinite(float(text))
    except ValueError:
        fine = False
    if not fine:
        raise BadVariant("The check “number” needs a number.", detail=text[:100], field="tests")


def _example(one: Example) -> None:
    _text("example's question", one.question, LONGEST_TEXT, needed=True)
    _text("example's answer", one.answer, LONGEST_TEXT, needed=True)


def _files(one: Variant) -> None:
    _few("knowledge files", one.knowledge, 200)
    _few("adapters", one.adapters, 16)
    for adapter in one.adapters:
        _line("adapter's title", adapter.title, 100)
        _within("adapter's scale", adapter.scale, -10, 10)
        _ending(adapter.file, (".gguf",), "an adapter")
    if picture := one.look.picture:
        _ending(picture, PICTURES, "the picture")
        _within("picture's size in bytes", picture.size, 1, LARGEST_PICTURE)
    for knowledge in one.knowledge:
        _within("size of a knowledge file in bytes", knowledge.size, 0, LARGEST_TEXT)
    for file in one.attached():
        _file(file)
    if name := names.twice(file.name for file in one.attached()):
        raise BadVariant(f"Two of its files are called “{name}”.", "Rename one of them.")
    large = (*one.knowledge, *(adapter.file for adapter in one.adapters))
    if sum(file.size for file in large) > LARGEST:
        raise BadVariant("Its files together are larger than 2 GB.", "Leave some of them out.")


def _file(file: Attached) -> None:
    if why := names.trouble(file.name):
        shown = texts.washed_line(file.name)[:80]
        raise BadVariant(f"The name of its file “{shown}” {why}.", detail=repr(file.name)[:500])
    if not SHA256.fullmatch(file.sha256):
        raise BadVariant(f"Its file “{file.name}” has no hash.", detail=file.sha256[:100])
    _within("size of a file in bytes", file.size, 0, LARGEST)


def _ending(file: Attached, wanted: tuple[str, ...], what: str) -> None:
    if not file.name.lower().endswith(wanted):
        raise BadVariant(
            f"The name of {what} must end in {' or '.join(wanted)}.", detail=file.name[:200]
        )


# one value


def _line(what: str, text: str, most: int, *, needed: bool = False) -> None:
    _length(what, text, most, needed)
    if found := texts.hidden(text, line=True):
        raise BadVariant(
            f"There are characters in its {what} that cannot be seen.", "", found, what
        )


def _text(what: str, text: str, most: int, *, needed: bool = False) -> None:
    _length(what, text, most, needed)
    if found := texts.hidden(text):
        raise BadVariant(
            f"There are characters in its {what} that cannot be seen.", "", found, what
        )


def _length(what: str, text: str, most: int, needed: bool) -> None:
    if needed and not text.strip():
        raise BadVariant(f"There is an empty {what}.", "Write something, or remove it.", field=what)
    if len(text) > most:
        raise BadVariant(
            f"{len(text):,} characters are too many for its {what}.",
            f"At most {most:,} are possible.",
            field=what,
        )


def _formed(what: str, text: str, form: re.Pattern[str], hint: str = "") -> None:
    if text and not form.fullmatch(text):
        shown = texts.washed_line(text)[:60]
        raise BadVariant(f"“{shown}” is not a possible {what}.", hint, repr(text)[:500], what)


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also where it is not a number
        raise BadVariant(f"Its {what} is not between {low:,} and {high:,}.", field=what)


def _few(what: str, values: Iterable[Any], most: int) -> None:
    if (count := len(tuple(values))) > most:
        raise BadVariant(f"It has {count:,} {what}.", f"At most {most:,} are possible.", field=what)
