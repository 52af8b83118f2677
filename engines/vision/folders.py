"""The folder of a CLIP model, as open_clip writes it: checked before any library opens a file.

Looks only at files: nothing is asked of the network, nothing is loaded.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.errors import ModelRefused, ParleyError
from engines.models import safetensors
from engines.models.safetensors import Tensor

CONFIG, TOKENIZER, LABELS = "open_clip_config.json", "tokenizer.json", "labels.txt"
WEIGHTS = "open_clip_model.safetensors"
OTHER_NAMES = ("open_clip_pytorch_model.safetensors", "model.safetensors")
VISION, TEXT = "vision.onnx", "text.onnx"
LIMITS = {  # bytes
    CONFIG: 1 << 20,
    TOKENIZER: 64 << 20,
    LABELS: 1 << 20,
    **dict.fromkeys((VISION, TEXT), 64 << 20),
    **dict.fromkeys((WEIGHTS, *OTHER_NAMES), 16 << 30),
}
MOST_LABELS, LONGEST_LABEL = 5_000, 100
SIDES, CONTEXTS, WIDTHS = (8, 1024), (4, 1024), (2, 8192)  # pixels, tokens, numbers of a vector
RESIZES = ("shortest", "longest", "squash")
INTERPOLATIONS = ("bicubic", "bilinear", "random")
CLEANINGS = ("whitespace", "lower", "canonicalize")
LINE = 80  # characters


class EyesRefused(ParleyError):
    """The folder is not a model for pictures that Parley can use; reason says why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(
            f"This folder cannot be used to look at pictures: {reason}.",
            "Download the model again, or choose another one.",
            detail,
        )
        self.reason = reason


@dataclass(frozen=True)
class Preparing:
    """How a picture is brought to the size the model looks at."""

    width: int
    height: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resize: str  # one of RESIZES
    interpolation: str
    fill: int


@dataclass(frozen=True)
class Wording:
    """How words become numbers."""

    context: int  # tokens
    pad: int
    cleaning: str
    vocabulary: int


@dataclass(frozen=True)
class Contents:
    """A folder that passed every check."""

    folder: Path
    name: str
    licence: str  # "" where it does not say
    size: int  # bytes
    config: dict[str, Any]  # model_cfg
    preparing: Preparing
    wording: Wording
    dimension: int  # of its vectors
    weights: Path
    tensors: dict[str, Tensor]
    labels: tuple[str, ...]

    @property
    def parameters(self) -> int:
        return sum(one.elements for one in self.tensors.values())


def files(folder: Path) -> tuple[Path, ...]:
    """What a jail must let a worker read: the folder, and what its links point to."""
    linked = (folder / part for part in LIMITS)
    return (folder, *(part.resolve() for part in linked if part.is_symlink()))


def check(folder: Path, needed: Iterable[str]) -> Contents:
    """Raises EyesRefused with what is wrong, before any library opens a file of it."""
    try:
        return _check(folder, needed)
    except ModelRefused as error:
        raise EyesRefused(error.reason, error.detail) from error
    except OSError as error:
        raise EyesRefused("it cannot be read", str(error)) from error


def _check(folder: Path, needed: Iterable[str]) -> Contents:
    _check_files(folder, (CONFIG, *needed))
    whole = _json(folder / CONFIG)
    config = _part(whole, "model_cfg")
    text, vision = _part(config, "text_cfg"), _part(config, "vision_cfg")
    weights = weights_of(folder)
    return Contents(
        folder,
        _line(whole, "name") or folder.name,
        _line(whole, "licence"),
        sum((folder / p).stat().st_size for p in LIMITS if (folder / p).is_file()),
        config,
        _preparing(vision, whole.get("preprocess_cfg")),
        _wording(text),
        _number(config, "embed_dim", WIDTHS),
        weights,
        safetensors.read(weights),
        _labels(folder / LABELS),
    )


def weights_of(folder: Path) -> Path:
    found = (folder / name for name in (WEIGHTS, *OTHER_NAMES))
    file = next((one for one in found if one.is_file()), None)
    if file is None:
        raise EyesRefused(f"it has no {WEIGHTS}; other formats are not opened", str(folder))
    return file


