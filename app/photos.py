"""How photos are looked at and found: two engines over one index, and how they are started."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app import paths
from app.background import Background
from app.controllers.photo_keeping import PhotoKeeping
from app.controllers.photos import PhotosController
from app.controllers.preferences import PreferencesController
from app.controllers.undo import UndoStack
from app.engine import EngineLink
from app.power import on_battery
from app.resting import Resting
from app.seeing import EXTRA, EYES

LOOKS, FINDS = "photos", "photo_search"  # engines
LOOKING_RESTS, FINDING_RESTS = 1, 10  # minutes
GRACE = 4.0  # seconds: looking gives way to all else, also when it is told to stop
INDEX = "photos"  # a folder in data for what is known, in cache for small pictures

Started = tuple[str, Path, Any, dict[str, Any]]


def controller(
    folders: paths.Folders,
    preferences: PreferencesController,
    background: Background,
    undo: UndoStack,
    parent: QObject,
) -> PhotosController:
    index, thumbs = folders.data / INDEX, folders.cache / INDEX
    looking = EngineLink(folders.logs, parent, idle_minutes=LOOKING_RESTS, grace=GRACE)
    finding = EngineLink(folders.logs, parent, idle_minutes=FINDING_RESTS)

    def start(name: str, read: tuple[Path, ...], write: tuple[Path, ...]) -> Started:
        chosen, extra = preferences.settings.eyes, folders.data / EXTRA
        model = Path(chosen).expanduser() if chosen else paths.resource(EYES)
        options = options_of(name, index, thumbs, str(extra) if chosen else "")
        grants = {"read": (*read, *((extra,) if chosen else ())), "write": write}
        return name, model, options, grants

    def look() -> Started:
        granted = tuple(map(Path, preferences.usable_photo_folders()))
        return start(LOOKS, granted, (index, thumbs))

    both = Resting(looking, look), Resting(finding, lambda: start(FINDS, (), (index,)))
    keeping = PhotoKeeping(both[0], background, preferences, on_battery, parent)
    return PhotosController(keeping, both[1], preferences, background, undo, thumbs, parent)


def options_of(name: str, index: Path, thumbs: Path, packages: str) -> Any:
    from engines import registry

    return registry.all_specs()[name].options(str(index), str(thumbs), packages)
