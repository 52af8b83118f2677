"""Checks an adapter, LoRA or control vector, before any native code sees it.

Where a rule says what the library would do, llama-adapter.cpp and llama-graph.cpp of llama.cpp
0c1e57098 were read.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelMissing, ModelRefused, ParleyError
from engines.models.contents import F32, TEXT, Contents
from engines.models.gguf import Header, read_contents, text
from engines.models.tensors import Tensor

HASH = re.compile(r"[0-9a-f]{64}")
DIRECTION = re.compile(r"direction\.([1-9]\d{0,3})")
RANKS = 4096  # real ones are below 512
ALPHAS = 1e6
A, B = ".lora_a", ".lora_b"
EMBEDDING = "token_embd.weight"
OUTPUT = "output.weight"  # where it is missing, the embedding stands in for it
IGNORED = "_norm.weight"  # what the library passes over
PLAIN = (0, 1, 8, 30)  # F32, F16, Q8_0, BF16: what adapters are written in
NUMBERS = 0  # F32, of a direction
NVFP4 = 40  # the library asserts that no adapter is on such a weight
ACTIVATED = "adapter.alora.invocation_tokens"

Shape = tuple[int, int, int]


class BadAdapter(ParleyError):
    """Why an adapter cannot be used; reason ends the sentence "… cannot be used: it …"."""

    def __init__(self, name: str, reason: str, detail: str = "") -> None:
        super().__init__(
            f"The adapter {name} cannot be used: {reason}.",
            "Choose a variant that fits this model, or the model that this one was made for.",
            detail,
        )
        self.reason = reason


@dataclass(frozen=True)
class Base:
    """The model that is to be changed; tensors: shape and type of each by its name."""

    architecture: str
    width: int
    blocks: int
    tensors: Mapping[str, tuple[tuple[int, ...], int]]


@dataclass(frozen=True)
class Adapter:
    """What a checked file says about itself; it is sound, and may still be for another model."""

    path: Path
    kind: str  # "lora" or "control"
    name: str  # as it calls itself, else as its file is called
    architecture: str  # of the model it was made for; "" where it does not say
    size: int  # bytes of its weights
    rank: int = 0  # the highest of a LoRA's
    alpha: float = 0.0
    pairs: Mapping[str, tuple[Shape, Shape]] | None = None  # what it changes: shapes of A and B
    width: int = 0  # of a control vector's directions
    blocks: tuple[int, ...] = ()  # which it has directions for
    places: tuple[int, ...] = ()  # where each of them begins in the file, in bytes


def base_of(header: Header, contents: Iterable[Contents]) -> Base:
    tensors = {one.name: (one.shape, one.type) for part in contents for one in part.tensors}
    return Base(header.architecture, header.embedding_length, header.block_count, tensors)


def read_adapter(path: Path) -> Adapter:
    """What is in the file, whatever model it is for. Raises BadAdapter."""
    name = called(path)
    try:
        return read_checked(path, name)
    except ModelMissing as error:
        raise BadAdapter(name, "its file is not there any more", str(path)) from error
    except ModelRefused as error:
        raise BadAdapter(name, error.reason, error.detail) from error


def check_adapter(path: Path, base: Base) -> Adapter:
    """The same, for this model. Raises BadAdapter."""
    adapter = read_adapter(path)
    try:
        check_fit(adapter, base)
    except ModelRefused as error:
        raise BadAdapter(adapter.name, error.reason, error.detail) from error
    return adapter


def called(path: Path) -> str:
    """A file that is named by its hash, in short."""
    return path.stem[:8] if HASH.fullmatch(path.stem) else path.name


def read_checked(path: Path, name: str) -> Adapter:
    contents = read_contents(path)
    kind, architecture = (
        text_of(contents, "general.type"),
        text_of(contents, "general.architecture"),
    )
    name = text(contents.values, "general.name")[:80].strip() or name
    if architecture == "controlvector" or kind == "controlvector":
        return read_control(path, name, contents)
    if kind != "adapter":
        raise ModelRefused("it is no adapter", f"general.type: {kind or 'not there'}")
    if (form := text_of(contents, "adapter.type")) != "lora":
        raise ModelRefused("it is of a kind that Parley does not know", f"adapter.type: {form}")
    return read_lora(path, name, architecture, contents)


def text_of(contents: Contents, key: str) -> str:
    if contents.types.get(key, TEXT) != TEXT:  # the library asserts it
        raise ModelRefused("a fact in it is of the wrong kind", key)
    return text(contents.values, key)


def read_lora(path: Path, name: str, architecture: str, contents: Contents) -> Adapter:
    if not architecture:
        raise ModelRefused("it does not say what kind of model it is for", "general.architecture")
    if ACTIVATED in contents.types:
        raise ModelRefused(
            "it is one that certain words switch on, which Parley cannot do", ACTIVATED
        )
    alpha = contents.values.get("adapter.lora.alpha", 0.0)
    if contents.types.get("adapter.lora.alpha", F32) != F32:  # the library asserts it
        raise ModelRefused("a fact in it is of the wrong kind", "adapter.lora.alpha")
    if not math.isfinite(alpha) or not 0 <= alpha <= ALPHAS:
        raise ModelRefused("a number in it cannot be right", f"adapter.lora.alpha: {alpha}")
    pairs = pairs_in(contents.tensors)
    rank = max(rank_of(part, *pair) for part, pair in pairs.items())
    size = sum(one.size for one in contents.tensors)
    return Adapter(path, "lora", name, architecture, size, rank, alpha, pairs)


def pairs_in(tensors: Iterable[Tensor]) -> dict[str, tuple[Shape, Shape]]:
    """Name of a weight -> the shapes of what is added to it, A and B."""
    halves: dict[str, dict[str, Shape]] = {}
    for one in tensors:
        part, half = one.name[:-7], one.name[-7:]
        if half not in (A, B):
            if one.name.endswith(IGNORED):
                continue
            raise ModelRefused("there is something in it that is no part of an adapter", one.name)
        if ".lora_" in part:  # the library would take it for the half of another weight
            raise ModelRefused("a part of it has an impossible name", one.name)
        if one.type not in PLAIN:  # the library has no way to multiply by some of the others
            raise ModelRefused("a part of it is packed in a way adapters are not", one.name)
        halves.setdefault(part, {})[half] = solid(one)
    if not halves:
        raise ModelRefused("there is nothing in it")
    for part, found in halves.items():
        if len(found) < 2:
            lost = next(half for half in (A, B) if half not in found)
            raise ModelRefused("a half of it is missing", part + lost)
    return {part: (found[A], found[B]) for part, found in halves.items()}


def solid(tensor: Tensor) -> Shape:
    """Its shape in three sizes."""
    wide, high, deep, more = (*tensor.shape, 1, 1, 1)[:4]
    if more != 1:
        raise ModelRefused("a part of it has the wrong shape", f"{tensor.name}: {tensor.shape}")
    return wide, high, deep


def rank_of(part: str, a: Shape, b: Shape) -> int:
    """Of one pair; an embedding's is the other way round."""
    given, taken = (a[0] if part == EMBEDDING else a[1]), b[0]
    if given != taken:
        raise ModelRefused("its two halves do not belong together", f"{part}: {a}, {b}")
    if given > RANKS:
        raise ModelRefused("its rank is higher than that of any adapter", f"{part}: {given}")
    return given


