"""The talk key in the window, with the numbers a real keyboard sends."""

import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.hotkeys.global_key import GlobalKey, NoSystemKey
from app.hotkeys.keys import CODES
from app.hotkeys.talk_key import TalkKey

NONE = Qt.KeyboardModifier.NoModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LEFT_CTRL = 0xFFE3
PLACE = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "x11")


@pytest.fixture
def field(qtbot):
    field = QLineEdit()
    qtbot.addWidget(field)
    with qtbot.waitActive(field):
        field.show()
        field.activateWindow()
    return field


@pytest.fixture
def system(qapp):
    return NoSystemKey()


@pytest.fixture
def talk_key(field, preferences, system, qapp):
    made = TalkKey(GlobalKey(system), preferences, field)
    made.log = []
    made.pressed.connect(lambda: made.log.append("pressed"))
    made.over.connect(made.log.append)
    yield made
    made.stop()


@pytest.fixture
def strike(field):
    """Send one key event to the window, as the platform does; answers whether it was taken."""

    def strike(kind, name, modifiers=NONE, native=None, repeats=False):
        code = CODES[name]
        native = getattr(code, PLACE) if native is None else native
        text = chr(code.qt) if kind == "press" and code.qt < 128 else ""
        kinds = {"press": QEvent.Type.KeyPress, "release": QEvent.Type.KeyRelease}
        event = QKeyEvent(kinds[kind], code.qt, modifiers, 0, native, 0, text, repeats)
        QCoreApplication.sendEvent(field.windowHandle(), event)

    return strike


def test_press_and_release(talk_key, strike):
    strike("press", "Right Ctrl")
    assert talk_key.log == ["pressed"]
    strike("release", "Right Ctrl", CTRL)
    assert talk_key.log == ["pressed", "released"]


def test_the_left_one_is_another_key(talk_key, strike):
    if sys.platform == "linux":
        strike("press", "Right Ctrl", native=LEFT_CTRL)
        assert talk_key.log == []


def test_a_key_that_types_does_not_while_it_talks(talk_key, strike, field, preferences):
    preferences.set_voice("talk_key", "Ctrl+Alt+Space")
    strike("press", "Space", CTRL | ALT)
    strike("press", "Space", CTRL | ALT, repeats=True)
    assert talk_key.log == ["pressed"] and field.text() == ""
    strike("release", "Space", CTRL | ALT)
    strike("press", "Space")
    assert talk_key.log == ["pressed", "released"] and field.text() == " "


def test_letting_go_of_a_modifier_ends_a_combination(talk_key, strike, preferences):
    preferences.set_voice("talk_key", "Ctrl+Alt+Space")
    strike("press", "Space", CTRL | ALT)
    strike("release", "Right Ctrl", CTRL | ALT)
    assert talk_key.log == ["pressed", "released"]


def test_a_key_that_is_no_longer_down_ends_the_hold(qtbot, talk_key, strike, system):
    system.down = lambda key: False
    strike("press", "Right Ctrl")
    qtbot.waitUntil(lambda: talk_key.log == ["pressed", "lost"])


def test_a_window_that_loses_the_keyboard_ends_the_hold(qtbot, talk_key, strike):
    strike("press", "Right Ctrl")
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: talk_key.log == ["pressed", "lost"])


def test_another_key_in_the_moment_is_a_shortcut(talk_key, strike, monkeypatch):
    strike("press", "Right Ctrl")
    strike("press", "A", CTRL)
    strike("release", "A", CTRL)
    strike("release", "Right Ctrl", CTRL)
    assert talk_key.log == ["pressed", "shortcut"]
    monkeypatch.setattr("app.hotkeys.window_key.MOMENT", -1)
    strike("press", "Right Ctrl")
    strike("press", "A", CTRL)
    assert talk_key.log[2:] == ["pressed"]
    strike("press", "Esc", CTRL)
    assert talk_key.log[2:] == ["pressed", "cancelled"]


def test_it_does_nothing_while_another_key_is_chosen(talk_key, strike):
    talk_key.pause(True)
    strike("press", "Right Ctrl")
    strike("release", "Right Ctrl")
    assert talk_key.log == []
    talk_key.pause(False)
    strike("press", "Right Ctrl")
    assert talk_key.log == ["pressed"]


def test_who_saw_the_press_first_owns_the_hold(talk_key, strike, system):
    strike("press", "Right Ctrl")
    system.pressed.emit()
    system.over.emit("released")
    assert talk_key.log == ["pressed"]
    strike("release", "Right Ctrl", CTRL)
    system.pressed.emit()
    system.over.emit("cancelled")
    assert talk_key.log == ["pressed", "released", "pressed", "cancelled"]


def test_where_it_works_is_said(talk_key, preferences):
    assert "only in Parley's window" in talk_key.everywhere.words
    assert "parley talk" in talk_key.everywhere.words
    preferences.set("talk_anywhere", False)
    assert "as you chose" in talk_key.everywhere.words
