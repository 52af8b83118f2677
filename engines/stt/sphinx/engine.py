"""Speech to text with pocketsphinx: an acoustic model made from people, which comes with the
library, and a language model of what the starter is asked.
"""

import math
import re
from collections.abc import Generator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder, get_model_path

from engines.errors import ParleyError
from engines.messages import (
    Done,
    Event,
    Loaded,
    Progress,
    Request,
    Transcribe,
    Transcript,
    Unheard,
)
from engines.senses import Word
from engines.sound.hearing.voice import FRAME, RATE, VoiceDetector, without_speech
from engines.stt import pauses
from engines.stt.folders import EarsRefused
from engines.stt.pocketsphinx import PHONES, WORDS
from engines.stt.sphinx import numerals

LARGEST = 64 << 20  # bytes of either
LONGEST = 12.0  # seconds of a stretch: the library cannot be stopped while it hears one
PER_SECOND = 100  # frames
PEAK, HISS = 0.5, 0.002  # of full scale: the model knows no sound without any noise
SURE = -2.2  # mean log-probability of a word, below which nothing was understood
ALTERNATIVE = re.compile(r"\(\d+\)$")  # of a word that sounds in several ways
HOW = {  # how widely it searches; of the sounds so many Gaussians are looked at
    **{"beam": 1e-60, "wbeam": 1e-40, "pbeam": 1e-60, "maxhmmpf": 10_000, "topn": 8},
    **{"lw": 6.5, "samprate": RATE, "loglevel": "FATAL"},
}


@dataclass(frozen=True)
class Stretch:
    """What is said without a long pause; seconds from the start of the sound."""

    sound: np.ndarray
    start: float


@dataclass(frozen=True)
class Understood:
    words: list[Word]  # as they are said; seconds from the start of the stretch
    sure: float  # mean log-probability of a word, among what else it may have been


class SphinxEngine:
    def __init__(self, folder: Path) -> None:
        """Raises EarsRefused."""
        self._size = _checked(folder)
        self._detector = VoiceDetector()
        try:
            self._decoder = Decoder(
                hmm=get_model_path("en-us/en-us"),
                lm=str(folder / WORDS),
                dict=str(folder / PHONES),
                **HOW,
            )
        except (RuntimeError, ValueError) as error:
            raise EarsRefused("the library cannot load it", str(error)) from error

    def loaded(self) -> Loaded:
        return Loaded(
            name="Starter's ears",
            architecture="Hidden Markov models and word triples",
            size=self._size,
            licence="BSD-2-Clause (sounds), GPL-3.0-or-later (words)",
            device="CPU, 1 thread",
            runner=f"pocketsphinx {version('pocketsphinx')}",
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        if not isinstance(request, Transcribe):
            raise ParleyError("A speech model only listens.", "", type(request).__name__)
        if request.language not in ("", "en"):
            raise ParleyError(
                "The starter's ears understand only English.",
                "Choose English, or a Whisper model for other languages.",
                request.language,
            )
        whole = request.pcm[: len(request.pcm) // 2 * 2]
        sound = np.frombuffer(whole, "<i2").astype(np.float32) / 32768.0
        found = self._stretches(sound)
        if not found:
            yield Unheard(without_speech(sound))
            return None
        told = False
        for number, stretch in enumerate(found):
            yield Progress("hearing", number, len(found))
            understood = self._understand(stretch.sound)
            if understood.words and understood.sure >= SURE:
                told = True
                yield _transcript(understood, stretch.start)
        if not told:
            yield Unheard("unsure")
        return None

    def close(self) -> None:
        pass

    def _stretches(self, sound: np.ndarray) -> list[Stretch]:
        """Those in which somebody says enough."""
        self._detector.begin()
        speech, _ = self._detector.hear(sound, last=True)
        found = []
        for begin, end in pauses.stretches(speech, LONGEST):
            first, last = round(begin / pauses.FRAME), round(end / pauses.FRAME)
            if pauses.spoken(speech[first:last]) >= pauses.ENOUGH:
                found.append(Stretch(sound[first * FRAME : last * FRAME], begin))
        return found

    def _understand(self, sound: np.ndarray) -> Understood:
        decoder = self._decoder
        decoder.start_utt()
        decoder.process_raw(levelled(sound), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None:
            return Understood([], -math.inf)
        words = [
            Word(
                ALTERNATIVE.sub("", one.word),
                one.start_frame / PER_SECOND,
                (one.end_frame + 1) / PER_SECOND,
            )
            for one in decoder.seg()
            if one.word[0] not in "<[+"  # silence and noises
        ]
        return Understood(words, math.log(max(best.prob, 1e-300)) / max(1, len(words)))


def levelled(sound: np.ndarray) -> bytes:
    """Equally loud whoever speaks, with a little hiss where there is none."""
    loudest = float(np.abs(sound).max(initial=0.0))
    hiss = np.random.default_rng(0).normal(0.0, HISS, len(sound))
    heard = sound * (PEAK / max(loudest, 1e-4)) + hiss
    return (np.clip(heard, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def _transcript(understood: Understood, start: float) -> Transcript:
    said = understood.words
    parts = numerals.written([word.text for word in said])
    shown = numerals.sentence([part.text for part in parts])
    words = tuple(
        Word(
            text,
            round(start + said[part.first].start, 3),
            round(start + said[part.last].end, 3),
        )
        for text, part in zip(shown.split(), parts, strict=True)
    )
    return Transcript(
        shown, words[0].start, words[-1].end, "en", words, sure=round(understood.sure, 3)
    )


def _checked(folder: Path) -> int:
    """The bytes of its files, and of the sounds that come with the library."""
    try:
        sizes = [(folder / name).stat().st_size for name in (WORDS, PHONES)]
    except OSError as error:
        raise EarsRefused("a part of it is missing", str(error)) from error
    if not all(0 < size <= LARGEST for size in sizes):
        raise EarsRefused("a part of it is empty or far too large", str(sizes))
    sounds = Path(get_model_path("en-us/en-us"))
    return sum(sizes) + sum(file.stat().st_size for file in sounds.iterdir())


def create(folder: Path) -> SphinxEngine:
    return SphinxEngine(folder)
