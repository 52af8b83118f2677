"""What an engine is."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from engines.messages import Done, Event, Loaded, Request


class Kind(StrEnum):
    LLM = "llm"
    TOOL = "tools"
    STT = "stt"  # speech to text
    TTS = "tts"  # text to speech
    SOUND = "sound"  # sound itself: what the microphone gives, sound files
    MEDIA = "media"  # decodes pictures, documents and films of strangers
    VISION = "vision"  # what is in a picture, without a language model


class Engine(Protocol):
    """One loaded model. Lives in its own process and does one job at a time."""

    def loaded(self) -> Loaded:
        """The facts of what was loaded."""
        ...

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        """Yield results as they come, return the ending (None stands for a plain Done).

        Every yield is a point where a job can be cancelled: the generator is closed there.
        """
        ...

    def close(self) -> None:
        """Free the model."""


@runtime_checkable
class Interruptible(Protocol):
    """An engine whose steps between two yields may be long, and can be cut short."""

    def interrupt(self) -> None:
        """The running job was called off: hurry to the next yield. Called from another thread."""


@dataclass(frozen=True)
class EngineSpec:
    """How an engine presents itself; read without importing the heavy library behind it."""

    name: str
    kind: Kind
    title: str
    options: type  # a dataclass of engines.options.option fields
    # (model file, options, progress) -> a loaded engine; progress takes 0..1 and returns False
    # when loading should stop: create then raises or returns as soon as it can
    create: Callable[[Path, Any, Callable[[float], bool]], Engine]
    imports: tuple[str, ...] = ()  # heavy modules, imported before the jail closes
    gpu: bool = False  # the jail lets device nodes and driver libraries through
    cuda: bool = False  # of graphics cards it can use NVIDIA's alone
    network: bool = False  # may be started with the network open (Start.network)
    programs: bool = False  # starts other programs, which inherit the jail and end with it
    configured: bool = False  # one process for each thing the person set up, none by itself
    forks: bool = False  # divides itself into processes that lock themselves in further
    patient: bool = False  # gives way to all else that wants the processor
    locked: bool = False  # its tools are not used at all where the jail does not hold
    read: Callable[[Path], tuple[Path, ...]] = lambda model: (model,)  # files the jail lets it read
    devices: Callable[[], int] = lambda: 0  # GPUs the library sees; asked in and outside the jail
