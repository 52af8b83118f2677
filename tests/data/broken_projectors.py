"""Projectors with something wrong in them, by what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.data.tiny_projectors import Shape, Signed, Weights, janus_pro, qwen2vl, ultravox

VISION = "clip.vision."
BLOCK = "v.blk.1."


def without(name: str) -> Callable[[Weights], object]:
    return lambda weights: weights.pop(name)


def shaped(name: str, *shape: int) -> Callable[[Weights], object]:
    return lambda weights: weights.update({name: np.zeros(shape, np.float32)})


def packed(name: str) -> Callable[[Weights], object]:
    return lambda weights: weights.update({name: weights[name].astype(np.float16)})


FACTS: dict[str, dict[str, Any]] = {
    "no heads": {VISION + "attention.head_count": 0},
    "heads that do not divide its width": {VISION + "attention.head_count": 5},
    "a picture of other places": {VISION + "image_size": 40},
    "no picture": {VISION + "image_size": 0},
    "a patch of another size": {VISION + "patch_size": 4},
    "patches of nothing": {VISION + "patch_size": 0},
    "another width": {VISION + "embedding_length": 48},
    "more blocks than there are": {VISION + "block_count": 3},
    "no blocks": {VISION + "block_count": 0},
    "a negative epsilon": {VISION + "attention.layer_norm_epsilon": -1.0},
    "no epsilon": {VISION + "attention.layer_norm_epsilon": None},
    "a number of another kind": {VISION + "embedding_length": Signed(32)},
    "a flag that is a number": {"clip.has_vision_encoder": 1},
    "a kind that is a number": {"clip.projector_type": 7},
    "no kind": {"clip.projector_type": None},
    "no senses": {"clip.has_vision_encoder": False},
    "one colour": {VISION + "image_mean": [0.5]},
    "colours without a range": {VISION + "image_std": [0.0, 0.5, 0.5]},
    "another architecture": {"general.architecture": "llama"},
}
WEIGHTS: dict[str, Callable[[Weights], object]] = {
    "no queries": without(BLOCK + "attn_q.weight"),
    "no keys": without(BLOCK + "attn_k.weight"),
    "no values": without(BLOCK + "attn_v.weight"),
    "no output of attention": without(BLOCK + "attn_out.weight"),
    "no patches": without("v.patch_embd.weight"),
    "no first matrix": without("mm.0.weight"),
    "no last bias": without("mm.1.bias"),
    "narrow queries": shaped(BLOCK + "attn_q.weight", 16, 32),
    "a narrow matrix": shaped(BLOCK + "ffn_up.weight", 64, 16),
    "a long bias": shaped(BLOCK + "ffn_down.bias", 48),
    "a long norm": shaped(BLOCK + "ln1.weight", 48),
    "patches without colours": shaped("v.patch_embd.weight", 32, 1, 8, 8),
    "too few places": shaped("v.position_embd.weight", 49, 32),
    "a bias that is packed": packed(BLOCK + "attn_q.bias"),
    "matrices that do not meet": shaped("mm.0.weight", 96, 32),
    "made for another model": shaped("mm.1.weight", 96, 128),
}
OTHERS: dict[str, Callable[[Path], Path]] = {
    "ears given as eyes": lambda path: ultravox(path, joins=96),
    "stacks that are not whole": lambda path: ultravox(path, stack=8),
    "two by two patches of the wrong width": lambda path: qwen2vl(path, joins=96),
    "an odd head": lambda path: qwen2vl(path, Shape(width=36, heads=6)),
}
KINDS = (*FACTS, *WEIGHTS, *OTHERS)


def write(path: Path, kind: str) -> Path:
    if kind in OTHERS:
        return OTHERS[kind](path)
    change = WEIGHTS.get(kind, lambda weights: None)
    return janus_pro(path, values=FACTS.get(kind), change=change)
