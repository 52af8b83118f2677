"""The eyes photos are looked at with: those that came with Parley, or any other CLIP model."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engines.messages import Embed, Loaded, Look, Vector
from engines.vision import folders

ENDS = 1 << 20  # bytes at both ends of the weights that tell them from others


class Eyes:
    """Pictures and words as f32 numpy vectors of length 1. Raises EyesRefused."""

    def __init__(self, folder: Path, packages: str, progress: Callable[[float], bool]) -> None:
        """packages: the folder of those that other models than Parley's own need."""
        from engines.vision import eyes

        if (folder / folders.VISION).is_file():
            self._seer = eyes.create(folder, eyes.Options(), progress)
        else:
            from engines.vision import open_clip

            self._seer = open_clip.create(
                folder, open_clip.Options("cpu", packages=packages), progress
            )
        self.identity = identity(folder)
        about = json.loads((folder / folders.CONFIG).read_bytes())  # checked by now
        self.dims: int = about["model_cfg"]["embed_dim"]

    @property
    def loaded(self) -> Loaded:
        return self._seer.loaded()

    def embed(self, width: int, height: int, rgb: bytes) -> Any:
        return self._vectors(Embed(pictures=(Look("", width, height, rgb),)))[0]

    def words(self, words: Sequence[str]) -> list[Any]:
        return self._vectors(Embed(words=tuple(words)))

    def _vectors(self, asked: Embed) -> list[Any]:
        import numpy

        events = self._seer.run(asked)
        return [numpy.frombuffer(one.values, "<f4") for one in events if isinstance(one, Vector)]


def identity(folder: Path) -> str:
    """The same for the same weights, wherever they lie."""
    weights = folders.weights_of(folder)
    told = hashlib.sha256((folder / folders.CONFIG).read_bytes())
    size = weights.stat().st_size
    with weights.open("rb") as file:
        told.update(b"%d" % size + file.read(ENDS))
        file.seek(max(0, size - ENDS))
        told.update(file.read(ENDS))
    return told.hexdigest()[:16]
