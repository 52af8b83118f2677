"""Any CLIP model of open_clip's, from a folder: the same requests as the eyes, with torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engines.options import option
from engines.protocol import Engine, EngineSpec, Kind
from engines.vision import folders


@dataclass(frozen=True)
class Options:
    device: str = option(
        "automatic",
        "Look with",
        "Automatic takes a graphics card (cuda) where there is one.",
        among=("automatic", "cpu", "cuda"),
    )
    threads: int = option(
        2, "Threads of other eyes", "On the processor. More is quicker.", between=(1, 64)
    )
    packages: str = option("", "")  # where torch and open_clip were fetched to; "": ours have them


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Engine:
    from engines.vision.clip import loading

    return loading.create(model, options.device, options.threads, options.packages, progress)


def devices() -> int:
    from engines.vision.clip import cards

    return cards.count()


SPEC = EngineSpec(
    *("open_clip", Kind.VISION, "CLIP", Options, create),
    imports=("numpy", "PIL.Image", "tokenizers"),
    gpu=True,
    cuda=True,
    read=folders.files,
    devices=devices,
)
