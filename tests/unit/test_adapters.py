"""Adapters are checked before any native code sees them."""

import numpy as np
import pytest

from engines.models.adapter import BadAdapter, Base, base_of, check_adapter, read_adapter
from engines.models.gguf import read
from tests.data import broken_adapters, tiny_adapters, tiny_models
from tests.data.tiny_adapters import ALPHA, LAYERS, RANK, WIDTH

LATE = ("a direction that is no number", "a direction without end", "a huge direction")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tiny_models.random_llama(tmp_path_factory.mktemp("models") / "llama.gguf")
    return base_of(*read(path))


def test_a_sound_lora_tells_what_it_is(tmp_path, base):
    found = check_adapter(tiny_adapters.lora(tmp_path / "sea.gguf"), base)
    assert (found.kind, found.name, found.architecture) == ("lora", "Tiny adapter", "llama")
    assert (found.rank, found.alpha, len(found.pairs)) == (RANK, ALPHA, 4 * LAYERS)
    assert 0 < found.size < (tmp_path / "sea.gguf").stat().st_size


def test_a_sound_control_vector_does(tmp_path, base):
    path = tiny_adapters.control(tmp_path / "mood.gguf")
    found = check_adapter(path, base)
    assert (found.kind, found.name, found.architecture) == ("control", "mood.gguf", "llama")
    assert (found.width, found.blocks, found.size) == (WIDTH, (1,), 4 * WIDTH)
    (place,) = found.places
    numbers = np.frombuffer(path.read_bytes()[place : place + found.size], np.float32)
    assert np.array_equal(numbers, tiny_adapters.directions()["direction.1"])


def test_one_that_does_not_say_for_what_model_may_be_for_this(tmp_path, base):
    plain = tiny_adapters.control(tmp_path / "a", values={"controlvector.model_hint": None})
    assert check_adapter(plain, base).architecture == ""
    other = tiny_adapters.control(tmp_path / "b", values={"controlvector.model_hint": "gemma3"})
    with pytest.raises(BadAdapter, match=r"another kind of model \(gemma3, and this one is llama"):
        check_adapter(other, base)


def test_without_alpha_it_is_applied_as_it_is(tmp_path, base):
    path = tiny_adapters.lora(tmp_path / "plain.gguf", values={"adapter.lora.alpha": None})
    assert check_adapter(path, base).alpha == 0.0


def test_what_words_mean_is_changed_only_where_it_is_apart(tmp_path, base):
    """Where the embedding is the output too, the library ends the process."""
    weights = {
        "token_embd.weight.lora_a": np.zeros((broken_adapters.WORDS, 4), np.float32),
        "token_embd.weight.lora_b": np.zeros((WIDTH, 4), np.float32),
    }
    path = tiny_adapters.lora(tmp_path / "words.gguf", weights)
    assert check_adapter(path, base).rank == 4
    tied = {name: about for name, about in base.tensors.items() if name != "output.weight"}
    with pytest.raises(BadAdapter, match="what words mean"):
        check_adapter(path, Base(base.architecture, base.width, base.blocks, tied))


def test_nothing_is_added_to_a_model_in_a_packing_the_library_refuses(tmp_path, base):
    path = tiny_adapters.lora(tmp_path / "sea.gguf")
    packed = {name: (shape, 40) for name, (shape, _) in base.tensors.items()}
    with pytest.raises(BadAdapter, match="NVFP4"):
        check_adapter(path, Base(base.architecture, base.width, base.blocks, packed))


@pytest.mark.parametrize("kind", [k for k in broken_adapters.KINDS if k not in LATE])
def test_a_broken_one_is_refused_in_words(tmp_path, base, kind):
    path = tmp_path / ("0123456789abcdef" * 4 + ".gguf")
    broken_adapters.write(path, kind)
    with pytest.raises(BadAdapter) as refused:
        check_adapter(path, base)
    assert broken_adapters.said(kind) in refused.value.message
    assert refused.value.message.startswith("The adapter ") and refused.value.hint


def test_a_file_is_called_by_a_short_name(tmp_path):
    with pytest.raises(BadAdapter, match=r"The adapter 01234567 cannot be used: its file is not"):
        read_adapter(tmp_path / ("0123456789abcdef" * 4 + ".gguf"))
    with pytest.raises(BadAdapter, match=r"The adapter mine\.gguf cannot"):
        read_adapter(tmp_path / "mine.gguf")
