"""Finds the projector that belongs to a model's weights, and checks it."""

import logging
from functools import cache
from pathlib import Path

from engines.errors import ModelMissing, ModelRefused, ParleyError
from engines.models import companions
from engines.models.projector import Projector, check_projector

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
    """Files that may be this model's projector, the likeliest first."""
    return companions.beside(model)


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
