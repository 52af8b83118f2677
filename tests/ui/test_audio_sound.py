"""Microphone and loudspeaker against a real sound server: what goes in comes out."""

from array import array

import pytest

from app.audio import wav
from tests.data.tones import pitch, silence, strength, tone

WAIT = 20_000


class Heard:
    """Everything a Sound tells."""

    def __init__(self, sound):
        self.captured, self.troubles, self.listening, self.levels = [], [], [], []
        self.heard, self.finished, self.silenced = [], [], []
        sound.captured.connect(self.captured.append)
        sound.troubled.connect(self.troubles.append)
        sound.listening.connect(self.listening.append)
        sound.level.connect(self.levels.append)
        sound.heard.connect(lambda *told: self.heard.append(told))
        sound.finished.connect(self.finished.append)
        sound.silenced.connect(lambda *told: self.silenced.append(told))

    def pcm(self, take=1):
        return b"".join(piece.pcm for piece in self.captured if piece.take == take)

    def ended(self, take=1):
        return any(piece.last for piece in self.captured if piece.take == take)


@pytest.fixture
def told(sound):
    return Heard(sound)


def test_a_take_holds_what_was_said(sound, told, sound_server, qtbot, tmp_path):
    file = tmp_path / "takes" / "1.wav"
    sound.start_take(1, file)
    qtbot.waitUntil(lambda: told.listening == [1], timeout=WAIT)
    said = sound_server.say_pcm(silence(0.2) + tone(500, 0.6) + silence(0.1), 16_000)
    qtbot.waitUntil(lambda: not said.playing, timeout=WAIT)
    sound.end_take(1)
    qtbot.waitUntil(told.ended, timeout=WAIT)
    assert {piece[2:5] for piece in told.captured} == {(16_000, 1, "s16")}
    samples = array("h", told.pcm())
    loud = [n for n, value in enumerate(samples) if abs(value) > 300]
    heard = samples[loud[0] : loud[-1]]
    assert 0.55 < len(heard) / 16_000 < 0.7
    assert strength(heard, 500, 16_000) > 0.9
    assert abs(pitch(heard, 16_000) - 500) < 0.5
    recorded = wav.read(file)
    assert recorded.pcm == told.pcm()
    assert max(told.levels) == pytest.approx(9_000 / 32_768, abs=0.02)
    assert not told.troubles


def test_a_speech_is_heard_and_says_how_far(sound, told, sound_server, qtbot):
    sound.open_loudspeaker()
    ear = sound_server.listen()
    rate = 22_050
    sound.play(1, tone(440, 0.5, rate), rate)
    sound.play(1, tone(440, 0.3, rate), rate)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    qtbot.waitUntil(lambda: ear.seconds_heard() > 0.75, timeout=WAIT)
    assert 0.75 < ear.seconds_heard() < 0.85
    assert abs(pitch(ear.loud_samples(), ear.rate) - 440) < 0.5
    assert told.heard[-1][1] == pytest.approx(0.8, abs=0.01)
    assert not told.troubles
