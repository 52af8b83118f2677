"""What this computer is: asked, measured once, and kept."""

import json
import subprocess
import sys
from dataclasses import replace

import msgspec
import pytest

from engines import machine


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    return folder, machine.measure(folder)


def test_it_is_measured_in_a_process_of_its_own(measured):
    folder, found = measured
    assert found.measured and found.speeds.bandwidth > 1e8 and found.speeds.rate > 1e7
    assert 0 < found.free <= found.total and found.cores >= 1
    assert not list((folder / "measuring").iterdir())  # the model it made for it is gone


NOBODY = (sys.executable, "-c", "raise SystemExit(1)")


def measuring(rate, library="one", cards=()):
    """A program that measures so."""
    speeds = machine.Speeds(9e9, rate, 5e9, (), tuple(cards), library)
    text = msgspec.json.encode(speeds).decode()
    return (sys.executable, "-c", f"print({text!r}, end='')")


def test_what_was_measured_stays_where_it_cannot_be_measured_again(measured):
    folder, found = measured
    assert machine.known(folder).speeds == found.speeds
    assert machine.measure(folder, command=NOBODY).speeds == found.speeds
    assert machine.measure(folder, command=NOBODY, afresh=True).speeds == found.speeds


def test_the_best_of_three_measurements_counts(tmp_path):
    card = machine.Card("A", 50, 10, rate=7.0)
    for rate, best in ((3e9, 3e9), (2e9, 3e9), (4e9, 4e9)):
        cards = [replace(card, rate=rate / 1e9)]
        found = machine.measure(tmp_path, command=measuring(rate, cards=cards))
        assert found.speeds.rate == best and found.cards[0].rate == best / 1e9
        assert machine.known(tmp_path).speeds == found.speeds
    assert machine.measure(tmp_path, command=measuring(9e9)).speeds.rate == 4e9  # often enough
    again = machine.measure(tmp_path, command=measuring(5e9), afresh=True)
    assert again.speeds.rate == 5e9  # as the person wanted it
    other = machine.measure(tmp_path, command=measuring(1e9, "another"), afresh=True)
    assert other.speeds.rate == 1e9  # it may compute elsewhere now


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "\0"])
def test_a_damaged_file_is_as_none(tmp_path, text):
    (tmp_path / machine.FILE).write_text(text)
    assert not machine.known(tmp_path).measured


def test_facts_of_another_machine_are_not_ours(measured, tmp_path):
    kept = json.loads((measured[0] / machine.FILE).read_bytes())
    kept["key"][2] += 1
    (tmp_path / machine.FILE).write_text(json.dumps(kept))
    assert not machine.known(tmp_path).measured


def test_what_a_process_takes_and_would_give_back():
    code = "import sys; block = bytearray(b'x') * 90_000_000; print(flush=True); sys.stdin.read()"
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdin and process.stdout
        process.stdout.readline()
        assert 90e6 < machine.released(process.pid) <= machine.held(process.pid) < 150e6
        process.stdin.close()
        process.wait()
        assert machine.held(process.pid) == machine.released(process.pid) == 0


def test_memory_that_parley_lets_go_of_is_free_then():
    found = machine.Machine(100, 30, 2, cards=(machine.Card("A", 50, 10),))
    assert found.after(20).free == 50 and found.after(900).free == 100
    assert found.after(0, 15).cards[0].free == 25
