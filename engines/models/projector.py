"""Checks a projector, the eyes or ears of a model, before any native code sees it.

Where a rule says what the library would do, clip.cpp of llama.cpp 0c1e57098 was read.
"""

from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelRefused
from engines.models.contents import TEXT, Contents
from engines.models.gguf import read_contents, text
from engines.models.tower import BOOL, Tower, check_tower

FLOAT = 4  # bytes
HEARD = 1500  # places of thirty seconds of sound
SENSES = {"vision": "sees", "audio": "hears"}


@dataclass(frozen=True)
class Projector:
    """What a checked projector says about itself."""

    path: Path
    kind: str  # of what joins it to the model: "janus_pro"; of the eyes where it has both
    sees: bool
    hears: bool
    size: int  # bytes
    takes: int = 0  # bytes of memory, once something is looked at


def check_projector(path: Path, width: int) -> Projector:
    """For a model whose embeddings have this width; raises ModelRefused, ModelMissing."""
    contents = read_contents(path)
    if text(contents.values, "general.architecture") != "clip":
        raise ModelRefused("it is not the eyes or ears of a model (mmproj)")
    found = [sense for sense in SENSES if has(contents, f"clip.has_{sense}_encoder")]
    if not found:
        raise ModelRefused("it says neither that it sees nor that it hears")
    if has(contents, "clip.has_gen_audio_encoder"):
        raise ModelRefused("it is for making sound")
    kinds = [kind_of(contents, sense) for sense in found]
    if "deepseek4v" in kinds:  # a picture is another one in another place: nothing could be kept
        raise ModelRefused("it is of a kind that Parley cannot use", "deepseek4v")
    for sense, kind in zip(found, kinds, strict=True):
        check_tower(Tower(contents, sense, kind), width)
    takes = contents.size + sum(work(contents, sense) for sense in found)
    return Projector(path, kinds[0], "vision" in found, "audio" in found, contents.size, takes)


def work(contents: Contents, sense: str) -> int:
    """Bytes of what is computed on the way, for what a checked encoder takes in at once."""

    def number(name: str) -> int:
        found = contents.values.get(f"clip.{sense}.{name}")
        return found if isinstance(found, int) else 0

    places = (number("image_size") // max(number("patch_size"), 1)) ** 2 or HEARD
    wide = 4 * number("embedding_length") + 2 * number("feed_forward_length")
    scores = number("attention.head_count") * places
    return places * (wide + scores) * FLOAT


def has(contents: Contents, key: str) -> bool:
    if contents.types.get(key, BOOL) != BOOL:  # the library asserts it
        raise ModelRefused("a fact in it is of the wrong kind", key)
    return contents.values.get(key) is True


def kind_of(contents: Contents, sense: str) -> str:
    for key in ("clip.projector_type", f"clip.{sense}.projector_type"):
        if contents.types.get(key, TEXT) != TEXT:
            raise ModelRefused("a fact in it is of the wrong kind", key)
        if kind := text(contents.values, key):
            if kind == "qwen2.5o":  # one name for eyes and ears
                return "qwen2.5vl_merger" if sense == "vision" else "qwen2a"
            return kind
    raise ModelRefused("it does not say how it joins a model", "clip.projector_type")
