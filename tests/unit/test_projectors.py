"""Projectors are checked before any native code sees them, and found by their names."""

import pytest

from engines.errors import ModelRefused, ParleyError
from engines.llm.llama.projectors import beside, choose
from engines.models.projector import Projector, check_projector
from tests.data import broken_projectors, tiny_models, tiny_projectors
from tests.data.tiny_projectors import Shape

WIDTH = 64
SOUND = {
    "janus_pro": tiny_projectors.janus_pro,
    "gemma3": tiny_projectors.gemma3,
    "qwen2vl_merger": tiny_projectors.qwen2vl,
    "ultravox": tiny_projectors.ultravox,
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_one_tells_what_it_is(tmp_path, kind):
    path = SOUND[kind](tmp_path / "mmproj.gguf")
    ears = kind == "ultravox"
    found, size = check_projector(path, WIDTH), path.stat().st_size
    assert found == Projector(path, kind, not ears, ears, size, found.takes)
    assert size < found.takes < size + (64 << 20)


def test_a_picture_need_not_be_whole_patches(tmp_path):
    """SigLIP so400m: 384 pixels in patches of 14."""
    path = tiny_projectors.janus_pro(tmp_path / "mmproj.gguf", Shape(image=66))
    assert check_projector(path, WIDTH).sees


@pytest.mark.parametrize("kind", broken_projectors.KINDS)
def test_a_broken_one_is_refused_in_words(tmp_path, kind):
    path = broken_projectors.write(tmp_path / "mmproj.gguf", kind)
    with pytest.raises(ModelRefused) as refused:
        check_projector(path, WIDTH)
    assert refused.value.reason


def test_one_for_another_model_is_refused(tmp_path):
    path = tiny_projectors.janus_pro(tmp_path / "mmproj.gguf", joins=128)
    with pytest.raises(ModelRefused, match="another model"):
        check_projector(path, WIDTH)


def test_a_model_given_as_projector_is_refused(tmp_path):
    path = tiny_models.random_llama(tmp_path / "mmproj.gguf")
    with pytest.raises(ModelRefused, match="not the eyes"):
        check_projector(path, WIDTH)


def names(folder, model, *others):
    for name in others:
        (folder / name).write_bytes(b"GGUF")
    (folder / model).write_bytes(b"GGUF")
    beside.cache_clear()
    return [path.name for path in beside(folder / model)]


@pytest.mark.parametrize(
    ("model", "projector"),
    [
        ("Qwen2.5-VL-7B-Instruct-Q4_K_M.gguf", "mmproj-Qwen2.5-VL-7B-Instruct-f16.gguf"),
        ("google_gemma-3-4b-it-Q4_K_M.gguf", "mmproj-google_gemma-3-4b-it-f16.gguf"),
        ("gemma-3-4b-it-Q4_K_M.gguf", "mmproj-model-f16.gguf"),
        ("SmolVLM-500M-Instruct-Q8_0.gguf", "mmproj-SmolVLM-500M-Instruct-Q8_0.gguf"),
        ("llava-v1.5-7b-Q4_K.gguf", "llava-v1.5-7b-mmproj-model-f16.gguf"),
        ("parley-starter.gguf", "parley-starter-mmproj.gguf"),
        ("Anything.gguf", "MMPROJ-F16.GGUF"),
    ],
)
def test_names_as_they_are_in_use(tmp_path, model, projector):
    assert names(tmp_path, model, projector) == [projector]


def test_in_a_folder_of_many_models_each_has_its_own(tmp_path):
    others = ("mmproj-Qwen2.5-VL-7B-f16.gguf", "mmproj-gemma-3-4b-f16.gguf")
    models = ("gemma-3-4b-Q4_0.gguf", "Qwen2.5-VL-7B-Q4_K_M.gguf", "Qwen2.5-7B-Q4_K_M.gguf")
    found = {model: names(tmp_path, model, *models, *others) for model in models}
    assert found == {models[0]: [others[1]], models[1]: [others[0]], models[2]: []}


def test_the_first_that_fits_is_taken_and_the_smallest_of_those(tmp_path):
    model = tiny_models.random_llama(tmp_path / "tiny.gguf")
    tiny_projectors.janus_pro(tmp_path / "tiny-mmproj-a.gguf", joins=128)
    large = tiny_projectors.janus_pro(tmp_path / "tiny-mmproj-b.gguf", Shape(blocks=3))
    small = tiny_projectors.janus_pro(tmp_path / "tiny-mmproj-c.gguf")
    beside.cache_clear()
    assert choose(model, WIDTH).path == small
    small.unlink()
    beside.cache_clear()
    assert choose(model, WIDTH).path == large


def test_why_none_can_be_used_is_kept_for_whoever_shows_a_picture(tmp_path):
    model = tiny_models.random_llama(tmp_path / "tiny.gguf")
    broken_projectors.write(tmp_path / "mmproj-tiny.gguf", "no heads")
    beside.cache_clear()
    refused = choose(model, WIDTH)
    assert isinstance(refused, ParleyError) and "mmproj-tiny.gguf" in refused.message
