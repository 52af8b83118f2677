"""Which projector belongs to which model, judged by where files lie and what they are called."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from engines.models.shelves.manifests import projectors_of

MARK = "mmproj"
MOST = 32  # projectors in one folder that are looked at
WORD = re.compile(r"[a-z0-9.]+")
GENERAL = {MARK, "model", "f16", "f32", "bf16", "fp16", "q8", "q4", "0", "k", "m", "gguf"}


def beside(model: Path) -> tuple[Path, ...]:
    """Files that may be this model's projector, the likeliest first, and of these the smallest.

    Where several models lie in one folder, each has those whose names are most like its own.
    Ollama's files have no such names: there the manifests say what belongs together.
    """
    if found := projectors_of(model):
        return found
    try:
        files = sorted(path for path in model.parent.iterdir() if path.suffix.lower() == ".gguf")
        sizes = {path: path.stat().st_size for path in files if MARK in path.name.lower()}
    except OSError:
        return ()
    models = {model, *(path for path in files if path not in sizes)}
    return matched(models, sizes).get(model, ())


def matched(models: Iterable[Path], projectors: Mapping[Path, int]) -> dict[Path, tuple[Path, ...]]:
    """Model -> those of the projectors (with their sizes) that may be its own."""
    named = {model: words(model) for model in models}
    found: dict[Path, list[tuple[int, int, Path]]] = {}
    for projector in sorted(projectors)[:MOST]:
        own = words(projector)
        likes = {model: len(own & said) for model, said in named.items()}
        best = max(likes.values(), default=0)
        for model, like in likes.items():
            if like == best:
                found.setdefault(model, []).append((-like, projectors[projector], projector))
    return {model: tuple(path for *_, path in sorted(rows)) for model, rows in found.items()}


def words(path: Path) -> set[str]:
    return set(WORD.findall(path.stem.lower().replace("_", " "))) - GENERAL
