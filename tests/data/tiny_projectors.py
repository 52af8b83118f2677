"""Writes tiny projectors (mmproj) for tests: eyes and ears with random weights."""

import math
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Shape:
    """Of an encoder."""

    image: int = 64  # pixels
    patch: int = 8
    width: int = 32
    hidden: int = 64
    blocks: int = 2
    heads: int = 4

    @property
    def places(self) -> int:
        return (self.image // self.patch) ** 2


def tower(random: Random, shape: Shape, mark: str = "v") -> Weights:
    """A transformer as SigLIP's."""
    width, hidden = shape.width, shape.hidden
    weights = {
        f"{mark}.patch_embd.weight": random.matrix(width, 3, shape.patch, shape.patch),
        f"{mark}.patch_embd.bias": random.row(width),
        f"{mark}.position_embd.weight": random.matrix(shape.places, width),
        f"{mark}.post_ln.weight": np.ones(width, np.float32),
        f"{mark}.post_ln.bias": random.row(width),
    }
    for n in range(shape.blocks):
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


Change = Callable[[Weights], object]


def janus_pro(
    path: Path,
    shape: Shape = Shape(),
    *,
    seed: int = 0,
    joins: int = WIDTH,
    values: dict[str, Any] | None = None,
    change: Change = lambda weights: None,
    half: bool = False,
) -> Path:
    """A token for each patch. values and change put something else into it; half: in F16."""
    random = Random(seed)
    weights = tower(random, shape)
    weights |= {
        "mm.0.weight": random.matrix(2 * joins, shape.width),
        "mm.0.bias": random.row(2 * joins),
        "mm.1.weight": random.matrix(joins, 2 * joins),
        "mm.1.bias": random.row(joins),
    }
    change(weights)
    if half:  # of the matrices, as converters do it
        large = {n: v for n, v in weights.items() if v.ndim > 1 and "position" not in n}
        weights |= {name: matrix.astype(np.float16) for name, matrix in large.items()}
    return write(path, eyes("janus_pro", shape, joins) | (values or {}), weights)


def gemma3(path: Path, shape: Shape = Shape(), *, seed: int = 0, joins: int = WIDTH) -> Path:
    """Four by four patches become a token; all of a picture is read at once."""
    random = Random(seed)
    weights = tower(random, shape)
    weights |= {
        "mm.soft_emb_norm.weight": np.ones(shape.width, np.float32),
        "mm.input_projection.weight": random.matrix(joins, shape.width).T,
    }
    return write(path, eyes("gemma3", shape, joins), weights)


def idefics3(path: Path, shape: Shape = Shape(), *, seed: int = 0, joins: int = WIDTH) -> Path:
    """Its marks are tokens that most models do not have."""
    random = Random(seed)
    weights = tower(random, shape) | {"mm.model.fc.weight": random.matrix(joins, 4 * shape.width)}
    facts = eyes("idefics3", shape, joins) | {"clip.vision.projector.scale_factor": 2}
    return write(path, facts, weights)


def qwen2vl(path: Path, shape: Shape = Shape(), *, seed: int = 0, joins: int = WIDTH) -> Path:
    """Pictures of any size; two by two patches become a token, which counts rows and columns."""
    random = Random(seed)
    weights = tower(random, shape)
    for name in ("v.patch_embd.bias", "v.position_embd.weight"):
        del weights[name]
    weights |= {
        "v.patch_embd.weight.1": random.matrix(shape.width, 3, shape.patch, shape.patch),
        "mm.0.weight": random.matrix(4 * shape.width, 4 * shape.width),
        "mm.0.bias": random.row(4 * shape.width),
        "mm.2.weight": random.matrix(joins, 4 * shape.width),
        "mm.2.bias": random.row(joins),
    }
    return write(path, eyes("qwen2vl_merger", shape, joins), weights)


def ultravox(
    path: Path,
    shape: Shape = Shape(),
    *,
    seed: int = 0,
    joins: int = WIDTH,
    stack: int = 4,
) -> Path:
    """Ears as Whisper's: thirty seconds are 375 tokens, and less is filled up with silence."""
    random, width, bins, stacked = Random(seed), shape.width, 80, stack
    weights = {n: v for n, v in tower(random, shape, "a").items() if "patch" not in n}
    for n in range(shape.blocks):
        del weights[f"a.blk.{n}.attn_k.bias"]
    weights |= {
        "a.position_embd.weight": random.matrix(1500, width),
        "a.conv1d.1.weight": random.matrix(width, bins, 3),
        "a.conv1d.1.bias": random.row(width)[:, None],
        "a.conv1d.2.weight": random.matrix(width, width, 3),
        "a.conv1d.2.bias": random.row(width)[:, None],
        "mm.a.norm_pre.weight": np.ones(stacked * width, np.float32),
        "mm.a.mlp.1.weight": random.matrix(2 * width, stacked * width),
        "mm.a.norm_mid.weight": np.ones(width, np.float32),
        "mm.a.mlp.2.weight": random.matrix(joins, width),
    }
    facts = {
        "clip.has_audio_encoder": True,
        "clip.projector_type": "ultravox",
        "clip.audio.num_mel_bins": bins,
        "clip.audio.projector.stack_factor": stacked,
        **facts_of("audio", shape, joins),
    }
    return write(path, facts, weights)


def eyes(kind: str, shape: Shape, joins: int) -> dict[str, Any]:
    return {
        "clip.has_vision_encoder": True,
        "clip.projector_type": kind,
        "clip.use_gelu": True,
        "clip.vision.image_size": shape.image,
        "clip.vision.patch_size": shape.patch,
        "clip.vision.image_mean": [0.5, 0.5, 0.5],
        "clip.vision.image_std": [0.5, 0.5, 0.5],
        **facts_of("vision", shape, joins),
    }


def facts_of(sense: str, shape: Shape, joins: int) -> dict[str, Any]:
    facts = {
        "embedding_length": shape.width,
        "feed_forward_length": shape.hidden,
        "block_count": shape.blocks,
        "attention.head_count": shape.heads,
        "projection_dim": joins,
        "attention.layer_norm_epsilon": 1e-6,
    }
    return {f"clip.{sense}.{name}": value for name, value in facts.items()}


class Signed(int):
    """A number written as the library does not expect it."""


def write(path: Path, facts: dict[str, Any], weights: Weights) -> Path:
    """facts: a value of None leaves one out."""
    writer = gguf.GGUFWriter(path, facts.get("general.architecture", "clip"))
    adders = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        Signed: writer.add_int32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    for key, value in facts.items():
        if value is not None and key != "general.architecture":
            adders[type(value)](key, value)
    for name, values in weights.items():
        kind = values.dtype if values.dtype == np.float16 else np.float32
        writer.add_tensor(name, np.ascontiguousarray(values, kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
