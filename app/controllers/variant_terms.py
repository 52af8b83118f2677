"""What a variant makes of the terms of an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from app.controllers.terms import VARIANT, Terms
from engines.messages import Adapted, Chat, Sampling, Text, Turn
from engines.variants.variant import Adapter, Example, Variant

GREETED = "You began the conversation with these words:"
KNOWS = "What your own files say:"
THINKS = {"always": True, "never": False}


def tool_wish(name: str) -> str:
    return f"tool:{name}"


def adapter_wish(one: Adapter) -> str:
    return f"adapter:{one.file.sha256}"


KNOWLEDGE, VOICE = "knowledge", "voice"  # wishes


class Given(msgspec.Struct, frozen=True):
    """What is known of the variant in force beside its file."""

    id: str
    digest: str
    granted: frozenset[str] = frozenset()  # wishes
    scales: Mapping[str, float] = {}  # SHA-256 of an adapter -> as set for this conversation
    knows: str = ""  # all of its own files, where they are short
    taken: bool = False  # it came from elsewhere


def with_variant(plain: Terms, variant: Variant, given: Given) -> Terms:
    """plain are the terms as the person set them."""
    adapters = adapted(variant, given)
    request = replace(
        plain.request,
        tools=allowed(plain.request.tools, variant, given.granted),
        sampling=sampled(plain.request, variant),
        max_tokens=variant.longest_answer or plain.request.max_tokens,
        grammar=variant.grammar,
        json_schema=variant.json_schema,
        think=THINKS.get(variant.think, plain.request.think),
        think_seconds=60 * variant.minutes or plain.request.think_seconds,
        adapters=tuple(
            Adapted(one.file.sha256, one.kind, scale, one.layers) for one, scale in adapters
        ),
    )
    return replace(
        plain,
        request=request,
        instructions=instructions(variant, given.knows, plain.instructions),
        before=examples(variant.examples),
        strange=given.taken or bool(given.knows),
        bound=variant.tools is not None,
        facts=facts(plain, variant, given, adapters),
    )


def allowed(
    tools: Sequence[dict[str, Any]], variant: Variant, granted: frozenset[str]
) -> tuple[dict[str, Any], ...]:
    """Those the person has on and the variant names, as far as they agreed to that."""
    if variant.tools is None:
        return tuple(tools)
    names = {name for name in variant.tools if tool_wish(name) in granted}
    return tuple(tool for tool in tools if tool.get("name") in names)


def sampled(request: Chat, variant: Variant) -> Sampling:
    wanted = {k: v for k, v in asdict(variant.sampling).items() if v is not None}
    return replace(request.sampling, **wanted)


def adapted(variant: Variant, given: Given) -> list[tuple[Adapter, float]]:
    """Those the person agreed to, each with its scale here."""
    return [
        (one, given.scales.get(one.file.sha256, one.scale))
        for one in variant.adapters
        if adapter_wish(one) in given.granted
    ]


def instructions(variant: Variant, knows: str, own: str) -> str:
    """The variant's, what it always knows, then the person's, which have the last word."""
    pieces = [variant.instructions]
    if variant.greeting:
        pieces.append(f"{GREETED}\n{variant.greeting}")
    if knows:
        pieces.append(f"{KNOWS}\n\n{knows}")
    pieces.append(own)
    return "\n\n".join(piece.strip() for piece in pieces if piece.strip())


def examples(all_of_them: Sequence[Example]) -> tuple[Turn, ...]:
    return tuple(
        Turn(role, (Text(words),))
        for one in all_of_them
        for role, words in (("user", one.question), ("assistant", one.answer))
    )


def about(variant: Variant, id: str, digest: str) -> dict[str, Any]:
    """What a turn remembers of it."""
    return {"id": id, "digest": digest, "name": variant.name, "version": variant.version}


def facts(
    plain: Terms, variant: Variant, given: Given, adapters: Sequence[tuple[Adapter, float]]
) -> dict[str, Any]:
    settings = dict(plain.facts.get("settings", {}))
    if variant.longest_answer:
        settings["longest answer"] = variant.longest_answer
    if variant.minutes:
        settings["minutes to think"] = variant.minutes
    wanted = asdict(variant.sampling).items()
    settings |= {k.replace("_", " "): v for k, v in wanted if v is not None}
    found = {"settings": settings, VARIANT: about(variant, given.id, given.digest)}
    if adapters:
        found["adapters"] = {title_of(one): round(scale, 3) for one, scale in adapters}
    return {**plain.facts, **found}


def title_of(one: Adapter) -> str:
    return one.title or one.file.name.removesuffix(".gguf")
