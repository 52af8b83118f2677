"""Loads a model of open_clip's from its folder: safetensors only, nothing is asked of anybody."""

import importlib
import importlib.util
import logging
import math
import os
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.errors import ParleyError
from engines.messages import Loaded
from engines.vision import memory
from engines.vision.folders import CONFIG, TOKENIZER, Contents, EyesRefused, check
from engines.vision.graphs import likeness
from engines.vision.seer import Seer
from engines.vision.tokens import FileTokens, cleaned, fitted

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MISSING = ParleyError(
    "Looking with another CLIP model needs packages that are not here yet.",
    "Open Preferences, Pictures, and press “Fetch what CLIP models need”.",
)
LARGEST = {"width": 8192, "layers": 128, "heads": 256, "head_width": 1024, "patch_size": 1024}
LARGEST |= {"embed_dim": 8192, "context_length": 1024, "vocab_size": 1 << 20, "image_size": 1024}
MUCH = 4  # times the weights that lie in the file
TORCH_TAKES = 4 << 30  # bytes of memory beside the model
SIMPLE = 49408  # words of the tokenizer that comes with open_clip


def create(
    folder: Path, device: str, threads: int, packages: str, progress: Callable[[float], bool]
) -> Seer:
    contents = check(folder, ())
    own = contents.config
    check_shape(own, contents.parameters)
    tokenizer = has_tokenizer(contents)
    progress(0.05)
    library = find_library(packages)
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    where = choose(device, torch)
    if where == "cpu":
        memory.limit(contents.size + TORCH_TAKES // 4)
    progress(0.5)
    towers = Towers(load(library, contents), contents, where)
    tokens = FileTokens(folder / TOKENIZER, contents.wording) if tokenizer else OwnTokens(contents)
    card = torch.cuda.get_device_name() if where == "cuda" else ""
    loaded = Loaded(
        name=contents.name,
        architecture="CLIP",
        parameters=contents.parameters,
        size=contents.size,
        licence=contents.licence,
        device=card or f"CPU, {threads} thread{'s' if threads > 1 else ''}",
        runner=f"open_clip {version('open_clip_torch')}, torch {version('torch')}",
    )
    return Seer(contents, towers, tokens, loaded)


def find_library(packages: str) -> Any:
    """open_clip, from our own packages or from those that were fetched. Raises MISSING."""
    # whatever a configuration asks for: no other format is opened, and nothing is downloaded
    os.environ |= {"TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1", "HF_HUB_OFFLINE": "1"}
    tempfile.tempdir = os.environ.get("XDG_CACHE_HOME", os.sep)  # else torch tries to write about
    if packages and packages not in sys.path:
        sys.path.append(packages)  # last: what we bring ourselves is what we use
        importlib.invalidate_caches()
    if not (importlib.util.find_spec("open_clip") and importlib.util.find_spec("torch")):
        raise MISSING
    try:
        library = importlib.import_module("open_clip")
    except (ImportError, OSError) as error:
        hint = "Fetch them again: Preferences, Pictures."
        raise ParleyError("What CLIP models need is damaged.", hint, str(error)) from error
    logging.getLogger().setLevel(logging.INFO)  # the library may have made it louder
    return library


def has_tokenizer(contents: Contents) -> bool:
    """Whether it brings one; open_clip's own is of one vocabulary. Raises EyesRefused."""
    if (contents.folder / TOKENIZER).is_file():
        return True
    text = contents.config["text_cfg"]
    if text.get("hf_tokenizer_name") or contents.wording.vocabulary != SIMPLE:
        raise EyesRefused(f"it has no {TOKENIZER}", "its words are not open_clip's own")
    return False


def check_shape(config: dict[str, Any], parameters: int) -> None:
    """A configuration cannot ask for far more memory than its weights fill. Raises EyesRefused."""
    least = 0.0
    for part in (config, config["vision_cfg"], config["text_cfg"]):
        for key, limit in LARGEST.items():
            value = part.get(key)
            numbers = value if isinstance(value, list) else [value]
            if any(type(n) is int and not 0 < n <= limit for n in numbers):
                raise EyesRefused(f"its {CONFIG} has an impossible {key}", f"{value!r:.60}")
    for part in (config["vision_cfg"], config["text_cfg"]):
        if part.get("hf_model_name"):
            reason = "its text model is of a library Parley does not use"
            raise EyesRefused(reason, f"{part['hf_model_name']!r:.60}")
        width, layers = part.get("width"), part.get("layers")
        ratio = part.get("mlp_ratio", 4.0)
        if type(width) is int and type(layers) is int and isinstance(ratio, int | float):
            if not 0 < ratio <= 16:
                raise EyesRefused(f"its {CONFIG} has an impossible mlp_ratio", f"{ratio}")
            least += layers * width * width * (4 + 2 * ratio)
    text = config["text_cfg"]
    if type(text.get("vocab_size")) is int and type(text.get("width")) is int:
        least += text["vocab_size"] * text["width"]
    if not math.isfinite(least) or least > MUCH * parameters:
        detail = f"{least:.0f} numbers for the {parameters} of its weights"
        raise EyesRefused("its parts do not belong together", detail)


def choose(device: str, torch: Any) -> str:
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        hint = "Choose automatic or cpu in Preferences."
        raise ParleyError("No graphics card can be used for looking at pictures.", hint)
    return "cuda" if there and device != "cpu" else "cpu"


def load(library: Any, contents: Contents) -> Any:
    """The model with the weights of its folder, in full precision. Raises EyesRefused."""
    import copy

    config = copy.deepcopy(contents.config)
    vision, text = config["vision_cfg"], config["text_cfg"]
    if vision.get("timm_model_name"):
        vision["timm_model_pretrained"] = False
    custom = config.pop("custom_text", False)
    kind = library.CustomTextCLIP if custom else library.CLIP
    if "multimodal_cfg" in config:
        raise EyesRefused("it is a model of another kind", "multimodal_cfg")
    for key in ("hf_tokenizer_name", "tokenizer_kwargs"):
        text.pop(key, None)
    try:
        model = kind(**config)
        library.load_checkpoint(model, str(contents.weights), strict=True)
    except MemoryError as error:
        reason = "it needs more memory than there is for it"
        raise EyesRefused(reason, str(error)) from error
    except Exception as error:  # noqa: BLE001  the library says it in many ways
        raise EyesRefused("its parts do not belong together", str(error)[:2000]) from error
    return model.eval()


class Towers:
    """Both halves of a model, on a processor or a card."""

    def __init__(self, model: Any, contents: Contents, where: str) -> None:
        self._model, self._where = model.to(where), where
        self.scale, self.bias = likeness(contents)

    def pictures(self, pixels: "Array") -> "Array":
        return self._run(self._model.encode_image, pixels)

    def words(self, ids: "Array") -> "Array":
        return self._run(self._model.encode_text, ids)

    def _run(self, tower: Callable[[Any], Any], given: "Array") -> "Array":
        torch: Any = importlib.import_module("torch")
        try:
            with torch.inference_mode():
                return tower(torch.from_numpy(given).to(self._where)).float().cpu().numpy()
        except (RuntimeError, IndexError, MemoryError) as error:
            raise EyesRefused("it breaks off while it looks", str(error)[:2000]) from error


class OwnTokens:
    """The tokenizer that comes with open_clip."""

    def __init__(self, contents: Contents) -> None:
        self._tokenizer: Any = importlib.import_module("open_clip").SimpleTokenizer()
        self._how = contents.wording

    def __call__(self, words: Any) -> list[list[int]]:
        first, last = self._tokenizer.sot_token_id, self._tokenizer.eot_token_id
        texts = [cleaned(one, "lower") for one in words]
        rows = ([first, *self._tokenizer.encode(one), last] for one in texts)
        return [fitted(row, self._how) for row in rows]
