"""Everything that microphone and loudspeaker told, for tests to ask."""

from pathlib import Path

from app.audio import wav
from app.audio.messages import Captured, Trouble
from app.audio.samples import SPEECH, Shape
from app.audio.sound import Sound

WAIT = 60_000  # ms; a test that waits so long has failed


class Told:
    def __init__(self, sound: Sound) -> None:
        self.pieces: list[Captured] = []
        self.troubles: list[Trouble] = []
        self.listening: list[int] = []
        self.levels: list[float] = []
        self.heard: list[tuple[int, float]] = []
        self.finished: list[int] = []
        self.silenced: list[tuple[int, float]] = []
        sound.captured.connect(self.pieces.append)
        sound.troubled.connect(self.troubles.append)
        sound.listening.connect(self.listening.append)
        sound.level.connect(self.levels.append)
        sound.heard.connect(lambda *told: self.heard.append(told))
        sound.finished.connect(self.finished.append)
        sound.silenced.connect(lambda *told: self.silenced.append(told))

    def pcm(self, take: int = 1) -> bytes:
        return b"".join(piece.pcm for piece in self.pieces if piece.take == take)

    def seconds(self, take: int = 1) -> float:
        return sum(len(piece.pcm) / (2 * piece.rate) for piece in self.pieces if piece.take == take)

    def ends(self, take: int = 1) -> int:
        """How many last pieces came; there has to be one."""
        return sum(piece.last for piece in self.pieces if piece.take == take)

    def position(self, speech: int = 1) -> float:
        """Seconds of it heard, as far as was told."""
        return max((seconds for number, seconds in self.heard if number == speech), default=0.0)


def kept(file: Path) -> tuple[bytes, Shape]:
    """What a take's file holds, as it was written."""
    found = list(wav.pieces(file))
    return b"".join(pcm for _, pcm in found), found[0][0] if found else SPEECH
