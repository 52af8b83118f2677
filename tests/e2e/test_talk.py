"""Talking as a person does it: a held button, a voice in the microphone, the starter's answer."""

import wave

import pytest
from PySide6.QtCore import Qt

from tests.data import whisper_models
from tests.data.speech import RATE, spoken

SAYS = "what is seven times eight"
WAIT = 60_000  # ms; a busy machine opens a microphone slowly
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def talking(sound_server, start):
    """Parley with ears that write SAYS whenever somebody speaks."""
    parts, window = start()
    parts.preferences.set_voice("ears", str(whisper_models.built(SAYS)))
    return parts, window


def hold(qtbot, parts, window):
    qtbot.mousePress(window.page.composer.mic, LEFT)
    qtbot.waitUntil(lambda: parts.talk.state == "listening", timeout=WAIT)


def let_go(qtbot, window):
    qtbot.mouseRelease(window.page.composer.mic, LEFT)


def test_held_spoken_let_go_and_answered(qtbot, talking, sound_server):
    parts, window = talking
    hold(qtbot, parts, window)
    sound_server.say_pcm(spoken(SAYS), RATE).wait()
    let_go(qtbot, window)
    qtbot.waitUntil(lambda: len(parts.chat.turns) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: not parts.chat.busy, timeout=WAIT)
    asked, answer = parts.chat.turns
    assert asked.text == SAYS and asked.sound and "56" in answer.text
    assert "Heard after (s)" in dict(parts.chat.details(answer.key))
    with wave.open(str(parts.chat.sounds_of(asked.key)[0])) as kept:
        assert kept.getparams()[:3] == (1, 2, 16_000) and kept.getnframes() > 16_000
    qtbot.waitUntil(lambda: not list((parts.folders.data / "takes").iterdir()), timeout=WAIT)
