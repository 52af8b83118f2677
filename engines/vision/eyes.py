"""Say what is in a picture, and where pictures and words lie: the starter's eyes, without torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engines.messages import Loaded
from engines.options import option
from engines.protocol import EngineSpec, Kind
from engines.vision import folders, memory
from engines.vision.folders import TEXT, TOKENIZER, VISION
from engines.vision.seer import Seer


@dataclass(frozen=True)
class Options:
    threads: int = option(
        1, "Threads of the eyes", "One leaves the rest to the model.", between=(1, 16)
    )


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Seer:
    from importlib.metadata import version

    from engines.vision.graphs import Graphs
    from engines.vision.tokens import FileTokens

    contents = folders.check(model, (VISION, TEXT, TOKENIZER))
    memory.limit(contents.size)
    progress(0.2)
    towers = Graphs(contents, options.threads)
    tokens = FileTokens(model / TOKENIZER, contents.wording)
    loaded = Loaded(
        name=contents.name,
        architecture="CLIP",
        parameters=contents.parameters,
        size=contents.size,
        licence=contents.licence,
        device=f"CPU, {options.threads} thread{'s' if options.threads > 1 else ''}",
        runner=f"ONNX Runtime {version('onnxruntime')}",
    )
    return Seer(contents, towers, tokens, loaded)


SPEC = EngineSpec(
    *("eyes", Kind.VISION, "Eyes", Options, create),
    imports=("numpy", "onnx", "onnxruntime", "PIL.Image", "tokenizers"),
    read=folders.files,
)
