"""Models of other programs' folders are opened where they lie, in the real jailed process."""

import numpy as np
import pytest

from engines.llm.llama_cpp import Options
from engines.messages import Chat, Done, Loaded, Look, Picture, Seen, Text, TextDelta, Turn
from engines.models.shelves.search import search
from tests.data import shelves, tiny_models, tiny_projectors
from tests.data.running import Running
from tests.data.talking import GREEDY

LOOK = Look("cat", 64, 64, np.full((64, 64, 3), 90, np.uint8).tobytes())
PARTS = (Picture("cat", 64, 64), Text("What is this?"))


@pytest.fixture
def opened(tmp_path):
    """Opens the one model of a folder in its process; afterwards the folder is as it was."""
    running = []

    def opened(source, root):
        before = shelves.state(root)
        [model] = search([(source, root)])
        log = tmp_path / "log"
        running.append((Running("llama_cpp", Options(context=512), log, model.path), root, before))
        return running[-1][0]

    yield opened
    for one, root, before in running:
        one.stop()
        assert shelves.state(root) == before


@pytest.fixture
def files(tmp_path):
    (made := tmp_path / "made").mkdir()
    model = tiny_models.random_llama(made / "tiny.gguf")
    return model, tiny_projectors.janus_pro(made / "mmproj.gguf")


def sees(running):
    loaded = next(event for event in running.loaded if isinstance(event, Loaded))
    assert loaded.sees and loaded.projector
    assert isinstance(running.ask(LOOK)[-2], Seen)
    heard = running.ask(Chat((Turn("user", PARTS),), sampling=GREEDY, max_tokens=3))
    assert isinstance(heard[-1], Done)
    assert any(isinstance(event, TextDelta) for event in heard)


@pytest.mark.parametrize("source", ["LM Studio", "Ollama", "Jan"])
def test_a_model_that_sees(opened, files, tmp_path, source):
    build = {"LM Studio": shelves.lm_studio, "Ollama": shelves.ollama, "Jan": shelves.jan}
    sees(opened(source, build[source](tmp_path / "theirs", *files)))
