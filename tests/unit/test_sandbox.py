"""Cells against code that tries to get out: all guards together, and each guard by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engines import jail
from tests.data.surroundings import surroundings

resource = pytest.importorskip("resource")  # which Windows does not have
from tests.data import probes  # noqa: E402

ROOT = Path(__file__).parents[2]
PROBES, CELLED = ROOT / "tests/data/probes.py", ROOT / "tests/data/celled.py"
OFFER = jail.probe()
pytestmark = pytest.mark.skipif(not all(OFFER), reason="this system has no jail")

AS_ROOT, AS_A_PERSON = 27, 22  # of 31 succeed without a cell, or they prove nothing


@pytest.fixture
def at(tmp_path, monkeypatch):
    monkeypatch.setenv("PARLEY_TEST_KEY", "private")
    with surroundings(tmp_path) as found:
        yield found


def run(*arguments, **environment):
    whole = subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(whole.stdout.splitlines()[-1])


def in_a_cell(at, without="", landlock=OFFER.landlock, name=""):
    return run(CELLED, without, landlock, name, json.dumps(at))


def test_without_a_cell_most_of_it_succeeds(at, tmp_path):
    assert len(probes.PROBES) == 31
    done = run(PROBES, json.dumps(at | {"out": str(tmp_path / "out")}))
    assert len(done) >= (AS_ROOT if os.getuid() == 0 else AS_A_PERSON), done


@pytest.mark.parametrize("landlock", sorted({*range(1, 7), OFFER.landlock}))
def test_in_a_cell_nothing_succeeds_on_any_kernel(at, landlock):
    if landlock > OFFER.landlock:
        pytest.skip("this kernel is older")
    assert in_a_cell(at, landlock=landlock) == {"done": [], "end": ""}
    assert not Path(at["secret"]).with_name("planted").exists()


@pytest.mark.parametrize(
    ("guard", "probe"),
    [
        ("landlock", "read_a_secret"),
        ("landlock", "read_the_accounts"),
        ("landlock", "write_in_the_home"),
        ("landlock", "see_the_processes"),
        ("seccomp", "send_udp"),
        ("seccomp", "fork"),
        ("seccomp", "a_file_in_memory_to_run"),
        ("as", "take_three_gigabytes"),
        ("environment", "see_a_secret_of_the_environment"),
    ],
)
def test_every_guard_is_needed(at, guard, probe):
    assert probe in in_a_cell(at, without=guard)["done"]


@pytest.mark.parametrize(
    ("guard", "probe", "end"),
    [
        ("fsize", "write_40_megabytes", ""),
        ("nofile", "open_100_files", ""),
        ("core", "dump_core", ""),
        ("cpu", "compute_for_long", "cpu"),
        ("wall", "sleep_for_long", "wall"),
        ("files", "write_many_files", "files"),
        ("flood", "print_without_end", "flooded"),
        ("descriptors", "write_to_the_app", ""),
        ("rights", "hold_the_rights_of_a_root", ""),
    ],
)
def test_every_limit_is_needed(at, guard, probe, end):
    if guard == "core" and resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("nothing here may dump core")
    if guard == "rights" and os.getuid() != 0:
        pytest.skip("only a root has rights to give up")
    limited = in_a_cell(at, name=probe)
    assert limited == {"done": None if end else [], "end": end}
    assert in_a_cell(at, without=guard, name=probe) == {"done": [probe], "end": ""}
