"""Listens to a microphone's sound; the parts are in engines/sound/hearing."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from engines.protocol import Engine, EngineSpec, Kind

HEAVY = "engines.sound.hearing.engine"  # imports libraries: only ever in the worker process


@dataclass(frozen=True)
class Options:
    pass


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Engine:
    return import_module(HEAVY).create()


SPEC = EngineSpec(
    "listener",
    Kind.SOUND,
    "Listener",
    Options,
    create,
    imports=(HEAVY,),
    read=lambda model: (),
)
