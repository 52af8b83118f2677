"""Adapters in the real, jailed process of a model: strangers' files kill nothing."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest

from engines import jail
from engines.llm import starter
from engines.llm.llama_cpp import Options
from engines.messages import Adapted, AdaptersHeld, Chat, Done, Failed, Prefill, TextDelta
from tests.data import broken_adapters, tiny_adapters, tiny_models
from tests.data.running import Running
from tests.data.talking import GREEDY, said
from tests.data.tiny_adapters import WIDTH, lora_weights

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("PARLEY_FULL") == "1"
FLIPPED = 1000 if FULL else 100  # files with bytes of their description changed
locked_in = pytest.mark.skipif(not all(jail.probe()), reason="this system has no jail")
KILLS = {  # what kills the bare library, and how
    "a type that is a number": signal.SIGABRT,
    "alpha is a word": signal.SIGABRT,
    "two of A": signal.SIGABRT,
    "whole numbers": signal.SIGSEGV,
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "adapters").mkdir()
    return tmp_path


@pytest.fixture
def start(folder):
    """Starts a model as the app does, with the folder of adapters."""
    started = []

    def start(model, name="llama_cpp", options=Options, **more):
        place = folder / "adapters"
        chosen = options(context=1024, adapters=str(place), **more)
        log = folder / "engine.log"
        started.append(Running(name, chosen, log, model, read=(place,)))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def kept(path):
    """Put a file into the folder under the name an engine finds it by."""
    sha256 = hashlib.sha256(path.read_bytes() if path.is_file() else b"folder").hexdigest()
    path.rename(path.parent / f"adapters/{sha256}.gguf")
    return sha256


def ask(running, *adapters):
    request = Chat(said("Tell me of the sea"), sampling=GREEDY, max_tokens=12, adapters=adapters)
    return running.ask(request)


def text(events):
    assert isinstance(events[-1], Done), events[-1]
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def bare(model, adapter):
    """How a child ends that gives both to the library as they are."""
    command = [sys.executable, "-m", "tests.data.bare_adapter", model, adapter]
    return subprocess.run(command, cwd=ROOT, stderr=subprocess.DEVNULL, timeout=60).returncode


def words_pair():
    a, b = np.zeros((broken_adapters.WORDS, 4)), np.zeros((WIDTH, 4))
    name = broken_adapters.EMBEDDING
    return {f"{name}.lora_a": a.astype(np.float32), f"{name}.lora_b": b.astype(np.float32)}


def test_the_bare_library_dies_of_some(folder):
    model = tiny_models.random_llama(folder / "model.gguf")
    assert bare(model, tiny_adapters.lora(folder / "sound.gguf")) == 0
    for kind, by in KILLS.items():
        broken_adapters.write(folder / "broken.gguf", kind)
        assert bare(model, folder / "broken.gguf") == -by, kind


def test_the_process_lives_and_says_why(folder, start):
    running = start(tiny_models.random_llama(folder / "model.gguf"))
    sound = kept(tiny_adapters.lora(folder / "new.gguf"))  # while it runs
    pid, plain, changed = running.host.pid, text(ask(running)), text(ask(running, Adapted(sound)))
    assert plain != changed
    for kind in broken_adapters.KINDS:
        how = broken_adapters.write(folder / "new.gguf", kind)
        broken = kept(folder / "new.gguf")
        failed = ask(running, Adapted(broken, how), Adapted(sound, scale=0.5))[-1]
        assert isinstance(failed, Failed) and failed.hint, kind
        assert broken_adapters.said(kind) in failed.message, (kind, failed)
        assert running.host.pid == pid
    assert text(ask(running)) == plain
    assert text(ask(running, Adapted(sound))) == changed


def test_of_bytes_that_are_changed_none_kills_it(folder, start):
    running = start(tiny_models.random_llama(folder / "model.gguf"))
    whole = tiny_adapters.lora(folder / "whole.gguf").read_bytes()
    description = whole.index(bytes(lora_weights()["blk.0.attn_q.weight.lora_a"])[:64])
    chance, refused, pid = Random(7), 0, running.host.pid
    for _ in range(FLIPPED):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(description)] ^= 1 << chance.randrange(8)
        (folder / "new.gguf").write_bytes(data)
        ending = ask(running, Adapted(kept(folder / "new.gguf")))[-1]
        refused += isinstance(ending, Failed)
        assert isinstance(ending, Done | Failed) and running.host.pid == pid, ending
    assert FLIPPED / 2 < refused < FLIPPED  # some bytes are of names nobody reads


def test_what_words_mean_cannot_be_changed_where_they_are_the_output(folder, start):
    tied = folder / "tied.gguf"
    tiny_models.random_llama(tied, change=lambda weights: weights.pop("output.weight"))
    path = tiny_adapters.lora(folder / "new.gguf", words_pair())
    assert bare(tied, path) == -signal.SIGABRT
    running = start(tied)
    failed = ask(running, Adapted(kept(path)))[-1]
    assert "what words mean" in failed.message
    assert text(ask(running))


@locked_in
def test_the_jail_lets_it_read_no_other_file(folder, start):
    """Not by a link in the folder, either."""
    running = start(tiny_models.random_llama(folder / "model.gguf"))
    elsewhere = tiny_adapters.lora(folder / "elsewhere.gguf")
    sha256 = "ab" * 32
    (folder / f"adapters/{sha256}.gguf").symlink_to(elsewhere)
    failed = ask(running, Adapted(sha256))[-1]
    assert isinstance(failed, Failed) and "does not let Parley read it" in failed.message


@locked_in
def test_a_folder_that_came_back_is_another_one(folder, start):
    """The jail was told of the first; opening the model again tells it anew."""
    running = start(tiny_models.random_llama(folder / "model.gguf"))
    shutil.rmtree(folder / "adapters")
    (folder / "adapters").mkdir()
    sha256 = kept(tiny_adapters.lora(folder / "new.gguf"))
    assert isinstance(ask(running, Adapted(sha256))[-1], Failed)
    running.stop()
    assert text(ask(start(folder / "model.gguf"), Adapted(sha256)))


def test_the_starters_engine_uses_them_too(folder, start):
    running = start(tiny_models.random_llama(folder / "model.gguf"), "starter", starter.Options)
    sha256 = kept(tiny_adapters.lora(folder / "new.gguf"))
    plain, events = text(ask(running)), ask(running, Adapted(sha256))
    assert text(events) != plain
    (held,) = [event for event in events if isinstance(event, AdaptersHeld)]
    assert held.sha256s == (sha256,) and held.took > 10_000


def test_reading_ahead_gives_way_while_one_is_loaded(folder, start):
    running = start(tiny_models.random_llama(folder / "model.gguf"))
    sha256 = kept(tiny_adapters.lora(folder / "new.gguf"))
    plain = text(ask(running, Adapted(sha256)))
    text(ask(running))
    ahead = running.host.submit(Prefill(said("Tell me of the hills"), adapters=()))
    job = running.host.submit(
        Chat(
            said("Tell me of the sea"), sampling=GREEDY, max_tokens=12, adapters=(Adapted(sha256),)
        )
    )
    events = running.until(job)
    assert any(number == ahead for number, _ in events)
    assert text([event for number, event in events if number == job]) == plain


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_where_the_library_gets_no_memory_there_are_words_and_the_model_goes_on(folder):
    model = tiny_models.random_llama(folder / "model.gguf")
    sha256 = kept(tiny_adapters.lora(folder / "new.gguf", lora_weights(rank=4000)))
    asked = (model, folder / "adapters", sha256, 12 << 20)
    command = [sys.executable, "-m", "tests.data.short_for_adapter", *map(str, asked)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=60)
    told = json.loads(done.stdout)
    assert "not enough memory for the adapter" in told["error"] and told["same"]
