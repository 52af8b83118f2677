"""Microphone and loudspeaker against a real sound server: what goes in comes out."""

import subprocess
import sys
import time
from array import array
from pathlib import Path

import pytest

from app.audio import process, wav
from app.audio.samples import Converter, Shape
from tests.data.hearing import WAIT, Told, kept
from tests.data.tones import pitch, silence, tone

RATE = 22_050
ROOT = Path(__file__).parents[2]
PICKY = (sys.executable, "-m", "tests.data.picky_audio")


@pytest.fixture
def told(sound):
    return Told(sound)


def loud(pcm: bytes) -> array:
    """From the first loud sample to the last; mono, s16."""
    samples = array("h", pcm)
    found = [n for n, value in enumerate(samples) if abs(value) > 300]
    return samples[found[0] : found[-1] + 1] if found else array("h")


def say(server, qtbot, pcm, rate=16_000):
    said = server.say_pcm(silence(0.1, rate) + pcm, rate)
    qtbot.waitUntil(lambda: not said.playing, timeout=WAIT)


def record(sound, told, qtbot, file, while_listening):
    sound.start_take(1, file)
    qtbot.waitUntil(lambda: told.listening == [1], timeout=WAIT)
    while_listening()
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends(), timeout=WAIT)


def test_a_take_holds_what_was_said(sound, told, sound_server, qtbot, tmp_path):
    file = tmp_path / "takes" / "1.wav"
    record(sound, told, qtbot, file, lambda: say(sound_server, qtbot, tone(500, 0.6)))
    assert {piece[2:5] for piece in told.pieces} == {(16_000, 1, "s16")}
    assert 0.55 < len(loud(told.pcm())) / 16_000 < 0.9
    assert abs(pitch(loud(told.pcm()), 16_000) - 500) < 1
    assert max(told.levels) == pytest.approx(9_000 / 32_768, abs=0.03)
    assert all(0 <= level <= 1 for level in told.levels)
    assert told.ends() == 1 and told.pieces[-1].last
    assert not told.troubles
    assert kept(file)[0] == told.pcm()  # whole with the last piece


@pytest.mark.parametrize(
    ("rate", "channels", "sample"),
    [(44_100, 1, "s16le"), (48_000, 2, "float32le"), (48_000, 1, "s32le")],
)
def test_any_device_is_heard_right(
    rate, channels, sample, sound, told, sound_server, qtbot, tmp_path, monkeypatch
):
    """Also one that gives nothing but its own format: it is passed on, and written, as it is."""
    monkeypatch.setattr(process, "COMMAND", PICKY)
    sound_server.plug_microphone("odd", rate, channels, sample)
    sound_server.choose(microphone="odd")
    sound_server.unplug("mic")

    def speak():
        said = sound_server.say_pcm(tone(500, 0.4), 16_000, "odd")
        qtbot.waitUntil(lambda: not said.playing, timeout=WAIT)

    file = tmp_path / "1.wav"
    record(sound, told, qtbot, file, speak)
    shape = Shape(*told.pieces[0][2:5])
    assert (shape.rate, shape.channels) == (rate, channels)
    heard = loud(Converter(shape, Shape(rate, 1, "s16")).convert(told.pcm()))
    assert 0.35 < len(heard) / rate < 0.7
    assert abs(pitch(heard, rate) - 500) < 1
    assert 0.2 < max(told.levels) < 0.35
    sound.stop()
    assert kept(file) == (told.pcm(), shape)


def test_nothing_is_lost_while_the_window_is_busy(sound, told, sound_server, qtbot, tmp_path):
    def speak():
        said = sound_server.say_pcm(silence(0.1) + tone(400, 1.2), 16_000)
        for _ in range(4):
            time.sleep(0.3)  # the GUI thread does nothing else
        qtbot.waitUntil(lambda: not said.playing, timeout=WAIT)

    record(sound, told, qtbot, tmp_path / "1.wav", speak)
    assert 1.15 < len(loud(told.pcm())) / 16_000 < 1.6
    assert abs(pitch(loud(told.pcm()), 16_000) - 400) < 1


def test_a_take_that_is_over_before_it_began(sound, told, qtbot, tmp_path):
    for take in (1, 2):  # without a process, and with one
        file = tmp_path / f"{take}.wav"
        sound.start_take(take, file)
        sound.end_take(take)
        qtbot.waitUntil(lambda take=take: told.ends(take) == 1, timeout=WAIT)
        assert wav.seconds(file) < 1
    assert not told.troubles


def test_the_next_take_begins_in_the_tail_of_the_last(sound, told, qtbot, tmp_path):
    sound.start_take(1, tmp_path / "1.wav")
    qtbot.waitUntil(lambda: told.listening == [1], timeout=WAIT)
    sound.end_take(1)
    sound.start_take(2, tmp_path / "2.wav")
    qtbot.waitUntil(lambda: told.listening == [1, 2], timeout=WAIT)
    sound.end_take(2)
    qtbot.waitUntil(lambda: told.ends(2) == 1, timeout=WAIT)
    assert told.ends(1) == 1
    sound.stop()
    for take in (1, 2):
        assert kept(tmp_path / f"{take}.wav")[0] == told.pcm(take)


def test_the_microphone_is_open_only_while_it_is_needed(sound, told, sound_server, qtbot, tmp_path):
    assert not sound_server.microphone_in_use()
    record(
        sound, told, qtbot, tmp_path / "1.wav", lambda: sound_server.microphone_in_use() or 1 / 0
    )
    qtbot.waitUntil(lambda: not sound_server.microphone_in_use(), timeout=WAIT)


