"""Whisper models for CTranslate2 on this computer: each is a folder of a few files.

Looks only at files: nothing is asked of the network, nothing is loaded.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.errors import ModelRefused, ParleyError
from engines.stt import weights
from engines.stt.weights import Weights

CONFIG, MODEL, TOKENIZER = "config.json", "model.bin", "tokenizer.json"
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
SPECTRUM = "preprocessor_config.json"  # may be missing: then the spectrum has 80 bands
LIMITS = {  # bytes; a large-v3 has 3 GB, 2.5 MB of tokenizer, 1 MB of vocabulary
    CONFIG: 1 << 20,
    MODEL: 16 << 30,
    TOKENIZER: 32 << 20,
    SPECTRUM: 4 << 20,
    **dict.fromkeys(VOCABULARIES, 16 << 20),
}
START, END, PLAIN = "<|startoftranscript|>", "<|endoftext|>", "<|notimestamps|>"
REPOSITORY, SNAPSHOTS = "models--", "snapshots"  # how the Hugging Face cache names its folders
LANGUAGE = re.compile(r"<\|([a-z]{2,3})\|>")
LINE = 80  # characters
MOST = 2_000  # entries of a folder that are looked at


class EarsRefused(ParleyError):
    """The folder is not a speech model Parley can use; reason says why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(
            f"This folder cannot be used as a speech model: {reason}.",
            "Download the model again, or choose another one.",
            detail,
        )
        self.reason = reason


@dataclass(frozen=True)
class Contents:
    """A folder that passed every check."""

    name: str
    licence: str  # "" where it does not say
    size: int  # bytes
    weights: Weights
    languages: tuple[str, ...]  # as "en", that its vocabulary names
    aligned: bool  # it says which of its parts tell when a word was said
    timed: bool  # its vocabulary has time stamps


@dataclass(frozen=True)
class SpeechModel:
    """A folder that was found; problem is "" or why it cannot be used, as a sentence."""

    path: Path
    name: str
    size: int  # bytes
    problem: str = ""


def find(*places: Path, environment: Mapping[str, str] = os.environ) -> list[SpeechModel]:
    """Every Whisper folder in these places and in the Hugging Face cache, by name.

    A place may be such a folder, hold some, or hold folders of publishers that hold some.
    """
    found: dict[Path, SpeechModel] = {}
    for place in (*places, *caches(environment)):
        for folder in _candidates(place):
            if (real := folder.resolve()) not in found:
                found[real] = _model(folder)
    return sorted(found.values(), key=lambda model: (model.name.casefold(), str(model.path)))


