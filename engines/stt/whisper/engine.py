"""Speech to text with a Whisper model through faster-whisper and CTranslate2.

Our own loop over the library's parts: the sound is cut at its pauses, each stretch is heard in a
window as long as it needs, and heard again in the whole one when the result looks bad.
"""

import logging
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from msgspec.structs import replace

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
from engines.stt import folders, pauses
from engines.stt.whisper import devices, doubts, windows
from engines.stt.whisper.doubts import Hypothesis
from engines.stt.whisper.model import RUNNER, Segment, Whisper

PULSE = 5.0  # seconds after which a long step says that it is alive
AT_ONCE = 60 * RATE  # samples the voice detector hears in one step
TALK_SILENCE = 4.0  # seconds of pause that part a take; in files pauses.SILENCE

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class NotUnderstood(ParleyError):
    def __init__(self, detail: str) -> None:
        super().__init__(
            "The speech model could not work on this.",
            "Try again, or choose another speech model.",
            detail,
        )


class UnknownLanguage(ParleyError):
    def __init__(self, code: str, known: tuple[str, ...]) -> None:
        only = "understands only English" if known == ("en",) else f"does not know “{code}”"
        super().__init__(
            f"This speech model {only}.", "Choose another language or speech model.", code
        )


@dataclass
class Piece:
    """A stretch of a take while it is worked on; seconds from the take's start."""

    sound: np.ndarray
    start: float
    spoken: float

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


@dataclass(frozen=True)
class Understood:
    found: Hypothesis
    language: str
    segments: list[Segment]


