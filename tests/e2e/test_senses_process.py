"""Pictures through the jailed process, as the app shows them; and what broken projectors do."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from engines.llm.llama_cpp import Options
from engines.messages import (
    Cancelled,
    Chat,
    Done,
    Failed,
    Loaded,
    Look,
    Picture,
    Prefill,
    Seen,
    Text,
    TextDelta,
    Turn,
    Unseen,
)
from tests.data import broken_projectors, tiny_models, tiny_projectors
from tests.data.running import Running
from tests.data.talking import GREEDY
from tests.data.tiny_projectors import Shape

ROOT = Path(__file__).resolve().parents[2]
KILLERS = ("no heads", "no queries", "no patches", "too few places", "a number of another kind")


@pytest.fixture
def start(tmp_path):
    """Starts a model in its process."""
    started = []

    def start(model, **options):
        log = tmp_path / "log"
        started.append(Running("llama_cpp", Options(**options), log, model))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def model(tmp_path):
    return tiny_models.random_llama(tmp_path / "tiny.gguf")


def picture(name, side=64):
    rgb = np.random.default_rng(len(name)).integers(0, 256, (side, side, 3), np.uint8)
    return Look(name, side, side, rgb.tobytes())


def question(*names):
    parts = tuple(Picture(name, 64, 64) for name in names)
    return Chat((Turn("user", (*parts, Text("What is this?"))),), sampling=GREEDY, max_tokens=5)


def text(events):
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def test_a_picture_in_the_jail(start, model, tmp_path):
    tiny_projectors.janus_pro(tmp_path / "tiny-mmproj.gguf")
    running = start(model)
    loaded = next(event for event in running.loaded if isinstance(event, Loaded))
    assert loaded.sees and loaded.projector == "tiny-mmproj.gguf"
    assert running.ask(question("cat"))[-2:] == [Unseen(("cat",)), Done("unseen")]
    seen = running.ask(picture("cat"))
    assert isinstance(seen[-2], Seen) and seen[-2].tokens == 64 and seen[-1] == Done()
    first = running.ask(question("cat"))
    assert text(first) and first[-1].reason == "length"
    assert text(running.ask(question("cat"))) == text(first)
    running.stop()
    again = start(model)  # what was shown is gone with the process
    assert again.ask(question("cat"))[-2] == Unseen(("cat",))


def test_what_is_in_a_picture_or_said_of_it_is_in_no_log(start, model, tmp_path):
    tiny_projectors.gemma3(tmp_path / "tiny-mmproj.gguf")
    running = start(model)
    running.ask(picture("cat"))
    turns = (Turn("user", (Text("very secret words"), Picture("cat", 64, 64))),)
    running.ask(Chat(turns, max_tokens=5))
    running.stop()
    assert "secret" not in (tmp_path / "log").read_text("utf-8", "replace")


def test_a_look_is_called_off_while_it_encodes(start, model, tmp_path):
    shape = Shape(image=256, width=128, hidden=512, blocks=24)  # seconds of work
    tiny_projectors.janus_pro(tmp_path / "tiny-mmproj.gguf", shape)
    running = start(model, context=4096, threads=1)
    job = running.host.submit(picture("cat", 256))
    running.saw(job, object)  # it has begun
    threading.Timer(0.1, running.host.cancel, (job,)).start()
    assert running.heard(job)[-1] == Cancelled()
    assert running.ask(question("cat"))[-2] == Unseen(("cat",))  # by the same process


def test_reading_ahead_gives_way_to_a_look(start, model, tmp_path):
    tiny_projectors.janus_pro(tmp_path / "tiny-mmproj.gguf")
    running = start(model, context=16384, threads=1)
    prefill = running.host.submit(Prefill((Turn("user", (Text("many words " * 1200),)),)))
    running.saw(prefill, object)
    look = running.host.submit(picture("cat"))
    events = dict(running.until(look))
    assert events[prefill] == Cancelled() and events[look] == Done()


@pytest.mark.parametrize("kind", KILLERS)
def test_a_projector_that_kills_the_library_is_refused_in_words(start, model, tmp_path, kind):
    path = broken_projectors.write(tmp_path / "tiny-mmproj.gguf", kind)
    command = [sys.executable, "-m", "tests.data.bare_look", model, path]
    bare = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = start(model)
    loaded = next(event for event in running.loaded if isinstance(event, Loaded))
    assert not loaded.sees and not loaded.projector
    (failed,) = running.ask(picture("cat"))
    assert isinstance(failed, Failed) and "tiny-mmproj.gguf" in failed.message
    assert text(running.ask(question())) != ""  # it chats all the same
    assert bare.wait(60) not in (0, 1)
