"""The whole of it: a real key is held, a voice speaks, and Parley's answer is heard.

Nothing is played by the test but the person and the room: the window of a process of its own on a
real X server, keys pressed through XTEST, speech of two synthesisers with noise and silence in a
virtual microphone, the ears and the model that come with Parley, and its voice at the loudspeaker.
"""

import contextlib
import os
import subprocess
import sys
import wave
from pathlib import Path

import apsw
import numpy as np
import pytest

from engines.tts.reading import Reading
from tests.data import likeness, speech
from tests.data.keyboard import Keyboard, screen

ROOT = Path(__file__).parents[2]
WAIT = 90_000  # ms
KEY = "Right Ctrl"
ASKED, ANSWER = "what is seven times eight", "7 × 8 = 56."
NOISE_DB = -35  # below full scale, of the room
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and PulseAudio are of Linux")


@pytest.fixture
def parley(sound_server, tmp_path):
    """A Parley of its own: (its data folder, a keyboard)."""
    with screen() as display, contextlib.closing(Keyboard(display)) as keyboard:
        frame = tmp_path / "frame"
        env = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        env |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PARLEY_FIRST_FRAME": str(frame)}
        said = (tmp_path / "said").open("w+")
        command = [sys.executable, "-m", "app", "--data-dir", str(tmp_path)]
        with said, subprocess.Popen(command, cwd=ROOT, env=env, stderr=said) as process:
            try:
                yield tmp_path, keyboard, frame
            finally:
                process.terminate()
                process.wait(30)
                said.seek(0)
                assert "Traceback" not in (text := said.read()), text


@pytest.mark.parametrize("voice", ["espeak", "flite"])
def test_a_question_is_asked_and_answered_aloud(parley, sound_server, qtbot, tmp_path, voice):
    folder, keyboard, frame = parley
    qtbot.waitUntil(frame.exists, timeout=WAIT)
    ear = sound_server.listen()
    takes = folder / "data/takes"
    keyboard.press(KEY)
    qtbot.waitUntil(
        lambda: any(file.stat().st_size > 2_000 for file in takes.glob("*.wav")), timeout=WAIT
    )
    sound_server.say_pcm(in_a_room(spoken_by(voice, ASKED, tmp_path)), speech.RATE).wait()
    keyboard.release(KEY)
    qtbot.waitUntil(lambda: len(turns(folder)) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: bool(turns(folder)[1].strip()), timeout=WAIT)
    assert "= 56" in turns(folder)[1], turns(folder)
    qtbot.waitUntil(lambda: ear.seconds_heard() > 0.5 and quiet(ear, qtbot), timeout=WAIT)
    said = {text: sound_of(text) for text in (ANSWER, *decoys())}
    assert len(said) == 21
    assert likeness.which(ear.samples.tobytes(), ear.rate, said) == ANSWER


def spoken_by(voice: str, text: str, folder: Path) -> bytes:
    if voice == "espeak":
        return speech.spoken(text)
    file = folder / "flite.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(file)], check=True)
    with wave.open(str(file)) as sound:
        assert sound.getframerate() == speech.RATE
        return sound.readframes(sound.getnframes())


def in_a_room(pcm: bytes) -> bytes:
    """Silence before and after, and the noise of a room over all of it."""
    sound = np.frombuffer(speech.silence(0.4) + pcm + speech.silence(0.2), "<i2") / 32768
    loud = 10 ** (NOISE_DB / 20)
    return speech.pcm16(sound + np.random.default_rng(3).normal(0, loud / 3, len(sound)))


def turns(folder: Path) -> list[str]:
    """What stands in the conversation, on disk."""
    file = folder / "data/parley.db"
    if not file.exists():
        return []
    database = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    with contextlib.closing(database):
        rows = database.execute(
            "SELECT turn.id, coalesce(group_concat(text, ''), '') FROM turn LEFT JOIN part ON"
            " part.turn = turn.id AND part.kind = 'text' GROUP BY turn.id ORDER BY turn.id"
        )
        return [text for _, text in rows]


def decoys() -> list[str]:
    sums = [(a, b) for a in (7, 6, 9, 3) for b in (2, 5, 7, 8, 9)]
    return [f"{a} × {b} = {a * b}." for a, b in sums if (a, b) != (7, 8)] + ["I cannot do that."]


def sound_of(text: str) -> tuple[bytes, int]:
    """A sentence as Parley's first voice says it."""
    reading = Reading()
    clauses = [*reading.feed(text), *reading.end()]
    return speech.spoken(" ".join(clause.text for clause in clauses)), speech.RATE


def quiet(ear, qtbot) -> bool:
    """Nothing more is said for half a second."""
    before = ear.seconds_heard()
    qtbot.wait(500)
    return ear.seconds_heard() == before
