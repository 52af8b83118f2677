"""What of a model's header decides how much memory it takes and how fast it is.

Read from a checked file, from the first bytes of one that lies elsewhere, or guessed from its size.
"""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.models.binary import BinaryFile
from engines.models.contents import Array, Contents, DescriptionReader
from engines.models.gguf import quantisation, read, text
from engines.models.tensors import TENSOR_TYPES, Tensor

BLOCK = re.compile(r"blk\.(\d+)\.(.+)")
ENDS = ("output.weight", "output_norm.weight", "output_norm.bias", "output.bias")
IN_ROWS = ("token_embd.weight", "per_layer_token_embd.weight", "position_embd.weight")
PACKED = 32  # numbers that are packed together
USUAL_VOCABULARY = 128_000  # tokens, where only the size of a file is known
# Billions of parameters -> blocks, width, hidden width, heads of keys, their size: what models of
# that size look like, for those of which nothing but the size is known.
USUAL_SHAPES = (
    (0.2, 12, 640, 2048, 3, 64),
    (0.6, 24, 1024, 3072, 8, 64),
    (1.5, 28, 1536, 6144, 4, 128),
    (3.0, 28, 2560, 8192, 8, 128),
    (5.0, 36, 2560, 9728, 8, 128),
    (9.0, 32, 4096, 14336, 8, 128),
    (15.0, 40, 5120, 17408, 8, 128),
    (36.0, 64, 5120, 27648, 8, 128),
    (80.0, 80, 8192, 28672, 8, 128),
    (1e9, 120, 12288, 36864, 8, 128),
)


@dataclass(frozen=True)
class Weights:
    """Some tensors together, in bytes; multiplied by packing, and looked up by rows."""

    products: dict[str, int] = field(default_factory=dict)  # name of the packing -> bytes
    experts: int = 0  # of the products, bytes of experts, of which a word uses a few
    other: int = 0  # norms, biases, tables looked up by rows

    @property
    def size(self) -> int:
        return sum(self.products.values()) + self.other


@dataclass(frozen=True)
class Outline:
    """exact: all tensors are known; else only keys, or nothing but the size, and it is a guess."""

    architecture: str
    quantisation: str
    size: int  # bytes of all tensors
    vocabulary: int  # tokens
    trained: int  # tokens of context it was taught, 0 where nobody knows
    width: int
    hidden: int  # of a word's feed-forward, with all experts it uses
    heads: int
    cells: tuple[tuple[int, int], ...]  # for each block: numbers of keys and values for a token
    window: int = 0  # tokens that most blocks look back to, 0 for all
    state: int = 0  # bytes of what a recurrent model keeps, of any length
    blocks: tuple[Weights, ...] = ()
    ends: Weights = Weights()  # what comes after the blocks
    begins: int = 0  # bytes of what comes before them
    packable: bool = True  # what it remembers can be packed: its heads have whole blocks
    table: str = ""  # packing of the table of the beginning
    tied: bool = False  # the end uses the table of the beginning
    used: float = 1.0  # share of the experts that a word uses
    exact: bool = True


def of_file(path: Path) -> Outline:
    """Of a model file and its further parts; raises ModelRefused, ModelMissing."""
    return of_contents(read(path)[1])


def of_contents(contents: list[Contents]) -> Outline:
    """Of all files of a model, the first one first."""
    tensors = [tensor for one in contents for tensor in one.tensors]
    return of_values(contents[0].values, tensors)


def of_start(start: bytes, size: int) -> Outline:
    """Of the first bytes of a file that has so many in all; what they do not tell is guessed."""
    values, tensors = DescriptionReader(BinaryFile(io.BytesIO(start), len(start))).read_start()
    architecture = text(values, "general.architecture")
    if f"{architecture}.block_count" not in values:
        return of_size(size)
    return of_values(values, tensors, size)


