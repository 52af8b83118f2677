"""Open WebUI's export of models: a list, of which those with instructions are variants."""

from collections.abc import Iterator
from typing import Any, Literal

from engines.variants.importing.data_urls import kind, picture
from engines.variants.importing.macros import Macros
from engines.variants.importing.settings import Settings
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.importing.values import NAME, line, shown, table, tables, text, texts
from engines.variants.variant import Base, Look, Variant

FORM = "Open WebUI model"
MOST = 500  # variants of one file
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
    "num_predict": "longest_answer",
    "num_ctx": "context",
    # how the server runs it
    **dict.fromkeys(("stream_response", "function_calling", "keep_alive", "num_gpu"), ""),
    **dict.fromkeys(("num_thread", "num_batch", "num_keep", "use_mmap", "use_mlock"), ""),
}
OWN_PICTURE = "/static/"  # what every model has that was given none
THINK: dict[str, Literal["always", "never"]] = {"True": "always", "False": "never"}
LISTS = {
    "toolIds": "Its tools",
    "filterIds": "Its filters",
    "actionIds": "Its actions",
    "skillIds": "Its skills",
}


def recognise(content: object) -> bool:
    return any(True for _ in _models(content))


def read_all(content: object, taking: Taking) -> tuple[Imported, ...]:
    """taking: of the file; each variant has one of its own."""
    found = []
    for one in _models(content):
        if len(found) == MOST:
            raise BadImport(f"it holds more than {MOST} variants")
        found.append(_read(one, Taking(taking.source)))
    return tuple(found)


def _models(content: object) -> Iterator[dict[str, Any]]:
    listed = table(content).get("models") if isinstance(content, dict) else content
    if isinstance(content, dict) and "params" in content:
        listed = [content]
    for one in tables(listed):
        model = {**one, **table(one.get("info"))}
        if isinstance(model.get("params"), dict) and isinstance(model.get("meta"), dict):
            yield model


def _read(model: dict[str, Any], taking: Taking) -> Imported:
    params, meta = model["params"], model["meta"]
    settings = Settings(taking, SETTINGS)
    for name, value in params.items():
        if name not in ("system", "think") and value not in (None, "", [], {}):
            settings.take(str(name), value)
    name = line(model.get("name"), NAME) or line(model.get("id"), NAME) or FORM
    macros = Macros(name, taking)
    _leave(meta, taking)
    variant = Variant(
        name=name,
        line=line(meta.get("description")),
        origin=FORM,
        tags=tuple(dict.fromkeys(_tags(meta))),
        base=Base(description=line(model.get("base_model_id"))),
        instructions=macros.told(text(params.get("system"))).strip(),
        openings=tuple(_openings(meta)),
        sampling=settings.sampling(),
        context=settings.context(),
        longest_answer=settings.longest_answer(),
        think=THINK.get(str(params.get("think")), ""),
        look=_look(meta, taking),
    )
    return taking.done(variant, FORM)


def _openings(meta: dict[str, Any]) -> Iterator[str]:
    for one in tables(meta.get("suggestion_prompts"))[:20]:
        if said := text(one.get("content")).strip():
            yield said


def _tags(meta: dict[str, Any]) -> Iterator[str]:
    listed = meta.get("tags")
    for one in [*texts(listed), *(text(tag.get("name")) for tag in tables(listed))][:20]:
        if said := line(one, 40):
            yield said


def _look(meta: dict[str, Any], taking: Taking) -> Look:
    address = meta.get("profile_image_url")
    if not isinstance(address, str) or not address or address.startswith(OWN_PICTURE):
        return Look()
    if data := picture(address):
        return Look(picture=taking.attach(f"picture.{kind(data)}", data))
    taking.leave(f"Its picture: {shown(address)}")
    return Look()


def _leave(meta: dict[str, Any], taking: Taking) -> None:
    for part, words in LISTS.items():
        if names := texts(meta.get(part)):
            taking.leave(f"{words}: {shown(', '.join(names))}")
    if collections := tables(meta.get("knowledge")):
        names = ", ".join(text(one.get("name")) for one in collections)
        taking.leave(f"Its knowledge, of which only the names are told: {shown(names)}")
