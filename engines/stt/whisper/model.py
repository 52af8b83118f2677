"""One Whisper model in memory: sound to spectrum, spectrum to meaning, meaning to words."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from engines.senses import Word
from engines.sound.hearing.voice import RATE
from engines.stt.folders import Contents
from engines.stt.whisper.doubts import Hypothesis
from engines.stt.whisper.windows import PER_SECOND, SHORTEST, SMALL, Attempt

RUNNER = f"faster-whisper {faster_whisper.__version__}, CTranslate2 {ctranslate2.__version__}"
CPU_TYPES = ("int8_float32", "int8", "float32")  # best first; the library says which it has
GPU_TYPES = ("int8_float16", "float16", "int8_float32", "float32")
CHANCES = 5  # texts that are thrown for, where chance chooses
PROMPT = 100  # tokens of the words before, and of the hot words, each
OPENING, CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
STEERING = tuple(
    f"<|{name}|>"
    for name in ("startoftranscript", "startofprev", "startoflm", "translate", "transcribe")
    + ("nospeech", "nocaptions")
)
STAMP = 0.02  # seconds of a time stamp

logging.getLogger("faster_whisper").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Segment:
    """A part of a stretch that Whisper gave times; seconds from the stretch's start."""

    text: str
    start: float
    end: float
    words: tuple[Word, ...] = ()


