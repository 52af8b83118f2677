"""Devices and the sound server come and go while someone speaks: words, and on it goes."""

import os
import signal
import subprocess
import sys
import time
import wave
from array import array
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.audio import process, wav
from app.audio import sound as sounds
from tests.data.hearing import WAIT, Told, kept
from tests.data.tones import tone

RATE = 22_050
ROOT = Path(__file__).parents[2]


@pytest.fixture
def told(sound):
    return Told(sound)


@pytest.fixture
def take(sound, told, qtbot, tmp_path):
    """A take that runs; answers its file."""
    file = tmp_path / "1.wav"

    def begin():
        sound.start_take(1, file)
        qtbot.waitUntil(lambda: told.seconds() > 0.1, timeout=WAIT)
        return file

    return begin


def more(qtbot, ask, by=0.3):
    """Until ask() has grown by so many seconds."""
    before = ask()
    qtbot.waitUntil(lambda: ask() > before + by, timeout=WAIT)


def messages(told):
    return [trouble.message for trouble in told.troubles]


def test_a_microphone_is_unplugged_and_comes_back(sound, told, take, sound_server, qtbot):
    sound_server.plug_microphone("usb")
    sound.use("usb", "")
    take()
    sound_server.unplug("usb")
    qtbot.waitUntil(lambda: len(told.troubles) == 1, timeout=WAIT)
    more(qtbot, told.seconds)
    sound_server.plug_microphone("usb")
    qtbot.waitUntil(lambda: len(told.troubles) == 2, timeout=WAIT)
    said = sound_server.say_pcm(tone(500, 0.5), 16_000, "usb")
    qtbot.waitUntil(lambda: not said.playing, timeout=WAIT)
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    assert messages(told) == [
        "The microphone “usb” went away.", "Parley listens through “usb” now."
    ]  # fmt: skip
    assert "“mic”" in told.troubles[0].hint and not any(one.over for one in told.troubles)
    assert max(array("h", told.pcm()[-16_000:])) > 5_000


def test_the_only_microphone_is_unplugged(sound, told, take, sound_server, qtbot):
    file = take()
    sound_server.unplug("mic")
    qtbot.waitUntil(lambda: "The microphone “mic” went away." in messages(told), timeout=WAIT)
    before = told.seconds()
    sound_server.plug_microphone("other")
    more(qtbot, told.seconds)
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    assert "“other”" in told.troubles[-1].hint and not told.troubles[-1].over
    sound.stop()
    assert kept(file)[0] == told.pcm() and told.seconds() > before


def test_a_loudspeaker_is_unplugged_and_comes_back(sound, told, sound_server, qtbot):
    sound_server.plug_loudspeaker("usb")
    sound.use("", "usb")
    ears = [sound_server.listen("speaker"), sound_server.listen("usb")]
    sound.play(1, tone(440, 2.0, RATE), RATE)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.position() > 0.4, timeout=WAIT)
    sound_server.unplug("usb")
    qtbot.waitUntil(lambda: len(told.troubles) == 1, timeout=WAIT)
    more(qtbot, told.position)
    sound_server.plug_loudspeaker("usb")
    ears.append(sound_server.listen("usb"))
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    qtbot.wait(100)
    assert messages(told) == [
        "The loudspeaker “usb” went away.", "Parley speaks through “usb” now."
    ]  # fmt: skip
    assert "“speaker”" in told.troubles[0].hint
    parts = [ear.seconds_heard() for ear in ears]
    assert all(part > 0.1 for part in parts) and 1.9 < sum(parts) < 3.2
    assert told.position() == pytest.approx(2.0, abs=0.02)


def test_the_system_chooses_another_device(sound, told, take, sound_server, qtbot):
    sound_server.plug_microphone("second")
    sound_server.plug_loudspeaker("louder")
    take()
    sound.play(1, tone(440, 3.0, RATE), RATE)
    qtbot.waitUntil(lambda: told.position() > 0.2, timeout=WAIT)
    sound_server.choose(microphone="second", loudspeaker="louder")
    qtbot.waitUntil(lambda: len(told.troubles) == 2, timeout=WAIT)
    ear = sound_server.listen("louder")
    qtbot.waitUntil(lambda: ear.seconds_heard() > 0.2, timeout=WAIT)
    assert sound_server.microphone_in_use("second") and not sound_server.microphone_in_use("mic")
    assert set(messages(told)) == {
        "Parley listens through “second” now.", "Parley speaks through “louder” now."
    }  # fmt: skip


