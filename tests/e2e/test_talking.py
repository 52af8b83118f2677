"""Talking as a person does it: a held button, a voice in the microphone, the starter's answer."""

import os
import shutil
import signal
import wave

import pytest
from PySide6.QtCore import Qt

from tests.data import whisper_models
from tests.data.speech import RATE, spoken

SAYS = "what is seven times eight"
WAIT = 60_000  # ms; a busy machine opens a microphone slowly
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def talking(sound_server, start, tmp_path):
    """Parley with ears that write SAYS whenever somebody speaks, and no larger ones beside."""
    ears = tmp_path / "ears/model"
    shutil.copytree(whisper_models.built(SAYS), ears)
    parts, window = start()
    parts.preferences.set_voice("ears", str(ears))
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


def test_an_engine_that_dies_while_somebody_speaks_costs_no_word(
    qtbot, talking, sound_server, caplog
):
    parts, window = talking
    hold(qtbot, parts, window)
    saying = sound_server.say_pcm(spoken(SAYS), RATE)
    live = window.page.composer.live
    qtbot.waitUntil(lambda: live.text == SAYS, timeout=WAIT)
    for ears in parts.voice[:2]:
        os.kill(ears.link.pid, signal.SIGKILL)
    saying.wait()
    let_go(qtbot, window)
    qtbot.waitUntil(lambda: [t.text for t in parts.chat.turns[:1]] == [SAYS], timeout=WAIT)
    caplog.clear()


def test_what_was_said_when_parley_ended_is_offered_and_written_down(
    qtbot, talking, sound_server, start
):
    parts, window = talking
    hold(qtbot, parts, window)
    sound_server.say_pcm(spoken(SAYS), RATE).wait()
    parts, window = start()
    notices = window.page.notices
    qtbot.waitUntil(lambda: "not written down" in notices.message, timeout=WAIT)
    notices.action.click()
    edit = window.page.composer.edit
    qtbot.waitUntil(lambda: edit.toPlainText() == SAYS, timeout=WAIT)
    assert [take.written for take in parts.talk.keeping.shown()] == [True]
