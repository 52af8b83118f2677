"""The starter's ears: requests in English with pocketsphinx; parts are in engines/stt/sphinx."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from engines.protocol import Engine, EngineSpec, Kind

HEAVY = "engines.stt.sphinx.engine"  # imports the libraries: only ever in the worker process
WORDS, PHONES = "requests.lm.bin", "requests.dict"  # the language model, and how words sound


@dataclass(frozen=True)
class Options:
    pass


def create(model: Path, _: Options, progress: Callable[[float], bool]) -> Engine:
    progress(0.0)
    return import_module(HEAVY).create(model)


SPEC = EngineSpec("pocketsphinx", Kind.STT, "Starter's ears", Options, create, imports=(HEAVY,))