def test_the_person_chooses_another_device(sound, told, take, sound_server, qtbot):
    sound_server.plug_microphone("second")
    take()
    sound.use("second", "")
    qtbot.waitUntil(lambda: sound_server.microphone_in_use("second"), timeout=WAIT)
    more(qtbot, told.seconds)
    assert not told.troubles  # the person knows


def test_the_sound_server_dies_and_comes_back_while_talking(sound, told, take, sound_server, qtbot):
    file = take()
    sound_server.kill()
    qtbot.waitUntil(lambda: "The microphone “mic” went away." in messages(told), timeout=WAIT)
    sound_server.start()
    qtbot.waitUntil(lambda: "The microphone was away for a moment." in messages(told), timeout=WAIT)
    said = sound_server.say_pcm(tone(500, 0.5), 16_000)
    qtbot.waitUntil(lambda: not said.playing, timeout=WAIT)
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    assert not any(trouble.over for trouble in told.troubles)
    assert max(array("h", told.pcm()[-24_000:])) > 5_000
    sound.stop()
    assert kept(file)[0] == told.pcm()


def test_the_sound_server_dies_and_comes_back_while_speaking(sound, told, sound_server, qtbot):
    sound.play(1, tone(440, 1.5, RATE), RATE)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.position() > 0.3, timeout=WAIT)
    sound_server.kill()
    qtbot.waitUntil(lambda: bool(told.troubles), timeout=WAIT)
    reached = told.position()
    sound_server.start()
    ear = sound_server.listen()
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    qtbot.wait(100)
    assert ear.seconds_heard() == pytest.approx(1.5 - reached, abs=0.5)
    assert messages(told)[-1] == "The loudspeaker was away for a moment."
    assert [seconds for _, seconds in told.heard] == sorted(seconds for _, seconds in told.heard)


def test_a_server_that_died_while_nothing_was_said(
    sound, told, take, sound_server, qtbot, tmp_path
):
    """Qt ends the process that asks it for sound now; the person notices nothing."""
    take()
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    sound_server.kill()
    sound_server.start()
    sound.start_take(2, tmp_path / "2.wav")
    qtbot.waitUntil(lambda: told.seconds(2) > 0.1, timeout=WAIT)
    assert not told.troubles


def test_a_missing_loudspeaker_does_not_disturb_a_take(sound, told, take, sound_server, qtbot):
    sound_server.plug_deaf_microphone("deaf")
    sound_server.unplug("speaker")
    sound_server.unplug("mic")
    take()
    process = sound.pid
    sound.open_loudspeaker()  # ahead of an answer: no word about it yet
    more(qtbot, told.seconds)
    assert not told.troubles
    sound.play(1, tone(440, 0.3, RATE), RATE)
    qtbot.waitUntil(lambda: told.silenced == [(1, 0.0)], timeout=WAIT)
    more(qtbot, told.seconds)
    assert messages(told) == ["No loudspeaker was found."] and sound.pid == process


def test_devices_come_back_with_the_server(sound, told, sound_server, qtbot):
    """Nobody says anything meanwhile; the button for talking follows these lists."""
    qtbot.waitUntil(lambda: len(sound.microphones()) == 1, timeout=WAIT)
    sound_server.kill()
    qtbot.waitUntil(lambda: sound.microphones() == [], timeout=WAIT)
    sound_server.start()
    qtbot.waitUntil(lambda: len(sound.microphones()) == 1, timeout=WAIT)
    assert not told.troubles


@pytest.mark.parametrize("gone", ["devices", "server"])
def test_there_is_no_sound_at_all(gone, sound, told, sound_server, qtbot, tmp_path):
    if gone == "server":
        sound_server.kill()
    else:
        sound_server.unplug("mic")
        sound_server.unplug("speaker")
    sound.start_take(1, tmp_path / "1.wav")
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    if gone == "server":
        sound.play(1, tone(440, 0.5, RATE), RATE)
        qtbot.waitUntil(lambda: told.silenced == [(1, 0.0)], timeout=WAIT)
        assert messages(told) == ["No microphone was found.", "No loudspeaker was found."]
        sound_server.start()
    else:
        assert messages(told) == ["No microphone was found."]
        sound_server.plug_microphone("mic")
    assert all(trouble.over for trouble in told.troubles)
    sound.start_take(2, tmp_path / "2.wav")
    qtbot.waitUntil(lambda: told.seconds(2) > 0.1, timeout=WAIT)


