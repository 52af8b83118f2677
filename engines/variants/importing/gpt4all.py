"""GPT4All's settings file and its list of models, as far as they have instructions of a model."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from engines.variants.importing.settings import Settings
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.importing.values import NAME, line, tables, text
from engines.variants.variant import Base, Variant

FORM = "GPT4All model settings"
MOST = 500  # variants of one file
SECTION = re.compile(r"^\[(model-[^\]\n]{1,400})\][ \t]*$", re.MULTILINE)
ANY_SECTION = re.compile(r"^\[[^\]\n]{0,400}\][ \t]*$", re.MULTILINE)
ENTRY = re.compile(r"^([\w%\\.-]{1,200})[ \t]*=[ \t]*(.*)$", re.MULTILINE)
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,4})|([0-7]{1,3})|(.))")
PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "", "b": "", "f": "", "v": "", "0": ""}
HUB = re.compile(r"https://huggingface\.co/([\w.-]+/[\w.-]+)/", re.ASCII)
MARKS = re.compile(r"<\|[\w ]{1,40}\|>|</?s>|\[/?INST\]|<</?SYS>>|^#+ ?System:?", re.MULTILINE)
ROLE = re.compile(r"^\s*system\s*\n")  # what is left of a mark that named who speaks
SETTINGS = {
    "temperature": "temperature",
    "topK": "top_k",
    "topP": "top_p",
    "minP": "min_p",
    "repeatPenalty": "repeat_penalty",
    "maxLength": "longest_answer",
    "contextLength": "context",
}


def recognise(said: str) -> bool:
    return SECTION.search(said) is not None


def recognise_list(content: object) -> bool:
    known = {"systemPrompt", "systemMessage", "promptTemplate", "chatTemplate"}
    models = tables(content)
    return any("filename" in one and known & one.keys() for one in models)


def read_all(said: str, taking: Taking) -> tuple[Imported, ...]:
    return _read_all(_sections(said), taking)


def read_list(content: object, taking: Taking) -> tuple[Imported, ...]:
    return _read_all(iter(tables(content)), taking)


def _read_all(models: Iterator[dict[str, Any]], taking: Taking) -> tuple[Imported, ...]:
    told = [one for one in models if _instructions(one) or one.get("isClone") == "true"]
    if not told:
        raise BadImport("no model in it was given instructions")
    if len(told) > MOST:
        raise BadImport(f"it holds more than {MOST} variants")
    return tuple(_read(one, Taking(taking.source)) for one in told)


def _read(model: dict[str, Any], taking: Taking) -> Imported:
    settings = Settings(taking, SETTINGS)
    for name in SETTINGS.keys() & model.keys():
        settings.take(name, model[name])
    if model.get("promptTemplate") or model.get("chatTemplate"):
        taking.leave("Its chat template: Parley uses the one that the model itself carries.")
    said = _instructions(model)
    plain = ROLE.sub("", MARKS.sub("", said)).strip()
    if plain != said:
        taking.leave("Marks of a chat template within its instructions.")
    file = line(model.get("filename"))
    hub = HUB.match(text(model.get("url")))
    name = line(model.get("name"), NAME) or file or line(model.get("id"), NAME) or FORM
    variant = Variant(
        name=name,
        line=line(re.sub(r"<[^<>]{0,200}>", " ", text(model.get("description")))),
        origin=FORM,
        base=Base(description=file or name, hub=hub[1] if hub else ""),
        instructions=plain,
        sampling=settings.sampling(),
        context=settings.context(),
        longest_answer=settings.longest_answer(),
    )
    return taking.done(variant, FORM)


def _instructions(model: dict[str, Any]) -> str:
    """The second name is of older versions."""
    return (text(model.get("systemMessage")) or text(model.get("systemPrompt"))).strip()


def _sections(said: str) -> Iterator[dict[str, Any]]:
    """The entries of each model, as Qt writes them."""
    for start in SECTION.finditer(said):
        end = ANY_SECTION.search(said, start.end())
        body = said[start.end() : end.start() if end else len(said)]
        found: dict[str, Any] = {"id": unquote(start[1]).removeprefix("model-")}
        for entry in ENTRY.finditer(body):
            found[unquote(entry[1])] = _value(entry[2].strip())
        yield found


def _value(said: str) -> str:
    """One in quotation marks where it has a comma or the like; letters escaped as in C."""
    if len(said) > 1 and said[0] == said[-1] == '"':
        said = said[1:-1]
    said = ESCAPE.sub(_unescaped, said)
    said = said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs become one
    return said[1:] if said.startswith("@@") else said


def _unescaped(found: re.Match[str]) -> str:
    code, octal, letter = found.groups()
    if letter is not None:
        return PLAIN.get(letter, letter)
    return chr(int(code, 16) if code else int(octal, 8))
