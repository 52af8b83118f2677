"""What is being said aloud, kept until it was heard: a device may go away in mid-word."""

import time
from collections import deque

from app.audio.samples import Converter, Shape


class Speech:
    """Mono s16 at one rate, in the order it is spoken."""

    def __init__(self, number: int, rate: int, heard: float = 0.0) -> None:
        """heard seconds of it are over already, and not among what is added."""
        self.number, self.rate, self.heard = number, rate, heard
        self.since = time.monotonic()
        self.begun = heard > 0  # something of it was heard
        self.complete = False  # nothing follows
        self._pieces: deque[bytes] = deque()
        self._dropped = self._bytes_heard()  # heard and forgotten
        self._converters: dict[int, Converter] = {}  # by rate

    def add(self, pcm: bytes, rate: int) -> bytes:
        """Returns pcm at the rate of this speech."""
        if rate != self.rate:
            source, target = Shape(rate, 1, "s16"), Shape(self.rate, 1, "s16")
            converter = self._converters.setdefault(rate, Converter(source, target))
            pcm = converter.convert(pcm)
        self._pieces.append(pcm)
        return pcm

    def heard_until(self, seconds: float) -> None:
        self.heard = max(self.heard, seconds)
        self.begun |= seconds > 0
        heard = self._bytes_heard()
        while self._pieces and self._dropped + len(self._pieces[0]) <= heard:
            self._dropped += len(self._pieces.popleft())

    def rest(self) -> bytes:
        """What was not heard yet."""
        return b"".join(self._pieces)[max(0, self._bytes_heard() - self._dropped) :]

    def _bytes_heard(self) -> int:
        return int(self.heard * self.rate) * 2