def test_the_process_is_killed(sound, told, take, qtbot):
    """In the middle of a take and of a speech: both go on."""
    file = take()
    sound.play(1, tone(440, 1.5, RATE), RATE)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.position() > 0.3, timeout=WAIT)
    more(qtbot, told.seconds, by=0.6)
    os.kill(sound.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(told.troubles) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    assert told.position() == pytest.approx(1.5, abs=0.02)
    sound.stop()
    assert wav.seconds(file) == pytest.approx(told.seconds(), abs=0.1)


def test_a_take_outlives_the_whole_program(sound_server, tmp_path):
    """Killed without a word, process and all, the file holds what was said but the last moment."""
    file = tmp_path / "1.wav"
    code = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.audio.sound import Sound
qt = QCoreApplication([])
sound = Sound()
seconds = 0
def took(piece):
    global seconds
    seconds += len(piece.pcm) / 32_000
    if seconds > 1:
        print(sound.pid, flush=True)
sound.captured.connect(took)
sound.start_take(1, Path({str(file)!r}))
qt.exec()
"""
    program = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    with program, program.stdout:
        child = int(program.stdout.readline())
        program.kill()
        os.kill(child, signal.SIGKILL)
    assert wav.seconds(file) > 0.9
    with wave.open(str(file)) as other:  # any player reads all but the last half second
        assert other.getnframes() >= 8_000


def test_the_process_leaves_with_the_program(sound, take, qtbot):
    take()
    pid = sound.pid
    sound.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_full_disk_does_not_stop_the_take(sound, told, qtbot, monkeypatch, tmp_path):
    limited = f"ulimit -f 16; exec {sys.executable} -m app.audio"  # files of 8 KB
    monkeypatch.setattr(process, "COMMAND", ("sh", "-c", limited))
    sound.start_take(1, tmp_path / "1.wav")
    qtbot.waitUntil(lambda: told.seconds() > 0.6, timeout=WAIT)
    sound.end_take(1)
    qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    assert len(told.troubles) == 1 and "File too large" in told.troubles[0].message
    assert not told.troubles[0].over
    found = kept(tmp_path / "1.wav")[0]
    assert len(found) > 8_000 and told.pcm().startswith(found)


def test_a_process_that_cannot_start(sound, told, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(process, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    sound.start_take(1, tmp_path / "1.wav")
    sound.play(1, tone(440, 0.5, RATE), RATE)
    qtbot.waitUntil(lambda: told.ends() == 1 and told.silenced == [(1, 0.0)], timeout=WAIT)
    assert messages(told) == [
        "The microphone could not be used.", "The loudspeaker could not be used."
    ]  # fmt: skip


def test_the_system_refuses_the_microphone(sound, told, qtbot, monkeypatch, tmp_path):
    """No system of the tests does; what it would say is put in its mouth."""
    monkeypatch.setattr(sounds, "may_listen", lambda: Qt.PermissionStatus.Denied)
    sound.start_take(1, tmp_path / "1.wav")
    assert told.ends() == 1 and told.troubles[0].over
    assert "may not use the microphone" in told.troubles[0].message


def test_a_stuttering_server_is_waited_for(sound, told, sound_server, qtbot):
    """It stands still for a moment, as on a very busy computer: no device is given up."""
    sound.play(1, tone(440, 1.0, RATE), RATE)
    sound.finish(1)
    qtbot.waitUntil(lambda: told.position() > 0.2, timeout=WAIT)
    sound_server.freeze()
    time.sleep(0.15)
    sound_server.thaw()
    qtbot.waitUntil(lambda: told.finished == [1], timeout=WAIT)
    assert not told.troubles


def test_a_server_that_hangs_is_given_up(sound, told, take, sound_server, qtbot):
    take()
    process = sound.pid
    sound_server.freeze()
    qtbot.waitUntil(lambda: sound.pid != process, timeout=WAIT)
    sound_server.thaw()
    qtbot.waitUntil(lambda: bool(told.troubles), timeout=WAIT)
    more(qtbot, told.seconds)


def test_a_server_that_hangs_from_the_start(monkeypatch, request, sound_server, qtbot, tmp_path):
    """Qt waits for it for ever; Parley does not."""
    monkeypatch.setattr(sounds, "LOOK", 500)
    sound = request.getfixturevalue("sound")
    told = Told(sound)
    with monkeypatch.context() as hurried:
        hurried.setattr(sounds, "BEGIN_WITHIN", 1.0)
        sound_server.freeze()
        sound.start_take(1, tmp_path / "1.wav")
        qtbot.waitUntil(lambda: told.ends() == 1, timeout=WAIT)
    assert messages(told) == ["The microphone could not be used."]
    sound_server.thaw()
    sound.start_take(2, tmp_path / "2.wav")
    qtbot.waitUntil(lambda: told.seconds(2) > 0.1, timeout=WAIT)
