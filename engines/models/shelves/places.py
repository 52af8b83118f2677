"""Where other programs keep their models, on each system."""

import configparser
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engines.tts import voices

LONGEST = 1 << 20  # bytes of another program's settings
THERE, AWAY, SHUT = "there", "away", "shut"  # what is to say of a folder

Place = tuple[str, Path]  # a source, as Found has it, and a folder of its


def usual_places(home: Path, environ: Mapping[str, str], platform: str) -> list[Place]:
    """Folders to search: those that are there, and those a program was told to use.

    platform as sys.platform has it. A folder that Parley may not look into is among them.
    """
    named = {path for _, path in _told(home, environ, platform)}
    places = (*_told(home, environ, platform), *_usual(home, environ, platform))
    found = {path: source for source, path in reversed(places)}
    return [
        (source, path)
        for path, source in reversed(found.items())
        if path in named or state(path) != AWAY
    ]


def state(folder: Path) -> str:
    """THERE, AWAY (its drive, or the folder itself), or SHUT: Parley may not look into it."""
    try:
        with os.scandir(folder):
            return THERE
    except PermissionError:
        return SHUT
    except (OSError, ValueError):
        return AWAY


def _told(home: Path, environ: Mapping[str, str], platform: str) -> Iterator[Place]:
    """Folders that the person chose in another program's settings."""
    if models := environ.get("OLLAMA_MODELS"):
        yield "Ollama", Path(models)
    if folder := _lm_studio_folder(home, _roaming(home, environ, platform)):
        yield "LM Studio", folder
    data = _data(home, environ, platform)
    about = _object(data / "Jan" / "settings.json")
    folder = environ.get("JAN_DATA_FOLDER") or about.get("data_folder")
    if isinstance(folder, str) and Path(folder).is_absolute():
        yield "Jan", Path(folder)
    if folder := _gpt4all_folder(_config(home, environ, platform) / "nomic.ai" / "GPT4All.ini"):
        yield "GPT4All", folder
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if cache := environ.get(variable):
            yield "Hugging Face", Path(cache)
            return
    if cache := environ.get("HF_HOME"):
        yield "Hugging Face", Path(cache) / "hub"


def _usual(home: Path, environ: Mapping[str, str], platform: str) -> Iterator[Place]:
    data, local = _data(home, environ, platform), _local(home, environ, platform)
    cache = _cache(home, environ, platform)
    yield "LM Studio", _lm_studio_home(home) / "models"
    yield "LM Studio", home / ".lmstudio" / "models"
    yield "LM Studio", home / ".cache" / "lm-studio" / "models"
    yield "Ollama", home / ".ollama" / "models"
    if platform.startswith("linux"):
        yield "Ollama", Path("/usr/share/ollama/.ollama/models")
        yield "Ollama", Path("/var/lib/ollama/models")
    general = environ.get("XDG_CACHE_HOME")
    caches = Path(general) if general else home / ".cache"
    yield "Hugging Face", caches / "huggingface" / "hub"
    yield "Jan", data / "Jan" / "data"
    yield "GPT4All", local / "nomic.ai" / "GPT4All"
    yield "llama.cpp", Path(environ.get("LLAMA_CACHE") or cache / "llama.cpp")
    if platform.startswith("linux"):
        apps = home / ".var" / "app"
        yield "Jan", apps / "ai.jan.Jan" / "data" / "Jan" / "data"
        yield "GPT4All", apps / "io.gpt4all.gpt4all" / "data" / "nomic.ai" / "GPT4All"
        yield "Hugging Face", apps / "com.jeffser.Alpaca" / "cache" / "huggingface" / "hub"
        yield "Ollama", apps / "com.jeffser.Alpaca" / "data" / ".ollama" / "models"
    for place in voices.usual(environ):
        if not place.name.startswith("models--"):
            yield "Piper", place


def _lm_studio_home(home: Path) -> Path:
    pointed = _text(home / ".lmstudio-home-pointer").strip().partition("\n")[0].strip()
    return Path(pointed) if pointed and Path(pointed).is_absolute() else home / ".lmstudio"


def _lm_studio_folder(home: Path, roaming: Path) -> Path | None:
    for file in (_lm_studio_home(home) / "settings.json", roaming / "LM Studio" / "settings.json"):
        folder = _object(file).get("downloadsFolder")
        if isinstance(folder, str) and Path(folder).is_absolute():
            return Path(folder)
    return None


def _gpt4all_folder(file: Path) -> Path | None:
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        settings.read_string(_text(file))
        folder = settings.get("General", "modelPath", fallback="")
    except configparser.Error:
        return None
    return Path(folder) if folder and Path(folder).is_absolute() else None


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(LONGEST).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(_text(file) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# Where a system keeps what belongs to programs


def _data(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform in ("win32", "darwin"):
        return _roaming(home, environ, platform)
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")


def _roaming(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    return _config(home, environ, platform)


def _config(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform == "win32":
        return _roaming(home, environ, platform)
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config")


def _local(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return _data(home, environ, platform)


def _cache(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform == "darwin":
        return home / "Library" / "Caches"
    if platform == "win32":
        return _local(home, environ, platform)
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
