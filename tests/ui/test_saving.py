"""A turn becomes a sound file: a real voice, the real encoder, a real disk."""

import os
import wave
from array import array

import av
import pytest

from app.controllers.saving import SavingController
from app.controllers.voices import Voices
from app.engine import EngineLink
from engines.messages import Done, TextDelta
from tests.data import tone_voice

WAIT = 60_000
TEXT = (
    "The **moon** rises at nine.\n\nIt is cold outside; take a warm coat with you.\n\nGood night."
)
PLAIN = "The moon rises at nine. It is cold outside; take a warm coat with you. Good night."


@pytest.fixture
def links(qapp, tmp_path):
    made = EngineLink(tmp_path), EngineLink(tmp_path)
    yield made
    for link in made:
        link.stop()


@pytest.fixture
def saving(links, background, chat, preferences):
    voice, files = links
    return SavingController(Voices(voice, preferences), files, background, chat, preferences)


@pytest.fixture
def notices(saving):
    told = []
    saving.notice.connect(told.append)
    return told


@pytest.fixture
def key(qtbot, chat, llm):
    """Of an answer with three paragraphs."""
    chat.send("tell me")
    qtbot.waitUntil(lambda: len(llm.requests) > 0)
    llm.answer(TextDelta(TEXT), Done())
    return chat.turns[-1].key


@pytest.mark.parametrize("name", ["moon.wav", "moon.mp3", "moon"])
def test_a_saved_turn_is_heard_in_full(qtbot, saving, notices, key, tmp_path, name):
    done = []
    saving.progressed.connect(done.append)
    path = tmp_path / name
    saving.save(key, str(path))
    assert saving.busy
    qtbot.waitUntil(lambda: not saving.busy, timeout=WAIT)
    assert [notice.message for notice in notices] == ["Saved as a sound file."]
    assert path.is_file() and not list(tmp_path.glob(".*.part"))
    with av.open(str(path)) as file:
        kind, seconds = file.format.name, file.duration / 1e6
    assert kind == ("mp3" if name.endswith("mp3") else "wav")
    assert 5.0 < seconds < 12.0
    assert done[0] == 0.0 and done[-1] < 0 and sorted(done[:-1]) == done[:-1]


@pytest.mark.parametrize("name", ["moon.wav", "moon.mp3"])
def test_the_file_says_the_words_of_the_turn(qtbot, saving, preferences, key, tmp_path, name):
    preferences.set_voice("voice", str(tone_voice.build(tmp_path)))
    saving.save(key, str(tmp_path / name))
    qtbot.waitUntil(lambda: not saving.busy, timeout=WAIT)
    samples = array("h")
    with av.open(str(tmp_path / name)) as file:
        rate = file.streams.audio[0].rate
        shaped = av.AudioResampler("s16", "mono", rate)
        for frame in file.decode(audio=0):
            for piece in shaped.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    decoys = [PLAIN, PLAIN.replace("moon", "sun"), PLAIN.replace("coat", "hat"), PLAIN[:40]]
    number, alike = tone_voice.which(samples, rate, decoys)
    assert number == 0 and alike > 0.9


def test_stopped_it_leaves_nothing_behind(qtbot, saving, notices, key, tmp_path):
    path = tmp_path / "moon.wav"
    with qtbot.waitSignal(saving.progressed, check_params_cb=lambda part: 0 < part < 1):
        saving.save(key, str(path))
    saving.cancel()
    qtbot.waitUntil(lambda: not list(tmp_path.glob("*moon*")), timeout=WAIT)
    assert not saving.busy and notices == []


def test_a_place_that_cannot_be_written_to_is_said(qtbot, saving, notices, key, tmp_path):
    saving.save(key, str(tmp_path / "nowhere" / "moon.mp3"))
    qtbot.waitUntil(lambda: bool(notices), timeout=WAIT)
    assert notices[0].kind == "error" and "written" in notices[0].message and not saving.busy


def test_a_file_that_was_there_stays_whole_until_the_new_one_is(qtbot, saving, key, tmp_path):
    path = tmp_path / "moon.wav"
    path.write_bytes(b"older")
    with qtbot.waitSignal(saving.progressed, check_params_cb=lambda part: 0 < part < 1):
        saving.save(key, str(path))
    assert path.read_bytes() == b"older"
    qtbot.waitUntil(lambda: not saving.busy, timeout=WAIT)
    with wave.open(str(path)) as file:
        assert file.getnframes() / file.getframerate() > 5.0


def test_a_voice_killed_meanwhile_says_the_clause_again(
    qtbot, saving, links, notices, key, tmp_path
):
    killed = []

    def kill(job, event):
        if job and not killed:
            killed.append(links[0].pid)
            os.kill(links[0].pid, 9)

    links[0].event.connect(kill)
    saving.save(key, str(tmp_path / "moon.wav"))
    qtbot.waitUntil(lambda: not saving.busy, timeout=WAIT)
    assert killed and [notice.message for notice in notices] == ["Saved as a sound file."]
    with wave.open(str(tmp_path / "moon.wav")) as file:
        assert file.getnframes() / file.getframerate() > 5.0


def test_nothing_to_say_is_said(qtbot, saving, notices, chat, llm, tmp_path):
    chat.send("code?")
    qtbot.waitUntil(lambda: len(llm.requests) > 0)
    llm.answer(TextDelta("* * *"), Done())
    saving.save(chat.turns[-1].key, str(tmp_path / "a.mp3"))
    qtbot.waitUntil(lambda: bool(notices), timeout=WAIT)
    assert notices[0].message.startswith("There is nothing") and not list(tmp_path.glob("*.mp3"))
