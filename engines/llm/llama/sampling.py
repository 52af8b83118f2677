"""How the next token is chosen: a chain of samplers in C, and a grammar that may object."""

import ctypes
import math
import secrets
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engines.llm.llama.grammar import Grammar
from engines.llm.llama.library import C
from engines.llm.llama.memory import Memory
from engines.llm.llama.vocabulary import Vocabulary
from engines.messages import Sampling

DEFAULT_SEED = 0xFFFFFFFF  # to llama.cpp this one means: a random seed we would not know
LAST = 64  # tokens of the answer that the penalties look back on


@dataclass(frozen=True)
class Choice:
    """Every setting of the chain, with our own values where nobody says otherwise."""

    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    penalty_last_n: int = LAST


LIMITS = {  # what the library takes without asserting
    "temperature": (0.0, 100.0),
    "top_k": (0, 1 << 20),
    "top_p": (0.0, 1.0),
    "min_p": (0.0, 1.0),
    "repeat_penalty": (0.01, 100.0),
    "presence_penalty": (-100.0, 100.0),
    "frequency_penalty": (-100.0, 100.0),
    "penalty_last_n": (0, 1 << 16),
}
IN_FILE = {"temperature": "temp", "repeat_penalty": "penalty_repeat"}  # general.sampling.<…>


def choose(asked: Sampling, recommended: Mapping[str, Any]) -> Choice:
    """What the request asks for, else what the model file recommends, else our own."""
    found: dict[str, Any] = {}
    for name, (low, high) in LIMITS.items():
        kind = type(low)
        for value in (getattr(asked, name, None), recommended.get(IN_FILE.get(name, name))):
            if isinstance(value, int | float) and math.isfinite(value):
                found[name] = min(max(kind(value), low), high)
                break
    return Choice(**found)


class Sampler:
    """Chooses tokens for one answer; close() frees the chain."""

    def __init__(self, vocabulary: Vocabulary, choice: Choice, seed: int | None) -> None:
        self._vocabulary = vocabulary
        self.seed = secrets.randbits(31) if seed is None else seed % DEFAULT_SEED
        self.grammar: Grammar | None = None
        self._remembers = False
        self._chain = C.llama_sampler_chain_init(C.llama_sampler_chain_default_params())
        self._build(choice)

    def _build(self, choice: Choice) -> None:
        penalties = (choice.repeat_penalty, choice.frequency_penalty, choice.presence_penalty)
        if penalties != (1, 0, 0) and choice.penalty_last_n:
            self._remembers = True
            size = self._vocabulary.size
            self._add(C.llama_sampler_init_penalties(size, choice.penalty_last_n, *penalties))
        if choice.temperature == 0:
            self._add(C.llama_sampler_init_greedy())
            return
        if choice.top_k:
            self._add(C.llama_sampler_init_top_k(choice.top_k))
        if choice.top_p < 1:
            self._add(C.llama_sampler_init_top_p(choice.top_p, 1))
        if choice.min_p:
            self._add(C.llama_sampler_init_min_p(choice.min_p, 1))
        self._add(C.llama_sampler_init_temp(choice.temperature))
        self._add(C.llama_sampler_init_dist(self.seed))

    def _add(self, sampler: int) -> None:
        C.llama_sampler_chain_add(self._chain, sampler)

    def sample(self, memory: Memory) -> int | None:
        """The next token; None where the grammar leaves nothing to say."""
        if self.grammar is None:
            return C.llama_sampler_sample(self._chain, memory.pointer, -1)
        return self._constrained(memory, self.grammar)

    def _constrained(self, memory: Memory, grammar: Grammar) -> int | None:
        """Choose freely; only a choice the grammar forbids costs a pass over the vocabulary."""
        spare = C.llama_sampler_clone(self._chain) if self._remembers else None
        free: int = C.llama_sampler_sample(self._chain, memory.pointer, -1)
        token: int | None = free
        if not grammar.allows(free):
            if spare:  # the chain shall not remember what was never said
                spare, self._chain = self._chain, spare
            token = self._strict(memory, grammar)
        if spare:
            C.llama_sampler_free(spare)
        if token is not None:
            grammar.accept(token)
        return token

    def _strict(self, memory: Memory, grammar: Grammar) -> int | None:
        candidates = self._candidates(memory)
        C.llama_sampler_apply(grammar.pointer, ctypes.byref(candidates))
        C.llama_sampler_apply(self._chain, ctypes.byref(candidates))
        token = candidates.data[candidates.selected].id if candidates.selected >= 0 else None
        if token is None or not grammar.allows(token):  # no token at all was allowed
            return None
        C.llama_sampler_accept(self._chain, token)
        return token

    def _candidates(self, memory: Memory) -> Any:
        """Every token with its logit, as the samplers want them."""
        size = self._vocabulary.size
        data = (C.llama_token_data * size)()
        cells = memoryview(data).cast("B")
        cells.cast("i")[0::3] = memoryview(array("i", range(size)))
        logits = C.llama_get_logits_ith(memory.pointer, -1)
        given = ctypes.cast(logits, ctypes.POINTER(ctypes.c_float * size)).contents
        cells.cast("f")[1::3] = memoryview(given).cast("B").cast("f")
        pointer = ctypes.cast(data, C.llama_token_data_p)
        return C.llama_token_data_array(data=pointer, size=size, selected=-1, sorted=False)

    def close(self) -> None:
        if self._chain:
            C.llama_sampler_free(self._chain)
            self._chain = None
