"""Folders of speech models: found where they lie, checked before a library sees them."""

import json

import pytest

from engines.stt import folders, weights
from engines.stt.folders import EarsRefused
from engines.stt.whisper import devices
from tests.data import broken_ears, whisper_models

NOWHERE = {"HF_HUB_CACHE": "nowhere"}


@pytest.fixture(scope="module")
def good():
    return whisper_models.built()


@pytest.mark.parametrize("how", broken_ears.HOW)
def test_a_broken_folder_is_refused_in_words(good, tmp_path, how):
    folder = broken_ears.broken(good, tmp_path, how)
    with pytest.raises(EarsRefused) as refused:
        folders.check(folder)
    assert broken_ears.HOW[how] in refused.value.message and refused.value.hint


def test_a_good_folder_says_what_it_is(good):
    about = folders.check(good)
    assert about.weights.architecture == "Whisper, 1 and 1 layers"
    assert (about.weights.bands, about.weights.frames, about.weights.tokens) == (80, 3000, 448)
    assert about.languages == ("en", "de", "fr") and about.timed and about.aligned
    assert about.weights.quantisation == "int8" and about.weights.parameters > 6_000_000
    assert about.size == sum(file.stat().st_size for file in good.iterdir())


def test_a_model_may_say_its_own_name(good, tmp_path):
    broken_ears.broken(good, tmp_path, "no config")
    said = {"name": "Ears of ours", "licence": "GPL-3.0-or-later"}
    (tmp_path / "config.json").write_text(json.dumps(said))
    assert (folders.check(tmp_path).name, folders.check(tmp_path).licence) == tuple(said.values())
    (tmp_path / "config.json").write_text(json.dumps({"name": "two\nlines", "licence": 7}))
    assert (folders.check(tmp_path).name, folders.check(tmp_path).licence) == (tmp_path.name, "")


def test_an_array_with_two_names_is_found_by_both(tmp_path):
    """Real models keep the words they read and those they write in one."""
    devices.smallest().save(str(tmp_path))
    shape = weights.check(tmp_path / "model.bin")
    assert shape.vocabulary == 4 and shape.architecture == "Whisper, 1 and 1 layers"


def test_models_are_found_at_every_depth_and_once(good, tmp_path):
    (tmp_path / "publisher").mkdir()
    (tmp_path / "notes").mkdir()
    for place in ("mine", "publisher/theirs"):
        (tmp_path / place).symlink_to(good)
    assert [found.path for found in folders.find(tmp_path, environment=NOWHERE)] == [
        tmp_path / "mine"
    ]
    assert folders.find(good, environment=NOWHERE)[0].path == good
    assert folders.find(tmp_path / "gone", environment=NOWHERE) == []


def cached(cache, good, name="faster-whisper-tiny"):
    """As Hugging Face's library lays a download down: links into a folder of contents."""
    repository = cache / f"models--Systran--{name}"
    snapshot, blobs = repository / "snapshots" / "abc123", repository / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for number, file in enumerate(good.iterdir()):
        (blobs / str(number)).write_bytes(file.read_bytes())
        (snapshot / file.name).symlink_to(f"../../blobs/{number}")
    return snapshot


@pytest.mark.parametrize(
    ("variable", "below"),
    [("HF_HUB_CACHE", ""), ("HF_HOME", "hub"), ("XDG_CACHE_HOME", "huggingface/hub")],
)
def test_the_cache_of_hugging_face_is_read_without_its_library(good, tmp_path, variable, below):
    snapshot = cached(tmp_path / below, good)
    (found,) = folders.find(environment={variable: str(tmp_path)})
    assert (found.path, found.name, found.problem) == (snapshot, "faster-whisper-tiny", "")
    assert folders.check(snapshot).name == "faster-whisper-tiny"


def test_the_jail_lets_through_what_links_point_to(good, tmp_path):
    snapshot = cached(tmp_path, good)
    allowed = folders.files(snapshot)
    assert snapshot in allowed and all(part.resolve() in allowed for part in snapshot.iterdir())
    assert folders.files(good) == (good,)


def test_a_model_with_a_problem_is_listed_with_it(good, tmp_path):
    folder = tmp_path / "half"
    folder.mkdir()
    broken_ears.broken(good, folder, "no tokenizer")
    (found,) = folders.find(tmp_path, environment=NOWHERE)
    assert "no tokenizer.json" in found.problem and found.size > 0


def test_what_is_no_speech_model_is_not_listed(good, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    broken_ears.broken(good, folder, "another kind")
    assert folders.find(tmp_path, environment=NOWHERE) == []
