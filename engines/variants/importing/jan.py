"""Jan's assistant.json."""

from typing import Any

from engines.variants.importing.macros import Macros
from engines.variants.importing.settings import Settings
from engines.variants.importing.taking import Imported, Taking
from engines.variants.importing.values import NAME, line, shown, table, tables, text, texts
from engines.variants.variant import Base, Look, Variant

FORM = "Jan assistant"
SETTINGS = {
    "temperature": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "seed": "seed",
    "max_tokens": "longest_answer",
    "max_output_tokens": "longest_answer",
    "ctx_len": "context",
    "ctx_size": "context",
    "stream": "",
}
KNOWN = {"avatar", "created_at", "description", "instructions", "parameters", "model", "models"}
SILENT = {"id", "object", "created_at", "version", "events", "metadata", "file_ids", "tool_steps"}
LONGEST_EMOJI = 8  # code points; a family of four has seven


def recognise(content: object) -> bool:
    assistant = table(content)
    if assistant.get("object") == "assistant":
        return True
    named = isinstance(assistant.get("name"), str) and isinstance(
        assistant.get("instructions"), str
    )
    return named and len(KNOWN & assistant.keys()) >= 2


def read(content: object, taking: Taking) -> Imported:
    assistant = table(content)
    settings = Settings(taking, SETTINGS)
    for name, value in table(assistant.get("parameters")).items():
        if value is not None and value != "":
            settings.take(str(name), value)
    identifier = line(assistant.get("id"), NAME)
    name = line(assistant.get("name"), NAME) or identifier or taking.source.parent.name or FORM
    macros = Macros(name, taking)
    _leave(assistant, taking)
    variant = Variant(
        name=name,
        line=line(assistant.get("description")),
        origin=FORM,
        base=Base(description=_model(assistant)),
        instructions=macros.told(text(assistant.get("instructions"))).strip(),
        sampling=settings.sampling(),
        context=settings.context(),
        longest_answer=settings.longest_answer(),
        look=Look(emoji=_emoji(assistant, taking)),
    )
    return taking.done(variant, FORM)


def _model(assistant: dict[str, Any]) -> str:
    """ "*" stands for any."""
    named = [assistant.get("model"), *texts(assistant.get("models"))]
    named += [one.get("id") for one in tables(assistant.get("models"))]
    return next((found for one in named if (found := line(one)) not in ("", "*")), "")


def _emoji(assistant: dict[str, Any], taking: Taking) -> str:
    said = text(assistant.get("avatar")).strip()
    if said and len(said) <= LONGEST_EMOJI and not said.isascii():
        return said
    if said:
        taking.leave(f"Its picture, of which only the place is told: {shown(said)}")
    return ""


def _leave(assistant: dict[str, Any], taking: Taking) -> None:
    for one in tables(assistant.get("tools")):
        if one.get("enabled") is not False:
            taking.leave(
                f"Its tool {shown(one.get('type'))}: tools of Parley are chosen in Parley."
            )
    if texts(assistant.get("file_ids")):
        taking.leave("Its files, of which only the names are told.")
    for name in assistant.keys() - KNOWN - SILENT - {"name", "tools"}:
        taking.leave(f"What it says under {shown(name)}.")
