"""Rules for the encoder in a projector: what the library asserts, or reads without looking.

Kinds that many models share are followed to their end. Of the others, and of what comes after
their encoder, only what all have in common is checked: should one be made to end the process, it
ends the engine's.
"""

import math
from dataclasses import dataclass

from engines.errors import ModelRefused
from engines.models.contents import F32, U32, Array, Contents

BOOL = 7  # type number in a GGUF
I32 = 5
F32_DATA, F16_DATA = 0, 1  # types of tensors

# Name -> lowest and highest value, and whether it must be there.
WHOLE: dict[str, tuple[int, int, bool]] = {
    "block_count": (1, 512, True),
    "embedding_length": (1, 1 << 16, True),
    "feed_forward_length": (0, 1 << 20, True),
    "projection_dim": (0, 1 << 18, True),
    "attention.head_count": (1, 1 << 10, True),
    "attention.head_count_kv": (1, 1 << 10, False),
    "attention.head_dim": (1, 1 << 12, False),
}
OF_VISION: dict[str, tuple[int, int, bool]] = {
    "image_size": (0, 8192, True),
    "patch_size": (1, 512, True),
    "spatial_merge_size": (1, 64, False),
    "projector.scale_factor": (1, 64, False),
    "image_min_pixels": (0, 1 << 30, False),
    "image_max_pixels": (0, 1 << 30, False),
    "n_wa_pattern": (0, 512, False),
    "window_size": (0, 4096, False),
    "preproc_image_size": (0, 1 << 14, False),
}
OF_AUDIO: dict[str, tuple[int, int, bool]] = {
    "num_mel_bins": (1, 1024, True),
    "projector.stack_factor": (1, 64, False),
}
FLAGS = ("clip.use_gelu", "clip.use_silu")

FIXED = ("gemma3", "idefics3", "janus_pro", "mlp")  # a square of image_size, one place a patch
RESIZED = ("lfm2", "phi4")  # places are stretched over the picture: they must be a square
MERGED = ("qwen2vl_merger", "qwen2.5vl_merger", "qwen3vl_merger")  # four patches become one
WHISPER = ("ultravox", "qwen2a", "voxtral")
STACKED = ("ultravox", "voxtral")
FRAMES = 3000  # of the 30 seconds that Whisper hears
APART = ("mlp", "qwen2vl_merger", "qwen2.5vl_merger")  # queries, keys and values not in one
BIASED = ("qwen2vl_merger", "qwen2.5vl_merger")  # and with biases
FREE = ("gemma3nv", "gemma3na", "lfm2a", "parakeet", "granite_speech", "gemma4a", "gemma4ua")
BARE = (*FREE, "gemma4uv", "yasa2", "deepseekocr", "deepseekocr2", "mimo_audio")  # other blocks
TURNED = (  # in old files of these two matrices are found under each other's name
    *("mlp", "mlp_norm", "ldp", "ldpv2", "qwen2vl_merger", "qwen2.5vl_merger", "exaone4_5"),
    *("adapter", "gemma3", "idefics3", "resampler", "minicpmv4_6"),
)


@dataclass(frozen=True)
class Join:
    """The matrices between an encoder and a model: each takes what the one before it gives."""

    matrices: tuple[str, ...]
    biased: bool = False
    norms: tuple[str, ...] = ()  # before each of the first matrices
    halves: bool = False  # what the first gives is halved
    turned: bool = False  # written the other way round


def numbered(*numbers: int, biased: bool = True) -> Join:
    return Join(tuple(f"mm.{n}" for n in numbers), biased)


JOINS = {
    "mlp": numbered(0, 2),
    "janus_pro": numbered(0, 1),
    "phi4": numbered(0, 2),
    "lfm2": numbered(1, 2, biased=False),
    "gemma3": Join(("mm.input_projection",), norms=("mm.soft_emb_norm",), turned=True),
    "idefics3": Join(("mm.model.fc",)),
    **dict.fromkeys(MERGED, numbered(0, 2)),
    "qwen2a": Join(("mm.a.fc",), biased=True),
    "voxtral": Join(("mm.a.mlp.1", "mm.a.mlp.2")),
    "ultravox": Join(
        ("mm.a.mlp.1", "mm.a.mlp.2"), norms=("mm.a.norm_pre", "mm.a.norm_mid"), halves=True
    ),
}


