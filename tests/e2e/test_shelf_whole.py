"""A model is found at a hub, fetched over a bad line, used and asked: all at the window."""

import hashlib

import pytest
from PySide6.QtCore import Qt

from app import paths
from app.parts import STARTER
from tests.data import hub_server
from tests.data.asking import say, wait_for_answer
from tests.data.hub_server import Fault, Repo

WAIT = 90_000  # ms
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
FILE = "Small-Talker-Q8_0.gguf"
KEY = "hub:somebody/Small-Talker-GGUF"
CUTS = 3  # answers that end too early
PIECE = 120_000  # bytes after which they do
SLOW = 400_000  # bytes a second


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Nothing of the person who runs the tests is found."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "OLLAMA_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home/.local/share"))
    (tmp_path / "home").mkdir()


@pytest.fixture
def hub():
    files = {FILE: paths.resource(STARTER), "README.md": b"# Small Talker"}
    other = Repo("somebody/Other-GGUF", {"Other-Q4_K_M.gguf": b"nothing"})
    talker = Repo("somebody/Small-Talker-GGUF", files, licence="mit")
    with hub_server.serving(talker, other) as server:
        yield server


def row_of(qtbot, rows, key):
    """A row, when it is on the screen."""
    qtbot.waitUntil(lambda: rows.made(key) is not None and rows.made(key).isVisible(), timeout=WAIT)
    return rows.made(key)


def test_found_fetched_over_a_bad_line_used_and_asked(qtbot, start, home, hub, tmp_path):
    parts, window = start()
    assert not parts.preferences.set("hub", hub.endpoint)
    cuts = []

    def bad_line(asked):
        if asked.where != "cdn" or not asked.name:
            return None
        if len(cuts) < CUTS:
            cuts.append(asked)
            return Fault(cut=PIECE, reset=True, pace=SLOW)
        return Fault(pace=SLOW)

    hub.fault = bad_line
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | SHIFT)
    page = window.pages.currentWidget()
    assert page.accessibleName() == "Models" and page.tools.field.hasFocus()
    qtbot.keyClicks(page.tools.field, "talker")
    assert not hub.asked  # what is typed is not sent before Enter
    qtbot.keyClick(page.tools.field, Qt.Key.Key_Return)
    row = row_of(qtbot, page.hub.rows, KEY)
    assert page.hub.rows.keys == [KEY] and row.model.licence == "MIT"
    qtbot.mouseClick(row.action, LEFT)
    qtbot.waitUntil(lambda: bool(page.strip.rows), timeout=WAIT)
    assert page.strip.isVisible()
    qtbot.waitUntil(lambda: row.action.text() == "Fetching…", timeout=WAIT)
    [line] = page.strip.rows.values()
    qtbot.waitUntil(lambda: line.bar.value() > 0 and line.pause.isVisible(), timeout=WAIT)
    qtbot.mouseClick(line.pause, LEFT)
    qtbot.waitUntil(lambda: line.resume.isVisible(), timeout=WAIT)
    assert "Paused" in line.words.text()
    qtbot.keyClick(line.resume, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(cuts) == CUTS, timeout=WAIT)
    hub.fault = lambda asked: None
    qtbot.waitUntil(lambda: line.dismiss.isVisible(), timeout=WAIT)
    file = tmp_path / "data/data/models/somebody/Small-Talker-GGUF" / FILE
    assert digest(file) == digest(paths.resource(STARTER))
    again = [one for one in hub.asked if one.where == "cdn" and one.start > 0]
    assert again  # it went on where it was, and did not begin anew
    qtbot.mouseClick(line.dismiss, LEFT)
    qtbot.waitUntil(lambda: not page.strip.isVisible(), timeout=WAIT)

    row = row_of(qtbot, page.here, f"here:{file}")
    qtbot.mouseClick(row.action, LEFT)
    qtbot.waitUntil(lambda: parts.models.ready and not parts.models.is_starter, timeout=WAIT)
    qtbot.waitUntil(lambda: row.action.text() == "In use", timeout=WAIT)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.pages.on_chat)
    say(qtbot, window, "hello")
    answer = wait_for_answer(qtbot, parts)
    assert answer.status == "done" and answer.text.strip()
    assert digest(file) in dict(parts.chat.details(answer.key)).values()


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()
