"""What a microphone gave, made ready to be understood: 16 kHz, and how likely it is speech."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from engines.messages import Cancelled, Event, Failed, Hear, Heard

TRIES = 3
CLOSED = Failed("The sound could not be prepared.", "Try again.")


@dataclass(eq=False)
class Said:
    """One take as it is heard."""

    pcm: bytearray = field(default_factory=bytearray)  # 16 kHz, mono, s16
    speech: list[float] = field(default_factory=list)  # for each 32 ms: how likely it is speech
    loud: list[float] = field(default_factory=list)  # and how loud, 0 to 1
    whole: bool = False  # nothing follows
    given: list[Hear] = field(default_factory=list)  # until all of it was heard
    ear: int = 0  # the number the listener knows it by
    tries: int = 1

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 32_000


class Listening(QObject):
    """Sends sound through the listener, anew from the beginning where it dies on the way."""

    heard = Signal(object)  # Said, which has more now
    failed = Signal(object, object)  # Said, Failed: given up

    def __init__(self, link: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._ears = 0
        self._jobs: dict[int, tuple[Said, int]] = {}
        link.event.connect(self._on_event)

    def take(self, said: Said, piece: Hear) -> None:
        """The next piece, whatever number it has."""
        if not said.given:
            said.ear = self._next_ear()
        said.given.append(piece)
        self._send(said, piece)

    def drop(self, said: Said) -> None:
        """What comes of it is not wanted."""
        self._jobs = {job: about for job, about in self._jobs.items() if about[0] is not said}

    def _next_ear(self) -> int:
        self._ears += 1
        return self._ears

    def _send(self, said: Said, piece: Hear) -> None:
        told = Hear(said.ear, piece.pcm, piece.rate, piece.channels, piece.sample, piece.last)
        self._jobs[self._link.submit(told)] = said, said.ear

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        said, ear = self._jobs.get(job, (None, 0))
        if said is None or ear != said.ear:
            return
        match event:
            case Heard(pcm=pcm, speech=speech, loud=loud):
                said.pcm += pcm
                said.speech += speech
                said.loud += loud
                self.heard.emit(said)
            case Failed() | Cancelled():
                self._again(said, event if isinstance(event, Failed) else CLOSED)
            case _ if job in self._jobs:  # Done
                del self._jobs[job]
                self._finish(said)

    def _finish(self, said: Said) -> None:
        left = any(one is said for one, _ in self._jobs.values())
        if said.given and said.given[-1].last and not left and not said.whole:
            said.whole = True
            said.given = []
            self.heard.emit(said)

    def _again(self, said: Said, why: Failed) -> None:
        self.drop(said)
        said.tries += 1
        if said.tries > TRIES:
            self.failed.emit(said, why)
            return
        said.ear = self._next_ear()
        said.pcm, said.speech, said.loud = bytearray(), [], []
        for piece in said.given:
            self._send(said, piece)