class Tower:
    """The facts and tensors of one encoder; a wrong one is a ModelRefused that names it."""

    def __init__(self, contents: Contents, sense: str, kind: str) -> None:
        self.sense, self.kind = sense, kind
        self.mark = {"vision": "v", "audio": "a"}[sense]
        self._values, self._types = contents.values, contents.types
        self.shapes = {tensor.name: tensor.shape for tensor in contents.tensors}
        self._kinds = {tensor.name: tensor.type for tensor in contents.tensors}

    def whole(self, name: str) -> int:
        """A checked whole number; 0 where the file does not give it and need not."""
        low, high, needed = (WHOLE | OF_VISION | OF_AUDIO)[name]
        low = 0 if self.kind in BARE else low  # some have no blocks, or none of this kind
        key = f"clip.{self.sense}.{name}"
        if key not in self._values and not needed:
            return 0
        value = self._values.get(key, -1)
        if self._types.get(key) != U32 or not low <= value <= high:
            raise self.refused(name, value)
        return value

    def check_type(self, key: str, kind: int) -> None:
        if self._types.get(key, kind) != kind:
            raise ModelRefused("a fact in it is of the wrong kind", key)

    def epsilon(self) -> None:
        key = f"clip.{self.sense}.attention.layer_norm_epsilon"
        value = self._values.get(key, -1.0)
        if self._types.get(key) != F32 or not math.isfinite(value) or value < 0:
            raise self.refused("attention.layer_norm_epsilon", value)

    def colours(self, name: str) -> tuple[float, ...]:
        value = self._values.get(f"clip.{self.sense}.{name}")
        items: tuple[float, ...] = ()
        if isinstance(value, Array) and value.kind == F32:
            items = tuple(map(float, value.items or ()))
        if len(items) < 3 or not all(map(math.isfinite, items)):
            raise self.refused(name, items)
        return items

    def shape(self, name: str) -> tuple[int, ...]:
        """Of a tensor that must be there."""
        if name not in self.shapes:
            raise ModelRefused("a part of it is missing", name)
        return self.shapes[name]

    def expect(self, name: str, *shape: int) -> None:
        """A tensor that must be there, and so; -1 stands for any size."""
        found = self.shape(name)
        fits = len(found) <= len(shape) and all(
            wanted in (-1, there) for there, wanted in zip((*found, 1, 1, 1), shape, strict=False)
        )
        if not fits:
            raise ModelRefused("a part of it has the wrong shape", f"{name}: {found}")

    def expect_row(self, name: str, size: int) -> None:
        """A row of numbers that is added or multiplied, where it is there at all."""
        if name in self.shapes:
            self.expect(name, size)
            self.expect_type(name, F32_DATA)  # the library adds nothing else to what it computed

    def expect_type(self, name: str, *kinds: int) -> None:
        if self._kinds[name] not in kinds:
            raise ModelRefused("a part of it is packed in the wrong way", name)

    def refused(self, name: str, value: object) -> ModelRefused:
        told = f"clip.{self.sense}.{name}: {value}"
        return ModelRefused("a number in it is missing or cannot be right", told)


def check_tower(tower: Tower, width: int) -> None:
    """Whether the library may look at it; width: of the model's embeddings. Raises ModelRefused."""
    extra = OF_VISION if tower.sense == "vision" else OF_AUDIO
    for name in (*WHOLE, *extra):
        tower.whole(name)
    for key in FLAGS:
        tower.check_type(key, BOOL)
    tower.check_type("clip.minicpmv_version", I32)
    tower.epsilon()
    if tower.sense == "vision":
        tower.colours("image_mean")
        if 0 in tower.colours("image_std")[:3]:
            raise tower.refused("image_std", 0)
    if tower.kind not in BARE:
        check_blocks(tower)
    if tower.kind in (*FIXED, *RESIZED, *MERGED):
        check_patches(tower)
    if tower.kind in WHISPER:
        check_sound(tower)
    check_join(tower, width)


def check_blocks(tower: Tower) -> None:
    width, heads = tower.whole("embedding_length"), tower.whole("attention.head_count")
    given = tower.whole("attention.head_dim")
    if width % heads and not given:
        raise tower.refused("attention.head_count", heads)
    head = given or width // heads
    keys = head * (tower.whole("attention.head_count_kv") or heads)
    if tower.kind in MERGED and head % 4:  # it is turned in four parts
        raise tower.refused("attention.head_count", heads)
    for n in range(tower.whole("block_count")):
        check_block(tower, f"{tower.mark}.blk.{n}.", width, head * heads, keys)


def check_block(tower: Tower, block: str, width: int, queries: int, keys: int) -> None:
    if f"{block}attn_qkv.weight" in tower.shapes and tower.kind not in APART:
        sizes = {"attn_qkv": queries + 2 * keys}
    else:
        sizes = {"attn_q": queries, "attn_k": keys, "attn_v": keys}
    for name, size in sizes.items():
        tower.expect(f"{block}{name}.weight", width, size)
        tower.expect_row(f"{block}{name}.bias", size)
        if tower.kind in BIASED:
            tower.shape(f"{block}{name}.bias")
    tower.expect(f"{block}attn_out.weight", queries, width)
    for name in ("ln1", "ln2", "ls1", "ls2"):
        tower.expect_row(f"{block}{name}.weight", width)
        tower.expect_row(f"{block}{name}.bias", width)
    tower.expect_row(f"{block}attn_out.bias", width)
    if f"{block}ffn_gate_exps.weight" in tower.shapes:
        return
    up, down = f"{block}ffn_up", f"{block}ffn_down"
    if tower.kind in TURNED and tower.shape(f"{down}.weight")[0] == width:
        up, down = down, up
    hidden = (*tower.shape(f"{up}.weight"), 1)[1]
    tower.expect(f"{up}.weight", width, hidden)
    tower.expect(f"{down}.weight", hidden, width)
    tower.expect_row(f"{up}.bias", hidden)
    tower.expect_row(f"{down}.bias", width)
    if f"{block}ffn_gate.weight" in tower.shapes:
        tower.expect(f"{block}ffn_gate.weight", width, hidden)
        tower.expect_row(f"{block}ffn_gate.bias", hidden)


