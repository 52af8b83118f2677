"""Models of other programs' folders are opened where they lie, in the real jailed process."""

import os
import subprocess
import sys

import numpy as np
import pytest

from engines.llm.llama_cpp import Options
from engines.messages import Chat, Done, Loaded, Look, Picture, Seen, Text, TextDelta, Turn
from engines.models.shelves.search import search
from engines.stt import folders as ears
from engines.tts import voices
from engines.vision import folders as eyes
from tests.data import (
    hub_server,
    shelves,
    tiny_eyes,
    tiny_models,
    tiny_projectors,
    tone_voice,
    whisper_models,
)
from tests.data.hub_server import Repo
from tests.data.running import Running
from tests.data.talking import GREEDY

LOOK = Look("cat", 64, 64, np.full((64, 64, 3), 90, np.uint8).tobytes())
DOWNLOAD = (
    "from huggingface_hub import snapshot_download as get; import sys; *map(get, sys.argv[1:]),"
)
PARTS = (Picture("cat", 64, 64), Text("What is this?"))


@pytest.fixture
def opened(tmp_path):
    """Opens the one model of a folder in its process; afterwards the folder is as it was."""
    running = []

    def opened(source, root):
        before = shelves.state(root)
        [model] = [one for one in search([(source, root)]) if one.job == "talk"]
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


def below(folder):
    return {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def cached(tmp_path, files):
    """The cache of Hugging Face's library, made by that library; a model in it was renewed."""
    model, projector = files
    about = tone_voice.build(tmp_path / "made").parent
    voice = {f"en/en_US/{n}": about / n for n in ("tone.onnx", "tone.onnx.json")}
    weights = {"tiny-Q8_0.gguf": tiny_models.random_llama(about / "old.gguf", seed=3)}
    repos = [
        Repo("maker/Tiny-GGUF", weights),
        Repo("rhasspy/piper-voices", voice),
        Repo("Systran/faster-whisper-smallest", below(whisper_models.built())),
        Repo("timm/tiny-clip", below(tiny_eyes.build(tmp_path / "eyes"))),
    ]
    renewed = Repo("maker/Tiny-GGUF", {"tiny-Q8_0.gguf": model, "mmproj-f16.gguf": projector})
    for part in (repos, [renewed]):
        with hub_server.serving(*part) as hub:
            plain = {name: value for name, value in os.environ.items() if name[:3] != "HF_"}
            environ = plain | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hf")}
            command = [sys.executable, "-c", DOWNLOAD, *(one.id for one in part)]
            subprocess.run(command, env=environ, check=True, capture_output=True, timeout=100)
    return tmp_path / "hf" / "hub"


def test_the_cache_of_the_hubs_own_library(opened, cached, files):
    before = shelves.state(cached)
    found = {one.job: one for one in search([("Hugging Face", cached)])}
    assert sorted(found) == ["find", "listen", "speak", "talk"]
    assert ears.check(found["listen"].path).name == "faster-whisper-smallest"
    assert voices.check(found["speak"].path).name == "tone"
    assert eyes.check(found["find"].path, (eyes.TOKENIZER,)).name == "Tiny eyes"
    assert found["talk"].path.read_bytes() == files[0].read_bytes()  # the renewed one
    assert all(one.is_file() for model in found.values() for one in model.files)
    assert shelves.state(cached) == before
    sees(opened("Hugging Face", cached))
