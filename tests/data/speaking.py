"""A loudspeaker the test holds: what was played, and the time at which it is heard."""

from PySide6.QtCore import QObject, Signal


class FakeLoudspeaker(QObject):
    """Stands in for the speaking half of app.audio.sound.Sound; the test lets time pass."""

    heard = Signal(int, float)
    finished = Signal(int)
    silenced = Signal(int, float)
    troubled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.played: dict[int, float] = {}  # speech -> seconds of sound
        self.order: list[int] = []  # speeches as they came
        self.over: dict[int, float] = {}  # speech -> seconds when it was silenced or finished
        self.opened = 0
        self.now = 0.0  # seconds of the current speech that were heard
        self._finishing: set[int] = set()

    @property
    def speech(self) -> int:
        """The one that plays; 0: none."""
        return self.order[-1] if self.order and self.order[-1] not in self.over else 0

    def open_loudspeaker(self) -> None:
        self.opened += 1

    def play(self, speech: int, pcm: bytes, rate: int) -> None:
        if speech in self.over:
            return
        if speech not in self.played:
            assert not self.speech, "two speeches at once"
            self.order.append(speech)
            self.played[speech], self.now = 0.0, 0.0
        self.played[speech] += len(pcm) / 2 / rate

    def finish(self, speech: int) -> None:
        assert speech not in self._finishing, "told twice that nothing follows"
        if speech not in self.played:
            self.over[speech] = 0.0
            self.finished.emit(speech)
        self._finishing.add(speech)

    def silence(self) -> None:
        if speech := self.speech:
            self.over[speech] = self.now
            self.silenced.emit(speech, self.now)

    def let_pass(self, seconds: float) -> None:
        """So much more of what was played is heard."""
        if speech := self.speech:
            self.now = min(self.now + seconds, self.played[speech])
            self.heard.emit(speech, self.now)
            if speech in self._finishing and self.now >= self.played.get(speech, 0):
                self.over[speech] = self.now
                self.finished.emit(speech)