def _check_files(folder: Path, needed: Iterable[str]) -> None:
    if not folder.is_dir():
        raise EyesRefused("it is not there any more", str(folder))
    for part in needed:
        if not (folder / part).is_file():
            raise EyesRefused(f"it has no {part}", str(folder))
    for part, limit in LIMITS.items():
        file = folder / part
        if file.exists() and not (file.is_file() and file.stat().st_size <= limit):
            raise EyesRefused(f"its {part} is far too large", str(folder))
        if file.exists() and not file.stat().st_size:
            raise EyesRefused(f"its {part} is empty", str(folder))


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EyesRefused(f"its {file.name} is damaged", str(error)) from error
    if not isinstance(content, dict):
        raise EyesRefused(f"its {file.name} is damaged", type(content).__name__)
    return content


def _part(content: dict[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    if not isinstance(found, dict):
        raise EyesRefused(f"its {CONFIG} is not that of a CLIP model", f"{key}: {found!r:.60}")
    return found


def _line(content: dict[str, Any], key: str) -> str:
    said = content.get(key)
    return said if isinstance(said, str) and said.isprintable() and len(said) <= LINE else ""


def _number(
    content: dict[str, Any], key: str, limits: tuple[int, int], default: int | None = None
) -> int:
    found = content.get(key, default)
    if type(found) is not int or not limits[0] <= found <= limits[1]:
        raise EyesRefused(f"its {CONFIG} has an impossible {key}", f"{found!r:.60}")
    return found


def _choice(content: dict[str, Any], key: str, among: tuple[str, ...]) -> str:
    found = content.get(key) or among[0]
    if found not in among:
        raise EyesRefused(f"its {CONFIG} has an unknown {key}", f"{found!r:.60}")
    return found


def _preparing(vision: dict[str, Any], said: Any) -> Preparing:
    said = said if isinstance(said, dict) else {}
    size = vision.get("image_size", 224)
    height, width = size if isinstance(size, list) and len(size) == 2 else (size, size)
    sides = {"height": height, "width": width}
    return Preparing(
        _number(sides, "width", SIDES),
        _number(sides, "height", SIDES),
        _triple(said, "mean", (0.48145466, 0.4578275, 0.40821073)),
        _triple(said, "std", (0.26862954, 0.26130258, 0.27577711)),
        _choice(said, "resize_mode", RESIZES),
        _choice(said, "interpolation", INTERPOLATIONS),
        _number({"fill_color": said.get("fill_color") or 0}, "fill_color", (0, 255)),
    )


def _triple(said: dict[str, Any], key: str, default: tuple[float, ...]) -> tuple[float, ...]:
    found = said.get(key) or default
    good = isinstance(found, list | tuple) and len(found) == 3
    if not good or not all(isinstance(n, int | float) and math.isfinite(n) for n in found):
        raise EyesRefused(f"its {CONFIG} has an impossible {key}", f"{found!r:.60}")
    if key == "std" and min(found) <= 0:
        raise EyesRefused(f"its {CONFIG} has an impossible {key}", f"{found!r:.60}")
    return tuple(map(float, found))


def _wording(text: dict[str, Any]) -> Wording:
    kwargs = text.get("tokenizer_kwargs")
    return Wording(
        _number(text, "context_length", CONTEXTS, 77),
        _number(text, "pad_id", (0, 1 << 20), 0),
        _choice(kwargs if isinstance(kwargs, dict) else {}, "clean", CLEANINGS),
        _number(text, "vocab_size", (2, 1 << 20), 49408),
    )


def _labels(file: Path) -> tuple[str, ...]:
    if not file.exists():
        return ()
    try:
        lines = file.read_text("utf-8").splitlines()
    except ValueError as error:
        raise EyesRefused(f"its {LABELS} is damaged", str(error)) from error
    labels = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(labels) > MOST_LABELS or any(
        len(one) > LONGEST_LABEL or not one.isprintable() for one in labels
    ):
        raise EyesRefused(f"its {LABELS} is no list of words", f"{len(labels)} lines")
    return labels
