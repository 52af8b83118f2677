"""A model that is changed while it is open: LoRA adapters and control vectors."""

import numpy as np
import pytest

from engines.messages import Adapted
from tests.data import tiny_adapters, tiny_models
from tests.data.talking import ask, logits, opened
from tests.data.tiny_adapters import lora_weights, merged

QUESTION = "Tell me of the sea"
CLOSE = 0.01  # of logits whose deviation is 2; what is remembered is rounded to f16 either way


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "adapters").mkdir()
    tiny_models.random_llama(folder / "llama.gguf")
    return folder


@pytest.fixture(scope="module")
def sea(folder):
    """The SHA-256 of a LoRA."""
    return tiny_adapters.named(tiny_adapters.lora(folder / "adapters/sea.gguf"))


@pytest.fixture(scope="module")
def hill(folder):
    weights = lora_weights(seed=2)
    return tiny_adapters.named(tiny_adapters.lora(folder / "adapters/hill.gguf", weights))


@pytest.fixture(scope="module")
def mood(folder):
    """That of a control vector."""
    return tiny_adapters.named(tiny_adapters.control(folder / "adapters/mood.gguf"))


@pytest.fixture
def engine(folder):
    with opened(folder / "llama.gguf", context=2048, adapters=str(folder / "adapters")) as engine:
        yield engine


def thinks(engine, *adapters, words=(QUESTION,)):
    """The logits after a question."""
    ask(engine, *words, adapters=adapters, max_tokens=0)
    return np.array(logits(engine.memory))


def far(one, other):
    return float(np.abs(one - other).max())


@pytest.mark.parametrize("scale", [1.0, 0.25, -1.5])
def test_a_lora_does_what_a_merged_model_does(engine, folder, sea, scale):
    path = folder / f"merged{scale}.gguf"
    tiny_models.random_llama(path, change=merged(lora_weights(), scale))
    with opened(path, context=2048) as other:
        expected = thinks(other)
    assert far(thinks(engine), expected) > 1
    assert far(thinks(engine, Adapted(sea, scale=scale)), expected) < CLOSE
