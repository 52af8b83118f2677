"""How what hears is started: the engines that listen and understand, and the devices."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app import paths
from app.audio.sound import Sound
from app.background import Background
from app.controllers.careful import Careful
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.engine import EngineLink
from app.resting import Resting

LISTENER_RESTS = 10  # minutes; it is quick to start
STT_PATIENCE = 60.0  # seconds without a word from the engine that hears
FILES_REST = 1  # minutes without a sound file, then the engine that hears them ends
CAREFUL_RESTS = 2  # minutes
LISTENS, UNDERSTANDS, STARTS = "listener", "faster_whisper", "pocketsphinx"  # engines
EARS = "ears"  # the starter's, among the resources


def engines(
    folders: paths.Folders,
    preferences: PreferencesController,
    models: ModelController,
    parent: QObject,
) -> tuple[Resting, Resting, Resting]:
    """What makes sound ready to be understood, what understands it, and the same for files.

    Files have a process of their own, so that talking never waits for one.
    """
    listener = EngineLink(folders.logs, parent, idle_minutes=LISTENER_RESTS)
    stt = EngineLink(
        folders.logs,
        parent,
        idle_minutes=preferences.settings.idle_minutes,
        patience=STT_PATIENCE,
        cache=folders.cache,
    )
    preferences.idle_minutes_changed.connect(stt.set_idle_minutes)
    patient = EngineLink(
        folders.logs, parent, idle_minutes=FILES_REST, patience=STT_PATIENCE, cache=folders.cache
    )

    def listen() -> tuple[str, Path, Any, dict[str, Any]]:
        return LISTENS, Path(), preferences.options_of(LISTENS), {}

    def understand() -> tuple[str, Path, Any, dict[str, Any]]:
        folder = chosen(preferences)
        if folder == paths.resource(EARS):
            return STARTS, folder, preferences.options_of(STARTS), {}
        options = preferences.options_of(UNDERSTANDS)
        options = replace(options, promised=models.still_takes >> 20)
        return UNDERSTANDS, folder, options, {}

    both = Resting(stt, understand), Resting(patient, understand)

    def renew(wanted: bool) -> None:
        for one in both if wanted else ():
            one.renew()

    preferences.home_changed.connect(lambda name: renew(name == UNDERSTANDS))
    preferences.voice_changed.connect(lambda name, _: renew(name == "ears"))
    return Resting(listener, listen), *both


def chosen(preferences: PreferencesController) -> Path:
    return Path(preferences.voice.ears or paths.resource(EARS))


def careful(
    folders: paths.Folders,
    preferences: PreferencesController,
    background: Background,
    parent: QObject,
) -> Careful:
    """What hears something once more: on the processor, as it is in no hurry."""
    link = EngineLink(folders.logs, parent, idle_minutes=CAREFUL_RESTS, patience=STT_PATIENCE)

    def start(model: Path) -> None:
        if model == paths.resource(EARS):
            link.open(STARTS, model, preferences.options_of(STARTS))
            return
        options = replace(preferences.options_of(UNDERSTANDS), device="cpu")
        link.open(UNDERSTANDS, model, options)

    places = (folders.data / "models",)
    return Careful(link, start, lambda: chosen(preferences), places, background, parent)


def use_devices(sound: Sound, preferences: PreferencesController) -> None:
    """The devices the person chose, also those chosen later."""

    def use(*_: str) -> None:
        sound.use(preferences.voice.microphone, preferences.voice.loudspeaker)

    use()
    preferences.voice_changed.connect(use)
