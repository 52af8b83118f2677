"""Ollama's Modelfile: instructions line by line, texts in three quotation marks where longer."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from engines.variants.importing.settings import Settings
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.importing.values import NAME, line, shown, text
from engines.variants.variant import Base, Example, Variant

FORM = "Ollama Modelfile"
KNOWN = {"FROM", "PARAMETER", "TEMPLATE", "SYSTEM", "ADAPTER", "LICENSE", "MESSAGE"}
KNOWN |= {"DRAFT", "RENDERER", "PARSER", "REQUIRES"}
DOCKER = {"RUN", "COPY", "CMD", "ENTRYPOINT", "WORKDIR", "EXPOSE", "VOLUME"}
ROLES = {"system", "user", "assistant"}
SETTINGS = {
    "temperature": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "seed": "seed",
    "num_ctx": "context",
    "num_predict": "longest_answer",
}
WITHOUT_BOUND = {"num_predict": ("-1", "-2"), "num_ctx": ("0",), "seed": ("-1",)}

NO_INSTRUCTION = "line {} is no instruction of a Modelfile"
INSTRUCTION = re.compile(r"[ \t\r\n]*(?:#([^\r\n]*)|([A-Za-z_]+)(?:[ \t]+|(?=[\r\n]|\Z)))")
WORD = re.compile(r"([^\s\"]+)(?:[ \t]+|(?=[\r\n]|\Z))")
QUOTED = (
    re.compile(r'"""(.*?)"""[ \t]*(?=[\r\n]|\Z)', re.DOTALL),
    re.compile(r'"(?!"")(.*?)"[ \t]*(?=[\r\n]|\Z)', re.DOTALL),
)
FROM = re.compile(  # a name, or where a file lies: those may have spaces
    r"^[ \t]*(FROM)[ \t]+(?:\"[^\"\n]+\"|[./~\\][^\n]*|[A-Z]:\\[^\n]*|[^\s\"]+)[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
LINE_WORD = re.compile(r"^[ \t]*([A-Za-z]+)(?=[ \t])", re.MULTILINE)
REST = re.compile(r"[^\r\n]*")
NOTE = re.compile(r"\s*parley ([a-z0-9 ]+): (.*)")  # what Parley writes into comments of its own
SHOWN = re.compile(r"\s*FROM\s+([\w./-]+(?::[\w.-]+)?)\s*", re.ASCII)
BLOB = re.compile(r"sha256[-:]([0-9a-f]{64})")
HUB = re.compile(
    r"(?:https?://)?(?:hf\.co|huggingface\.co)/([\w.-]+/[\w.-]+?)(?::([\w.-]+))?", re.A
)


class Instruction(NamedTuple):
    name: str  # in capitals; "#" of a comment
    key: str  # of PARAMETER and MESSAGE
    value: str


def recognise(said: str) -> bool:
    """It begins with an instruction, one names a model, and it is not Docker's."""
    words = [one.upper() for one in LINE_WORD.findall(said)]
    own = KNOWN.intersection(words)
    origin = FROM.search(said)
    if not origin or words[0] not in KNOWN:
        return False
    # with nothing but that it may be of Docker, or a letter
    return own != {"FROM"} or (DOCKER.isdisjoint(words) and origin[1] in ("FROM", "from"))


def read(said: str, taking: Taking) -> Imported:
    told = [*_instructions(said)]
    comments = [one.value for one in told if one.name == "#"]
    noted = (NOTE.fullmatch(one) for one in comments)
    notes = {str(found[1]): str(found[2]) for found in noted if found}
    settings = Settings(taking, SETTINGS)
    system: list[str] = []
    turns: list[tuple[str, str]] = []
    licences: list[str] = []
    origin = ""
    for one in told:
        match one.name:
            case "FROM":
                origin = origin or one.value.strip()
            case "SYSTEM":
                system = [one.value]  # the last one counts
            case "PARAMETER" if one.value.strip() not in WITHOUT_BOUND.get(one.key, ()):
                settings.take(one.key, one.value.strip())
            case "MESSAGE":
                turns.append((one.key, one.value))
            case "LICENSE":
                licences.append(one.value)
            case name if name not in ("#", "PARAMETER"):
                _leave(name, one.value, taking)
    shown_as = _shown_by_ollama(comments) if BLOB.search(origin) else ""
    if not origin or (" " in origin and not _is_path(origin)):
        raise BadImport("it names no model after FROM")
    system += [told for role, told in turns if role == "system"]
    examples, greeting = _conversation(turns, taking)
    variant = Variant(
        name=line(notes.get("name") or _name(taking, shown_as or origin), NAME),
        version=line(notes.get("version")) or "1",
        line=line(notes.get("line")),
        author=line(notes.get("author")),
        licence=_licence(licences, taking),
        origin=FORM,
        base=_base(origin, shown_as, notes, taking),
        instructions="\n\n".join(part for one in system if (part := one.strip())),
        greeting=greeting,
        examples=examples,
        sampling=settings.sampling(),
        context=settings.context(),
        longest_answer=settings.longest_answer(),
    )
    return taking.done(variant, FORM)


