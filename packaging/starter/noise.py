"""A copy of a GGUF file with noise for weights: same size, same words, nothing learned."""

from pathlib import Path

import gguf
import numpy as np

SCALE = 2  # bytes of a Q8_0 block before its 32 numbers


def write(model: Path, out: Path, seed: int = 5) -> None:
    """Only Q8_0 matrices are changed: their numbers become even noise, the scales stay."""
    content = bytearray(model.read_bytes())
    rng = np.random.default_rng(seed)
    for tensor in gguf.GGUFReader(model).tensors:
        if tensor.tensor_type != gguf.GGMLQuantizationType.Q8_0:
            continue
        begin, size = int(tensor.data_offset), int(tensor.n_bytes)
        blocks = np.frombuffer(content, np.uint8, size, begin).reshape(-1, SCALE + 32)
        blocks[:, SCALE:] = rng.integers(0, 256, blocks[:, SCALE:].shape, np.uint8)
    out.write_bytes(content)
