"""The model's process on a graphics card, where this machine has one that the library can use.

`python3 packaging/bootstrap.py bench card -- --software` runs these on a card made of software.
"""

import json
import os
import subprocess
import sys

import psutil
import pytest

from app.engine import EngineLink
from engines import jail
from engines.llm.llama_cpp import Options
from engines.messages import (
    Cancelled,
    Chat,
    Done,
    Loaded,
    Look,
    Picture,
    Progress,
    Sampling,
    Text,
    TextDelta,
    Turn,
)
from engines.process import COMMAND, ROOT, environment
from engines.worker import DEVICES
from tests.data import large_models, tiny_models, tiny_projectors
from tests.data.large_models import Shape
from tests.data.running import Running
from tests.data.taking import CASES

MB = 1 << 20
NEAR = 0.1
PATIENCE = 1200  # seconds: a card of software compiles each piece of work when it is first done
SIDE = 64
QUESTION = "Tell me about the sea"

pytestmark = pytest.mark.timeout(2 * PATIENCE)


@pytest.fixture(scope="module", autouse=True)
def _cards():
    command = [*COMMAND, DEVICES, "llama_cpp", jail.NONE]
    environ = environment(os.environ, ())
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=False)
    if not done.stdout.strip(b"0\n "):
        pytest.skip("no graphics card that llama.cpp, as it is built here, could use")


@pytest.fixture
def start(tmp_path):
    """A function that opens a model in its process."""
    running = []

    def start(path, **options):
        one = Running("llama_cpp", Options(**options), tmp_path / "log.txt", path, grace=PATIENCE)
        one.patience = PATIENCE
        one.host.set_patience(PATIENCE)
        running.append(one)
        return one

    yield start
    for one in running:
        one.stop()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """With eyes beside it."""
    folder = tmp_path_factory.mktemp("tiny")
    tiny_projectors.janus_pro(folder / "mmproj-model.gguf")
    return tiny_models.random_llama(folder / "model.gguf")


def loaded(running):
    [found] = [event for event in running.loaded if isinstance(event, Loaded)]
    return found


def said(running, *parts, tokens=10):
    turn = Turn("user", (*parts, Text(QUESTION)))
    asked = Chat((turn,), max_tokens=tokens, sampling=Sampling(temperature=0.0))
    events = running.ask(asked)
    assert isinstance(events[-1], Done), events[-1]
    return "".join(event.text for event in events if isinstance(event, TextDelta))


WHOLE = [(name, -1) for name in CASES if name != "a projector"]
IN_PART = [(name, 2) for name in ("plain", "many layers", "a long context", "packed keys")]


@pytest.mark.parametrize(("name", "layers"), [*WHOLE, *IN_PART])
def test_the_forecast_is_within_a_tenth_of_what_the_card_gives(start, tmp_path, name, layers):
    case = CASES[name]
    path = large_models.write(tmp_path / "model.gguf", case.shape)
    found = loaded(start(path, context=case.context, memory=case.kv, gpu_layers=layers))
    assert found.layers == (found.layers_total if layers < 0 else layers)
    assert found.card_took > 20 * MB
    assert found.card_forecast == pytest.approx(found.card_took, rel=NEAR)
    assert not found.gave_up


def test_it_answers_as_the_processor_does_and_can_be_called_off(start, tiny):
    on_card, processor = start(tiny, context=2048), start(tiny, context=2048, gpu_layers=0)
    facts = loaded(on_card)
    assert facts.layers == facts.layers_total and "CPU" not in facts.device
    assert facts.jail in ("", *jail.LOOSE.values())
    answer = said(processor)
    assert said(on_card) == answer
    long = Chat((Turn("user", (Text("some more " * 150),)),), max_tokens=2)
    job = on_card.host.submit(long)
    while on_card.saw(job, Progress).done < 64:
        pass
    on_card.host.cancel(job)
    assert isinstance(on_card.heard(job)[-1], Cancelled)
    assert said(on_card) == answer


def test_it_sees_as_the_processor_does(start, tiny):
    picture = Picture("a picture", SIDE, SIDE)
    pixels = bytes(n * 7 % 256 for n in range(SIDE * SIDE * 3))
    answers = []
    for layers in (-1, 0):
        running = start(tiny, context=2048, gpu_layers=layers)
        assert isinstance(running.ask(Look("a picture", SIDE, SIDE, pixels))[-1], Done)
        answers.append(said(running, picture))
    assert answers[0] == answers[1]


def test_a_context_longer_than_the_card_can_work_on_does_not_end_the_process(start, tmp_path):
    """The library would end it."""
    shape = Shape(blocks=2, width=512, hidden=512, heads=8, shared=8, words=500)
    path = large_models.write(tmp_path / "model.gguf", shape)
    found = loaded(start(path, context=1 << 20))
    assert found.layers == found.layers_total
    assert found.context == 1 << 20 or f"{found.context:,} tokens in mind" in found.gave_up


@pytest.mark.parametrize("megabytes", [40, 20, 4])
def test_a_card_that_is_full_gets_less(tmp_path, megabytes):
    shape = Shape(blocks=4, width=256, hidden=512, heads=4, shared=4, words=500)
    path = large_models.write(tmp_path / "model.gguf", shape)
    limit = {"GGML_VK_FORCE_MAX_BUFFER_SIZE": str(megabytes * MB)}
    command = [sys.executable, "-m", "tests.data.full_card", str(path), "16384"]
    pipe = subprocess.PIPE
    run = subprocess.run(command, cwd=ROOT, env=os.environ | limit, stdout=pipe, check=True)
    found = json.loads(run.stdout)
    if len(found["tried"]) == 1 and not found["gave_up"]:
        pytest.skip("the card is not one of Vulkan, whose memory alone can be bounded for a test")
    assert len(found["tried"]) > 1 and found["gave_up"].count(".") == 1
    if megabytes == 4:  # not even the weights
        assert found["layers"] == found["card_took"] == 0 and "no room on" in found["device"]
    else:
        assert found["layers"] == 5 and found["kv"] == "q8_0"
        assert found["context"] == (16384 if megabytes == 40 else 8192)


def test_its_memory_comes_back(qtbot, tmp_path):
    before = free()
    path = large_models.write(tmp_path / "model.gguf", CASES["many layers"].shape)
    link = EngineLink(tmp_path)
    try:
        link.open("llama_cpp", path, Options(context=8192))
        qtbot.waitUntil(lambda: link.state == "ready")
        pid = link.pid
        assert link.loaded.card_took > 200 * MB
        link.unload()
        qtbot.waitUntil(lambda: not psutil.pid_exists(pid))
        assert free() > before - 64 * MB  # others may use the card too
    finally:
        link.stop()


def free():
    """Bytes of the first card, asked in a process of its own."""
    code = "from engines.llm.llama.library import C, gpus; C.llama_backend_init()"
    command = [sys.executable, "-c", f"{code}; print(gpus()[0].free)"]
    return int(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
