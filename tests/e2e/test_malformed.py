"""Malformed model files: the bare library dies of some, the app of none.

The suite takes a seeded tenth of the list; PARLEY_FULL=1 in the environment takes all of it.
"""

import os
import queue
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import psutil
import pytest

from engines import registry
from engines.errors import ModelRefused, to_failed
from engines.host import EngineHost
from engines.messages import ENDINGS, Done, Failed, Loaded
from engines.models.gguf import check
from engines.process import BY_SIGNAL, CRASHED
from tests.data.drafts import valid
from tests.data.malformed import malformed

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("PARLEY_FULL") == "1"
ALL = malformed()
KILLERS = [one for one in ALL if one.kills]
# What the host says of a worker that died, and the worker of an error nobody expected.
DEATHS = {one.message for one in (CRASHED, *BY_SIGNAL.values(), to_failed(KeyError()))}
PATIENCE = 60  # seconds one file may take on a busy machine


def tenth(of: list, share: int = 10) -> list:
    return of if FULL else Random(20).sample(of, len(of) // share)


def test_the_list_is_long_and_varied_and_the_same_each_time():
    kinds = Counter(one.kind for one in ALL)
    assert len(ALL) >= 300 and len(kinds) >= 12 and min(kinds.values()) >= 3
    assert len({(one.kind, one.name) for one in ALL}) == len(ALL)
    assert malformed() == ALL


def bare(path: Path) -> int:
    """How a child ends that gives the file to the library as it is."""
    command = [sys.executable, ROOT / "tests/data/bare_load.py", path]
    return subprocess.run(command, stderr=subprocess.DEVNULL, timeout=PATIENCE).returncode


def test_the_bare_library_loads_the_model_all_others_are_made_of(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(valid().pack())
    assert bare(path) == 0


# One of each kind that kills, so that never fewer than five of them die in the same run.
ONE_OF_EACH = list({one.kind: one for one in KILLERS}.values())


@pytest.mark.parametrize(
    "one", KILLERS if FULL else ONE_OF_EACH, ids=lambda one: f"{one.kind}: {one.name}"
)
def test_the_bare_library_dies_of_it(one, tmp_path):
    assert bare(one.write(tmp_path)) == -signal.SIGABRT


def test_enough_of_them_kill():
    assert len(ONE_OF_EACH) >= 5 and len(KILLERS) >= 30


def test_the_check_answers_each_in_words_and_lets_no_killer_pass(tmp_path):
    for number, one in enumerate(ALL):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            check(one.write(folder))
        except ModelRefused as refused:
            assert refused.reason and refused.hint, one.name
        else:
            assert not one.kills, one.name


@pytest.fixture
def opened(tmp_path):
    """Opens a file as the app does, in a real engine process; gives the events of the loading."""
    spec = registry.all_specs()["llama_cpp"]
    hosts = []

    def open_model(path: Path) -> list:
        events: queue.SimpleQueue = queue.SimpleQueue()
        host = EngineHost(lambda job, event: events.put((job, event)))
        hosts.append(host)
        host.start(spec.name, path, spec.options(), log=tmp_path / "engine.log")
        found = []
        while not found or not isinstance(found[-1], ENDINGS):
            job, event = events.get(timeout=PATIENCE)
            assert job == 0
            found.append(event)
        host.stop()
        return found

    yield open_model
    for host in hosts:
        host.stop()
        assert host.gone.wait(PATIENCE)


@pytest.mark.parametrize("one", tenth(ALL), ids=lambda one: f"{one.kind}: {one.name}")
def test_the_app_lives_and_says_why(one, opened, tmp_path):
    """Refused in words or loaded, by a worker that is alive enough to say so itself."""
    events = opened(one.write(tmp_path))
    match events[-1]:
        case Failed(message, hint):
            assert message and hint and message not in DEATHS
        case Done():
            assert any(isinstance(event, Loaded) for event in events)
        case other:
            pytest.fail(f"neither refused nor loaded: {other}")
    assert not psutil.Process().children(recursive=True)
