"""What the desktop is told, on a bus of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUS = ("dbus-daemon", "dbus-monitor")
SCRIPT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from app.notifications import Notifications

class Shown(Notifications):
    def _by_tray(self, title, text):
        print("beside the clock:", title, text)
        qt.quit()

qt = QApplication([])
window = QWidget()
notifications = Shown(window)
QTimer.singleShot(0, lambda: notifications.show("Reminder", "call Änne"))
QTimer.singleShot(20_000, qt.quit)
qt.exec()
"""


def shown(address):
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "DBUS_SESSION_BUS_ADDRESS": address}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, check=True
    )
    return run.stdout.decode()


@pytest.fixture
def started():
    """A function that starts a program and hears what it prints; ended after the test."""
    running = []

    def start(*command):
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        running.append(subprocess.Popen(command, **quiet))
        return running[-1]

    yield start
    for one in reversed(running):
        one.kill()
        one.communicate()


@pytest.mark.skipif(not all(map(shutil.which, BUS)), reason="this system has no bus to start")
def test_the_portal_is_asked_and_where_there_is_none_the_tray(started, tmp_path):
    place = f"--address=unix:path={tmp_path}/bus"
    bus = started("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", place)
    address = bus.stdout.readline().decode().strip()
    asked = "interface=org.freedesktop.portal.Notification"
    monitor = started("dbus-monitor", "--address", address, asked)
    while b"NameLost" not in monitor.stdout.readline():
        pass  # from here on it sees all
    assert shown(address) == "beside the clock: Reminder call Änne\n"
    bus.kill()
    heard = monitor.stdout.read().decode()
    assert "member=AddNotification" in heard
    assert 'string "Reminder"' in heard and 'string "call Änne"' in heard


def test_without_a_bus_the_tray_is_asked_at_once():
    assert shown("unix:path=/nowhere") == "beside the clock: Reminder call Änne\n"
