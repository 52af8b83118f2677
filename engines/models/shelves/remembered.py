"""What was found before: a model whose drive is away is not forgotten."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from engines.models.found import Found
from engines.models.shelves.places import THERE, state
from engines.models.shelves.search import search
from engines.models.shelves.walk import never

LONGEST = 16 << 20  # bytes of what is remembered


@dataclass(frozen=True)
class Memory:
    """Models as they were found last, and on which device each folder lay."""

    models: list[Found] = field(default_factory=list)
    devices: dict[str, int] = field(default_factory=dict)


def look(
    roots: Sequence[tuple[str, Path]], kept: Path, cancelled: Callable[[], bool] = never
) -> list[Found]:
    """As search, and those that were there before and are away now; kept is a file of ours."""
    before, found = recall(kept), search(roots, cancelled)
    if cancelled():
        return found
    here = {model.path for model in found}
    folders = [root for _, root in roots]
    away = [
        replace(model, there=False)
        for model in before.models
        if model.path not in here and _is_away(model.path, folders, before.devices)
    ]
    remember(kept, Memory([*found, *away], _devices(folders, before.devices)))
    return [*found, *away]


def recall(kept: Path) -> Memory:
    try:
        with kept.open("rb") as file:
            return msgspec.json.decode(file.read(LONGEST), type=Memory, dec_hook=_decoded)
    except (OSError, ValueError, RecursionError):
        return Memory()


def remember(kept: Path, memory: Memory) -> None:
    """Whole or not at all; where there is no room, nothing is remembered."""
    beside = kept.with_suffix(".new")
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(msgspec.json.encode(memory, enc_hook=str))
        beside.replace(kept)


def _decoded(kind: type, value: Any) -> Any:
    return kind(value)


def _is_away(path: Path, roots: list[Path], devices: dict[str, int]) -> bool:
    """Whether it is its drive or folder that is missing, and not the file alone."""
    root = max(
        (r for r in roots if path.is_relative_to(r)), key=lambda r: len(r.parts), default=None
    )
    if root is None:
        return False  # the folder is none of the person's any more
    if state(root) != THERE:
        return True
    below = path.relative_to(root).parts
    places = (root.joinpath(*below[: n + 1]) for n in range(len(below)))
    if any(os.path.islink(place) and not place.exists() for place in places):  # noqa: PTH114
        return True
    return _is_empty(root) and devices.get(str(root)) not in (None, _device(root))


def _devices(roots: list[Path], before: dict[str, int]) -> dict[str, int]:
    """Of a drive that is away, the device it was before: an empty folder stands in its place."""
    found = {str(root): _device(root) for root in roots if not _is_empty(root)}
    return {**before, **{root: device for root, device in found.items() if device is not None}}


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return True


def _device(folder: Path) -> int | None:
    try:
        return folder.stat().st_dev
    except OSError:
        return None
