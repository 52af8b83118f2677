"""What becomes of a file of another program: a variant, its files, and what stays behind."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from engines.errors import ParleyError
from engines.variants.file import Opened
from engines.variants.importing.fitting import fitted
from engines.variants.importing.values import shown
from engines.variants.toml import to_toml
from engines.variants.variant import Attached, Variant

MOST_WORDS = 60  # lines about what was left out


class Imported(NamedTuple):
    variant: Variant
    files: dict[str, bytes]  # of its attached files, by their names
    left_out: tuple[str, ...]  # in words: what could not be carried over, or became something else
    format: str  # "Ollama Modelfile"
    opened: Opened | None = None  # a file of Parley's: its files are copied from there


class BadImport(ParleyError):
    """The file is no variant that Parley can read; reason completes the sentence."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(
            f"This cannot be taken in as a variant: {reason}.",
            "Parley reads its own *.parley files, Modelfiles of Ollama, character cards, and what "
            "LM Studio, Jan, Open WebUI and GPT4All keep of theirs.",
            detail,
        )


class Taking:
    """Collects while one variant is read."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.files: dict[str, bytes] = {}
        self._left: dict[str, None] = {}

    def leave(self, words: str) -> None:
        """Something is not carried over; told once however often it occurs."""
        if len(self._left) < MOST_WORDS:
            self._left[words] = None

    def leave_setting(self, name: str, value: object = None) -> None:
        said = "" if value is None else f" ({shown(value)})"
        self.leave(f"The setting {shown(name)}{said}: Parley has none like it.")

    def attach(self, name: str, data: bytes) -> Attached:
        self.files[name] = data
        return Attached(name, hashlib.sha256(data).hexdigest(), len(data))

    def done(self, variant: Variant, form: str) -> Imported:
        variant = fitted(variant, self.leave)
        to_toml(variant)  # raises where it could not be kept
        return Imported(variant, self.files, tuple(self._left), form)
