"""Finds the projector that lies beside a model's weights."""

import logging
import re
from functools import cache
from pathlib import Path

from engines.errors import ModelMissing, ModelRefused, ParleyError
from engines.models.projector import Projector, check_projector

MARK = "mmproj"
MOST = 32  # projectors in one folder that are looked at
WORD = re.compile(r"[a-z0-9.]+")
GENERAL = {MARK, "model", "f16", "f32", "bf16", "fp16", "q8", "q4", "0", "k", "m", "gguf"}

log = logging.getLogger(__name__)


class Unfit(ParleyError):
    def __init__(self, path: Path, error: ModelRefused) -> None:
        super().__init__(
            f"What this model sees or hears with ({path.name}) cannot be used: {error.reason}.",
            "Download the projector that belongs to this model again.",
            error.detail,
        )


@cache  # asked before the jail closes, which lets no folder be listed
def beside(model: Path) -> tuple[Path, ...]:
    """Files that may be this model's projector, the likeliest first, and of these the smallest.

    Where several models lie in one folder, each has those whose names are most like its own.
    """
    try:
        files = sorted(path for path in model.parent.iterdir() if path.suffix.lower() == ".gguf")
        found = [path for path in files if MARK in path.name.lower()][:MOST]
        sizes = {path: path.stat().st_size for path in found}
    except OSError:
        return ()
    models = [path for path in files if path not in sizes]
    mine = [p for p in found if all(like(p, model) >= like(p, other) for other in models)]
    return tuple(sorted(mine, key=lambda path: (-like(path, model), sizes[path])))


def like(projector: Path, model: Path) -> int:
    """How many words of a projector's name are in a model's."""
    return len(words(projector) & words(model))


def words(path: Path) -> set[str]:
    return set(WORD.findall(path.stem.lower().replace("_", " "))) - GENERAL


def choose(model: Path, width: int) -> Projector | ParleyError | None:
    """The first that fits; else why the likeliest cannot be used; None where there is none."""
    refused: ParleyError | None = None
    for path in beside(model):
        try:
            return check_projector(path, width)
        except ModelRefused as error:
            log.info("%s is not used: %s %s", path.name, error.reason, error.detail)
            refused = refused or Unfit(path, error)
        except ModelMissing:
            continue
    return refused