def read_control(path: Path, name: str, contents: Contents) -> Adapter:
    found: dict[int, Tensor] = {}
    for one in contents.tensors:
        number = DIRECTION.fullmatch(one.name)
        if number is None:
            raise ModelRefused("there is something in it that is no direction", one.name)
        if one.type != NUMBERS or one.elements != one.shape[0]:
            raise ModelRefused("a direction in it has the wrong shape", f"{one.name}: {one.shape}")
        found[int(number[1])] = one
    widths = {one.elements for one in found.values()}
    if not widths:
        raise ModelRefused("there is nothing in it")
    if len(widths) > 1:
        raise ModelRefused("its directions are not of one width", f"{sorted(widths)}")
    return Adapter(
        *(path, "control", name, text_of(contents, "controlvector.model_hint")),
        size=sum(one.size for one in found.values()),
        width=widths.pop(),
        blocks=tuple(found),
        places=tuple(contents.start + one.offset for one in found.values()),
    )


def check_fit(adapter: Adapter, base: Base) -> None:
    """Whether a sound adapter belongs to this model. Raises ModelRefused."""
    made_for, here = adapter.architecture, base.architecture
    if made_for != here and (made_for or adapter.kind == "lora"):
        raise ModelRefused(
            f"it was made for another kind of model ({made_for[:40]}, and this one is {here})"
        )
    if adapter.pairs is None:
        return check_directions(adapter, base)
    for part, (a, b) in adapter.pairs.items():
        check_pair(part, a, b, base)
    return None


def check_directions(adapter: Adapter, base: Base) -> None:
    if adapter.width != base.width:
        raise other_size(f"directions of {adapter.width}, not {base.width}")
    if max(adapter.blocks) >= base.blocks:
        raise other_size(f"direction.{max(adapter.blocks)} of {base.blocks} layers")


def check_pair(part: str, a: Shape, b: Shape, base: Base) -> None:
    if part not in base.tensors:
        raise ModelRefused("it changes a part that this model does not have", part)
    shape, kind = base.tensors[part]
    if kind == NVFP4:
        raise ModelRefused("this model is packed in a way (NVFP4) that nothing can be added to")
    if len(shape) < 2 or part != EMBEDDING and part.endswith(EMBEDDING):
        raise ModelRefused("it changes a part that no adapter can change", part)
    wide, high, deep = (*shape, 1)[:3]
    if part == EMBEDDING:
        if OUTPUT not in base.tensors:  # where it is multiplied the other way: the library asserts
            raise ModelRefused("it changes what words mean to this model, as no adapter can", part)
        fits = (b[1], a[1]) == (wide, high)
    else:
        fits = (a[0], b[1]) == (wide, high)
    if not fits or a[2] != deep or b[2] != deep:
        raise other_size(f"{part}: {a} and {b} for {shape}")


def other_size(detail: str) -> ModelRefused:
    return ModelRefused("it was made for a model of another size", detail)
