"""The header of a safetensors file: read with bounds, before a library or a graph uses the data."""

import json
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from engines.errors import ModelRefused
from engines.models.binary import BinaryFile

LONGEST_HEADER = 32 << 20  # bytes
MOST_TENSORS, MOST_AXES = 50_000, 8
TYPES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1}
TYPES |= {"U8": 1, "BOOL": 1}  # bytes of a value
DAMAGED = "its weights are damaged"


class Tensor(NamedTuple):
    type: str
    shape: tuple[int, ...]
    start: int  # bytes from the start of the file
    size: int  # bytes

    @property
    def elements(self) -> int:
        return prod(self.shape)


def read(path: Path) -> dict[str, Tensor]:
    """Every tensor by its name. Raises OSError, and ModelRefused where the file lies."""
    with path.open("rb") as file:
        data = BinaryFile(file, path.stat().st_size)
        header = data.string("header", LONGEST_HEADER)
        begin, size = data.position, data.size
    try:
        content = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise ModelRefused(DAMAGED, str(error)) from error
    if not isinstance(content, dict) or len(content) > MOST_TENSORS:
        raise ModelRefused(DAMAGED, "no list of tensors")
    content.pop("__metadata__", None)
    found = {name: _tensor(name, about, begin) for name, about in content.items()}
    end = begin
    for name, one in sorted(found.items(), key=lambda item: item[1].start):
        if one.start != end and one.size:  # the format leaves no holes
            raise ModelRefused(DAMAGED, f"{name} begins at {one.start} and not at {end}")
        end = max(end, one.start + one.size)
    if end != size:
        raise ModelRefused(DAMAGED, f"its tensors end at {end}, the file at {size}")
    return found


def _tensor(name: str, about: Any, begin: int) -> Tensor:
    try:
        kind, shape = about["dtype"], tuple(about["shape"])
        start, end = about["data_offsets"]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused(DAMAGED, f"{name[:80]}: {error}") from error
    numbers = all(type(n) is int and 0 <= n < 1 << 48 for n in (*shape, start, end))
    if not isinstance(kind, str) or kind not in TYPES:
        raise ModelRefused("its numbers are packed in a way Parley does not know", f"{kind!r:.40}")
    if not numbers or len(shape) > MOST_AXES or end - start != prod(shape) * TYPES[kind]:
        raise ModelRefused(DAMAGED, f"{name[:80]}: {about!r:.200}")
    return Tensor(kind, shape, begin + start, end - start)