class Whisper:
    """Nothing here may be called from two threads at once."""

    def __init__(self, folder: Path, contents: Contents, device: str, threads: int) -> None:
        """Raises RuntimeError where the library cannot load it."""
        wanted = CPU_TYPES if device == "cpu" else GPU_TYPES
        offered = ctranslate2.get_supported_compute_types(device)
        kind = next((name for name in wanted if name in offered), "default")
        self._model = WhisperModel(
            str(folder), device, compute_type=kind, cpu_threads=threads, local_files_only=True
        )
        self.contents, self.device, self.threads = contents, device, threads
        self.kind: str = self._model.model.compute_type
        self.multilingual: bool = self._model.model.is_multilingual
        self.languages = contents.languages if self.multilingual else ("en",)
        self._tokenizers: dict[str, Tokenizer] = {}
        self._never = self._unspoken()

    def spectrum(self, sound: np.ndarray) -> np.ndarray:
        """Bands by frames of 10 ms; sound is float32 at 16 kHz."""
        return self._model.feature_extractor(sound)[..., :-1]

    def encode(self, spectrum: np.ndarray, frames: int) -> Any:
        """What is heard in the first `frames` of it; the work grows with them."""
        part = spectrum[..., :frames]
        room = ((0, 0), (0, frames - part.shape[-1]))
        return self._model.encode(np.ascontiguousarray(np.pad(part, room)))

    def language(self, encoded: Any) -> str:
        """The likeliest language of what was encoded."""
        if not self.multilingual:
            return "en"
        for token, _ in self._model.model.detect_language(encoded)[0]:
            if (code := token.strip("<|>")) in self.languages:
                return code
        return "en"

    def prompt(self, language: str, before: str, hotwords: str, timed: bool) -> list[int]:
        """The tokens that come before the words: what was said, then how to write.

        A small model is told nothing of it: it takes these words for those it hears.
        """
        tokenizer = self._tokenizer(language)
        lead: list[int] = []
        previous = tokenizer.sot_prev if self.contents.weights.vocabulary >= SMALL else None
        if previous is not None and (before.strip() or hotwords.strip()):
            lead = [previous, *self._tokens(tokenizer, hotwords)[:PROMPT]]
            lead += self._tokens(tokenizer, before)[-PROMPT:]
        return [*lead, *tokenizer.sot_sequence, *(() if timed else (tokenizer.no_timestamps,))]

    def write(
        self, encoded: Any, prompt: Sequence[int], language: str, attempt: Attempt
    ) -> Hypothesis:
        """The words. The library cannot be stopped meanwhile, and to go on from words written
        before costs as much as writing them."""
        # the library writes no more than half of the length it is given
        length = max(2 * attempt.tokens, len(prompt) + attempt.tokens)
        length = min(length, self.contents.weights.tokens)
        limit = min(length // 2, length - len(prompt))
        how: dict[str, Any] = {"beam_size": attempt.beam}
        if attempt.temperature:
            how = {"beam_size": 1, "num_hypotheses": CHANCES, "sampling_topk": 0}
            how["sampling_temperature"] = attempt.temperature
        result = self._model.model.generate(
            encoded,
            [list(prompt)],
            max_length=length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._never,
            **how,
        )[0]
        tokens = tuple(result.sequences_ids[0])
        return Hypothesis(
            text=self.text(tokens, language),
            tokens=tokens,
            sure=result.scores[0] * len(tokens) / (len(tokens) + 1),
            silent=result.no_speech_prob,
            cut=len(tokens) >= limit,
        )

    def text(self, tokens: Sequence[int], language: str) -> str:
        return self._tokenizer(language).decode(list(tokens)).strip()

    def segments(self, found: Hypothesis, language: str, seconds: float) -> list[Segment]:
        """What was written between two time stamps each."""
        tokenizer = self._tokenizer(language)
        return [
            Segment(tokenizer.decode(one["tokens"]).strip(), one["start"], one["end"])
            for one in self._parts(found, tokenizer, seconds)
        ]

    def aligned(
        self, encoded: Any, found: Hypothesis, language: str, seconds: float
    ) -> list[Segment]:
        """Segments with the time of each word, which costs about as much as writing them."""
        tokenizer = self._tokenizer(language)
        parts = self._parts(found, tokenizer, seconds)
        frames = round(seconds * PER_SECOND)
        whole: list[Any] = [parts]
        self._model.add_word_timestamps(whole, tokenizer, encoded, frames, OPENING, CLOSING, 0.0)
        return [
            Segment(
                tokenizer.decode(one["tokens"]).strip(),
                float(one["start"]),
                float(one["end"]),
                tuple(Word(w["word"], float(w["start"]), float(w["end"])) for w in one["words"]),
            )
            for one in parts
        ]

    def unload(self) -> None:
        self._model.model.unload_model()

    def _unspoken(self) -> list[int]:
        """Tokens that are never words: the model's own list (-1), and those that steer it."""
        numbers = map(self._model.hf_tokenizer.token_to_id, STEERING)
        return [-1, *(number for number in numbers if number is not None)]

    def warm_up(self) -> None:
        """The first step of a loaded model is slow: it shall not be the first one said to it."""
        spectrum = self.spectrum(np.zeros(RATE, np.float32))
        encoded = self.encode(spectrum, min(SHORTEST * PER_SECOND, self.contents.weights.frames))
        self.write(encoded, self.prompt("en", "", "", False), "en", Attempt(0, 1, 0.0, 1))

    def _tokenizer(self, language: str) -> Tokenizer:
        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer, self.multilingual, "transcribe", language
            )
        return self._tokenizers[language]

    def _tokens(self, tokenizer: Tokenizer, text: str) -> list[int]:
        return tokenizer.encode(" " + text.strip()) if text.strip() else []

    def _parts(
        self, found: Hypothesis, tokenizer: Tokenizer, seconds: float
    ) -> list[dict[str, Any]]:
        """Tokens between time stamps, in the form the library wants for aligning."""
        first = tokenizer.timestamp_begin
        parts: list[dict[str, Any]] = []
        start, said = 0.0, []
        for token in found.tokens:
            if token < tokenizer.eot:
                said.append(token)
            elif token >= first:
                time = min((token - first) * STAMP, seconds)
                if said:
                    parts.append(
                        {"seek": 0, "start": start, "end": max(time, start), "tokens": said}
                    )
                start, said = time, []
        if said:
            parts.append({"seek": 0, "start": start, "end": seconds, "tokens": said})
        return parts