def of_size(size: int, parameters: int = 0, quantisation: str = "") -> Outline:
    """Of a file of which no more is known; parameters 0 where not even that."""
    billions = (parameters or size / 0.6) / 1e9
    shape = next(shape for shape in USUAL_SHAPES if billions <= shape[0])
    _, count, width, hidden, heads, head = shape
    table = min(USUAL_VOCABULARY * width * size // max(int(billions * 1e9), 1), size // 4)
    name = quantisation or "Q4_K"
    return Outline(
        architecture="",
        quantisation=quantisation,
        size=size,
        vocabulary=USUAL_VOCABULARY,
        trained=0,
        width=width,
        hidden=hidden,
        heads=max(width // head, 1),
        cells=((heads * head, heads * head),) * count,
        blocks=even(size - 2 * table, count, name),
        ends=Weights({name: table}),
        begins=table,
        exact=False,
    )


def of_values(values: dict[str, Any], tensors: list[Tensor], size: int = 0) -> Outline:
    """size is the file's, for a list of tensors that is not whole."""
    architecture = text(values, "general.architecture")
    keys = Keys(values, architecture)
    count = keys.whole("block_count")
    whole = bool(tensors) and (not size or all_there(tensors, size))
    vocabulary = vocabulary_of(values, keys, tensors)
    tied = bool(tensors) and not any(t.name == "output.weight" for t in tensors)
    if whole:
        blocks, ends, begins = sorted_out(tensors, count)
        size = sum(tensor.size for tensor in tensors)
    else:
        begins = vocabulary * keys.whole("embedding_length") * 5 // 8
        blocks = even(max(size - 2 * begins, size // 2), count, "")
        ends = Weights({"": begins})
    experts, used = keys.whole("expert_count"), keys.most("expert_used_count")
    return Outline(
        architecture=architecture,
        quantisation=quantisation(values, tensors),
        size=size,
        vocabulary=vocabulary,
        trained=keys.whole("context_length"),
        width=keys.whole("embedding_length"),
        hidden=hidden_of(keys),
        heads=keys.most("attention.head_count"),
        cells=cells(keys, tensors if whole else [], count),
        window=keys.whole("attention.sliding_window"),
        state=state(keys, tensors if whole else [], count),
        blocks=blocks,
        ends=ends,
        begins=begins,
        packable=packable(keys),
        table=table_of(tensors),
        tied=tied,
        used=used / experts if experts and used else 1.0,
        exact=whole,
    )


class Keys:
    """The numbers of one architecture; what is missing or of another kind is 0."""

    def __init__(self, values: dict[str, Any], architecture: str) -> None:
        self._values, self._architecture = values, architecture

    def get(self, name: str) -> Any:
        return self._values.get(f"{self._architecture}.{name}")

    def whole(self, name: str) -> int:
        value = self.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def by_block(self, name: str, count: int) -> tuple[int, ...]:
        value = self.get(name)
        if isinstance(value, Array) and value.items and len(value.items) == count:
            return tuple(item if isinstance(item, int) else 0 for item in value.items)
        return (self.whole(name),) * count

    def most(self, name: str) -> int:
        value = self.get(name)
        if isinstance(value, Array) and value.items:
            return max((item for item in value.items if isinstance(item, int)), default=0)
        return self.whole(name)


def all_there(tensors: list[Tensor], size: int) -> bool:
    """Whether these fill the file; in what was split each file has its own."""
    return sum(tensor.size for tensor in tensors) > size * 0.9


def sorted_out(tensors: list[Tensor], count: int) -> tuple[tuple[Weights, ...], Weights, int]:
    """The weights of each block, those after them, and the bytes before them."""
    blocks: list[list[Tensor]] = [[] for _ in range(count)]
    ends, begins = [], 0
    for tensor in tensors:
        found = BLOCK.fullmatch(tensor.name)
        if found and int(found[1]) < count:
            blocks[int(found[1])].append(tensor)
        elif tensor.name in ENDS:
            ends.append(tensor)
        else:
            begins += tensor.size
    return tuple(map(together, blocks)), together(ends), begins


def together(tensors: list[Tensor]) -> Weights:
    products: dict[str, int] = {}
    experts = other = 0
    for tensor in tensors:
        if len(tensor.shape) < 2 or not tensor.name.endswith(".weight"):
            other += tensor.size
            continue
        # eight rows are packed together; what has fewer stays as it is
        name = TENSOR_TYPES[tensor.type][0] if tensor.shape[1] % 8 == 0 else ""
        products[name] = products.get(name, 0) + tensor.size
        if "_exps." in tensor.name:
            experts += tensor.size
    return Weights(products, experts, other)


def even(size: int, count: int, name: str) -> tuple[Weights, ...]:
    return (Weights({name: max(size, 0) // max(count, 1)}),) * count


def vocabulary_of(values: dict[str, Any], keys: Keys, tensors: list[Tensor]) -> int:
    tokens = values.get("tokenizer.ggml.tokens")
    if isinstance(tokens, Array):
        return tokens.count
    table = next((t for t in tensors if t.name == "token_embd.weight"), None)
    return table.shape[-1] if table else keys.whole("vocab_size") or USUAL_VOCABULARY


def table_of(tensors: list[Tensor]) -> str:
    kinds = [TENSOR_TYPES[t.type][0] for t in tensors if t.name == "token_embd.weight"]
    return kinds[0] if kinds else ""


def hidden_of(keys: Keys) -> int:
    """Numbers between the two halves of a feed-forward, for one word."""
    dense = keys.most("feed_forward_length")
    each = keys.whole("expert_feed_forward_length") or dense
    used = keys.most("expert_used_count") + keys.whole("expert_shared_count")
    return max(dense, each * used)


def cells(keys: Keys, tensors: list[Tensor], count: int) -> tuple[tuple[int, int], ...]:
    """Numbers of keys and values each block keeps for a token; (0, 0) where it keeps none."""
    heads = keys.by_block("attention.head_count_kv", count)
    most = keys.most("attention.head_count")
    size = keys.whole("embedding_length") // most if most else 0
    key, value = (keys.whole(f"attention.{n}_length") or size for n in ("key", "value"))
    shapes = {tensor.name: tensor.shape for tensor in tensors}
    shared = count - keys.whole("attention.shared_kv_layers")
    if rank := keys.whole("attention.kv_lora_rank"):  # compressed: keys alone, of all heads
        return ((rank + keys.whole("rope.dimension_count"), 0),) * count
    found = []
    for n in range(count):
        k, v = (shapes.get(f"blk.{n}.attn_{x}.weight") for x in "kv")
        fused = f"blk.{n}.attn_qkv.weight" in shapes and not has_state(shapes, n)
        if n >= shared or (shapes and not k and not fused):
            found.append((0, 0))
        elif k:
            found.append((k[1], (v or k)[1]))
        else:
            each = heads[n] or (most if not shapes or fused else 0)
            found.append((each * key, each * value))
    return tuple(found)


def packable(keys: Keys) -> bool:
    heads = keys.most("attention.head_count")
    size = keys.whole("embedding_length") // heads if heads else 0
    lengths = (keys.whole(f"attention.{name}_length") or size for name in ("key", "value"))
    return all(length % PACKED == 0 for length in lengths)


def has_state(shapes: dict[str, tuple[int, ...]], n: int) -> bool:
    return any(f"blk.{n}.{name}" in shapes for name in ("ssm_conv1d.weight", "ssm_a", "ssm_out"))


def state(keys: Keys, tensors: list[Tensor], count: int) -> int:
    """Bytes of the state of blocks without attention."""
    shapes = {tensor.name: tensor.shape for tensor in tensors}
    if cache := keys.whole("shortconv.l_cache"):
        short = sum(f"blk.{n}.shortconv.conv.weight" in shapes for n in range(count))
        return 4 * short * keys.whole("embedding_length") * (cache - 1)
    if size := keys.whole("wkv.head_size"):
        width = keys.whole("embedding_length")
        return 4 * count * (width * size + 2 * width)
    inner, depth = keys.whole("ssm.inner_size"), keys.whole("ssm.state_size")
    groups, kernel = keys.whole("ssm.group_count"), keys.whole("ssm.conv_kernel")
    blocks = sum(has_state(shapes, n) for n in range(count))
    each = max(kernel - 1, 0) * (inner + 2 * groups * depth) + depth * inner
    return 4 * blocks * each
