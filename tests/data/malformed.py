"""Files that are not quite models: a seeded list of more than 300, of 23 named kinds."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.data import malformed_files, malformed_models
from tests.data.drafts import Draft, Kill


@dataclass(frozen=True)
class Malformed:
    """files: name -> bytes; the first one is opened. kills: the bare library dies of it."""

    kind: str
    name: str
    files: dict[str, bytes]
    kills: bool = False

    def write(self, folder: Path) -> Path:
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        return folder / next(iter(self.files))


def malformed(seed: int = 1) -> list[Malformed]:
    """The same files for the same seed, in the same order."""
    found = []
    for make in (*malformed_files.KINDS, *malformed_models.KINDS):
        kind = make.__name__.replace("_", " ")
        for name, what in make(Random(f"{seed} {kind}")):
            if isinstance(what, Draft):
                what = what.pack()
            files = {"model.gguf": what} if isinstance(what, bytes) else what
            found.append(Malformed(kind, str(name), files, isinstance(name, Kill)))
    return found
