"""Measures this machine: memory, the processor and the cards, with a model made for it.

The model's weights are zeros, so that its file takes no room and no time to make. It runs in a
process of its own (engines/machine.py), which reads no file of a stranger's.
"""

import ctypes
import math
import os
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from engines.llm.llama import threads
from engines.llm.llama.library import DEVICE_IGPU, VERSION, C, Device, gpus, longest, repacked
from engines.machine import Card, Speeds
from engines.models.tensors import TENSOR_TYPES

TOKENS = 512  # of its vocabulary
PROMPT = 128  # tokens read
WORDS = 16  # tokens written
COPIED = 64 << 20  # bytes, by each thread
TIMES = 3
ALIGNMENT = 32
Q4_0 = 2


@dataclass(frozen=True)
class Form:
    """The shape of the model that is measured with."""

    width: int = 2048
    hidden: int = 5632
    heads: int = 16
    shared: int = 4
    blocks: int = 4
    packing: int = Q4_0


def measure(part: str, folder: Path) -> Speeds:
    """part is "processor" or "cards"."""
    C.llama_backend_init()
    cards = gpus()
    path = folder / "zeros.gguf"
    if part == "cards" and not cards:
        return Speeds()
    try:
        write(path, Form())
        if part == "cards":
            return Speeds(cards=tuple(_card(path, n, card) for n, card in enumerate(cards)))
        reading, rate = _speeds(path, None)
        return Speeds(_bandwidth(), rate, reading, repacked(), library=VERSION)
    finally:
        path.unlink(missing_ok=True)


def _card(path: Path, number: int, card: Device) -> Card:
    shared = card.kind == DEVICE_IGPU
    speed = _speeds(path, number)[1]
    return Card(card.name, card.memory, card.free, shared, speed, longest(number))


def _bandwidth() -> float:
    """Bytes a second that all our threads together read and write."""
    count = threads.cores()
    blocks = [(ctypes.create_string_buffer(COPIED), bytes(COPIED)) for _ in range(count)]

    def copy(block: tuple[ctypes.Array, bytes]) -> None:
        ctypes.memmove(block[0], block[1], COPIED)

    seconds = []
    with ThreadPoolExecutor(count) as pool:
        for _ in range(TIMES + 1):  # the first finds its pages
            began = time.perf_counter()
            list(pool.map(copy, blocks))
            seconds.append(time.perf_counter() - began)
    return 2 * COPIED * count / min(seconds[1:])


def _speeds(path: Path, card: int | None) -> tuple[float, float]:
    """Multiplications a second while reading, and bytes of weights a second while writing."""
    model = _load(path, card)
    if not model:
        return 0.0, 0.0
    context = C.llama_init_from_model(model, _context())
    try:
        if not context:
            return 0.0, 0.0
        _decode(context, PROMPT)  # the first finds its pages, and a card compiles for it
        reading = _timed(lambda: _decode(context, PROMPT), 1)
        writing = _timed(lambda: _decode(context, 1), WORDS)
        size = C.llama_model_size(model)
        return PROMPT * parameters(Form()) / reading, size / writing
    finally:
        if context:
            C.llama_free(context)
        C.llama_model_free(model)


def _timed(step: Callable[[], None], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def _decode(context: Any, count: int) -> None:
    C.llama_memory_clear(C.llama_get_memory(context), False)
    tokens = (C.llama_token * count)(*[1] * count)
    C.llama_decode(context, C.llama_batch_get_one(tokens, count))
    C.llama_synchronize(context)


def _load(path: Path, card: int | None) -> Any:
    params = C.llama_model_default_params()
    params.split_mode = C.LLAMA_SPLIT_MODE_NONE
    params.main_gpu = -1 if card is None else card
    params.n_gpu_layers = 0 if card is None else 999
    params.load_mode = C.LLAMA_LOAD_MODE_NONE
    return C.llama_model_load_from_file(os.fsencode(path), params)


def _context() -> Any:
    params = C.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch = 256, PROMPT, PROMPT
    params.n_threads = params.n_threads_batch = threads.usual()
    params.no_perf = True
    return params


def parameters(form: Form) -> int:
    return sum(math.prod(shape) for _, shape, kind in tensors(form) if kind)


def tensors(form: Form) -> list[tuple[str, tuple[int, ...], int]]:
    """Name, shape and type of each."""
    width, hidden, kv = form.width, form.hidden, form.width * form.shared // form.heads
    matrices = {
        **{"attn_q": (width, width), "attn_k": (width, kv), "attn_v": (width, kv)},
        **{"attn_output": (width, width), "ffn_gate": (width, hidden), "ffn_up": (width, hidden)},
        "ffn_down": (hidden, width),
    }
    found: list[tuple[str, tuple[int, ...], int]] = [
        ("token_embd.weight", (width, TOKENS), form.packing),
        ("output_norm.weight", (width,), 0),
    ]
    for n in range(form.blocks):
        found += [(f"blk.{n}.{name}.weight", (width,), 0) for name in ("attn_norm", "ffn_norm")]
        found += [
            (f"blk.{n}.{name}.weight", shape, form.packing) for name, shape in matrices.items()
        ]
    return found


def write(path: Path, form: Form) -> None:
    """A GGUF of zeros; raises OSError."""
    facts: dict[str, Any] = {
        "general.architecture": "llama",
        "llama.context_length": 256,
        "llama.embedding_length": form.width,
        "llama.feed_forward_length": form.hidden,
        "llama.block_count": form.blocks,
        "llama.attention.head_count": form.heads,
        "llama.attention.head_count_kv": form.shared,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.vocab_size": TOKENS,
        "tokenizer.ggml.model": "none",
    }
    listed = tensors(form)
    header = b"GGUF" + struct.pack("<IQQ", 3, len(listed), len(facts))
    header += b"".join(map(_fact, facts, facts.values()))
    place = 0
    for name, shape, kind in listed:
        sizes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        header += _text(name) + sizes + struct.pack("<IQ", kind, place)
        _, block, block_bytes = TENSOR_TYPES[kind]
        place += -(-math.prod(shape) // block * block_bytes // ALIGNMENT) * ALIGNMENT
    start = -(-len(header) // ALIGNMENT) * ALIGNMENT
    with path.open("wb") as file:
        file.write(header)
        file.truncate(start + place)


def _fact(key: str, value: Any) -> bytes:
    if isinstance(value, str):
        return _text(key) + struct.pack("<I", 8) + _text(value)
    code, kind = ("<If", 6) if isinstance(value, float) else ("<II", 4)
    return _text(key) + struct.pack(code, kind, value)


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()
