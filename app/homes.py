"""How the engines of tools are started: their options, and what their jails let through."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import paths
from app.controllers.preferences import PreferencesController
from engines import jail, registry
from engines.plotting import letters
from engines.protocol import Kind
from engines.tools.plugins import NO_JAIL as NO_PLUGINS
from engines.tools.registry import all_tools

NO_JAIL = "This system cannot lock in what a model writes, so it is not run here."

Started = tuple[Any, dict[str, Any]]


def names() -> list[str]:
    """Every engine of tools that needs nothing configured by the person."""
    specs = registry.all_specs().values()
    return [s.name for s in specs if s.kind is Kind.TOOL and not s.configured]


def card_there() -> bool:
    """Whether there may be a graphics card; where nothing tells, there may."""
    return sys.platform != "linux" or jail.has_gpu()


def unusable() -> dict[str, str]:
    """Tool -> why it cannot be used on this system, in words. Quick: asks the kernel twice."""
    if not jail.gap(jail.probe()):
        return {}
    specs = registry.all_specs()
    return {name: NO_JAIL for name, one in all_tools().items() if specs[one.home].locked}


def no_plugins() -> str:
    """Why no plugin can be used on this system, in words; "" where they can."""
    return NO_PLUGINS if jail.gap(jail.probe()) else ""


def home(
    name: str, preferences: PreferencesController, notes: Path, cache: Path
) -> Callable[[], Started]:
    """Options as the person set them; the jail opens only for what the engine is made for.

    An engine with the option `folders` reads those the person granted, one with `notes` writes
    the folder of notes, one with `scratch` a folder of its own in cache; `fonts` are ours.
    """
    spec = registry.all_specs()[name]

    def start() -> Started:
        options = preferences.options_of(name)
        grants: dict[str, Any] = {"network": True} if spec.network else {}
        if hasattr(options, "folders"):
            folders = preferences.usable_folders()
            options = replace(options, folders=folders)
            grants["read"] = tuple(map(Path, folders))
        if hasattr(options, "notes"):
            options = replace(options, notes=str(notes))
            grants["write"] = (notes,)
        if hasattr(options, "scratch"):
            options = replace(options, scratch=str(cache / name))
            grants["write"] = (cache / name,)
        if hasattr(options, "fonts"):
            options = replace(options, fonts=str(paths.resource("fonts")))
            grants["read"] = (paths.resource("fonts"), *map(Path, letters.FOLDERS))
        return options, grants

    return start
