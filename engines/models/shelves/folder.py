"""What lies in any folder: GGUF files, voices, and folders that are a model as a whole."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from engines.errors import ParleyError
from engines.models.companions import matched
from engines.models.found import Found
from engines.models.gguf import PART
from engines.models.purpose import PROJECTOR, TALK, purpose
from engines.models.shelves import manifests, ollama
from engines.models.shelves.talking import talking
from engines.models.shelves.walk import Folder, walk
from engines.stt import folders as ears
from engines.stt import weights
from engines.tts import voices
from engines.vision import folders as eyes

GGUF = ".gguf"

Cancelled = Callable[[], bool]


def search(source: str, root: Path, cancelled: Cancelled) -> Iterator[Found]:
    for folder in walk(root, cancelled):
        if folder.path.name == manifests.BLOBS and manifests.is_root(folder.path.parent):
            yield from ollama.search(source, folder.path.parent, cancelled)
        else:
            yield from models_in(source, folder, cancelled)


def models_in(source: str, folder: Folder, cancelled: Cancelled) -> Iterator[Found]:
    names = set(folder.files)
    if ears.MODEL in names and ears.CONFIG in names:
        yield from _ears(source, folder.path)
    if eyes.CONFIG in names:
        yield from _eyes(source, folder.path)
    for name in folder.files:
        if name.endswith(voices.MODEL) and name + voices.ABOUT in names:
            yield from _voice(source, folder.path / name)
    yield from _talking(source, folder, cancelled)


def _talking(source: str, folder: Folder, cancelled: Cancelled) -> Iterator[Found]:
    names: dict[Path, str] = {}
    projectors: dict[Path, int] = {}
    for file in (folder.path / name for name in folder.files if name.lower().endswith(GGUF)):
        if cancelled():
            return
        part = PART.fullmatch(file.name)
        if part and int(part["number"]) != 1:
            continue
        told = purpose(file)
        if told.kind == TALK:
            names[file] = told.name or (part["stem"] if part else file.stem)
        elif told.kind == PROJECTOR:
            projectors[file] = _size(file)
    own = matched(names, projectors)
    for file, name in names.items():
        if model := talking(source, file, name, next(iter(own.get(file, ())), None)):
            yield model


def _ears(source: str, folder: Path) -> Iterator[Found]:
    files = tuple(folder / part for part in ears.LIMITS if (folder / part).is_file())
    whole = ears.TOKENIZER in {file.name for file in files}
    if whole and weights.is_whisper(folder / ears.MODEL):
        yield Found("listen", folder, files, ears.name(folder), source, ears.size(folder))


def _eyes(source: str, folder: Path) -> Iterator[Found]:
    with suppress(ParleyError, OSError):
        contents = eyes.check(folder, (eyes.TOKENIZER,))
        files = tuple(folder / part for part in eyes.LIMITS if (folder / part).is_file())
        yield Found("find", folder, files, contents.name, source, contents.size)


def _voice(source: str, path: Path) -> Iterator[Found]:
    with suppress(ParleyError, OSError):
        about = voices.check(path)
        files = tuple(file for file in voices.beside(path)[:3] if file.is_file())
        yield Found("speak", path, files, about.name, source, sum(map(_size, files)))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
