"""Engines and a voice the test plays, for talking: what a take says is in its samples."""

import itertools

from PySide6.QtCore import QObject, Signal

from engines.messages import Cancelled, Done, Failed, Hear, Heard, Transcribe, Transcript

FRAME = 1024  # bytes of 32 ms
DIED = Failed("It died.")


class Played(QObject):
    """A link whose jobs wait until the test lets them go on."""

    event = Signal(int, object)

    def __init__(self):
        super().__init__()
        self.open = {}
        self.state = "ready"
        self._numbers = itertools.count(1)

    def submit(self, request):
        job = next(self._numbers)
        self.open[job] = request
        return job

    def cancel(self, job):
        if self.open.pop(job, None):
            self.event.emit(job, Cancelled())

    def answer(self):
        """The oldest job is done."""
        if self.open:
            job = next(iter(self.open))
            request = self.open.pop(job)
            for event in answers(request):
                self.event.emit(job, event)

    def die(self):
        left, self.open = self.open, {}
        for job in left:
            self.event.emit(job, DIED)


def answers(request):
    """What a take says is in its samples: its number, so that no take is taken for another."""
    match request:
        case Hear(take=take, pcm=pcm):
            frames = [pcm[at : at + FRAME] for at in range(0, len(pcm), FRAME)]
            yield Heard(take, pcm, tuple(0.9 if any(frame) else 0.05 for frame in frames))
        case Transcribe(pcm=pcm):
            said = sorted({value for value in pcm[::2] if value})
            yield Transcript(" ".join(f"take{value}" for value in said), sure=-0.1)
    yield Done()


class Voice(QObject):
    speaking_changed = Signal(bool)

    def __init__(self):
        super().__init__()
        self.speaking = False

    def speak(self, on):
        if on != self.speaking:
            self.speaking = on
            self.speaking_changed.emit(on)

    def silence(self):
        self.speak(False)


def speech(number, seconds):
    """Samples in which somebody says "takeN"."""
    return bytes([number, 0]) * (FRAME // 2 * round(seconds / 0.032))


def silence(seconds):
    return bytes(FRAME * round(seconds / 0.032))
