"""Small valid models written byte by byte, so that a test can make anything in them lie."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from random import Random
from typing import Any

U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, LIST, U64, I64, F64 = range(13)
CODES = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "?"}
CODES |= {U64: "Q", I64: "q", F64: "d"}
WIDTH, BLOCKS, HIDDEN, HEADS, VOCABULARY = 32, 2, 64, 2, 259
Key = tuple[str | bytes, int, Any]


class Kill(str):
    """The name of a file that ends the bare library."""


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def packed(kind: int, value: Any) -> bytes:
    if isinstance(value, bytes) and kind != TEXT:
        return value  # ready-made nonsense
    if kind == TEXT:
        return text(value)
    if kind == LIST:
        element, items = value
        return struct.pack("<IQ", element, len(items)) + b"".join(packed(element, i) for i in items)
    return struct.pack("<" + CODES[kind], value)


@dataclass
class TensorDraft:
    name: str | bytes
    shape: list[int]
    data: bytes
    type: int = 0  # F32
    offset: int | None = None  # None: where it belongs
    n_dims: int | None = None  # None: as many as the shape has


@dataclass
class Draft:
    """A GGUF being written; every field may be set to something wrong."""

    keys: list[Key]
    tensors: list[TensorDraft]
    version: int = 3
    alignment: int = 32
    n_keys: int | None = None
    n_tensors: int | None = None
    cut: int = 0  # bytes missing at the end
    tail: bytes = b""

    def set(self, key: str, kind: int, value: Any) -> "Draft":
        self.drop(key)
        self.keys.append((key, kind, value))
        return self

    def drop(self, key: str) -> "Draft":
        self.keys = [entry for entry in self.keys if entry[0] != key]
        return self

    def get(self, key: str) -> Any:
        return next(value for name, _, value in self.keys if name == key)

    def head(self) -> bytes:
        n_tensors = len(self.tensors) if self.n_tensors is None else self.n_tensors
        n_keys = len(self.keys) if self.n_keys is None else self.n_keys
        parts = [b"GGUF", struct.pack("<IQQ", self.version, n_tensors, n_keys)]
        for key, kind, value in self.keys:
            parts += [text(key), struct.pack("<I", kind), packed(kind, value)]
        place = 0
        for tensor in self.tensors:
            n_dims = len(tensor.shape) if tensor.n_dims is None else tensor.n_dims
            offset = place if tensor.offset is None else tensor.offset
            parts += [
                text(tensor.name),
                struct.pack(f"<I{len(tensor.shape)}Q", n_dims, *tensor.shape),
            ]
            parts.append(struct.pack("<IQ", tensor.type, offset))
            place += self.padded(len(tensor.data))
        return b"".join(parts)

    def padded(self, size: int) -> int:
        return -(-size // self.alignment) * self.alignment

    def pack(self) -> bytes:
        head = self.head()
        body = b"".join(t.data.ljust(self.padded(len(t.data)), b"\0") for t in self.tensors)
        whole = head.ljust(self.padded(len(head)), b"\0") + body + self.tail
        return whole[: len(whole) - self.cut]


def byte_texts() -> list[str]:
    """GPT-2's spelling of the 256 bytes: printable ones stand for themselves."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(b if b in plain else next(others)) for b in range(256)]


def gpt2_tokenizer() -> list[Key]:
    tokens = [*byte_texts(), "he", "<|im_start|>", "<|im_end|>"]
    return [
        ("tokenizer.ggml.model", TEXT, "gpt2"),
        ("tokenizer.ggml.pre", TEXT, "qwen2"),
        ("tokenizer.ggml.tokens", LIST, (TEXT, tokens)),
        ("tokenizer.ggml.token_type", LIST, (I32, [1] * 257 + [3, 3])),
        ("tokenizer.ggml.merges", LIST, (TEXT, ["h e"])),
        ("tokenizer.ggml.bos_token_id", U32, 257),
        ("tokenizer.ggml.eos_token_id", U32, 258),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
    ]


def spm_tokenizer() -> list[Key]:
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{b:02X}>" for b in range(256))]
    return [
        ("tokenizer.ggml.model", TEXT, "llama"),
        ("tokenizer.ggml.tokens", LIST, (TEXT, tokens)),
        ("tokenizer.ggml.scores", LIST, (F32, [0.0] * 259)),
        ("tokenizer.ggml.token_type", LIST, (I32, [2, 3, 3] + [6] * 256)),
        ("tokenizer.ggml.bos_token_id", U32, 1),
        ("tokenizer.ggml.eos_token_id", U32, 2),
    ]


def weights(random: Random, name: str, *shape: int) -> TensorDraft:
    count = prod(shape)
    values = (random.uniform(-0.3, 0.3) if len(shape) > 1 else 1.0 for _ in range(count))
    return TensorDraft(name, list(shape), struct.pack(f"<{count}f", *values))


def feed_forward(experts: int) -> list[tuple[str, tuple[int, ...]]]:
    if not experts:
        return [
            ("ffn_gate", (WIDTH, HIDDEN)),
            ("ffn_up", (WIDTH, HIDDEN)),
            ("ffn_down", (HIDDEN, WIDTH)),
        ]
    return [
        ("ffn_gate_inp", (WIDTH, experts)),
        ("ffn_gate_exps", (WIDTH, HIDDEN, experts)),
        ("ffn_up_exps", (WIDTH, HIDDEN, experts)),
        ("ffn_down_exps", (HIDDEN, WIDTH, experts)),
    ]


@cache
def all_weights(experts: int) -> tuple[TensorDraft, ...]:
    random = Random(1)
    block_shapes: list[tuple[str, tuple[int, ...]]] = [
        ("attn_norm", (WIDTH,)),
        ("attn_q", (WIDTH, WIDTH)),
        ("attn_k", (WIDTH, WIDTH)),
        ("attn_v", (WIDTH, WIDTH)),
        ("attn_output", (WIDTH, WIDTH)),
        ("ffn_norm", (WIDTH,)),
        *feed_forward(experts),
    ]
    return (
        weights(random, "token_embd.weight", WIDTH, VOCABULARY),
        weights(random, "output_norm.weight", WIDTH),
        *(
            weights(random, f"blk.{block}.{name}.weight", *shape)
            for block in range(BLOCKS)
            for name, shape in block_shapes
        ),
    )


def valid(tokenizer: Callable[[], list[Key]] = gpt2_tokenizer, experts: int = 0) -> Draft:
    """A model of about 120 kB that loads and answers (noise)."""
    tensors = [replace(tensor, shape=[*tensor.shape]) for tensor in all_weights(experts)]
    keys: list[Key] = [
        ("general.architecture", TEXT, "llama"),
        ("general.name", TEXT, "nearly a model"),
        ("llama.context_length", U32, 256),
        ("llama.embedding_length", U32, WIDTH),
        ("llama.block_count", U32, BLOCKS),
        ("llama.feed_forward_length", U32, HIDDEN),
        ("llama.attention.head_count", U32, HEADS),
        ("llama.attention.head_count_kv", U32, HEADS),
        ("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        ("llama.rope.dimension_count", U32, WIDTH // HEADS),
    ]
    if experts:
        keys.append(("llama.expert_count", U32, experts))
        keys.append(("llama.expert_used_count", U32, max(1, experts // 2)))
    return Draft(keys + tokenizer(), tensors)


Made = Iterator[
    tuple[str, Draft | bytes | dict[str, bytes]]
]  # what a kind of malformed file yields
