"""Jan's data folder: a model.yml for each model says where its file lies."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from engines.models.companions import beside
from engines.models.found import Found
from engines.models.purpose import PROJECTOR, TALK, purpose
from engines.models.shelves import folder as any_folder
from engines.models.shelves.talking import talking
from engines.models.shelves.walk import walk

SHELVES = ("llamacpp/models", "models")  # the second is of older versions
ABOUT = "model.yml"
LONGEST = 64 << 10  # bytes of a model.yml
LINE = re.compile(r"([a-z_]+):[ \t]+(\S.*?)[ \t]*")


def search(source: str, root: Path, cancelled: Callable[[], bool]) -> Iterator[Found]:
    """What has a model.yml by its name there, then what only lies there."""
    for shelf in SHELVES:
        for folder in walk(root / shelf, cancelled):
            if ABOUT in folder.files and (model := _described(source, root, folder.path)):
                yield model
        yield from any_folder.search(source, root / shelf, cancelled)


def _described(source: str, root: Path, folder: Path) -> Found | None:
    about = read_about(folder / ABOUT)
    path = about.get("model_path", "")
    if not path or "\0" in path:
        return None
    file = root / path  # an imported model has an absolute one
    if purpose(file).kind != TALK:
        return None
    name = about.get("name") or folder.name
    own = next((one for one in beside(file) if purpose(one).kind == PROJECTOR), None)
    return talking(source, file, name, own)


def read_about(file: Path) -> dict[str, str]:
    """The plain `key: value` lines of a file of Jan's; all it has that matters here."""
    try:
        if file.stat().st_size > LONGEST:
            return {}
        lines = file.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    found = (LINE.fullmatch(line) for line in lines)
    return {line[1]: _unquoted(line[2]) for line in found if line}


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value
