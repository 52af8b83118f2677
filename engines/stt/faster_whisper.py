"""Understand speech with a Whisper model; the parts are in engines/stt/whisper."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from engines.options import option
from engines.protocol import Engine, EngineSpec, Kind
from engines.stt import folders

HEAVY = "engines.stt.whisper.engine"  # imports the libraries: only ever in the worker process


@dataclass(frozen=True)
class Options:
    device: str = option(
        "automatic",
        "Compute on",
        "Automatic takes a graphics card (cuda) only where it has room beside the language model.",
        among=("automatic", "cpu", "cuda"),
    )
    threads: int = option(
        0,
        "Threads",
        "0 chooses for you: the cores of the processor, four at most.",
        between=(0, 64),
    )
    beam: int = option(
        5,
        "Care with sound files",
        "How many readings are followed at once. More is slower and a little more exact.",
        between=(1, 10),
        unit="readings",
    )
    promised: int = option(0, "")  # megabytes of the graphics card that others will still take


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Engine:
    progress(0.0)
    load = import_module(HEAVY).create
    return load(model, options.device, options.threads, options.beam, options.promised << 20)


def devices() -> int:
    return import_module("engines.stt.whisper.devices").usable()


SPEC = EngineSpec(
    "faster_whisper",
    Kind.STT,
    "Whisper",
    Options,
    create,
    imports=(HEAVY,),
    gpu=True,
    cuda=True,
    read=folders.files,
    devices=devices,
)
