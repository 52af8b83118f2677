"""Synthesisers as Debian packages them: espeak-ng and flite to learn from, festival for the test.

Festival and its voices "ked" and "slt (HTS)" are never learned from. The person who lent her voice
to slt is in flite too, through another method; ked is in no other program.
"""

import ctypes
import re
import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

RATE = 16_000
ACCENTS = ("gmw/en-US", "gmw/en-US", "gmw/en-US", "gmw/en", "gmw/en", "gmw/en-GB-x-rp")  # files
VARIANTS = (
    *("", "", "", "", "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"),
    *("klatt", "klatt2", "klatt3", "klatt4", "Andy", "Annie", "linda", "max", "steph"),
)
PLAIN = re.compile(
    r"flite|gmw/en(-US|-GB-x-rp)?(\+([fm]\d|klatt[234]?|Andy|Annie|linda|max|steph))?$"
)
FLITE = ("slt", "rms", "awb", "kal16", "kal", "slt", "rms", "awb")
FESTIVAL = ("ked_diphone", "cmu_us_slt_arctic_hts")
WORDS_A_MINUTE, PITCH, VARIED = (125, 230), (15, 85), (25, 75)  # of espeak
PHONE = re.compile(r"(\S+):([\d.]+)")


class Sound(NamedTuple):
    pcm: np.ndarray  # int16, 16 kHz, one channel
    phones: list[tuple[float, str]]  # when each ends, in seconds
    voice: str


def espeak(rng: Random, text: str) -> Sound:
    voice = f"{rng.choice(ACCENTS)}+{rng.choice(VARIANTS)}".rstrip("+")
    speaker = _espeak()
    speaker.use(voice, rng.randint(*WORDS_A_MINUTE), rng.randint(*PITCH), rng.randint(*VARIED))
    return Sound(*speaker.say(text), voice)


def flite(rng: Random, text: str) -> Sound:
    voice = rng.choice(FLITE)
    settings = [f"duration_stretch={rng.uniform(0.75, 1.3):.2f}"]
    if voice.startswith("kal"):
        settings += [f"int_f0_target_mean={rng.randint(75, 180)}"]
    options = [part for one in settings for part in ("--setf", one)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        command = ["flite", "-voice", voice, *options, "-psdur", "-t", text, "-o", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        pcm = read(path)
    return Sound(pcm, [(float(end), name) for name, end in PHONE.findall(told)], f"flite {voice}")


def festival(voice: str, texts: list[str]) -> list[Sound]:
    """Many at once: the program takes long to begin."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice})"]
        for number, text in enumerate(texts):
            quoted = text.replace('"', "")
            lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{number}.wav")')
        subprocess.run(
            ["festival", "--pipe"],
            input="\n".join(lines),
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return [
            Sound(read(Path(folder, f"{number}.wav")), [], f"festival {voice}")
            for number in range(len(texts))
        ]


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as sound:
        pcm = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
        return at_rate(pcm, sound.getframerate())


def at_rate(pcm: np.ndarray, rate: int) -> np.ndarray:
    if rate == RATE:
        return pcm
    length = round(len(pcm) * RATE / rate)
    spectrum = np.fft.rfft(np.pad(pcm.astype(np.float32), (0, rate // 10)))
    wanted = round((len(pcm) + rate // 10) * RATE / rate)
    made = np.fft.irfft(spectrum[: wanted // 2 + 1], wanted) * (RATE / rate)
    return np.clip(made[:length], -32768, 32767).astype(np.int16)


class _Identity(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", _Identity),
    ]


_CALLED = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_END, _PHONEME = 0, 7
_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1


class _Espeak:
    """The library rather than the program: it tells when each sound begins."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        self._pcm: list[np.ndarray] = []
        self._begun: list[tuple[float, str]] = []
        self._callback = _CALLED(self._heard)
        self._library.espeak_SetSynthCallback(self._callback)

    def use(self, voice: str, rate: int, pitch: int, varied: int) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(voice)
        for parameter, value in ((1, rate), (3, pitch), (4, varied)):
            self._library.espeak_SetParameter(parameter, value, 0)

    def say(self, text: str) -> tuple[np.ndarray, list[tuple[float, str]]]:
        self._pcm, self._begun = [], []
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, 1, None, None)
        pcm = np.concatenate(self._pcm)
        ends = [begin for begin, _ in self._begun[1:]] + [len(pcm) / self._rate]
        phones = [(end, name) for end, (_, name) in zip(ends, self._begun, strict=True)]
        return at_rate(pcm, self._rate), phones

    def _heard(self, pcm, count: int, events) -> int:  # noqa: ANN001
        if count > 0 and pcm:
            self._pcm.append(np.ctypeslib.as_array(pcm, (count,)).copy())
        at = 0
        while events[at].type != _END:
            if events[at].type == _PHONEME:
                name = bytes(events[at].id.string).decode("utf-8", "replace")
                self._begun.append((events[at].audio_position / 1000, name))
            at += 1
        return 0


@cache
def _espeak() -> _Espeak:
    return _Espeak()
