"""What someone is saying, and what is being said to them: a new process goes on with all of it."""

import time
from collections.abc import Iterator
from pathlib import Path

from app.audio.messages import Begin, End, Finish, Order, Play
from app.audio.speech import Speech

MICROPHONE, LOUDSPEAKER = "microphone", "loudspeaker"


class Take:
    """What is said into the microphone in one go."""

    def __init__(self, number: int, file: Path) -> None:
        self.number, self.file = number, file
        self.since = time.monotonic()
        self.begun = self.ending = False


class Unfinished:
    def __init__(self) -> None:
        self.takes: dict[int, Take] = {}  # the last one runs, others are just ending
        self.speech: Speech | None = None
        self.leaving: dict[int, float] = {}  # silenced speech -> seconds known to be heard

    def __bool__(self) -> bool:
        return bool(self.takes or self.speech or self.leaving)

    @property
    def take(self) -> Take | None:
        """The one that runs."""
        return next(reversed(self.takes.values()), None)

    def in_use(self, part: str) -> Take | Speech | None:
        return self.take if part == MICROPHONE else self.speech

    def has_begun(self, part: str) -> bool:
        used = self.in_use(part)
        return used is not None and used.begun

    def orders(self) -> Iterator[Order]:
        for take in self.takes.values():
            yield Begin(take.number, str(take.file))
            if take.ending:
                yield End(take.number)
        if speech := self.speech:
            yield Play(speech.number, speech.rest(), speech.rate, speech.heard)
            if speech.complete:
                yield Finish(speech.number)
