"""An idle model gives its memory back: all of it, and the next question loads it again."""

import psutil
import pytest

from app.engine import EngineLink
from engines import machine
from engines.llm.llama_cpp import Options
from engines.messages import Chat, Done, Text, Turn
from tests.data import large_models
from tests.data.large_models import Shape

SHAPE = Shape(blocks=6, width=256, hidden=512, heads=4, shared=4)
ASKED = Chat((Turn("user", (Text("hi"),)),), max_tokens=3)
WAIT = 60_000


@pytest.fixture
def link(tmp_path):
    link = EngineLink(tmp_path)
    yield link
    link.stop()


def test_an_idle_model_gives_its_memory_back(qtbot, tmp_path, link):
    endings = []
    link.event.connect(lambda job, event: endings.append(event) if job else None)
    path = large_models.write(tmp_path / "model.gguf", SHAPE)
    link.open("llama_cpp", path, Options(context=32768))
    qtbot.waitUntil(lambda: link.state == "ready", timeout=WAIT)
    pid, loaded = link.pid, link.loaded
    assert machine.held(pid) > loaded.took > 200e6  # the process holds all that it says, and itself
    assert machine.released(pid) > 200e6
    link.set_idle_minutes(0.1 / 60)
    qtbot.waitUntil(lambda: link.state == "stopped", timeout=WAIT)
    qtbot.waitUntil(lambda: not psutil.pid_exists(pid), timeout=WAIT)
    assert machine.held(pid) == 0
    link.set_idle_minutes(0)
    link.submit(ASKED)
    qtbot.waitUntil(lambda: any(isinstance(one, Done) for one in endings), timeout=WAIT)
    assert link.pid != pid and machine.held(link.pid) > 200e6
