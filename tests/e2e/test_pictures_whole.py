"""The whole of it: a picture is dragged in from another program, a question typed, and answered.

The window of a process of its own on a real X server, a drag of another program through XDND, keys
through XTEST, and the starter's own eyes. The pictures are none it was trained on.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import apsw
import pytest

from tests.data.keyboard import Keyboard, screen

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "tests/data/eyes/pictures"
WAIT = 90_000  # ms
GRIP, CHAT = (1250, 40), (700, 300)  # pixels of the screen: where a file is taken, and dropped
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 is of Linux")


class Desk:
    """A Parley of its own, the hands of a person, and a file manager."""

    def __init__(self, folder: Path, hands: Keyboard, files: subprocess.Popen[str], qtbot) -> None:
        self.folder, self.hands, self._files, self._qtbot = folder, hands, files, qtbot

    def drop(self, file: Path) -> None:
        assert self._files.stdin and self._files.stdout
        before = len(self.rows("SELECT 1 FROM draft_part"))
        self._files.stdin.write(f"{file}\n")
        self._files.stdin.flush()
        assert self._files.stdout.readline() == "ready\n"
        self.hands.drag(GRIP, CHAT)
        self.wait(lambda: len(self.rows("SELECT 1 FROM draft_part")) > before)

    def ask(self, question: str) -> str:
        """Type and send; the answer, when it is whole."""
        count = len(self.answers())
        self.hands.type(question)
        self.hands.press("Enter")
        self.hands.release("Enter")
        self.wait(lambda: len(self.answers()) > count)
        return self.answers()[-1]

    def anew(self) -> None:
        self.hands.press("Left Ctrl", "n")
        self.hands.release("n", "Left Ctrl")

    def answers(self) -> list[str]:
        sql = """SELECT coalesce((SELECT group_concat(text, '') FROM part
                 WHERE part.turn = turn.id AND part.kind = 'text'), '')
                 FROM turn WHERE role = 'assistant' AND status != 'streaming' ORDER BY id"""
        return [text for (text,) in self.rows(sql)]

    def facts(self) -> list[dict]:
        sql = "SELECT facts FROM turn WHERE role = 'assistant' ORDER BY id"
        return [json.loads(facts) for (facts,) in self.rows(sql)]

    def wait(self, condition) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT)

    def rows(self, sql: str) -> list:
        file = self.folder / "data/parley.db"
        database = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        with contextlib.closing(database):
            return list(database.execute(sql))


@pytest.fixture
def desk(tmp_path, qtbot):
    with screen() as display, contextlib.closing(Keyboard(display)) as hands:
        frame = tmp_path / "frame"
        env = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        env |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PARLEY_FIRST_FRAME": str(frame)}
        said = (tmp_path / "said").open("w+")
        parley = [sys.executable, "-m", "app", "--data-dir", str(tmp_path)]
        corner = [str(place - 20) for place in GRIP]
        drags = [sys.executable, "-m", "tests.data.dragging", *corner]
        pipe = subprocess.PIPE
        with (
            said,
            subprocess.Popen(parley, cwd=ROOT, env=env, stderr=said) as process,
            subprocess.Popen(
                drags, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, stderr=said, text=True
            ) as files,
        ):
            try:
                qtbot.waitUntil(frame.exists, timeout=WAIT)
                yield Desk(tmp_path, hands, files, qtbot)
            finally:
                files.terminate()
                process.terminate()
                process.wait(30)
                said.seek(0)
                assert "Traceback" not in (text := said.read()), text


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("count", "first", "again"), [(5, 5, 4), pytest.param(20, 18, 13, marks=pytest.mark.full)]
)
def test_pictures_are_dropped_asked_about_twice_and_answered(desk, count, first, again):
    """Two questions about each, and how many of the first and second must be answered rightly."""
    listed = tomllib.loads((PICTURES / "questions.toml").read_text("utf-8"))["picture"][:count]
    assert len(listed) == count
    wrong: dict[str, list[tuple[str, str, str]]] = {"": [], "again_": []}
    for about in listed:
        desk.drop(PICTURES / about["file"])
        for which in ("", "again_"):
            said = desk.ask(about[f"{which}question"])
            if not right(said, about[f"{which}answers"], about.get(f"{which}wrong", [])):
                wrong[which].append((about["file"], about[f"{which}question"], said))
        assert "picture_tokens" in desk.facts()[-1], desk.facts()[-1]
        desk.anew()
    assert len(wrong[""]) <= count - first and len(wrong["again_"]) <= count - again, wrong


def right(said: str, answers: list[str], wrong: list[str]) -> bool:
    words = f" {re.sub(r'[^a-z0-9]+', ' ', said.lower())} "
    return any(f" {one.lower()} " in words for one in answers) and not any(
        f" {one.lower()} " in words for one in wrong
    )
