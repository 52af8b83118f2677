"""Piper's voices on this computer: a voice is NAME.onnx with NAME.onnx.json beside it.

Looks only at files: nothing is asked of the network, nothing is loaded.
"""

import json
import math
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.errors import ParleyError

MODEL, ABOUT, CARD = ".onnx", ".json", "MODEL_CARD"
SMALLEST, LARGEST = 1 << 10, 512 << 20  # bytes of a model; the largest of Piper's has 120 MB
LONGEST_ABOUT, LONGEST_CARD = 1 << 20, 64 << 10  # bytes
RATES = (8000, 48000)  # Hz
MOST_SYMBOLS, MOST_SPEAKERS, MOST_PHONEMES = 4096, 4096, 4096
MARKS = ("_", "^", "$")  # a pause, the beginning and the end of a sentence
KINDS = ("espeak", "text")  # where the phonemes come from; others need libraries of their own
DEEP, MANY = 6, 20_000  # folders in folders, and entries, that are looked at
LICENCE = re.compile(r"^[\s*#-]*licen[cs]e\s*:\s*(.{1,100})$", re.IGNORECASE | re.MULTILINE)


class VoiceRefused(ParleyError):
    """The file is not a voice this program dares to load; reason names what is wrong with it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(
            f"This file cannot be used as a voice: {reason}.",
            "Download the voice again, with both its files, or choose another one.",
            detail,
        )
        self.reason = reason


@dataclass(frozen=True)
class About:
    """What a voice says of itself, checked. settings is what Piper wants to know, and no more."""

    name: str
    rate: int  # Hz
    language: str = ""  # in English: "German (Germany)"
    code: str = ""  # "de_DE"
    quality: str = ""
    licence: str = ""  # as its MODEL_CARD has it
    speakers: tuple[str, ...] = ()  # by their numbers
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Voice:
    """A voice that was found; problem is "" or why it cannot be used, as a sentence."""

    path: Path
    name: str
    size: int  # bytes
    about: About | None
    problem: str = ""


def find(*places: Path, environment: Mapping[str, str] = os.environ) -> list[Voice]:
    """Every voice in these files and folders and where Piper's voices usually are, by name."""
    found: dict[Path, Voice] = {}
    for place in (*places, *usual(environment)):
        for path in files_in(place):
            if (real := path.resolve()) not in found:
                found[real] = voice(path)
    return sorted(found.values(), key=lambda one: (one.name.casefold(), str(one.path)))


