"""The key through a desktop's portal, which a stand-in plays on a bus of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.hotkeys.keys import parse

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("dbus-daemon"), reason="no bus to start here"
)
KEY = "Ctrl+Alt+Space"


@pytest.fixture
def bus(tmp_path):
    """A private session bus, as a process."""
    place = f"--address=unix:path={tmp_path}/bus"
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bus:
        yield bus
        bus.kill()


@pytest.fixture
def address(bus):
    return bus.stdout.readline().decode().strip()


class Desktop:
    """The stand-in as a process; says what it was asked, does what it is told."""

    def __init__(self, address, manner):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.data.portal", manner],
            cwd=ROOT,
            env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": address},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self.asked() == "ready"

    def asked(self):
        return self.process.stdout.readline().strip()

    def do(self, line):
        self.process.stdin.write(f"{line}\n")

    def end(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def desktop(address):
    running = []

    def start(manner="kind"):
        running.append(Desktop(address, manner))
        return running[-1]

    yield start
    for one in running:
        one.end()


def portal_key(address, background):
    from app.hotkeys.bus import Bus  # only Linux has what it needs
    from app.hotkeys.portal import PortalKey

    return PortalKey(Bus(address, background))


@pytest.fixture
def key(qtbot, background, address):
    key = portal_key(address, background)
    key.log = []
    key.pressed.connect(lambda: key.log.append("pressed"))
    key.over.connect(key.log.append)
    yield key
    key.stop()


def test_nothing_is_asked_before_the_person_agrees(key, desktop):
    desktop()
    key.watch(parse(KEY), agreed=False)
    assert key.must_ask and "ask you once" in key.words


def test_the_key_is_bound_pressed_and_released(qtbot, key, desktop):
    portal = desktop()
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: key.works)
    assert [portal.asked() for _ in range(3)] == [
        "Register", "CreateSession", "BindShortcuts talk:CTRL+ALT+space",
    ]  # fmt: skip
    assert "Press CTRL+ALT+space" in key.words
    portal.do("press")
    qtbot.waitUntil(lambda: key.log == ["pressed"])
    portal.do("release")
    qtbot.waitUntil(lambda: key.log == ["pressed", "released"])
    portal.do("rename Press Pause")
    qtbot.waitUntil(lambda: "Press Pause" in key.words)


def test_another_key_is_another_session(qtbot, key, desktop):
    portal = desktop()
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: key.works)
    key.watch(parse("F8"), agreed=True)
    qtbot.waitUntil(lambda: "F8" in key.words)
    asked = [portal.asked() for _ in range(6)]
    assert asked[3:] == ["Close", "CreateSession", "BindShortcuts talk:F8"]


@pytest.mark.parametrize(
    ("manner", "words"),
    [("refuses", "told not to"), ("fails", "could not give"), ("without", "no keys of their own")],
)
def test_a_refusal_is_said_with_the_command_to_bind(qtbot, key, desktop, manner, words):
    desktop(manner)
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: words in key.words)
    assert not key.works and "parley talk" in key.words


def test_a_portal_that_names_its_requests_itself(qtbot, key, desktop):
    desktop("odd")
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: key.works)


def test_a_portal_that_never_answers_keeps_nobody_waiting(qtbot, key, desktop, monkeypatch):
    monkeypatch.setattr("app.hotkeys.bus.PATIENCE_MS", 100)
    desktop("mute")
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: "could not give" in key.words)


def test_no_portal_and_no_bus(qtbot, key, background, tmp_path):
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: "no keys of their own" in key.words)
    for address in ("", f"unix:path={tmp_path}/nowhere", "tcp:host=localhost,port=1"):
        other = portal_key(address, background)
        other.watch(parse(KEY), agreed=True)
        qtbot.waitUntil(lambda other=other: "no keys of their own" in other.words)
        other.stop()


def test_a_portal_that_vanishes_ends_the_hold_and_is_taken_up_again(qtbot, key, desktop):
    portal = desktop()
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: key.works)
    portal.do("press")
    qtbot.waitUntil(lambda: key.log == ["pressed"])
    portal.end()
    qtbot.waitUntil(lambda: key.log == ["pressed", "lost"])
    assert not key.works and "has stopped" in key.words
    desktop()
    qtbot.waitUntil(lambda: key.works)


def test_a_session_taken_away_is_said(qtbot, key, desktop):
    portal = desktop()
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: key.works)
    portal.do("press")
    portal.do("close")
    qtbot.waitUntil(lambda: key.log == ["pressed", "lost"])
    assert not key.works and "taken the key back" in key.words


def test_a_bus_that_dies_ends_the_hold(qtbot, key, desktop, bus):
    portal = desktop()
    key.watch(parse(KEY), agreed=True)
    qtbot.waitUntil(lambda: key.works)
    portal.do("press")
    qtbot.waitUntil(lambda: key.log == ["pressed"])
    bus.kill()
    qtbot.waitUntil(lambda: key.log == ["pressed", "lost"])
    assert not key.works and "parley talk" in key.words
