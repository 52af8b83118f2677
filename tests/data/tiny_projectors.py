"""Writes tiny projectors (mmproj) for tests: eyes and ears with random weights."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np

Weights = dict[str, np.ndarray]
WIDTH = 64  # of the tiny models


class Random:
    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def matrix(self, *shape: int) -> np.ndarray:
        scale = 1 / math.sqrt(math.prod(shape[1:]))
        return self._generator.standard_normal(shape, np.float32) * scale

    def row(self, size: int) -> np.ndarray:
        return self._generator.standard_normal(size, np.float32) * 0.02


def tower(
    random: Random, image: int, patch: int, width: int, hidden: int, blocks: int, mark: str = "v"
) -> Weights:
    """A vision transformer as SigLIP's."""
    weights = {
        f"{mark}.patch_embd.weight": random.matrix(width, 3, patch, patch),
        f"{mark}.patch_embd.bias": random.row(width),
        f"{mark}.position_embd.weight": random.matrix((image // patch) ** 2, width),
        f"{mark}.post_ln.weight": np.ones(width, np.float32),
        f"{mark}.post_ln.bias": random.row(width),
    }
    for n in range(blocks):
        block = f"{mark}.blk.{n}."
        for name in ("ln1", "ln2"):
            weights[block + name + ".weight"] = np.ones(width, np.float32)
            weights[block + name + ".bias"] = random.row(width)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            weights[block + name + ".weight"] = random.matrix(width, width)
            weights[block + name + ".bias"] = random.row(width)
        weights[block + "ffn_up.weight"] = random.matrix(hidden, width)
        weights[block + "ffn_up.bias"] = random.row(hidden)
        weights[block + "ffn_down.weight"] = random.matrix(width, hidden)
        weights[block + "ffn_down.bias"] = random.row(width)
    return weights


def janus_pro(
    path: Path,
    *,
    seed: int = 0,
    joins: int = WIDTH,
    image: int = 64,
    patch: int = 8,
    width: int = 32,
    hidden: int = 64,
    blocks: int = 2,
    heads: int = 4,
    values: dict[str, Any] | None = None,
    change: Callable[[Weights], None] = lambda weights: None,
) -> Path:
    """A token for each patch. values and change put something wrong into it."""
    random = Random(seed)
    weights = tower(random, image, patch, width, hidden, blocks)
    weights |= {
        "mm.0.weight": random.matrix(2 * joins, width),
        "mm.0.bias": random.row(2 * joins),
        "mm.1.weight": random.matrix(joins, 2 * joins),
        "mm.1.bias": random.row(joins),
    }
    change(weights)
    facts = {
        "clip.has_vision_encoder": True,
        "clip.projector_type": "janus_pro",
        "clip.use_gelu": True,
        **shape("vision", image, patch, width, hidden, blocks, heads, joins),
        **(values or {}),
    }
    return write(path, facts, weights)


def shape(
    kind: str, image: int, patch: int, width: int, hidden: int, blocks: int, heads: int, joins: int
) -> dict[str, Any]:
    facts = {
        "image_size": image,
        "patch_size": patch,
        "embedding_length": width,
        "feed_forward_length": hidden,
        "block_count": blocks,
        "attention.head_count": heads,
        "projection_dim": joins,
        "attention.layer_norm_epsilon": 1e-6,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    return {f"clip.{kind}.{name}": value for name, value in facts.items()}


def write(path: Path, facts: dict[str, Any], weights: Weights) -> Path:
    """facts: a value of None leaves one out."""
    writer = gguf.GGUFWriter(path, facts.get("general.architecture", "clip"))
    adders = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    for key, value in facts.items():
        if value is not None and key != "general.architecture":
            adders[type(value)](key, value)
    for name, values in weights.items():
        writer.add_tensor(name, np.ascontiguousarray(values, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
