"""A variant as a Modelfile of Ollama. What Ollama passes over stands in comments of it."""

import re

import msgspec

from engines.variants.exporting.exported import Exported, parts_in_words, sentences
from engines.variants.variant import Base, Variant

NAMES = {"context": "num_ctx", "longest_answer": "num_predict"}
CARRIED = {"greeting", "context", "longest_answer", "sampling", "examples", "licence"}
OLLAMA = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?::[\w.-]+)?", re.ASCII)
UNKNOWN = "./model.gguf"
BREAKS = re.compile(r'"""(?=[ \t]*\n)')  # would end the text before its end


def modelfile(variant: Variant) -> Exported:
    left = [words for part, words in parts_in_words(variant).items() if part not in CARRIED]
    base = variant.base
    origin = _origin(base)
    if origin == UNKNOWN:
        left.append("the model: write its name, or where its file lies, after FROM")
    lines = [*_notes(variant, origin), "", f"FROM {origin}"]
    if variant.licence:
        lines.append(f"LICENSE {_quoted(variant.licence, left)}")
    if variant.instructions.strip():
        lines.append(f"SYSTEM {_quoted(variant.instructions, left)}")
    settings = msgspec.to_builtins(variant.sampling)
    settings |= {"context": variant.context, "longest_answer": variant.longest_answer}
    for name, value in settings.items():
        if value is not None and (value or name not in NAMES):
            lines.append(f"PARAMETER {NAMES.get(name, name)} {value}")
    for one in variant.examples:
        lines.append(f"MESSAGE user {_quoted(one.question, left)}")
        lines.append(f"MESSAGE assistant {_quoted(one.answer, left)}")
    if variant.greeting.strip():
        lines.append(f"MESSAGE assistant {_quoted(variant.greeting, left)}")
    return Exported("\n".join([*lines, ""]).encode(), sentences([*dict.fromkeys(left)]))


def _notes(variant: Variant, origin: str) -> list[str]:
    base = variant.base
    told = {
        "name": variant.name,
        "version": variant.version,
        "line": variant.line,
        "author": variant.author,
        "from": origin,  # as long as it stays so, what follows says which model that is
        "base": base.description,
        "base hub": base.hub,
        "base sha256": base.sha256,
        "base architecture": base.architecture,
        "base size": str(base.size or ""),
    }
    return [f"# parley {key}: {' '.join(value.split())}" for key, value in told.items() if value]


def _origin(base: Base) -> str:
    if base.hub:
        return f"hf.co/{base.hub}"
    return base.description if OLLAMA.fullmatch(base.description) else UNKNOWN


def _quoted(said: str, left: list[str]) -> str:
    said = said.strip().replace("\r\n", "\n").replace("\r", "\n")
    if BREAKS.search(said):
        left.append("three quotation marks at the end of a line, which are single ones now")
        said = BREAKS.sub("'''", said)
    return f'"""{said}"""'
