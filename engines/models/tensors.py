"""The tensors of a GGUF: their types and sizes, and where each must lie in its file."""

from collections import Counter
from dataclasses import dataclass
from math import prod

from engines.errors import ModelRefused
from engines.models.binary import BinaryFile

# Type number -> name, values in a block, bytes of a block: the table `type_traits` of ggml.c.
TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
    42: ("Q2_0", 64, 18),
}

# general.file_type -> name: `enum llama_ftype` of llama.h.
FILE_TYPES: dict[int, str] = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    19: "IQ2_XXS",
    20: "IQ2_XS",
    21: "Q2_K_S",
    22: "IQ3_XS",
    23: "IQ3_XXS",
    24: "IQ1_S",
    25: "IQ4_NL",
    26: "IQ3_S",
    27: "IQ3_M",
    28: "IQ2_S",
    29: "IQ2_M",
    30: "IQ4_XS",
    31: "IQ1_M",
    32: "BF16",
    36: "TQ1_0",
    37: "TQ2_0",
    38: "MXFP4",
    39: "NVFP4",
    40: "Q1_0",
    41: "Q2_0",
}

NAME_LIMIT = 63  # GGML_MAX_NAME less its closing zero
ELEMENTS_LIMIT = 1 << 48


@dataclass(frozen=True)
class Tensor:
    name: str
    shape: tuple[int, ...]
    type: int
    offset: int  # in bytes, from the start of the data
    size: int  # in bytes

    @property
    def elements(self) -> int:
        return prod(self.shape)


def read_tensor(file: BinaryFile) -> Tensor:
    raw = file.string("name of a tensor", NAME_LIMIT)
    name = raw.decode("ascii", "backslashreplace")
    if not name or not name.isprintable():
        raise ModelRefused("a tensor in it has an impossible name", name)
    dimensions = file.u32(name)
    if not 1 <= dimensions <= 4:
        raise ModelRefused("a tensor in it has an impossible shape", f"{name}: n_dims {dimensions}")
    shape = tuple(file.u64(name) for _ in range(dimensions))
    elements = prod(shape)  # exact: integers do not overflow here
    if not 0 < elements <= ELEMENTS_LIMIT:
        raise ModelRefused("a tensor in it has an impossible shape", f"{name}: {shape}")
    kind = file.u32(name)
    if kind not in TENSOR_TYPES:
        raise ModelRefused(
            "its numbers are packed in a way Parley does not know", f"{name}: {kind}"
        )
    title, block, block_bytes = TENSOR_TYPES[kind]
    if shape[0] % block:
        raise ModelRefused(
            "a tensor in it does not fit its own packing", f"{name}: {shape} as {title}"
        )
    return Tensor(name, shape, kind, file.u64(name), elements // block * block_bytes)


def end_of_data(tensors: list[Tensor], alignment: int) -> int:
    """Bytes the data must have. Tensors lie one behind the other, each padded: so ggml wants it."""
    end = 0
    for tensor in tensors:
        expected = -(-end // alignment) * alignment
        if tensor.offset != expected:
            raise ModelRefused(
                "a tensor in it does not lie where it should",
                f"{tensor.name}: offset {tensor.offset}, expected {expected}",
            )
        end = tensor.offset + tensor.size
    return end


def packing(tensors: list[Tensor]) -> str:
    """The name of the tensor type that holds most of the values."""
    held: Counter[int] = Counter()
    for tensor in tensors:
        held[tensor.type] += tensor.elements
    return TENSOR_TYPES[held.most_common(1)[0][0]][0]
