"""Rules for the numbers that shape a model: what the library asserts, it must be asked before."""

import math
from typing import Any

from engines.errors import ModelRefused
from engines.models.contents import Array

# Name -> lowest and highest value, and whether it must be there. LLAMA_MAX_LAYERS is 512 and
# LLAMA_MAX_EXPERTS 1024 in llama.cpp; the other limits lie far beyond any model.
WHOLE: dict[str, tuple[int, int, bool]] = {
    "block_count": (1, 512, True),
    "context_length": (1, 1 << 30, True),
    "embedding_length": (1, 1 << 18, True),
    "vocab_size": (1, 1 << 20, False),
    "nextn_predict_layers": (0, 512, False),
    "leading_dense_block_count": (0, 512, False),
    "expert_count": (0, 1024, False),
    "expert_shared_count": (0, 1024, False),
    "expert_group_count": (0, 1023, False),
    "expert_group_used_count": (0, 1022, False),
    "attention.key_length": (1, 1 << 16, False),
    "attention.value_length": (1, 1 << 16, False),
    "rope.dimension_count": (0, 1 << 16, False),
}
# The same for numbers that may be given once for each block.
BY_BLOCK: dict[str, tuple[int, int]] = {
    "attention.head_count": (0, 1 << 14),
    "attention.head_count_kv": (0, 1 << 14),
    "feed_forward_length": (0, 1 << 24),
    "expert_used_count": (0, 1024),
}
EPSILONS = (
    "attention.layer_norm_rms_epsilon",
    "attention.layer_norm_epsilon",
    "attention.group_norm_epsilon",
)
ROPE_SCALINGS = ("none", "linear", "yarn", "longrope")
# Architectures without attention in any block: their head count is 0.
RECURRENT = ("mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7")


class Shape:
    """The numbers of one architecture; a wrong one is a ModelRefused that names it."""

    def __init__(self, values: dict[str, Any], architecture: str) -> None:
        self._values, self._architecture = values, architecture

    def get(self, name: str) -> Any:
        return self._values.get(f"{self._architecture}.{name}")

    def whole(self, name: str) -> int:
        """A checked whole number; 0 where the file does not give it and need not."""
        low, high, needed = WHOLE[name]
        value = self.get(name)
        if value is None and not needed:
            return 0
        return self._checked(name, value, low, high)

    def by_block(self, name: str) -> tuple[int, ...]:
        """One value for each block, or a single one for all; () where the file has none."""
        low, high = BY_BLOCK[name]
        value = self.get(name)
        if value is None:
            return ()
        if not isinstance(value, Array):
            return (self._checked(name, value, low, high),)
        if value.items is None or value.count != self.whole("block_count"):
            raise self.refused(name, f"{value.count} values")
        return tuple(self._checked(name, item, low, high) for item in value.items)

    def refused(self, name: str, value: Any) -> ModelRefused:
        field = f"{self._architecture}.{name}"
        reason = "a number that shapes it is missing" if value is None else "it cannot be shaped so"
        return ModelRefused(f"{reason} ({field})", f"{field}: {value!r}")

    def _checked(self, name: str, value: Any, low: int, high: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refused(name, value)
        return value


def check_shape(values: dict[str, Any], architecture: str) -> Shape:
    shape = Shape(values, architecture)
    for name in WHOLE:
        shape.whole(name)
    check_heads(shape, architecture)
    check_experts(shape)
    check_epsilons(shape)
    check_rope(shape)
    if shape.whole("nextn_predict_layers") > shape.whole("block_count"):
        raise shape.refused("nextn_predict_layers", shape.get("nextn_predict_layers"))
    shape.by_block("feed_forward_length")
    return shape


def check_heads(shape: Shape, architecture: str) -> None:
    heads = shape.by_block("attention.head_count")
    shared = shape.by_block("attention.head_count_kv")
    if architecture in RECURRENT:
        return
    if not any(heads) or max(heads) > shape.whole("embedding_length"):
        raise shape.refused("attention.head_count", shape.get("attention.head_count"))
    if shared and (not any(shared) or max(shared) > max(heads)):
        raise shape.refused("attention.head_count_kv", shape.get("attention.head_count_kv"))


def check_experts(shape: Shape) -> None:
    """As load_hparams of llama-model.cpp asserts it."""
    experts, groups = shape.whole("expert_count"), shape.whole("expert_group_count")
    used = max(shape.by_block("expert_used_count"), default=0)
    if used > experts or (experts > 0 and used == 0):
        raise shape.refused("expert_used_count", used)
    chosen = shape.whole("expert_group_used_count")
    if groups and groups >= experts:
        raise shape.refused("expert_group_count", groups)
    if groups > 1 and (experts % groups or not 0 < chosen < groups):
        raise shape.refused("expert_group_used_count", chosen)


def check_epsilons(shape: Shape) -> None:
    for name in EPSILONS:
        value = shape.get(name)
        if value is not None and not (isinstance(value, float) and 0 < value <= 1):
            raise shape.refused(name, value)


def check_rope(shape: Shape) -> None:
    if shape.whole("rope.dimension_count") % 2:
        raise shape.refused("rope.dimension_count", shape.get("rope.dimension_count"))
    if shape.get("rope.scaling.type") not in (None, *ROPE_SCALINGS):
        raise shape.refused("rope.scaling.type", shape.get("rope.scaling.type"))
    for name in ("rope.freq_base", "rope.scaling.factor"):
        value = shape.get(name)
        if value is not None and not (
            isinstance(value, float) and math.isfinite(value) and value >= 0
        ):
            raise shape.refused(name, value)
