"""Two hundred faults of talking and being answered: nothing crashes, nothing said is lost.

A seeded tenth is always run; `bootstrap.py test --full` runs all. The words come from a model that
says the same ones whatever it hears (what is tested here is what becomes of them); the sound
server, the engines and the window are real.
"""

import collections
import os
import subprocess
import sys

import pytest

from tests.data import voice_faults, whisper_models
from tests.data.voice_faults import FAULTS, Scene, course

SEED = 4
ALL, SOME = 200, 20


@pytest.fixture
def scene(sound_server, start, qtbot, tmp_path):
    parts, _ = start()
    parts.preferences.set_voice("ears", str(whisper_models.built(voice_faults.SAID)))
    parts.preferences.set("speak_answers", "always")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.bin").write_bytes(b"not a model")
    return Scene(qtbot, parts, sound_server, tmp_path, broken)


@pytest.mark.timeout(600)
def test_a_tenth_of_the_faults(scene, caplog):
    provoke(scene, course(ALL, SEED)[:SOME], caplog)


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_all_faults(scene, caplog):
    counted = provoke(scene, course(ALL, SEED), caplog)
    print(dict(counted))  # noqa: T201
    assert sum(counted.values()) == ALL and len(counted) == len(FAULTS) >= 12


def provoke(scene, faults, caplog):
    """After every few a plain sentence is answered as if nothing had been."""
    counted = collections.Counter()
    caplog.set_level("CRITICAL")  # what is broken is written down
    for number, (kind, seed) in enumerate(faults):
        scene.run(kind, seed)
        counted[kind] += 1
        if number % 5 == 4:
            turns = scene.utterances()
            scene.talked()
            scene.settle()
            assert scene.utterances() - turns, f"after {kind} {seed}"
    return counted


BARE = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices

app = QCoreApplication([])
shape = QAudioFormat()
shape.setSampleRate(16_000), shape.setChannelCount(1)
shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
sinks = []

def play():
    sinks.append(QAudioSink(QMediaDevices.defaultAudioOutput(), shape))
    sinks[-1].start().write(bytes(3200))

play()
print("playing", flush=True)
sys.stdin.readline()
QTimer.singleShot(0, play)
QTimer.singleShot(3_000, app.quit)
app.exec()
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="seen with Qt 6.12")
def test_the_bare_library_dies_of_a_lost_server(sound_server):
    """What the process of sound is for; a Qt that survives this makes it needless.

    It depends on how far the library was, so it has several lives.
    """
    assert any(dies_of_a_lost_server(sound_server) for _ in range(8))


def dies_of_a_lost_server(sound_server):
    quiet = os.environ | {"QT_LOGGING_RULES": "*=false"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", BARE], env=quiet, **pipes) as bare:
        assert bare.stdout.readline() == b"playing\n"
        sound_server.kill()
        bare.stdin.write(b"again\n")
        bare.stdin.close()
        died = bare.wait(60) < 0
    sound_server.start()
    return died