def check_patches(tower: Tower) -> None:
    width, patch = tower.whole("embedding_length"), tower.whole("patch_size")
    patches = ("v.patch_embd.weight", "v.patch_embd.weight.1")[: 2 if tower.kind in MERGED else 1]
    for name in patches:
        tower.expect(name, patch, patch, 3, width)
        tower.expect_type(name, F32_DATA, F16_DATA)
    tower.expect_row("v.patch_embd.bias", width)
    for name in ("v.pre_ln", "v.post_ln"):
        tower.expect_row(f"{name}.weight", width)
        tower.expect_row(f"{name}.bias", width)
    if tower.kind in MERGED:
        if tower.whole("spatial_merge_size") not in (0, 2):
            raise tower.refused("spatial_merge_size", tower.whole("spatial_merge_size"))
    elif "v.position_embd.weight" in tower.shapes or tower.kind in (*RESIZED, "mlp"):
        check_places(tower, width, tower.whole("image_size") // patch)


def check_places(tower: Tower, width: int, side: int) -> None:
    """The numbers that tell the encoder where a patch is."""
    places = (*tower.shape("v.position_embd.weight"), 1)[:2]
    if tower.kind in RESIZED:
        side = math.isqrt(places[1])
    more = 1 if "v.class_embd" in tower.shapes else 0
    if not side or places != (width, side * side + more):
        raise ModelRefused("a part of it has the wrong shape", f"v.position_embd: {places}")
    if tower.kind != "mlp":
        tower.expect_type("v.position_embd.weight", F32_DATA)
    if tower.kind == "gemma3" and side % (tower.whole("projector.scale_factor") or 4):
        raise tower.refused("projector.scale_factor", side)


def check_sound(tower: Tower) -> None:
    """An encoder as Whisper's: two convolutions, then blocks without a bias for the keys."""
    width = tower.whole("embedding_length")
    tower.expect("a.conv1d.1.weight", 3, tower.whole("num_mel_bins"), width)
    tower.expect("a.conv1d.2.weight", 3, width, width)
    for n in (1, 2):
        tower.expect(f"a.conv1d.{n}.bias", 1, width)
    tower.expect("a.position_embd.weight", width, FRAMES // 2)
    if tower.kind in STACKED:
        check_stacks(width, tower.whole("projector.stack_factor"), tower)
    for name in ("ln1.weight", "ln1.bias", "ln2.weight", "ln2.bias", "attn_q.bias", "attn_v.bias"):
        tower.shape(f"a.blk.0.{name}")
    if "a.blk.0.attn_k.bias" in tower.shapes:
        raise ModelRefused("a part of it should not be there", "a.blk.0.attn_k.bias")


def check_stacks(width: int, factor: int, tower: Tower) -> None:
    """The library counts twice how many stacks there are, and ends where it is not the same."""
    step = width * factor
    padded = (width * FRAMES // 2 + step - 1) & ~(step - 1)  # as it rounds: right by powers of 2
    if not factor or padded // step != -(-FRAMES // factor) // 2:
        raise tower.refused("projector.stack_factor", factor)


def check_join(tower: Tower, width: int) -> None:
    join = JOINS.get(tower.kind)
    if join is None or tower.kind == "mlp" and "mm.3.weight" in tower.shapes:
        return check_any_join(tower, width)
    size = tower.whole("embedding_length") * merges(tower)
    for n, name in enumerate(join.matrices):
        if n < len(join.norms):
            tower.shape(f"{join.norms[n]}.weight")
            tower.expect_row(f"{join.norms[n]}.weight", size)
        found = (*tower.shape(f"{name}.weight"), 1)[:2]
        taken, given = found[::-1] if join.turned else found
        if taken != size:
            raise ModelRefused("a part of it has the wrong shape", f"{name}: {found}")
        if join.biased:
            tower.shape(f"{name}.bias")
        tower.expect_row(f"{name}.bias", given)
        size = given // 2 if join.halves and n == 0 else given
    if size != width:
        raise ModelRefused("it was made for another model", f"{size} instead of {width}")
    return None


def merges(tower: Tower) -> int:
    """How many places of the encoder become one of the model's."""
    if tower.kind in MERGED:
        return 4
    if tower.kind in ("lfm2", "idefics3"):
        return (tower.whole("projector.scale_factor") or 1) ** 2
    if tower.kind in STACKED:
        return tower.whole("projector.stack_factor")
    return 1


def check_any_join(tower: Tower, width: int) -> None:
    """What joins it is not known in detail: some of it must be as wide as the model."""
    joined = [s for name, s in tower.shapes.items() if not name.startswith(("v.blk.", "a.blk."))]
    if not any(width in shape for shape in joined):
        raise ModelRefused("it was made for another model", f"{width} in none of its shapes")
