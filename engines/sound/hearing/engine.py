"""Brings what a microphone gives into one form, and says how likely it is speech."""

from collections.abc import Generator

import numpy as np
import onnxruntime

from engines.errors import ParleyError
from engines.messages import Done, Event, Hear, Heard, Loaded, Request
from engines.sound.hearing.samples import Converter, check
from engines.sound.hearing.voice import VoiceDetector

PIECE = 1 << 20  # bytes converted between two points where a job can be called off


class ListenerEngine:
    def __init__(self) -> None:
        self._detector = VoiceDetector()
        self._converter = Converter()
        self._take: int | None = None

    def loaded(self) -> Loaded:
        return Loaded(
            name="Silero", device="CPU, 1 thread", runner=f"onnxruntime {onnxruntime.__version__}"
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        """One Heard for each megabyte of a piece, at least one."""
        if not isinstance(request, Hear):
            raise ParleyError("The listener only listens.", "", type(request).__name__)
        check(request.rate, request.channels, request.sample)
        if request.take != self._take:
            self._begin(request.take)
        for start in range(0, max(len(request.pcm), 1), PIECE):
            last = request.last and start + PIECE >= len(request.pcm)
            yield self._hear(request, request.pcm[start : start + PIECE], last)
        if request.last:
            self._take = None
        return None

    def close(self) -> None:
        pass

    def _begin(self, take: int) -> None:
        self._take, self._converter = take, Converter()
        self._detector.begin()

    def _hear(self, request: Hear, pcm: bytes, last: bool) -> Heard:
        form = (request.rate, request.channels, request.sample)
        sound = self._converter.convert(Hear(request.take, pcm, *form, last))
        # what is kept is also what is judged; sound that needs no change stays bit for bit
        whole = np.rint(sound * 32768.0).clip(-32768, 32767).astype("<i2")
        speech, loud = self._detector.hear(whole.astype(np.float32) / 32768.0, last)
        level = float(np.abs(sound).max(initial=0.0))
        return Heard(request.take, whole.tobytes(), tuple(speech), tuple(loud), level)


def create() -> ListenerEngine:
    return ListenerEngine()
