"""Builds the model folders of other programs as these lay them out, and says what is in them.

Each builder takes the folder to fill and files to fill it with, and returns the root to search.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

OLLAMA = "application/vnd.ollama.image."


def state(root: Path) -> dict[str, str]:
    """Everything below root: what it is, when it was written, and what is in it."""
    found = {}
    for path in sorted(root.rglob("*")):
        about = path.lstat()
        if path.is_symlink():
            content = os.readlink(path)  # noqa: PTH115
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        found[str(path.relative_to(root))] = f"{about.st_mode} {about.st_mtime_ns} {content}"
    return found


def put(file: Path, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, place)
    return place


def lm_studio(root: Path, model: Path, projector: Path) -> Path:
    home = root / "maker" / "Tiny-Model-GGUF"
    put(model, home / "Tiny-Model-Q4_K_M.gguf")
    put(projector, home / "mmproj-Tiny-Model-f16.gguf")
    (home / "downloading_Tiny-Model-Q8_0.gguf.part").write_bytes(model.read_bytes()[:5000])
    return root


def blob(root: Path, content: bytes) -> dict[str, object]:
    """A layer of Ollama's without its kind; the file is written."""
    digest = hashlib.sha256(content).hexdigest()
    file = root / "blobs" / f"sha256-{digest}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def manifest(root: Path, name: str, layers: list[dict[str, object]]) -> Path:
    file = root / "manifests" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    about = {"schemaVersion": 2, "config": blob(root, b"{}"), "layers": layers}
    file.write_text(json.dumps(about))
    return file


def ollama(root: Path, model: Path, projector: Path | None = None) -> Path:
    weights = {"mediaType": OLLAMA + "model", **blob(root, model.read_bytes())}
    layers = [weights, {"mediaType": OLLAMA + "template", **blob(root, b"{{ .Prompt }}")}]
    if projector:
        layers.append({"mediaType": OLLAMA + "projector", **blob(root, projector.read_bytes())})
    for tag in ("latest", "1b"):
        manifest(root, f"registry.ollama.ai/library/tiny/{tag}", layers)
    (root / "blobs" / ("sha256-" + "0" * 64 + "-partial")).write_bytes(b"GGUF")
    return root


def jan(root: Path, model: Path, projector: Path) -> Path:
    home = root / "llamacpp" / "models" / "maker" / "Tiny"
    put(model, home / "model.gguf")
    put(projector, home / "mmproj.gguf")
    (home / "model.yml").write_text(
        "embedding: false\nmmproj_path: llamacpp/models/maker/Tiny/mmproj.gguf\n"
        "model_path: llamacpp/models/maker/Tiny/model.gguf\nname: 'Tiny: the Jan one'\n"
        f"size_bytes: {model.stat().st_size}\n"
    )
    (root / "threads").mkdir()
    return root


def gpt4all(root: Path, model: Path) -> Path:
    put(model, root / "Tiny-Q4_0.gguf")
    (root / "incomplete-Other-Q4_0.gguf").write_bytes(model.read_bytes()[:5000])
    (root / "localdocs_v3.db").write_bytes(b"SQLite format 3\0")
    return root
