"""LM Studio's presets, in both of their forms, and its model.yaml."""

import json
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from engines.variants.importing.settings import Settings
from engines.variants.importing.taking import Imported, Taking
from engines.variants.importing.values import NAME, line, shown, table, tables, text, texts
from engines.variants.variant import Base, Variant

PRESET, MODEL = "LM Studio preset", "LM Studio model.yaml"
SETTINGS = {
    "llm.prediction.temperature": "temperature",
    "llm.prediction.topKSampling": "top_k",
    "llm.prediction.topPSampling": "top_p",
    "llm.prediction.minPSampling": "min_p",
    "llm.prediction.repeatPenalty": "repeat_penalty",
    "llm.prediction.llama.presencePenalty": "presence_penalty",
    "llm.prediction.llama.frequencyPenalty": "frequency_penalty",
    "llm.prediction.seed": "seed",
    "llm.prediction.maxPredictedTokens": "longest_answer",
    "llm.load.contextLength": "context",
    # how it runs on the machine it was made on
    "llm.prediction.llama.cpuThreads": "",
    "llm.prediction.contextOverflowPolicy": "",
    "llm.prediction.logProbs": "",
    "llm.prediction.reasoning.parsing": "",
}
OLD_SETTINGS = {  # before version 0.3
    "temp": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "seed": "seed",
    "n_predict": "longest_answer",
    "n_ctx": "context",
}
# of the old form, how it runs and how turns are written, which is the template's matter
OLD_SILENT = {"n_threads", "n_keep", "n_batch", "logit_bias", "input_prefix", "input_suffix"}
OLD_SILENT |= {"pre_prompt_prefix", "pre_prompt_suffix", "antiprompt", "pre_prompt"}
OF_MACHINE = ("llm.load.", "load.", "embedding.", "llm.prediction.speculativeDecoding.")
SYSTEM, STRUCTURED = "llm.prediction.systemPrompt", "llm.prediction.structured"
TEMPLATE = "llm.prediction.promptTemplate"
THINKING = "enableThinking"


def recognise(content: object) -> bool:
    preset = table(content)
    fields = tables(table(preset.get("operation")).get("fields"))
    return any("key" in one for one in fields) or recognise_old(preset)


def recognise_old(preset: dict[str, Any]) -> bool:
    return isinstance(preset.get("inference_params"), dict) and "name" in preset


def recognise_yaml(content: object) -> bool:
    model = table(content)
    return isinstance(model.get("model"), str) and bool(
        model.keys() & {"base", "config", "metadataOverrides", "customFields"}
    )


def read(content: object, taking: Taking) -> Imported:
    preset = table(content)
    name = line(preset.get("name"), NAME) or _identifier(preset) or taking.source.name.split(".")[0]
    start = Variant(name=name, origin=PRESET)
    return taking.done(
        (_old if recognise_old(preset) else _configured)(preset, start, taking), PRESET
    )


def read_yaml(content: object, taking: Taking) -> Imported:
    model = table(content)
    of_model = table(model.get("metadataOverrides"))
    architectures = texts(of_model.get("architectures"))
    bases = [*_bases(model.get("base"), line(next(iter(architectures), "")))]
    start = Variant(
        name=line(model["model"].rpartition("/")[2], NAME) or "model.yaml",
        author=line(model["model"].rpartition("/")[0]),
        origin=MODEL,
        base=bases[0] if bases else Base(),
        alternatives=tuple(bases[1:]),
        think=_think(model, taking),
    )
    for part in model.keys() - {"model", "base", "metadataOverrides", "config", "customFields"}:
        taking.leave(f"What it says under {shown(part)}.")
    return taking.done(_configured(table(model.get("config")), start, taking), MODEL)


def _identifier(preset: dict[str, Any]) -> str:
    return line(str(preset.get("identifier") or "").rpartition(":")[2], NAME)


def _configured(preset: dict[str, Any], start: Variant, taking: Taking) -> Variant:
    settings = Settings(taking, SETTINGS)
    found: dict[str, Any] = {}
    for key, value in _fields(preset):
        if key == SYSTEM:
            found["instructions"] = text(value).strip()
        elif key == STRUCTURED:
            found |= _structured(table(value), taking)
        elif key == TEMPLATE:
            taking.leave("Its chat template: Parley uses the one that the model itself carries.")
        elif key.endswith(f".{THINKING}") and isinstance(value, bool):
            found["think"] = "" if value else "never"
        elif key in SETTINGS or not key.startswith(OF_MACHINE):
            settings.take(key, value)
    found |= {"sampling": settings.sampling(), "context": settings.context()}
    found["longest_answer"] = settings.longest_answer()
    return replace(start, **found)


def _fields(preset: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Those that are set: one with a box beside it counts where that is ticked."""
    for part in ("operation", "load"):
        for one in tables(table(preset.get(part)).get("fields")):
            key, value = one.get("key"), one.get("value")
            if isinstance(value, dict) and "checked" in value:
                if value["checked"] is not True:
                    continue
                value = value.get("value")
            if isinstance(key, str) and value not in (None, "", [], {}):
                yield key, value


def _structured(value: dict[str, Any], taking: Taking) -> dict[str, str]:
    match value.get("type"):
        case "json":
            schema = value.get("jsonSchema") or {}
            return {"json_schema": text(json.dumps(schema, ensure_ascii=False, indent=2))}
        case "gbnf" if grammar := text(value.get("gbnfGrammar")):
            return {"grammar": grammar}
        case None | "none":
            return {}
    taking.leave(f"The form of its answers: {shown(value)}")
    return {}


def _old(preset: dict[str, Any], start: Variant, taking: Taking) -> Variant:
    settings = Settings(taking, OLD_SETTINGS)
    told = table(preset["inference_params"])
    for name, value in told.items():
        if name not in OLD_SILENT and value not in (None, "", []):
            settings.take(str(name), value)
    length = table(preset.get("load_params")).get("n_ctx")
    if length is not None:
        settings.take("n_ctx", length)
    instructions = text(told.get("pre_prompt") or preset.get("system_prompt")).strip()
    return replace(
        start,
        instructions=instructions,
        sampling=settings.sampling(),
        context=settings.context(),
        longest_answer=settings.longest_answer(),
    )


def _bases(value: object, architecture: str) -> Iterator[Base]:
    """One for each that it may run on; MLX is none for Parley, but the name helps a person."""
    if isinstance(value, str):
        yield Base(description=line(value), architecture=architecture)
    for one in tables(value)[:20]:
        sources = (table(source) for source in tables(one.get("sources")))
        hubs = (s for s in sources if s.get("type") == "huggingface")
        hub = next((f"{s.get('user')}/{s.get('repo')}" for s in hubs), "")
        yield Base(line(one.get("key")) or line(hub), hub=line(hub), architecture=architecture)


def _think(model: dict[str, Any], taking: Taking) -> Any:
    """What its switch for thinking says at first; other switches of a model are left out."""
    found = ""
    for one in tables(model.get("customFields")):
        if one.get("key") == THINKING:
            found = "never" if one.get("defaultValue") is False else ""
        else:
            name = one.get("displayName") or one.get("key")
            taking.leave(f"The switch of the model that is called {shown(name)}.")
    return found