def usual(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where Piper itself and programs that use it keep voices."""
    home = Path.home()
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    hub = Path(environment.get("HF_HUB_CACHE") or cache / "huggingface/hub")
    apps = home / ".var/app"
    places = [
        *(data / "piper", data / "piper-voices", data / "piper_tts", home / "piper"),
        *(home / "piper-voices", hub / "models--rhasspy--piper-voices"),
        *(apps / "com.mikeasoft.pied/data/pied", data / "pied"),
        apps / "net.mkiol.SpeechNote/cache/net.mkiol/dsnote/speech-models",
        cache / "net.mkiol/dsnote/speech-models",
    ]
    if sys.platform == "win32":
        places.append(Path(environment.get("LOCALAPPDATA") or home) / "piper")
    elif sys.platform == "darwin":
        places.append(home / "Library/Application Support/piper")
    else:
        places += [Path("/usr/share/piper-voices"), Path("/usr/local/share/piper-voices")]
    return tuple(places)


def files_in(place: Path) -> Iterator[Path]:
    """Models with their description beside them; a file that is named needs none to be told."""
    if place.is_file():
        yield place
        return
    left = MANY
    waiting = [(place, 0)]
    while waiting and left > 0:
        folder, depth = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                inside = sorted(
                    (one for one, _ in zip(entries, range(left), strict=False)), key=_name
                )
        except OSError:
            continue
        left -= len(inside)
        names = {one.name for one in inside}
        for one in inside:
            if one.name.endswith(MODEL) and one.name + ABOUT in names:
                yield Path(one.path)
            elif depth < DEEP and one.is_dir(follow_symlinks=False):
                waiting.append((Path(one.path), depth + 1))


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def voice(path: Path) -> Voice:
    try:
        about = check(path)
        return Voice(path, about.name, path.stat().st_size, about)
    except ParleyError as error:
        problem = error.message
    except OSError as error:
        problem = VoiceRefused("it cannot be read", str(error)).message
    size = path.stat().st_size if path.is_file() else 0
    return Voice(path, path.stem, size, None, problem)


def beside(path: Path) -> tuple[Path, ...]:
    """What a jail must let a worker read: the model, its description, the card about it."""
    parts = (path, path.with_name(path.name + ABOUT), path.with_name(CARD))
    return (*parts, *(one.resolve() for one in parts if one.is_symlink()))


def check(path: Path) -> About:
    """All that can be checked without opening the model; raises VoiceRefused."""
    if not path.is_file():
        raise VoiceRefused("it is not there any more", str(path))
    size = path.stat().st_size
    if size > LARGEST:
        raise VoiceRefused("it is far too large", f"{size} bytes")
    if size < SMALLEST:
        raise VoiceRefused("it is too short to be one", f"{size} bytes")
    described = path.with_name(path.name + ABOUT)
    if not described.is_file():
        raise VoiceRefused(f"{described.name} is missing beside it")
    if described.stat().st_size > LONGEST_ABOUT:
        raise VoiceRefused(f"{described.name} is far too large")
    try:
        content = json.loads(described.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise VoiceRefused(f"{described.name} is damaged", str(error)) from error
    return read_about(content, path)


def read_about(content: Any, path: Path) -> About:
    kind = _get(content, "phoneme_type", str, "espeak")
    if kind not in KINDS:
        raise VoiceRefused("it needs a library for its language that Parley does not have", kind)
    symbols = _number(content, "num_symbols", (1, MOST_SYMBOLS))
    count = _number(content, "num_speakers", (1, MOST_SPEAKERS))
    rate = _number(_get(content, "audio", dict), "sample_rate", RATES)
    inference = _get(content, "inference", dict, {})
    names = _speakers(_get(content, "speaker_id_map", dict, {}) or {}, count)
    settings = {
        "num_symbols": symbols,
        "num_speakers": count,
        "audio": {"sample_rate": rate},
        "espeak": {"voice": _language_of(content, kind)},
        "phoneme_type": kind,
        "phoneme_id_map": _phonemes(_get(content, "phoneme_id_map", dict), symbols),
        "inference": {
            "noise_scale": _fraction(inference, "noise_scale", 0.667, (0, 5)),
            "length_scale": _fraction(inference, "length_scale", 1.0, (0.1, 10)),
            "noise_w": _fraction(inference, "noise_w", 0.8, (0, 5)),
        },
        "hop_length": _number(content, "hop_length", (1, 8192), 256),
        "default_speaker_id": _number(content, "default_speaker_id", (0, count - 1), 0),
        "vowel_clusters": _clusters(_get(content, "vowel_clusters", list, [])),
    }
    language = _get(content, "language", dict, {})
    english, country = (_words(language, key) for key in ("name_english", "country_english"))
    return About(
        path.stem,
        rate,
        f"{english} ({country})" if english and country else english or settings["espeak"]["voice"],
        _words(language, "code"),
        _words(content["audio"], "quality"),
        licence(path.with_name(CARD)),
        names if count > 1 else (),
        settings,
    )


def licence(card: Path) -> str:
    """As the card beside a voice names it; "" where there is none."""
    try:
        with card.open("rb") as file:
            found = LICENCE.search(file.read(LONGEST_CARD).decode("utf-8", "replace"))
    except OSError:
        return ""
    return found[1].strip(" *") if found else ""


def _get(content: Any, key: str, kind: type, default: Any = None) -> Any:
    found = content.get(key, default) if isinstance(content, dict) else None
    if found is None and default is not None:
        return default
    if not isinstance(found, kind) or isinstance(found, bool):
        raise VoiceRefused("its description is not that of a voice", f"{key}: {found!r:.60}")
    return found


def _number(content: Any, key: str, limits: tuple[int, int], default: int | None = None) -> int:
    found = _get(content, key, int, default)
    if not limits[0] <= found <= limits[1]:
        raise VoiceRefused(f"its description has {found} for {key}", f"not in {limits}")
    return found


def _fraction(content: Any, key: str, default: float, limits: tuple[float, float]) -> float:
    found = content.get(key, default)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise VoiceRefused("its description is not that of a voice", f"{key}: {found!r:.60}")
    if not limits[0] <= found <= limits[1]:
        raise VoiceRefused(f"its description has {found} for {key}", f"not in {limits}")
    return float(found)


def _words(content: Any, key: str) -> str:
    found = content.get(key)
    return found[:60] if isinstance(found, str) else ""


def _language_of(content: Any, kind: str) -> str:
    """The name espeak-ng knows the language by."""
    if kind == "text":
        return ""
    name = _get(_get(content, "espeak", dict), "voice", str)
    if not re.fullmatch(r"[A-Za-z0-9+_-]{1,40}", name):
        raise VoiceRefused("its description names no language", f"{name!r:.60}")
    return name


def _phonemes(found: dict[str, Any], symbols: int) -> dict[str, list[int]]:
    if len(found) > MOST_PHONEMES or any(mark not in found for mark in MARKS):
        raise VoiceRefused("its phonemes are not those of a voice", f"{len(found)}")
    for phoneme, numbers in found.items():
        good = isinstance(numbers, list) and 1 <= len(numbers) <= 8 and len(phoneme) <= 16
        if not good or not all(type(n) is int and 0 <= n < symbols for n in numbers):
            raise VoiceRefused("its phonemes are not those of a voice", f"{phoneme!r:.40}")
    return found


def _speakers(found: dict[str, Any], count: int) -> tuple[str, ...]:
    names = {number: name[:60] for name, number in found.items() if type(number) is int}
    if len(names) != len(found) or any(not 0 <= number < count for number in names):
        raise VoiceRefused("its speakers are not numbered as they should be", f"{count}")
    return tuple(names.get(number, str(number)) for number in range(count))


def _clusters(found: list[Any]) -> list[list[str]]:
    good = len(found) <= MOST_PHONEMES and all(
        isinstance(one, list) and 1 < len(one) <= 8 and all(isinstance(p, str) for p in one)
        for one in found
    )
    if not good:
        raise VoiceRefused("its phonemes are not those of a voice", "vowel_clusters")
    return found
