"""Models in several files, and the hash that names a model."""

import hashlib
import math

import pytest

from engines.errors import ModelMissing, ModelRefused
from engines.models.gguf import check, files_of
from engines.models.hashing import HashingCancelled, sha256
from tests.data.drafts import I32, U16, Draft, valid

FIRST, SECOND = "m-00001-of-00002.gguf", "m-00002-of-00002.gguf"


def part(number: int) -> Draft:
    draft = Draft([], valid().tensors[10:]) if number else valid()
    draft.tensors = draft.tensors if number else draft.tensors[:10]
    draft.set("split.no", U16, number).set("split.count", U16, 2)
    return draft.set("split.tensors.count", I32, 20)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / FIRST).write_bytes(part(0).pack())
    (tmp_path / SECOND).write_bytes(part(1).pack())
    return tmp_path


def test_two_files_are_one_model(folder):
    found = check(folder / FIRST)
    assert found.files == (folder / FIRST, folder / SECOND)
    assert found.size == sum(file.stat().st_size for file in found.files)
    assert found.parameters == sum(math.prod(t.shape) for t in valid().tensors)


def test_the_second_part_says_what_to_open(folder):
    with pytest.raises(ModelRefused, match="part 2 of a model in 2 files: open the first part"):
        check(folder / SECOND)


def test_a_missing_part_is_named(folder):
    (folder / SECOND).unlink()
    with pytest.raises(ModelRefused, match="part 2 of its 2 files is missing"):
        check(folder / FIRST)


def test_an_unfinished_part_says_how_much_is_there(folder):
    whole = (folder / SECOND).read_bytes()
    (folder / SECOND).write_bytes(whole[:20_000])
    with pytest.raises(ModelRefused, match="part 2 of 2: it is not complete: 20.0 of"):
        check(folder / FIRST)


def test_a_renamed_part_says_how_it_must_be_called(folder):
    (folder / FIRST).rename(folder / "model.gguf")
    with pytest.raises(ModelRefused, match="-00001-of-00002.gguf"):
        check(folder / "model.gguf")


def test_parts_of_different_models_do_not_mix(folder):
    (folder / SECOND).write_bytes(part(0).pack())
    with pytest.raises(ModelRefused):
        check(folder / FIRST)


def test_the_hash_of_one_file_is_that_of_its_bytes(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(data := valid().pack() * 20)
    seen: list[tuple[int, int]] = []
    found = sha256(path, progress=lambda done, total: seen.append((done, total)))
    assert found == hashlib.sha256(data).hexdigest()
    assert seen[-1] == (len(data), len(data)) and seen == sorted(seen) and len(seen) > 1


def test_the_hash_of_parts_is_that_of_the_list_of_their_hashes(folder):
    one, two = (hashlib.sha256(f.read_bytes()).hexdigest() for f in files_of(folder / FIRST))
    assert sha256(folder / FIRST) == hashlib.sha256(f"{one}\n{two}\n".encode()).hexdigest()
    assert sha256(folder / SECOND) == sha256(folder / FIRST)


def test_hashing_stops_when_asked(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(bytes(5 << 20))
    asked = iter([False, False, True])
    with pytest.raises(HashingCancelled):
        sha256(path, cancelled=lambda: next(asked))


def test_a_hash_of_nothing_is_an_error_in_words(tmp_path):
    with pytest.raises(ModelMissing):
        sha256(tmp_path / "gone.gguf")
    with pytest.raises(ModelRefused):
        sha256(tmp_path)
