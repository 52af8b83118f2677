"""Talks with an LLM engine in this process, as the worker would."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.llm.llama.library import C
from engines.llm.llama.memory import Memory
from engines.llm.llama_cpp import SPEC, Options
from engines.messages import (
    Chat,
    Done,
    Event,
    Prefill,
    Progress,
    Request,
    Sampling,
    Text,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    Turn,
)

GREEDY = Sampling(temperature=0.0)
CALCULATOR = {
    "name": "calculator",
    "description": "Works out an expression.",
    "parameters": {
        "type": "object",
        "properties": {"expression": {"type": "string"}},
        "required": ["expression"],
    },
}


@dataclass(frozen=True)
class Heard:
    events: tuple[Event, ...]
    done: Done

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def thoughts(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, ThoughtDelta))

    @property
    def calls(self) -> list[ToolCall]:
        return [e for e in self.events if isinstance(e, ToolCall)]

    @property
    def progress(self) -> list[Progress]:
        return [e for e in self.events if isinstance(e, Progress)]


@contextmanager
def opened(path: Path, **options: int) -> Iterator[Any]:
    engine = SPEC.create(path, Options(**options), lambda _: True)
    try:
        yield engine
    finally:
        engine.close()


def said(*words: str) -> tuple[Turn, ...]:
    """Turns of a person and the model, in turn, beginning with the person."""
    roles = ("user", "assistant")
    return tuple(Turn(roles[n % 2], (Text(text),)) for n, text in enumerate(words))


def ask(engine: Any, *words: str, **request: Any) -> Heard:
    """What the engine answers to a conversation; greedily, unless the request says otherwise."""
    turns = request.pop("turns", said(*words))
    return run(engine, Chat(turns, **{"sampling": GREEDY, "max_tokens": 48, **request}))


def prefill(engine: Any, *words: str) -> Heard:
    return run(engine, Prefill(said(*words)))


def run(engine: Any, request: Request) -> Heard:
    events, job = [], engine.run(request)
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return Heard(tuple(events), end.value)


def logits(memory: Memory) -> list[float]:
    """What the model thinks of each token as the next one."""
    model = C.llama_get_model(memory.pointer)
    size = C.llama_vocab_n_tokens(C.llama_model_get_vocab(model))
    pointer = C.llama_get_logits_ith(memory.pointer, -1)
    return list(ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float * size)).contents)
