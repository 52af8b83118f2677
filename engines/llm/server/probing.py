"""What a server can do: it is read where the server says it, else tried with a question of a word.

What servers say of themselves is documented at
llama-server: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
Ollama:       https://github.com/ollama/ollama/blob/main/docs/api.md
LM Studio:    https://lmstudio.ai/docs/developer/rest
vLLM:         https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engines.errors import ParleyError
from engines.llm.enclosing import enclosed
from engines.llm.server.connection import Json, Refused, Server
from engines.messages import Abilities, Look

QUESTION = "Say yes."
SIDE = 64  # pixels of the picture that is shown to try
TOOL = {
    "name": "look_at_the_clock",
    "description": "Tells the time and the date of today, for questions about now.",
    "parameters": {"type": "object", "properties": {"place": {"type": "string"}}},
}
MORE = 4  # tokens a question must be longer by before what was added to it counts as read
FATAL = (401, 403, 404, 429)  # these are about the key, the model and the load, not the question

Facts = dict[str, str | int]  # fields of Abilities


def probe(server: Server, model: str, entry: Json) -> Abilities:
    """What the server can do with this model. entry is what its list says of it.

    Raises ParleyError where not even a word can be had.
    """
    facts = told_by(server, model, entry)
    facts = facts | tried(server, model, facts)
    return Abilities(**facts)  # pyright: ignore[reportArgumentType]


def told_by(server: Server, model: str, entry: Json) -> Facts:
    """What it says of itself; the first program that is recognised."""
    owner = str(entry.get("owned_by", ""))
    if owner == "vllm" or "max_model_len" in entry:
        return {"program": "vLLM", "context": number(entry.get("max_model_len"))}
    askers: dict[str, Callable[[], Facts]] = {
        "llamacpp": lambda: told_by_llama(server, entry),
        "library": lambda: told_by_ollama(server, model),
        "organization_owner": lambda: told_by_lm_studio(server, model),
    }
    likely = [owner] if owner in askers else []
    for one in [*likely, *(name for name in askers if name not in likely)]:
        if facts := askers[one]():
            return facts
    return {}


def told_by_llama(server: Server, entry: Json) -> Facts:
    props = server.fact("props")
    settings = props.get("default_generation_settings")
    if not isinstance(settings, dict):
        return {}
    facts: Facts = {"program": "llama-server", "probabilities": "yes", "streams": "yes"}
    facts["context"] = number(settings.get("n_ctx"))
    senses = props.get("modalities")
    if isinstance(senses, dict):
        facts["pictures"] = yes(senses.get("vision"))
        facts["sounds"] = yes(senses.get("audio"))
    caps = props.get("chat_template_caps")
    if isinstance(caps, dict) and "supports_tools" in caps:
        facts["tools"] = yes(caps["supports_tools"])
    return facts


def told_by_ollama(server: Server, model: str) -> Facts:
    shown = server.fact("api/show", {"model": model})
    can = shown.get("capabilities")
    if not isinstance(can, list):
        return {}
    facts: Facts = {"program": "Ollama", "tools": yes("tools" in can)}
    facts |= {"pictures": yes("vision" in can), "sounds": yes("audio" in can)}
    about = shown.get("model_info")
    for name, value in about.items() if isinstance(about, dict) else ():
        if name.endswith(".context_length"):  # of the model; what is in use may be less
            facts["context"] = number(value)
    for one in server.fact("api/ps").get("models") or ():
        if isinstance(one, dict) and one.get("model") == model and one.get("context_length"):
            facts["context"] = number(one["context_length"])
    return facts


def told_by_lm_studio(server: Server, model: str) -> Facts:
    listed = server.fact("api/v0/models").get("data")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get("id") == model and "type" in one:
            can = one.get("capabilities")
            facts: Facts = {"program": "LM Studio", "pictures": yes(one["type"] == "vlm")}
            if isinstance(can, list):
                facts["tools"] = yes("tool_use" in can)
            context = one.get("loaded_context_length") or one.get("max_context_length")
            return facts | {"context": number(context), "sounds": "no"}
    return {}


@dataclass(frozen=True)
class Trial:
    """How one small question went."""

    refused: str = ""  # in the server's words
    tokens: int = 0  # of the question; 0 where the server does not count
    pieces: int = 0
    probabilities: bool = False


def tried(server: Server, model: str, facts: Facts) -> Facts:
    """What the facts leave open. Raises ParleyError where nothing at all can be had."""
    found: Facts = {}
    plain = ask(server, model)
    if plain.refused:
        raise ParleyError("The server's model does not answer.", plain.refused, plain.refused)
    found["streams"] = yes(plain.pieces > 1)
    counts = bool(plain.tokens)
    if not counts:  # some count only what they do not stream
        plain = ask(server, model, stream=False)
    if "probabilities" not in facts:
        found["probabilities"] = yes(ask(server, model, logprobs=True).probabilities)
    if "tools" not in facts:
        tools = [{"type": "function", "function": TOOL}]
        found["tools"] = takes(plain, ask(server, model, stream=counts, tools=tools))
    if "pictures" not in facts:
        found["pictures"] = takes(plain, ask(server, model, stream=counts, shown=True))
    return found


def takes(plain: Trial, other: Trial) -> str:
    """Whether what was added was read: not where it was refused, or the question got no longer."""
    if other.refused:
        return "no"
    if plain.tokens and other.tokens:
        return yes(other.tokens >= plain.tokens + MORE)
    return "yes"


def ask(
    server: Server, model: str, *, shown: bool = False, stream: bool = True, **more: Any
) -> Trial:
    content: Any = QUESTION
    if shown:
        picture, _ = enclosed(Look("tried", SIDE, SIDE, bytes((200, 30, 30)) * SIDE * SIDE))
        content = [{"type": "text", "text": QUESTION}, picture]
    body = {"model": model, "stream": stream, "max_tokens": 2, "temperature": 0.0, **more}
    if stream:
        body["stream_options"] = {"include_usage": True}
    body["messages"] = [{"role": "user", "content": content}]
    tokens, pieces, probabilities = 0, 0, False
    try:
        for event in server.stream(body):
            if not event:
                continue
            if error := event.get("error"):
                return Trial(str(error))
            pieces += 1
            tokens = number((event.get("usage") or {}).get("prompt_tokens")) or tokens
            for choice in event.get("choices") or ():
                logged = choice.get("logprobs")
                content = logged.get("content") if isinstance(logged, dict) else None
                probabilities = probabilities or bool(content)
    except Refused as error:
        if error.code in FATAL:
            raise
        return Trial(error.detail or error.message)
    return Trial("", tokens, pieces, probabilities)


def yes(does: Any) -> str:
    return "yes" if does else "no"


def number(value: Any) -> int:
    """0 for whatever is no number of something."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
