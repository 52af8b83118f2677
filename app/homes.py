"""How the engines of tools are started: their options, and what their jails let through."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.controllers.preferences import PreferencesController
from engines import registry
from engines.protocol import Kind

Started = tuple[Any, dict[str, Any]]


def names() -> list[str]:
    """Every engine of tools that needs nothing configured by the person."""
    return [s.name for s in registry.all_specs().values() if s.kind is Kind.TOOL and not s.programs]


def home(name: str, preferences: PreferencesController) -> Callable[[], Started]:
    """Options as the person set them; the network only where the engine is made for it."""

    def start() -> Started:
        grants = {"network": True} if registry.all_specs()[name].network else {}
        return preferences.options_of(name), grants

    return start


def files_home(name: str, preferences: PreferencesController) -> Callable[[], Started]:
    """For tools that look into the folders the person granted."""

    def start() -> Started:
        folders = preferences.usable_folders()
        options = replace(preferences.options_of(name), folders=folders)
        return options, {"read": tuple(map(Path, folders))}

    return start