class WhisperEngine:
    """interrupt() may be called from another thread, everything else not."""

    def __init__(self, load: Callable[[str], Whisper], model: Whisper, beam: int) -> None:
        self._load, self._model, self._beam = load, model, beam
        self._detector = VoiceDetector()
        self._worker = ThreadPoolExecutor(1, "whisper")
        self._woken = threading.Event()

    def loaded(self) -> Loaded:
        model, contents = self._model, self._model.contents
        count = model.threads
        cpu = f"CPU, {count} thread{'s' * (count > 1)}"
        return Loaded(
            name=contents.name,
            architecture=contents.weights.architecture,
            quantisation=model.kind,
            parameters=contents.weights.parameters,
            size=contents.size,
            licence=contents.licence,
            device=cpu if model.device == "cpu" else "Graphics card (CUDA)",
            runner=RUNNER,
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        if not isinstance(request, Transcribe):
            raise ParleyError("A speech model only listens.", "", type(request).__name__)
        if request.language and request.language not in self._model.languages:
            raise UnknownLanguage(request.language, self._model.languages)
        self._woken.clear()
        whole = request.pcm[: len(request.pcm) // 2 * 2]
        sound = np.frombuffer(whole, "<i2").astype(np.float32) / 32768.0
        pieces = yield from self._pieces(sound, request.patient)
        if not pieces:
            yield Unheard(without_speech(sound))
            return None
        yield from self._all(pieces, request)
        return None

    def interrupt(self) -> None:
        """The running job was called off: do not wait for the step being computed."""
        self._woken.set()

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _all(self, pieces: list[Piece], request: Transcribe) -> Generator[Event, None, None]:
        """Each stretch as text; where none has any, why."""
        told, why = False, ""
        for number, piece in enumerate(pieces):
            yield Progress("hearing", number, len(pieces))
            understood = yield from self._understand(piece, request)
            reason = doubts.verdict(understood.found, piece.spoken)
            if reason and (reason == "noise" or len(pieces) == 1):
                why = why or reason  # of several stretches a doubtful one is better than a hole
                continue
            told = True
            for segment in understood.segments:
                yield _transcript(segment, piece, understood)
            if not request.language and not request.patient:
                request = replace(request, language=understood.language)
        if not told:
            yield Unheard(why)

    def _pieces(self, sound: np.ndarray, patient: bool) -> Generator[Event, None, list[Piece]]:
        """The stretches with speech in them: none where nobody says enough."""
        self._detector.begin()
        speech: list[float] = []
        for start in range(0, len(sound), AT_ONCE):
            part, last = sound[start : start + AT_ONCE], start + AT_ONCE >= len(sound)
            likely, _ = yield from self._step(self._detector.hear, part, last)
            speech += likely
        most = windows.longest(self._model.contents.weights.frames)
        silence = pauses.SILENCE if patient else TALK_SILENCE
        found = []
        for begin, end in pauses.stretches(speech, most, silence):
            first, last = round(begin / pauses.FRAME), round(end / pauses.FRAME)
            spoken = pauses.spoken(speech[first:last])
            if spoken >= pauses.ENOUGH:
                found.append(Piece(sound[first * FRAME : last * FRAME], begin, spoken))
        return found

    def _understand(self, piece: Piece, request: Transcribe) -> Generator[Event, None, Understood]:
        """The best of all attempts; again on the processor where the graphics card fails."""
        try:
            return (yield from self._attempts(piece, request))
        except RuntimeError as error:
            if self._model.device == "cpu":
                raise NotUnderstood(str(error)) from error
            log.info("the graphics card failed, the processor goes on: %s", error)
            self._model.unload()
            self._model = yield from self._step(self._load, "cpu")
            return (yield from self._understand(piece, request))

    def _attempts(self, piece: Piece, request: Transcribe) -> Generator[Event, None, Understood]:
        model, weights = self._model, self._model.contents.weights
        spectrum = yield from self._step(model.spectrum, piece.sound)
        beam = self._beam if request.patient else 1
        plan = windows.attempts(
            piece.seconds, weights.frames, weights.vocabulary, beam, request.draft
        )
        timed = request.patient and model.contents.timed
        best, encoded, heard, frames, language = None, None, None, 0, request.language
        for attempt in plan:
            if attempt.frames != frames:
                frames = attempt.frames
                encoded = yield from self._step(model.encode, spectrum, frames)
                if not request.language:
                    language = yield from self._step(model.language, encoded)
            prompt = model.prompt(language, request.before, request.hotwords, timed)
            found = yield from self._step(model.write, encoded, prompt, language, attempt)
            if (best := doubts.better(best, found)) is found:
                heard = encoded
            if not doubts.doubtful(found):
                break
        assert best is not None
        segments = yield from self._segments(best, heard, language, piece.seconds, timed)
        return Understood(best, language, segments)

    def _segments(
        self, found: Hypothesis, encoded: Any, language: str, seconds: float, timed: bool
    ) -> Generator[Event, None, list[Segment]]:
        model = self._model
        if not timed:
            return [Segment(found.text, 0.0, seconds)]
        if not model.contents.aligned:
            return model.segments(found, language, seconds)
        return (yield from self._step(model.aligned, encoded, found, language, seconds))

    def _step(self, work: Callable[..., Result], *given: Any) -> Generator[Event, None, Result]:
        """Work in a thread of its own, so that a job that was called off need not wait for it.

        What is still computed then is finished before the next step begins.
        """
        future = self._worker.submit(work, *given)
        future.add_done_callback(lambda _: self._woken.set())
        while not future.done():
            if not self._woken.wait(PULSE) or not future.done():
                yield Progress("hearing", 0, 1)
        self._woken.clear()
        return future.result()


def _transcript(segment: Segment, piece: Piece, understood: Understood) -> Transcript:
    at = piece.start
    return Transcript(
        text=segment.text,
        start=round(at + segment.start, 3),
        end=round(at + segment.end, 3),
        language=understood.language,
        words=tuple(
            Word(word.text.strip(), round(at + word.start, 3), round(at + word.end, 3))
            for word in segment.words
        ),
        sure=understood.found.sure,
    )


def create(folder: Path, device: str, threads: int, beam: int, promised: int) -> WhisperEngine:
    """Raises EarsRefused, and NotUnderstood where the library refuses what passed our checks."""
    contents = folders.check(folder)
    count = devices.thread_count(threads)

    def load(where: str) -> Whisper:
        model = Whisper(folder, contents, where, count)
        model.warm_up()
        return model

    where = devices.choose(device, contents.size, promised)
    try:
        try:
            model = load(where)
        except RuntimeError as error:
            if where == "cpu":
                raise
            log.info("not on the graphics card: %s", error)
            model = load("cpu")
    except (RuntimeError, ValueError, OSError) as error:
        raise folders.EarsRefused("the library cannot load it", str(error)) from error
    return WhisperEngine(load, model, beam)
