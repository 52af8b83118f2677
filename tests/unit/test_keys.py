"""Where the person's keys lie: in the system's store, else in a file, else in memory."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.keys import FILED, HELD, STORED, Keys

ROOT = Path(__file__).resolve().parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the store of a Linux desktop")


def told(script, file, address="unix:path=/nowhere"):
    """What a program of its own prints: which store there is is asked once in a process."""
    lines = f"from app import keys\nfrom pathlib import Path\nkeys.PATIENCE = 3.0\n{script}"
    environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
    environ["XDG_CONFIG_HOME"] = str(file.parent)
    environ.pop("PYTHON_KEYRING_BACKEND", None)
    command = [sys.executable, "-c", f"kept = lambda: keys.Keys(Path({str(file)!r}))\n{lines}"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def bus(tmp_path):
    place = f"--address=unix:path={tmp_path}/bus"
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        yield running.stdout.readline().strip()
        running.kill()


@pytest.fixture
def desktop(bus):
    running = []

    def start(manner):
        command = [sys.executable, "-m", "tests.data.key_store", manner]
        environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus}
        running.append(
            subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        )
        assert running[-1].stdout.readline() == "ready\n"
        return bus

    yield start
    for one in running:
        one.kill()
        one.communicate()


KEEP = "print(kept().keep('one', 'sesame'))\nprint(kept().keep('two', 'ümläut'))"
READ = "print(kept().get('one'), kept().get('two'), repr(kept().get('three')))"


@LINUX
def test_the_systems_store_takes_them_and_nothing_lies_in_a_file(desktop, tmp_path):
    file, address = tmp_path / "keys.json", desktop("open")
    assert told(KEEP, file, address) == [STORED, STORED]
    assert not file.exists()
    assert told(READ, file, address) == ["sesame ümläut ''"]
    assert told(f"print(kept().keep('one', 'new'))\n{READ}", file, address)[1] == "new ümläut ''"
    assert told(f"kept().forget('one')\n{READ}", file, address) == [" ümläut ''"]


@LINUX
def test_a_key_of_the_file_moves_into_a_store_that_has_come(desktop, tmp_path):
    file = tmp_path / "keys.json"
    assert told(KEEP, file) == [FILED, FILED]
    address = desktop("open")
    assert told(f"{READ}\nprint(kept().keep('one', 'sesame'))", file, address)[1] == STORED
    assert json.loads(file.read_text()) == {"two": "ümläut"}


@LINUX
def test_without_a_store_a_file_takes_them_that_only_the_person_can_read(tmp_path):
    file = tmp_path / "keys.json"
    assert told(KEEP, file) == [FILED, FILED]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told(READ, file) == ["sesame ümläut ''"]
    assert told(f"kept().keep('one', '')\n{READ}", file) == [" ümläut ''"]


@LINUX
@pytest.mark.parametrize("manner", ["locked", "mute"])
def test_a_store_that_will_not_is_no_reason_for_a_file(desktop, tmp_path, manner):
    file, address = tmp_path / "keys.json", desktop(manner)
    script = "one = kept()\nprint(one.keep('one', 'sesame'))\nprint(one.get('one'))"
    assert told(script, file, address) == [HELD, "sesame"]
    assert not file.exists()


def test_a_file_that_is_damaged_or_cannot_be_written_is_no_crash(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("app.keys.system_store", lambda: None)
    file = tmp_path / "keys.json"
    for content in ("no json", "[1]", '{"one": 3}', "\xff"):
        file.write_bytes(content.encode("latin-1"))
        assert Keys(file).get("one") == ""
    assert Keys(file).keep("one", "sesame") == FILED and Keys(file).get("one") == "sesame"
    nowhere = Keys(tmp_path / "file" / "keys.json")
    (tmp_path / "file").write_text("")
    assert nowhere.keep("one", "sesame") == HELD and nowhere.get("one") == "sesame"
    assert "cannot be written" in caplog.text and "sesame" not in caplog.text
    caplog.clear()


def test_for_one_run_they_stay_in_memory():
    keys = Keys(None)
    assert keys.keep("one", "sesame") == HELD and keys.get("one") == "sesame"
    keys.forget("one")
    assert keys.get("one") == ""