def _instructions(said: str) -> Iterator[Instruction]:
    place = 0
    while found := INSTRUCTION.match(said, place):
        if found[1] is not None:
            place = found.end()
            yield Instruction("#", "", found[1])
            continue
        name, key, place, start = found[2].upper(), "", found.end(), found.start(2)
        if (
            name not in KNOWN and name != found[2]
        ):  # newer ones are written in capitals, prose is not
            raise BadImport(NO_INSTRUCTION.format(_line(said, start)))
        if name in ("PARAMETER", "MESSAGE"):
            word = WORD.match(said, place)
            if word is None:
                raise BadImport(f"in line {_line(said, start)} a word is missing after {name}")
            key, place = word[1].lower(), word.end()
            if name == "MESSAGE" and key not in ROLES:
                raise BadImport(f"line {_line(said, start)} has a message of {shown(key)!r}")
        value, place = _value(said, place)
        yield Instruction(name, key, value)
    if rest := said[place:].lstrip():
        raise BadImport(NO_INSTRUCTION.format(_line(said, len(said) - len(rest))))


def _value(said: str, place: int) -> tuple[str, int]:
    """With where it ends. A quotation mark that is never closed is an error, as it is in Ollama."""
    if said.startswith('"', place):
        for form in QUOTED:
            if found := form.match(said, place):
                return text(found[1]), found.end()
        raise BadImport(f"the quotation mark in line {_line(said, place)} is never closed")
    found = REST.match(said, place)
    assert found is not None  # it may be empty, but it is always there
    return text(found[0]).strip(), found.end()


def _line(said: str, place: int) -> int:
    before = said[:place].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1


def _leave(name: str, value: str, taking: Taking) -> None:
    match name:
        case "TEMPLATE":
            taking.leave("Its chat template: Parley uses the one that the model itself carries.")
        case "ADAPTER":
            file = shown(_file_name(value))
            taking.leave(f"Its adapter {file}: only its name is told. Add the file to the variant.")
        case "DRAFT":
            taking.leave("Its draft model, which makes the model faster but not different.")
        case "RENDERER" | "PARSER" | "REQUIRES":
            pass  # of Ollama's own insides
        case _:
            taking.leave(
                f"The instruction {shown(name)} ({shown(value)}), which is not known here."
            )


def _conversation(turns: list[tuple[str, str]], taking: Taking) -> tuple[tuple[Example, ...], str]:
    """Questions with their answers; what is said without a question is what it says first."""
    found: list[Example] = []
    greeting = question = ""
    for role, said in turns:
        if role == "user":
            if question:
                taking.leave(f"A message without an answer: {shown(question)}")
            question = said.strip()
        elif role == "assistant" and question:
            found.append(Example(question, said.strip()))
            question = ""
        elif role == "assistant":
            greeting = "\n\n".join(part for part in (greeting, said.strip()) if part)
    if question:
        taking.leave(f"A message without an answer: {shown(question)}")
    return tuple(found), greeting


def _licence(said: list[str], taking: Taking) -> str:
    first = next((one for part in said for one in part.splitlines() if one.strip()), "")
    if len("".join(said).strip()) > len(first.strip()):
        taking.leave("The text of its licence, but for its first line.")
    return line(first)


def _base(origin: str, shown_as: str, notes: dict[str, str], taking: Taking) -> Base:
    if "from" in notes and notes["from"].strip() == origin:
        size = notes.get("base size", "").strip()
        return Base(
            description=line(notes.get("base")),
            sha256=notes.get("base sha256", "").strip(),
            hub=line(notes.get("base hub")),
            architecture=line(notes.get("base architecture")),
            size=int(size[:18]) if size.isdecimal() else 0,
        )
    if hub := HUB.fullmatch(origin):
        owner, tag = hub[1], hub[2]
        return Base(description=line(f"{owner.split('/')[1]} {tag or ''}"), hub=owner)
    if blob := BLOB.search(origin):
        name = shown_as or f"a model of Ollama's, {blob[1][:12]}"
        return Base(description=line(name), sha256=blob[1])
    if not _is_path(origin):
        return Base(description=line(origin))
    name = _file_name(origin)
    taking.leave(f"Where its model lies: only the name {shown(name)} is kept.")
    return Base(description=line(name))


def _shown_by_ollama(comments: list[str]) -> str:
    """`ollama show --modelfile` names the model in a comment and its blob after FROM."""
    return next((found[1] for one in comments if (found := SHOWN.fullmatch(one))), "")


def _is_path(origin: str) -> bool:
    return origin.startswith((".", "/", "~", "\\")) or "\\" in origin or origin[1:2] == ":"


def _file_name(path: str) -> str:
    return re.split(r"[/\\]", path.strip().rstrip("/\\"))[-1]


def _name(taking: Taking, origin: str) -> str:
    """Of the file, where that says something: "mario.modelfile", "Modelfile.mario"."""
    parts = [
        one for one in taking.source.name.split(".") if one.lower() not in ("modelfile", "txt")
    ]
    return " ".join(parts).strip() or f"Variant of {_file_name(origin)}"
