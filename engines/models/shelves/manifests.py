"""The manifests of Ollama: which of its blobs are one model. A hostile one is none."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from engines.models.shelves.walk import never, walk

MANIFESTS, BLOBS = "manifests", "blobs"
LONGEST = 1 << 20  # bytes of a manifest; real ones have a few thousand
LAYER = "application/vnd.ollama.image."
DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")
HOST, OWNER, LATEST = "registry.ollama.ai", "library", ":latest"


class Manifest(NamedTuple):
    """One model under one of its names. projectors may be empty."""

    name: str
    weights: Path
    projectors: tuple[Path, ...]


def is_root(folder: Path) -> bool:
    return (folder / MANIFESTS).is_dir() and (folder / BLOBS).is_dir()


def manifests(root: Path, cancelled: Callable[[], bool] = never) -> Iterator[Manifest]:
    """Those of models whose blobs are all there, and whole."""
    for folder in walk(root / MANIFESTS, cancelled):
        for name in folder.files:
            if one := _manifest(root, folder.path / name):
                yield one


def name_of(weights: Path, cancelled: Callable[[], bool] = never) -> str:
    """As Ollama calls the model of this blob, "" where no manifest has it."""
    named = (m.name for m in manifests(weights.parent.parent, cancelled) if m.weights == weights)
    return telling(named)


def telling(names: Iterable[str]) -> str:
    """Of several names of one model the one that says most; "" of none."""
    return min(names, key=lambda name: (name.endswith(LATEST), name), default="")


def projectors_of(weights: Path) -> tuple[Path, ...]:
    """What the models of this blob see with, as their manifests have it."""
    root = weights.parent.parent
    if not DIGEST.fullmatch(weights.name) or weights.parent.name != BLOBS:
        return ()
    found = (one.projectors for one in manifests(root) if one.weights == weights)
    return tuple(dict.fromkeys(path for paths in found for path in paths))


def _manifest(root: Path, file: Path) -> Manifest | None:
    layers = _layers(file)
    found: dict[str, list[Path]] = {}
    for layer in layers:
        kind = str(layer.get("mediaType")).removeprefix(LAYER)
        if kind in ("model", "projector", "adapter"):
            blob = _blob(root, layer)
            if blob is None:
                return None
            found.setdefault(kind, []).append(blob)
    # with an adapter it is another model than its weights alone, and nothing here applies one
    if len(found.get("model", ())) != 1 or "adapter" in found:
        return None
    name = _name(file.relative_to(root / MANIFESTS).parts)
    return Manifest(name, found["model"][0], tuple(found.get("projector", ())))


def _layers(file: Path) -> list[dict[str, Any]]:
    try:
        if file.stat().st_size > LONGEST:
            return []
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    layers = content.get("layers") if isinstance(content, dict) else None
    return [one for one in layers if isinstance(one, dict)] if isinstance(layers, list) else []


def _blob(root: Path, layer: dict[str, Any]) -> Path | None:
    """The file of a layer; None where it is not there, or not whole."""
    digest = DIGEST.fullmatch(str(layer.get("digest")))
    if digest is None:
        return None
    for mark in "-:":  # the colon is of older versions
        blob = root / BLOBS / f"sha256{mark}{digest[1]}"
        try:
            if blob.is_file() and blob.stat().st_size == layer.get("size"):
                return blob
        except OSError:
            continue
    return None


def _name(parts: tuple[str, ...]) -> str:
    """As Ollama itself says it: "llama3.2:3b", "someone/model:tag", "hf.co/owner/model:tag"."""
    *where, tag = parts
    if where[:1] == [HOST]:
        where = where[2:] if where[1:2] == [OWNER] else where[1:]
    return f"{'/'.join(where)}:{tag}"
