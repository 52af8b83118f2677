"""What could be fetched: models we know of, by repository and file name, from their documentation.

Sizes, hashes and commits are the hub's to say; what is computed here of them is an estimate.
"""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from engines.models.found import JOBS

BITS = {  # of one number, as it is packed: the mean over a whole file
    "Q2_K": 3.2,
    "Q3_K": 3.9,
    "Q4_0": 4.7,
    "Q4_K": 4.9,
    "Q5_K": 5.7,
    "Q6_K": 6.6,
    "Q8_0": 8.5,
    "MXFP4": 4.6,
}
EYES_BITS = 16  # projectors are not packed
WHISPER_BITS, CLIP_BITS = 16, 32
VOICES = {"x_low": 25_000_000, "low": 63_000_000, "medium": 63_000_000, "high": 114_000_000}
QUALITY = re.compile(r"-(x_low|low|medium|high)\.onnx$")


class Damaged(ValueError):
    """The catalogue that came with Parley cannot be read."""


@dataclass(frozen=True)
class Entry:
    """A model nobody may have fetched yet. Of one job, the strongest come first."""

    job: str  # talk, see (mostly for pictures), listen, speak or find
    title: str
    repository: str  # owner/name
    good_at: str  # in a sentence, for people
    file: str = ""  # weights; "" where the whole folder is the model
    licence: str = ""  # "" where it is stated beside the model only
    parameters: float = 0.0  # billions
    active: float = 0.0  # billions that are read for each word, 0: all of them
    eyes: float = 0.0  # billions of its projector; 0: it does not see
    language: str = ""  # of a voice: "de_DE"
    english: bool = False  # understands or speaks English only

    @property
    def key(self) -> str:
        return f"{self.repository}/{self.file}" if self.file else self.repository

    @property
    def sees(self) -> bool:
        return self.eyes > 0

    @property
    def weights(self) -> int:
        """Bytes of the weights, as far as one can tell from what it is."""
        if self.job == "speak":
            quality = QUALITY.search(self.file)
            return VOICES[quality[1] if quality else "medium"]
        return int(self.parameters * 1e9 * self._bits() / 8)

    @property
    def size(self) -> int:
        """Bytes of all of it, estimated alike."""
        return self.weights + int(self.eyes * 1e9 * EYES_BITS / 8)

    def _bits(self) -> float:
        if self.job in ("listen", "find"):
            return WHISPER_BITS if self.job == "listen" else CLIP_BITS
        name = self.file.upper()
        return next((bits for packing, bits in BITS.items() if packing in name), 16.0)


def read(path: Path) -> tuple[Entry, ...]:
    """Raises Damaged with the place of what is wrong."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Damaged(f"{path.name}: {error}") from error
    entries = tuple(_entry(one) for one in found.get("model", []))
    if len({one.key for one in entries}) < len(entries):
        raise Damaged(f"{path.name}: a model is in it twice")
    return entries


def _entry(found: dict[str, Any]) -> Entry:
    kinds = {one.name: one.type for one in fields(Entry)}
    if unknown := set(found) - set(kinds):
        raise Damaged(f"{found.get('title')}: {sorted(unknown)}")
    try:
        entry = Entry(**found)
    except TypeError as error:
        raise Damaged(f"{found.get('title')}: {error}") from error
    if wrong := [n for n in found if not isinstance(getattr(entry, n), _types(kinds[n]))]:
        raise Damaged(f"{entry.title}: {wrong}")
    if entry.job not in JOBS or entry.repository.count("/") != 1 or ".." in entry.key:
        raise Damaged(f"{entry.title}: {entry.job} {entry.key}")
    return entry


def _types(kind: Any) -> Any:
    return (int, float) if kind is float else kind
