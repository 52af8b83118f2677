"""Writes adapters for the tiny models: LoRA and control vectors, and what a model is with one."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.data.tiny_models import Weights

WIDTH, HIDDEN, KEYS, LAYERS = 64, 128, 32, 2  # of tiny_models.random_llama
RANK, ALPHA = 4, 8.0
PARTS = {  # of a block: what comes out of it, and what goes in
    "attn_q": (WIDTH, WIDTH),
    "attn_v": (KEYS, WIDTH),
    "ffn_gate": (HIDDEN, WIDTH),
    "ffn_down": (WIDTH, HIDDEN),
}


def lora_weights(seed: int = 1, rank: int = RANK) -> Weights:
    """lora_a [rank, in] and lora_b [out, rank] of every part of every block."""
    random = np.random.default_rng(seed)
    found: Weights = {}
    for n in range(LAYERS):
        for name, (out, taken) in PARTS.items():
            part = f"blk.{n}.{name}.weight"
            found[f"{part}.lora_a"] = normal(random, rank, taken) / taken**0.5
            found[f"{part}.lora_b"] = normal(random, out, rank) * 0.5
    return found


def expert_weights(seed: int = 1, experts: int = 4) -> Weights:
    """The same for the experts of tiny_models.random_moe, and for what chooses among them."""
    random = np.random.default_rng(seed)
    found: Weights = {}
    for n in range(LAYERS):
        for name, (out, taken) in {"up": (HIDDEN, WIDTH), "down": (WIDTH, HIDDEN)}.items():
            part = f"blk.{n}.ffn_{name}_exps.weight"
            found[f"{part}.lora_a"] = normal(random, experts, RANK, taken) / taken**0.5
            found[f"{part}.lora_b"] = normal(random, experts, out, RANK) * 0.5
        part = f"blk.{n}.ffn_gate_inp.weight"
        found[f"{part}.lora_a"] = normal(random, RANK, WIDTH) / WIDTH**0.5
        found[f"{part}.lora_b"] = normal(random, 4, RANK) * 0.5
    return found


def normal(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.standard_normal(shape, dtype=np.float32)


def merged(weights: Mapping[str, np.ndarray], scale: float) -> Callable[[Weights], object]:
    """A change to a model's weights that does the same as the adapter at this scale."""

    def change(model: Weights) -> None:
        for name, a in weights.items():
            if name.endswith(".lora_a"):
                part = name.removesuffix(".lora_a")
                model[part] = (
                    model[part] + scale * ALPHA / a.shape[-2] * weights[f"{part}.lora_b"] @ a
                )

    return change


def lora(
    path: Path,
    weights: Weights | None = None,
    values: Mapping[str, Any] | None = None,
    kinds: Mapping[str, gguf.GGMLQuantizationType] | None = None,
) -> Path:
    """values: facts it says of itself, None for those it does not; kinds: packings of raw bytes."""
    facts: dict[str, Any] = {
        "general.type": "adapter",
        "general.name": "Tiny adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": ALPHA,
    }
    own = lora_weights() if weights is None else weights
    return write(path, "llama", facts | {**(values or {})}, own, kinds or {})


def control(
    path: Path,
    weights: Weights | None = None,
    values: Mapping[str, Any] | None = None,
    kinds: Mapping[str, gguf.GGMLQuantizationType] | None = None,
) -> Path:
    """One direction for each block but the first, which none can change."""
    facts = {"controlvector.model_hint": "llama", "controlvector.layer_count": LAYERS - 1}
    own = directions() if weights is None else weights
    return write(path, "controlvector", facts | {**(values or {})}, own, kinds or {})


def directions(seed: int = 3, layers: int = LAYERS) -> Weights:
    random = np.random.default_rng(seed)
    return {f"direction.{n}": normal(random, WIDTH) for n in range(1, layers)}


def named(path: Path) -> str:
    """Give a file the name the engine finds it by, which is its hash."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    path.rename(path.with_name(f"{sha256}.gguf"))
    return sha256


def write(
    path: Path,
    architecture: str,
    facts: Mapping[str, Any],
    weights: Weights,
    kinds: Mapping[str, gguf.GGMLQuantizationType],
) -> Path:
    writer = gguf.GGUFWriter(path, facts.get("general.architecture", architecture))
    for key, value in facts.items():
        if key == "general.architecture" or value is None:
            continue
        if isinstance(value, str):
            writer.add_string(key, value)
        elif isinstance(value, float):
            writer.add_float32(key, value)
        elif isinstance(value, list):
            writer.add_array(key, value)
        else:
            writer.add_uint32(key, value)
    for name, values in weights.items():
        writer.add_tensor(name, np.ascontiguousarray(values), raw_dtype=kinds.get(name))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
