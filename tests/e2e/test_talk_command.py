"""`parley talk`: the command a desktop's key is bound to, against a Parley that runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import paths
from app.instance import Instance
from tests.data import whisper_models

ROOT = Path(__file__).parents[2]
WAIT = 60_000
SECOND = 32_000  # bytes of a take
LIGHT = """
import sys
from app.__main__ import main
code = main()
assert not any(name.startswith("PySide6") for name in sys.modules), "Qt was loaded"
raise SystemExit(code)
"""


def talk(*args, data_dir, code=LIGHT):
    command = [sys.executable, "-c", code, "talk", *args, "--data-dir", str(data_dir)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def running(qapp, tmp_path):
    """Something that answers as the first Parley of tmp_path does."""
    instance = Instance(paths.folders(tmp_path).make().state)
    assert instance.first()
    yield instance
    instance.close()


@pytest.mark.parametrize(
    ("args", "word"), [((), "talk"), (("on",), "talk-on"), (("off",), "talk-off")]
)
def test_it_hands_its_word_over_without_loading_qt(qtbot, running, tmp_path, args, word):
    with (
        qtbot.waitSignal(running.received, timeout=WAIT) as received,
        talk(*args, data_dir=tmp_path) as command,
    ):
        qtbot.waitUntil(lambda: command.poll() is not None, timeout=WAIT)
    assert received.args == [[word]] and command.returncode == 0, command.stderr.read()


def test_off_where_no_parley_runs_is_nothing(tmp_path):
    with talk("off", data_dir=tmp_path) as command:
        assert command.wait(60) == 0 and command.stderr.read() == ""


def test_a_parley_that_does_not_answer_is_said_in_words(running, tmp_path):
    short = LIGHT.replace("code =", "import app.handing; app.handing.WAIT = 0.2\ncode =")
    with talk(data_dir=tmp_path, code=short) as command:  # its event loop does not run now
        assert command.wait(60) == 1
        assert "does not answer" in command.stderr.read()


def test_it_starts_and_stops_a_take_of_the_running_parley(qtbot, sound_server, tmp_path):
    settings = tmp_path / "config/settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"voice": {"ears": str(whisper_models.built())}}))

    def written():
        return sum(one.stat().st_size for one in (tmp_path / "data/takes").glob("*.wav"))

    def by_command():
        with talk(data_dir=tmp_path) as command:
            qtbot.waitUntil(lambda: command.poll() is not None, timeout=WAIT)
        assert command.returncode == 0, command.stderr.read()

    lock = tmp_path / "state/parley.lock"
    started = [sys.executable, "-m", "app", "--echo", "--data-dir", str(tmp_path)]
    with subprocess.Popen(started, cwd=ROOT, stderr=subprocess.DEVNULL) as parley:
        try:
            qtbot.waitUntil(lock.exists, timeout=WAIT)
            qtbot.wait(100)  # it listens, and is far from open
            by_command()
            qtbot.waitUntil(lambda: written() > SECOND, timeout=WAIT)
            by_command()
            qtbot.wait(1000)  # the tail is there by then
            before = written()
            qtbot.wait(700)
            assert written() <= before  # it listens no more
        finally:
            parley.terminate()
