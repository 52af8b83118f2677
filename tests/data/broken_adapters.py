"""Adapters with something wrong in them, by what is wrong, and what is said of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.data import tiny_adapters, tiny_models
from tests.data.tiny_adapters import WIDTH, Weights, lora_weights
from tests.data.tiny_models import Vocabulary

Change = Callable[[Weights], object]
PART = "blk.1.attn_q.weight"
A, B = f"{PART}.lora_a", f"{PART}.lora_b"
WORDS = len(Vocabulary())
EMBEDDING = "token_embd.weight"


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def without(*names: str) -> Change:
    return lambda weights: [weights.pop(name) for name in names]


def put(**given: np.ndarray) -> Change:
    return lambda weights: weights.update(given)


def pair(part: str, a: np.ndarray, b: np.ndarray) -> Change:
    return put(**{f"{part}.lora_a": a, f"{part}.lora_b": b})


def several(*changes: Change) -> Change:
    return lambda weights: [change(weights) for change in changes]


# What it says of itself -> a word of what is said of it.
FACTS: dict[str, tuple[dict[str, Any], str]] = {
    "no type": ({"general.type": None}, "no adapter"),
    "a model's type": ({"general.type": "model"}, "no adapter"),
    "a type that is a number": ({"general.type": 7}, "wrong kind"),
    "another way of changing": ({"adapter.type": "ia3"}, "does not know"),
    "no way of changing": ({"adapter.type": None}, "does not know"),
    "a way that is a number": ({"adapter.type": 1}, "wrong kind"),
    "alpha is no number": ({"adapter.lora.alpha": float("nan")}, "cannot be right"),
    "alpha has no end": ({"adapter.lora.alpha": float("inf")}, "cannot be right"),
    "alpha is below nought": ({"adapter.lora.alpha": -16.0}, "cannot be right"),
    "alpha is too large": ({"adapter.lora.alpha": 1e30}, "cannot be right"),
    "alpha is a whole number": ({"adapter.lora.alpha": 16}, "wrong kind"),
    "alpha is a word": ({"adapter.lora.alpha": "16"}, "wrong kind"),
    "another architecture": ({"general.architecture": "qwen3"}, "another kind of model"),
    "no architecture at all": ({"general.architecture": ""}, "what kind of model"),
    "switched on by words": ({"adapter.alora.invocation_tokens": [1, 2]}, "switch on"),
    "switched on by nothing": ({"adapter.alora.invocation_tokens": "x"}, "switch on"),
}
WEIGHTS: dict[str, tuple[Change, str]] = {
    "no second half": (without(B), "half of it is missing"),
    "no first half": (without(A), "half of it is missing"),
    "nothing": (lambda weights: weights.clear(), "nothing in it"),
    "only norms": (
        lambda weights: [weights.clear(), weights.update({"blk.0.attn_norm.weight": zeros(WIDTH)})],
        "nothing in it",
    ),
    "something else": (put(bias=zeros(4)), "no part of an adapter"),
    "halves of two ranks": (put(**{B: zeros(WIDTH, 8)}), "do not belong together"),
    "not turned": (put(**{A: zeros(4, WIDTH), B: zeros(4, WIDTH)}), "do not belong together"),
    "too narrow": (put(**{A: zeros(4, WIDTH // 2)}), "another size"),
    "too high": (put(**{B: zeros(WIDTH * 2, 4)}), "another size"),
    "two of A": (put(**{A: zeros(2, 4, WIDTH)}), "another size"),
    "three of B": (put(**{B: zeros(3, WIDTH, 4)}), "another size"),
    "four sizes": (put(**{A: zeros(2, 1, 4, WIDTH)}), "wrong shape"),
    "a huge rank": (put(**{A: zeros(5000, WIDTH), B: zeros(WIDTH, 5000)}), "rank is higher"),
    "a layer that is not there": (
        pair("blk.2.attn_q.weight", zeros(4, WIDTH), zeros(WIDTH, 4)),
        "does not have",
    ),
    "a part no model has": (pair("soul", zeros(4, WIDTH), zeros(WIDTH, 4)), "does not have"),
    "a norm": (pair("output_norm.weight", zeros(4, WIDTH), zeros(1, 4)), "no adapter can change"),
    "halves of halves": (
        pair("blk.0.lora_a.attn_q.weight", zeros(4, WIDTH), zeros(WIDTH, 4)),
        "impossible name",
    ),
    "an embedding the wrong way round": (
        pair(EMBEDDING, zeros(4, WIDTH), zeros(WORDS, 4)),
        "do not belong together",
    ),
    "an embedding of other words": (
        pair(EMBEDDING, zeros(WORDS - 1, 4), zeros(WIDTH, 4)),
        "another size",
    ),
}
DIRECTIONS: dict[str, tuple[Change, str]] = {
    "no directions": (lambda weights: weights.clear(), "nothing in it"),
    "narrow directions": (put(**{"direction.1": zeros(WIDTH // 2)}), "another size"),
    "directions of two widths": (put(**{"direction.2": zeros(8)}), "not of one width"),
    "a direction of no layer": (put(**{"direction.2": zeros(WIDTH)}), "another size"),
    "a direction of the layer nought": (put(**{"direction.0": zeros(WIDTH)}), "no direction"),
    "a direction of layer -1": (put(**{"direction.-1": zeros(WIDTH)}), "no direction"),
    "a square direction": (put(**{"direction.1": zeros(8, 8)}), "wrong shape"),
    "a packed direction": (put(**{"direction.1": zeros(WIDTH).astype(np.float16)}), "wrong shape"),
    "a direction that is no number": (
        put(**{"direction.1": np.full(WIDTH, np.nan, np.float32)}),
        "numbers",
    ),
    "a direction without end": (
        put(**{"direction.1": np.array([np.inf, -np.inf] * (WIDTH // 2), np.float32)}),
        "numbers",
    ),
    "a huge direction": (put(**{"direction.1": np.full(WIDTH, 3e38, np.float32)}), "numbers"),
    "a vector in a LoRA's words": (put(**{A: zeros(4, WIDTH), B: zeros(WIDTH, 4)}), "no direction"),
}


def cut(share: float) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def packed(path: Path) -> Path:
    """Whole numbers, which nothing multiplies by."""
    weights = lora_weights()
    raw = {name: weights[name].astype(np.int32).view(np.float32) for name in (A, B)}
    kinds = dict.fromkeys((A, B), gguf.GGMLQuantizationType.I32)
    return tiny_adapters.lora(path, weights | raw, kinds=kinds)


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no bytes": (lambda path: path.write_bytes(b""), "empty"),
    "four bytes": (lambda path: path.write_bytes(b"GGUF"), "ends too early"),
    "zeros": (lambda path: path.write_bytes(bytes(4096)), "."),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG" + bytes(600)), "a picture"),
    "a pickle": (lambda path: path.write_bytes(b"\x80\x04" + bytes(600)), "pickle"),
    "a folder": (lambda path: path.mkdir(), "folder"),
    "a model": (lambda path: tiny_models.random_llama(path), "no adapter"),
    "whole numbers": (packed, "packed"),
    **{
        f"{share:.0%} of it": (
            lambda path, share=share: [tiny_adapters.lora(path), cut(share)(path)],
            ".",
        )
        for share in (0.01, 0.1, 0.5, 0.9, 0.999)
    },
    "half a control vector": (
        lambda path: [tiny_adapters.control(path), cut(0.9)(path)],
        "not complete",
    ),
}
KINDS = (*FACTS, *WEIGHTS, *DIRECTIONS, *FILES)


def write(path: Path, kind: str) -> str:
    """ "lora" or "control", as what it would be taken for."""
    if kind in FILES:
        FILES[kind][0](path)
        return "control" if kind.endswith("control vector") else "lora"
    if kind in DIRECTIONS:
        weights = tiny_adapters.directions()
        DIRECTIONS[kind][0](weights)
        tiny_adapters.control(path, weights)
        return "control"
    weights = lora_weights()
    if kind in WEIGHTS:
        WEIGHTS[kind][0](weights)
    tiny_adapters.lora(path, weights, FACTS[kind][0] if kind in FACTS else None)
    return "lora"


def said(kind: str) -> str:
    """A word of what is said of it."""
    return (FACTS | WEIGHTS | DIRECTIONS | FILES)[kind][1]
