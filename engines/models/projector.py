"""Checks a projector, the eyes or ears of a model, before any native code sees it.

Where a rule says what the library would do, clip.cpp of llama.cpp 0c1e57098 was read.
"""

from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelRefused
from engines.models.gguf import read_contents, text


@dataclass(frozen=True)
class Projector:
    """What a checked projector says about itself."""

    path: Path
    kind: str  # of what joins it to the model: "janus_pro"
    sees: bool
    hears: bool
    size: int  # bytes


def check_projector(path: Path, width: int) -> Projector:
    """For a model whose embeddings have this width; raises ModelRefused, ModelMissing."""
    contents = read_contents(path)
    values = contents.values
    if text(values, "general.architecture") != "clip":
        raise ModelRefused("it is not the eyes or ears of a model (mmproj)")
    sees = values.get("clip.has_vision_encoder") is True
    hears = values.get("clip.has_audio_encoder") is True
    if not sees and not hears:
        raise ModelRefused("it says neither that it sees nor that it hears")
    kind = text(values, "clip.projector_type") or text(values, "clip.vision.projector_type")
    joined = [t for t in contents.tensors if t.name.startswith(("mm.", "resampler.", "a.mm."))]
    if not any(width in tensor.shape for tensor in joined):
        raise ModelRefused("it was made for another model", f"{width} in none of its shapes")
    return Projector(path, kind, sees, hears, contents.size)
