"""Models that lie on this computer, whoever put them there."""

from dataclasses import dataclass
from pathlib import Path

JOBS = ("talk", "see", "listen", "speak", "find")


@dataclass(frozen=True)
class Found:
    """One model; nothing of it is ever written or moved unless it lies in Parley's own folder."""

    job: str  # one of JOBS; "talk" also when it sees
    path: Path  # what is opened: a .gguf, a blob of Ollama's, a folder, the .onnx of a voice
    files: tuple[Path, ...]  # everything it consists of, its projector too
    name: str  # as its maker or its shelf calls it
    source: str  # "Parley", "LM Studio", "Ollama", … as shelves/places.py has it, or a named folder
    size: int  # bytes of all files
    projector: Path | None = None
    there: bool = True  # False: its drive or folder is away, and this was remembered
    also: tuple[str, ...] = ()  # other sources in which the same model lies
