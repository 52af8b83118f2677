"""One Parley per data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.instance import Instance
from engines.errors import ParleyError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def first(qapp, tmp_path):
    instance = Instance(tmp_path)
    assert instance.first()
    yield instance
    instance.close()


SECOND_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.instance import Instance
core = QCoreApplication([])
second = Instance(Path(sys.argv[1]))
assert not second.first()
second.hand_over(sys.argv[2:])
"""


def test_a_second_start_hands_its_words_over(qtbot, first, tmp_path):
    command = [sys.executable, "-c", SECOND_START, str(tmp_path), "/tmp/a.gguf", "talk"]
    with subprocess.Popen(command, cwd=ROOT) as second:
        with qtbot.waitSignal(first.received, timeout=60_000) as received:
            pass
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
    assert received.args == [["/tmp/a.gguf", "talk"]] and second.returncode == 0


def test_another_folder_is_another_parley(first, tmp_path):
    (tmp_path / "other").mkdir()
    other = Instance(tmp_path / "other")
    assert other.first()
    other.close()


def test_nobody_listening_is_said_in_words(qapp, tmp_path):
    with pytest.raises(ParleyError) as error:
        Instance(tmp_path).hand_over([])
    assert error.value.hint


def test_a_closed_first_makes_room(first, tmp_path):
    first.close()
    later = Instance(tmp_path)
    assert later.first()
    later.close()