def test_a_speech_is_heard_and_says_how_far(sound, told, sound_server, qtbot):
    sound.open_loudspeaker()
    ear = sound_server.listen()
    sound.play(1, tone(440, 0.5, RATE), RATE)
    sound.play(1, tone(440, 0.3, RATE), RATE)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    qtbot.waitUntil(lambda: ear.seconds_heard() > 0.75, timeout=WAIT)
    assert ear.seconds_heard() < 1.1
    assert abs(pitch(ear.loud_samples(), ear.rate) - 440) < 1
    assert told.position() == pytest.approx(0.8, abs=0.01)
    positions = [seconds for _, seconds in told.heard]
    assert positions == sorted(positions) and len(positions) > 15
    assert not told.troubles and not told.silenced


def test_a_speech_begins_and_ends_softly(sound, told, sound_server, qtbot):
    ear = sound_server.listen()
    hard = array("h", ([20_000] * 25 + [-20_000] * 25) * 160).tobytes()
    sound.play(1, hard, RATE)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    qtbot.wait(100)
    heard = [abs(value) for value in ear.loud_samples()]
    for edge in (heard[:24], heard[-24:]):  # a millisecond of five
        assert max(edge) < max(heard) / 3


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_a_loudspeaker_that_takes_one_format_only(
    rate, sound, told, sound_server, qtbot, monkeypatch
):
    monkeypatch.setattr(process, "COMMAND", PICKY)
    sound_server.plug_loudspeaker("odd", 48_000, 2, "float32le")
    sound_server.choose(loudspeaker="odd")
    ear = sound_server.listen("odd")
    sound.play(1, tone(300, 0.3, rate), rate)
    sound.play(1, tone(300, 0.3, 22_050), 22_050)  # no voice does, but it must not growl
    sound.finish(1)
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    qtbot.waitUntil(lambda: ear.seconds_heard() > 0.55, timeout=WAIT)
    assert ear.seconds_heard() < 0.9
    assert abs(pitch(ear.loud_samples(), ear.rate) - 300) < 1
    assert told.position() == pytest.approx(0.6, abs=0.01)


def test_silence_is_at_once(sound, told, sound_server, qtbot):
    ear = sound_server.listen()
    sound.play(1, tone(440, 5, RATE), RATE)
    qtbot.waitUntil(lambda: told.position() > 0.4, timeout=WAIT)
    asked = time.perf_counter()
    sound.silence()
    qtbot.waitUntil(lambda: bool(told.silenced), timeout=WAIT)
    qtbot.wait(300)
    (number, seconds), (_, ended) = told.silenced[0], ear.loud_spans(gap=1)[-1]
    assert ended - asked < 0.5  # benchmarks/audio.py says how long it is: some ms
    assert number == 1 and abs(seconds - ear.seconds_heard()) < 0.25
    assert told.finished == []
    sound.silence()  # nobody speaks: nothing happens
    sound.play(1, tone(440, 0.5, RATE), RATE)  # late, of the one that was silenced
    sound.finish(1)
    before = ear.seconds_heard()
    qtbot.wait(300)
    assert ear.seconds_heard() == before and len(told.silenced) == 1 and told.finished == []


def test_another_speech_silences_the_one_before(sound, told, sound_server, qtbot):
    ear = sound_server.listen()
    sound.play(1, tone(300, 5, RATE), RATE)
    qtbot.waitUntil(lambda: told.position(1) > 0.2, timeout=WAIT)
    sound.play(2, tone(900, 0.4, RATE), RATE)
    sound.play(1, tone(300, 5, RATE), RATE)
    sound.finish(1)
    sound.finish(2)
    qtbot.waitUntil(lambda: told.finished == [2], timeout=WAIT)
    assert [number for number, _ in told.silenced] == [1]
    assert told.position(2) == pytest.approx(0.4, abs=0.01)
    sound.play(3, tone(600, 0.2, RATE), RATE)
    sound.finish(3)
    qtbot.waitUntil(lambda: told.finished == [2, 3], timeout=WAIT)
    qtbot.wait(100)
    heard = ear.loud_samples()
    assert abs(pitch(heard[-int(0.15 * ear.rate) :], ear.rate) - 600) < 2


def test_a_speech_without_a_sound(sound, told, sound_server, qtbot):
    sound.finish(1)
    sound.play(2, b"", RATE)
    sound.finish(2)
    qtbot.waitUntil(lambda: told.finished == [1, 2], timeout=WAIT)


def test_devices_are_told(sound, sound_server, qtbot):
    def names(listed):
        return {(one.id, one.default) for one in listed if not one.id.startswith("cable_")}

    with qtbot.waitSignal(sound.devices_changed, timeout=WAIT):
        assert sound.microphones() == []  # it starts with the question
    assert names(sound.microphones()) == {("mic", True)}
    assert names(sound.loudspeakers()) == {("speaker", True)}
    sound_server.plug_microphone("usb")
    qtbot.waitUntil(lambda: ("usb", False) in names(sound.microphones()), timeout=WAIT)
    sound_server.choose(microphone="usb")
    qtbot.waitUntil(lambda: ("usb", True) in names(sound.microphones()), timeout=WAIT)
    sound_server.unplug("mic")
    qtbot.waitUntil(lambda: names(sound.microphones()) == {("usb", True)}, timeout=WAIT)


def test_the_window_does_not_load_qt_multimedia():
    code = "import sys; import app.audio.sound; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert "PySide6.QtMultimedia" not in run.stdout.decode().split()
