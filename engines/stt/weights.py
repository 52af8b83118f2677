"""What the weights of a Whisper model in CTranslate2's format say of themselves.

Read with our own bounded reader before the library sees the file.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelRefused
from engines.models.binary import BinaryFile

NEWEST = 6  # version of the format
NAME = "WhisperSpec"
NAME_LIMIT = 1 << 10
MOST_ARRAYS = 20_000
MOST_AXES = 8
TYPES = {0: ("float32", 4), 1: ("int8", 1), 2: ("int16", 2), 3: ("int32", 4)}
TYPES |= {4: ("float16", 2), 5: ("bfloat16", 2)}
DAMAGED = "its model.bin is damaged"
SIZES = {  # (width, layers that listen, layers that write)
    (384, 4, 4): "tiny",
    (512, 6, 6): "base",
    (768, 12, 12): "small",
    (768, 12, 4): "distil-small",
    (1024, 24, 24): "medium",
    (1024, 24, 2): "distil-medium",
    (1280, 32, 32): "large",
    (1280, 32, 2): "distil-large",
    (1280, 32, 4): "large turbo",
}


@dataclass(frozen=True)
class Weights:
    """The shape of a model. frames are of 10 ms."""

    architecture: str
    quantisation: str
    parameters: int
    bands: int  # of the spectrum it hears
    frames: int  # the most it hears at once
    tokens: int  # the most it can keep in mind while it writes
    vocabulary: int


def is_whisper(path: Path) -> bool:
    """Whether a model.bin is of a Whisper at all; quick, for looking through folders."""
    try:
        with path.open("rb") as file:
            return _start(BinaryFile(file, path.stat().st_size)) == NAME
    except (OSError, ModelRefused):
        return False


def check(path: Path) -> Weights:
    """Raises OSError, and ModelRefused where the file is not what CTranslate2 writes."""
    with path.open("rb") as file:
        data = BinaryFile(file, path.stat().st_size)
        name = _start(data)
        if name != NAME:
            raise ModelRefused("its model.bin is not a Whisper model", name)
        data.u32("revision")
        return _shape(_arrays(data))


def _start(data: BinaryFile) -> str:
    version = data.u32("version")
    if not 2 <= version <= NEWEST:
        raise ModelRefused("its model.bin is not in CTranslate2's format", f"version {version}")
    return _string(data, "the kind of model")


def _string(data: BinaryFile, what: str) -> str:
    length = int.from_bytes(data.read(2, what), "little")
    if not 0 < length <= NAME_LIMIT:
        raise ModelRefused(DAMAGED, f"{what}: {length} bytes")
    return data.read(length, what).rstrip(b"\0").decode("utf-8", "replace")


@dataclass(frozen=True)
class Array:
    shape: tuple[int, ...]
    type: str


def _arrays(data: BinaryFile) -> dict[str, Array]:
    count = data.u32("number of arrays")
    if not 0 < count <= MOST_ARRAYS:
        raise ModelRefused(DAMAGED, f"{count} arrays")
    found: dict[str, Array] = {}
    for _ in range(count):
        name = _string(data, "name of an array")
        axes = data.read(1, name)[0]
        if axes > MOST_AXES:
            raise ModelRefused(DAMAGED, f"{name}: {axes} axes")
        shape = tuple(data.u32(name) for _ in range(axes))
        kind, size = TYPES.get(data.read(1, name)[0], ("", 0))
        length = data.u32(name)
        if not kind or length != math.prod(shape) * size:
            raise ModelRefused(DAMAGED, f"{name}: {length} bytes for {shape} of {kind or '?'}")
        data.skip(length, name)
        found[name] = Array(shape, kind)
    return found | _others(data, found)


def _others(data: BinaryFile, arrays: dict[str, Array]) -> dict[str, Array]:
    """Further names of the same arrays."""
    count = data.u32("number of names")
    if count > MOST_ARRAYS:
        raise ModelRefused(DAMAGED, f"{count} names")
    pairs = [(_string(data, "a name"), _string(data, "an array")) for _ in range(count)]
    return {name: arrays[of] for name, of in pairs if of in arrays}


def _shape(arrays: dict[str, Array]) -> Weights:
    words = _array(arrays, "decoder/embeddings/weight", 2)
    ears = _array(arrays, "encoder/conv1/weight", 3)
    width = words.shape[1]
    layers = _layers(arrays, "encoder"), _layers(arrays, "decoder")
    size = SIZES.get((width, *layers), f"{layers[0]} and {layers[1]} layers")
    return Weights(
        architecture=f"Whisper, {size}",
        quantisation=words.type,
        parameters=_count(arrays),
        bands=ears.shape[1],
        frames=2 * _array(arrays, "encoder/position_encodings/encodings", 2).shape[0],
        tokens=_array(arrays, "decoder/position_encodings/encodings", 2).shape[0],
        vocabulary=words.shape[0],
    )


def _count(arrays: dict[str, Array]) -> int:
    """Of the model before it was quantised; an array of two names counts once."""
    learned = {id(array): array for name, array in arrays.items() if not name.endswith("_scale")}
    return sum(math.prod(array.shape) for array in learned.values())


def _array(arrays: dict[str, Array], name: str, axes: int) -> Array:
    found = arrays.get(name)
    if found is None or len(found.shape) != axes or not all(found.shape):
        raise ModelRefused(DAMAGED, f"{name}: {found}")
    return found


def _layers(arrays: dict[str, Array], side: str) -> int:
    """Layers are called encoder/layer_0/… and so on."""
    names = {name.split("/")[1] for name in arrays if name.startswith(f"{side}/layer_")}
    return len(names - {"layer_norm"})
