"""The talk key pressed on a keyboard, on a real X server, in Parley's window and in others."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from tests.data import whisper_models
from tests.data.keyboard import Keyboard, screen

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 is of Linux")


ENDS = ("pressed", "released", "lost", "shortcut", "cancelled")


class Program:
    """One of tests/data/held.py; its lines are collected as they come."""

    def __init__(self, display, *args):
        env = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        env |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_LOGGING_RULES": "*=false"}
        command = [sys.executable, "-m", "tests.data.held", *args]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, text=True, bufsize=1, **pipes)
        self.lines = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def end(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def display():
    with screen() as name:
        yield name


@pytest.fixture
def keyboard(display):
    keyboard = Keyboard(display)
    yield keyboard
    keyboard.release("Right Ctrl", "Left Ctrl", "Alt", "Shift", "F8", "F9", "Pause", "Space", "c")
    keyboard.close()


@pytest.fixture
def start(display, qtbot):
    running = []

    def start(*args):
        before = running[-1:]
        made = Program(display, *args)
        running.append(made)
        qtbot.waitUntil(lambda: "front" in made.lines, timeout=60_000)
        for one in before:  # Qt takes its time to believe that it has gone to the back
            qtbot.waitUntil(lambda one=one: "back" in one.lines, timeout=60_000)
        if args[0] == "other":
            made.lines.clear()
        return made

    yield start
    for one in running:
        one.end()


@pytest.fixture
def told(qtbot):
    """Wait until a program told of the talk key so often, and just so."""

    def told(program, *expected):
        def said():
            return [x for x in program.lines if x in ENDS]

        qtbot.waitUntil(lambda: len(said()) >= len(expected), timeout=60_000)
        assert said() == list(expected)
        program.lines.clear()

    return told


def settled(program, quiet=0.15):
    """Until nothing more comes."""
    count = -1
    while count != len(program.lines):
        count = len(program.lines)
        time.sleep(quiet)


def test_held_in_the_window_and_let_go(keyboard, start, told):
    parley = start("parley", "Right Ctrl", "only here")
    assert "words The key works only in Parley's window, as you chose." in parley.lines
    keyboard.press("Right Ctrl")
    told(parley, "pressed")
    keyboard.release("Right Ctrl")
    told(parley, "released")
    keyboard.press("Left Ctrl")  # the other one is no talk key
    keyboard.release("Left Ctrl")
    keyboard.press("Right Ctrl", "c")  # a shortcut
    keyboard.release("c", "Right Ctrl")
    told(parley, "pressed", "shortcut")
    keyboard.press("Shift", "Right Ctrl")  # the beginning of another one
    keyboard.release("Right Ctrl", "Shift")
    keyboard.press("Right Ctrl")
    keyboard.click(20, 20)
    keyboard.release("Right Ctrl")
    told(parley, "pressed", "shortcut")


def test_a_key_that_repeats_is_held_once_and_types_nothing(keyboard, start, told):
    parley = start("parley", "F8", "only here")
    parley.lines.clear()
    keyboard.press("F8")
    time.sleep(1.2)  # the server repeats it
    keyboard.release("F8")
    told(parley, "pressed", "released")
    keyboard.press("F9")
    keyboard.release("F9")
    settled(parley)
    assert parley.lines == ["key 0xffc6 0"]


def test_another_window_in_front_ends_the_hold(keyboard, start, told):
    parley = start("parley", "Right Ctrl", "only here")
    keyboard.press("Right Ctrl")
    told(parley, "pressed")
    other = start("other")
    told(parley, "lost")
    keyboard.release("Right Ctrl")
    keyboard.press("Right Ctrl")
    keyboard.release("Right Ctrl")
    settled(other)
    settled(parley)
    assert "pressed" not in parley.lines and "key 0xffe4" in other.lines[0]


def test_a_release_the_window_never_sees_ends_the_hold(keyboard, start, told, display):
    parley = start("parley", "Right Ctrl", "anywhere")
    keyboard.press("Right Ctrl")
    told(parley, "pressed")
    keyboard.take_all()  # as a menu of another program does
    keyboard.release("Right Ctrl")
    told(parley, "lost")
    keyboard.give_all()


@pytest.mark.parametrize("name", ["Right Ctrl", "F8", "Ctrl+Alt+Space"])
def test_held_while_another_program_is_in_front(keyboard, start, told, name):
    parley = start("parley", name, "anywhere")
    assert f"words {name} works while another program is in front, too." in parley.lines
    other = start("other")
    *held, key = name.replace("Right Ctrl", "Right_Ctrl").split("+")
    held = [{"Ctrl": "Left Ctrl"}.get(one, one) for one in held]
    keyboard.press(*held, key.replace("_", " "))
    told(parley, "pressed")
    keyboard.release(key.replace("_", " "), *held)
    told(parley, "released")
    keyboard.press("Num Lock")  # whatever the locks are
    keyboard.release("Num Lock")
    keyboard.press(*held, key.replace("_", " "))
    keyboard.release(key.replace("_", " "), *held)
    told(parley, "pressed", "released")
    keyboard.press("Num Lock")
    keyboard.release("Num Lock")
    settled(other)
    seen = [line.split()[1] for line in other.lines if line.startswith("key")]
    assert ("0xffc5" in seen) is False and ("0x20" in seen) is False  # the key is Parley's


def test_shortcuts_with_the_key_go_on_working_elsewhere(keyboard, start, told):
    parley = start("parley", "Right Ctrl", "anywhere")
    other = start("other")
    keyboard.press("Right Ctrl")
    told(parley, "pressed")
    keyboard.press("c")
    told(parley, "shortcut")
    keyboard.release("c", "Right Ctrl")
    settled(other)
    control = 0x04000000
    assert "key 0xffe4" in other.lines[0] and other.lines[1:] == [f"key 0x63 {control}"]
    settled(parley)
    assert "released" not in parley.lines


def test_esc_ends_a_hold_without_a_word(keyboard, start, told):
    parley = start("parley", "Right Ctrl", "anywhere")
    keyboard.press("Right Ctrl")
    told(parley, "pressed")
    time.sleep(0.7)  # no shortcut any more
    keyboard.press("Esc")
    keyboard.release("Esc")
    told(parley, "cancelled")
    keyboard.release("Right Ctrl")
    start("other")
    keyboard.press("Right Ctrl")
    told(parley, "pressed")
    time.sleep(0.7)
    keyboard.press("c")  # nor is this
    keyboard.release("c")
    keyboard.press("Esc")
    time.sleep(0.1)
    keyboard.release("Esc", "Right Ctrl")
    told(parley, "cancelled")


def test_another_key_is_taken_and_the_one_before_given_back(keyboard, start, told, qtbot):
    parley = start("parley", "F8", "anywhere")
    other = start("other")
    parley.process.stdin.write("F9\n")
    qtbot.waitUntil(lambda: any("F9 works" in line for line in parley.lines))
    keyboard.press("F8")
    keyboard.release("F8")
    keyboard.press("F9")
    keyboard.release("F9")
    told(parley, "pressed", "released")
    settled(other)
    assert other.lines == ["key 0xffc5 0"]


def test_a_key_another_program_has_taken_is_said(start, qtbot):
    first = start("parley", "Pause", "anywhere")
    start("other")
    second = start("parley", "Pause", "anywhere")
    words = [line for line in second.lines if line.startswith("words")]
    assert "Another program has taken Pause" in words[0] and "parley talk" in words[0]
    assert not any("Another program" in line for line in first.lines)


def test_parley_itself_listens_while_the_key_is_held_elsewhere(
    qtbot, display, keyboard, start, sound_server, tmp_path
):
    settings = tmp_path / "config/settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"voice": {"ears": str(whisper_models.built())}}))
    frame = tmp_path / "frame"
    env = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
    env |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PARLEY_FIRST_FRAME": str(frame)}
    command = [sys.executable, "-m", "app", "--echo", "--data-dir", str(tmp_path)]

    def written():
        return sum(one.stat().st_size for one in (tmp_path / "data/takes").glob("*.wav"))

    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as parley:
        try:
            qtbot.waitUntil(frame.exists, timeout=60_000)
            start("other")
            time.sleep(0.5)  # Qt takes its time to believe that it has gone to the back
            keyboard.press("Right Ctrl")
            qtbot.waitUntil(lambda: written() > 32_000, timeout=60_000)  # a second of sound
            keyboard.release("Right Ctrl")
            qtbot.wait(1000)  # the tail is there by then
            before = written()
            qtbot.wait(700)
            assert written() <= before  # it listens no more
        finally:
            parley.terminate()