def caches(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where Hugging Face's library keeps what it downloaded."""
    named = environment.get("HF_HUB_CACHE") or environment.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return (Path(named),)
    if home := environment.get("HF_HOME"):
        return (Path(home) / "hub",)
    general = environment.get("XDG_CACHE_HOME")
    return ((Path(general) if general else Path.home() / ".cache") / "huggingface" / "hub",)


def _candidates(place: Path) -> Iterator[Path]:
    if _looks(place):
        yield place
        return
    for folder in _folders(place):
        if _looks(folder):
            yield folder
        elif folder.name == SNAPSHOTS or (folder / SNAPSHOTS).is_dir():
            inner = folder if folder.name == SNAPSHOTS else folder / SNAPSHOTS
            yield from (one for one in _folders(inner) if _looks(one))
        else:
            yield from (one for one in _folders(folder) if _looks(one))


def _folders(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as entries:
            names = [entry.name for entry, _ in zip(entries, range(MOST), strict=False)]
    except OSError:
        return []
    return [place / name for name in sorted(names) if (place / name).is_dir()]


def _looks(folder: Path) -> bool:
    try:
        return (folder / MODEL).is_file() and weights.is_whisper(folder / MODEL)
    except OSError:
        return False


def _model(folder: Path) -> SpeechModel:
    problem = ""
    try:
        _check_files(folder)
        weights.check(folder / MODEL)
    except EarsRefused as error:
        problem = error.message
    except ModelRefused as error:
        problem = EarsRefused(error.reason).message
    except OSError as error:
        problem = EarsRefused("it cannot be read", str(error)).message
    return SpeechModel(folder, name(folder), size(folder), problem)


def name(folder: Path) -> str:
    """What a person calls this model."""
    repository = next((p.name for p in folder.parents if p.name.startswith(REPOSITORY)), "")
    return repository.rpartition("--")[2] or folder.name


def size(folder: Path) -> int:
    total = 0
    for file in (folder / part for part in LIMITS):
        try:
            total += file.stat().st_size
        except OSError:
            continue
    return total


def files(folder: Path) -> tuple[Path, ...]:
    """What a jail must let a worker read: the folder, and what its links point to."""
    linked = (folder / part for part in LIMITS)
    return (folder, *(part.resolve() for part in linked if part.is_symlink()))


def check(folder: Path) -> Contents:
    """Raises EarsRefused with what is wrong, before any library opens a file of it."""
    try:
        _check_files(folder)
        shape = weights.check(folder / MODEL)
        config = _object(folder / CONFIG)
        tokens = _vocabulary(folder)
        known = _known(folder / TOKENIZER)
        bands = _object(folder / SPECTRUM) if (folder / SPECTRUM).exists() else {}
    except ModelRefused as error:
        raise EarsRefused(error.reason, error.detail) from error
    except OSError as error:
        raise EarsRefused("it cannot be read", str(error)) from error
    _check_tokens(tokens, known, shape)
    if bands.get("feature_size", 80) != shape.bands:
        raise EarsRefused("its parts do not belong together", f"{bands} for {shape.bands} bands")
    return Contents(
        _line(config, "name") or name(folder),
        _line(config, "licence"),
        size(folder),
        shape,
        _languages(tokens),
        bool(config.get("alignment_heads")),
        "<|0.00|>" in known,
    )


def _check_files(folder: Path) -> None:
    if not folder.is_dir():
        raise EarsRefused("it is not there any more", str(folder))
    vocabulary = next((v for v in VOCABULARIES if (folder / v).exists()), VOCABULARIES[0])
    for part in (CONFIG, MODEL, TOKENIZER, vocabulary):
        if not (folder / part).is_file():
            raise EarsRefused(f"it has no {part}", str(folder))
    for part, limit in LIMITS.items():
        file = folder / part
        if file.exists() and not (file.is_file() and file.stat().st_size <= limit):
            raise EarsRefused(f"its {part} is far too large", str(folder))
        if file.exists() and not file.stat().st_size:
            raise EarsRefused(f"its {part} is empty", str(folder))


def _line(config: dict[str, Any], key: str) -> str:
    """What a model says of itself, where it is no more than a line."""
    said = config.get(key)
    return said if isinstance(said, str) and said.isprintable() and len(said) <= LINE else ""


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EarsRefused(f"its {file.name} is damaged", str(error)) from error


def _object(file: Path) -> dict[str, Any]:
    found = _json(file)
    if not isinstance(found, dict):
        raise EarsRefused(f"its {file.name} is damaged", type(found).__name__)
    return found


def _vocabulary(folder: Path) -> list[str]:
    """The model's tokens, in the order of their numbers."""
    file = folder / VOCABULARIES[0]
    if not file.exists():
        file = folder / VOCABULARIES[1]
        try:
            return file.read_text("utf-8").splitlines()
        except ValueError as error:
            raise EarsRefused(f"its {file.name} is damaged", str(error)) from error
    found = _json(file)
    if not isinstance(found, list) or not all(isinstance(token, str) for token in found):
        raise EarsRefused(f"its {file.name} is damaged", type(found).__name__)
    return found


def _known(file: Path) -> dict[str, Any]:
    """Token -> number, as the tokenizer has them."""
    content = _object(file)
    model, added = content.get("model"), content.get("added_tokens") or []
    known = model.get("vocab") if isinstance(model, dict) else None
    if not isinstance(known, dict) or not isinstance(added, list):
        raise EarsRefused(f"its {file.name} is damaged", "no vocabulary")
    extra = {str(a.get("content")): a.get("id") for a in added if isinstance(a, dict)}
    return {**known, **extra}


def _check_tokens(tokens: list[str], known: dict[str, int], shape: Weights) -> None:
    """The files are of one model: the tokens that steer it have the same numbers everywhere."""
    place = {token: number for number, token in enumerate(tokens)}
    for token in (START, END, PLAIN):
        if token not in place or known.get(token) != place[token]:
            detail = f"{token}: {place.get(token)} and {known.get(token)}"
            raise EarsRefused("its parts do not belong together", detail)
    if len(tokens) != shape.vocabulary:
        detail = f"{len(tokens)} tokens for {shape.vocabulary} rows"
        raise EarsRefused("its parts do not belong together", detail)


def _languages(tokens: list[str]) -> tuple[str, ...]:
    return tuple(found[1] for token in tokens if (found := LANGUAGE.fullmatch(token)))
