"""How what sees is started: the eyes, or another CLIP model, and what reads text in pictures."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app import paths
from app.controllers.findings import FindingsController
from app.controllers.preferences import PreferencesController
from app.engine import EngineLink
from app.resting import Resting

EYES, OTHERS, READER = "eyes", "open_clip", "ocr"  # engines
RESTS = 3  # minutes without a picture, then both give their memory back
EXTRA = "components/clip"  # under data: the packages another CLIP model needs

Started = tuple[str, Path, Any, dict[str, Any]]


def starting(preferences: PreferencesController, folders: paths.Folders) -> Callable[[], Started]:
    """What looks at pictures as it is chosen now: engine, model, options and grants."""

    def start() -> Started:
        if not (chosen := preferences.settings.eyes):
            return EYES, paths.resource(EYES), preferences.options_of(EYES), {}
        extra = folders.data / EXTRA
        options = replace(preferences.options_of(OTHERS), packages=str(extra))
        return OTHERS, Path(chosen).expanduser(), options, {"read": (extra,)}

    return start


def engines(
    folders: paths.Folders, preferences: PreferencesController, parent: QObject
) -> tuple[Resting, Resting]:
    """What describes pictures, and what reads the text in them."""
    eyes, reader = (
        EngineLink(folders.logs, parent, idle_minutes=RESTS, cache=folders.cache) for _ in range(2)
    )

    def read() -> Started:
        return READER, Path(), preferences.options_of(READER), {}

    return Resting(eyes, starting(preferences, folders)), Resting(reader, read)


def findings(
    folders: paths.Folders, preferences: PreferencesController, parent: QObject
) -> FindingsController:
    eyes, reader = engines(folders, preferences, parent)
    made = FindingsController(eyes, reader, parent)

    def changed(name: str, _: object) -> None:
        if name == "eyes":
            made.forget()
            eyes.renew()

    preferences.changed.connect(changed)
    preferences.home_changed.connect(lambda name: eyes.renew() if name in (EYES, OTHERS) else None)
    return made
