"""Models of other programs are found where they lie, and nothing there changes."""

import os
from pathlib import Path

import pytest

from engines.models.gguf import check
from engines.models.shelves import walk
from engines.models.shelves.search import search
from tests.data import shelves, tiny_models, tiny_projectors


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def model(made):
    return tiny_models.random_llama(made / "tiny.gguf")


@pytest.fixture(scope="module")
def projector(made):
    return tiny_projectors.janus_pro(made / "mmproj.gguf")


def found(source, root, **how):
    return search([(source, root)], **how)


def only(source, root):
    """The one model there, after which nothing in the folder is different."""
    before = shelves.state(root)
    [model] = found(source, root)
    assert shelves.state(root) == before
    assert model.source == source and model.there and model.job == "talk"
    assert model.size == sum(file.stat().st_size for file in model.files)
    check(model.path)
    return model


def test_lm_studio(tmp_path, model, projector):
    one = only("LM Studio", shelves.lm_studio(tmp_path, model, projector))
    assert one.path.name == "Tiny-Model-Q4_K_M.gguf"
    assert one.projector and one.projector.name == "mmproj-Tiny-Model-f16.gguf"
    assert one.files == (one.path, one.projector)


def test_ollama(tmp_path, model, projector):
    one = only("Ollama", shelves.ollama(tmp_path, model, projector))
    assert one.name == "tiny:1b"
    assert one.path.read_bytes() == model.read_bytes()
    assert one.projector and one.projector.read_bytes() == projector.read_bytes()


def test_ollama_in_any_folder(tmp_path, model):
    shelves.ollama(tmp_path / "programs" / "ollama", model)
    assert only("Folder", tmp_path).name == "tiny:1b"


def test_jan(tmp_path, model, projector):
    one = only("Jan", shelves.jan(tmp_path, model, projector))
    assert one.name == "Tiny: the Jan one"
    assert one.projector and one.projector.name == "mmproj.gguf"


def test_gpt4all(tmp_path, model):
    assert only("GPT4All", shelves.gpt4all(tmp_path, model)).name


def test_hugging_face(tmp_path, model, projector):
    root = tmp_path
    repository = root / "models--maker--Tiny-GGUF"
    for commit, stale in (("a" * 40, True), ("b" * 40, False)):
        for file in (model, projector):
            place = repository / "blobs" / f"{file.stem}{stale}"
            shelves.put(file, place)
            link = repository / "snapshots" / commit / file.name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(place, link.parent))
    (repository / "blobs" / "third.incomplete").write_bytes(b"GGUF")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("b" * 40)
    one = only("Hugging Face", root)
    assert one.path.parent.name == "b" * 40 and one.projector
    assert one.path.is_symlink()


def test_a_folder_reached_twice_and_in_circles(tmp_path, model):
    place = shelves.put(model, tmp_path / "deep" / "er" / "one.gguf")
    (tmp_path / "round").symlink_to(tmp_path)
    (place.parent / "up").symlink_to("..")
    (place.parent / "same.gguf").symlink_to(place)
    os.link(place, tmp_path / "hard.gguf")
    twice = [("Folder", tmp_path), ("LM Studio", tmp_path / "deep")]
    [one] = search(twice)
    assert one.source == "Folder" and one.also == ("LM Studio",)


def test_links_out_of_the_folder_are_followed_but_counted(tmp_path, model, monkeypatch):
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "root"
    (root / "own").mkdir(parents=True)
    (root / "a").symlink_to(elsewhere)
    for number in range(40):
        (elsewhere / f"{number:02}" / "deeper").mkdir(parents=True)
    shelves.put(model, elsewhere / "39" / "deeper" / "model.gguf")
    shelves.put(model, root / "own" / "z.gguf")
    assert [one.path.name for one in found("Folder", root)] == ["z.gguf", "model.gguf"]
    monkeypatch.setattr(walk, "BEYOND", 60)
    assert [one.path.name for one in found("Folder", root)] == ["z.gguf"]


def test_split_files(tmp_path, model):
    for number in (1, 2, 3):
        shelves.put(model, tmp_path / f"big-{number:05}-of-00003.gguf")
    [one] = found("Folder", tmp_path)
    assert [file.name[4:9] for file in one.files] == ["00001", "00002", "00003"]
    (tmp_path / "big-00002-of-00003.gguf").rename(tmp_path / "big-00002-of-00003.gguf.part")
    assert found("Folder", tmp_path) == []


def test_downloads_that_go_on_are_left_alone(tmp_path, model):
    """Under another name, with a mark beside them, or under their final name and growing."""
    for name in ("a.gguf.part", "incomplete-b.gguf", "c.gguf", "d.gguf.crdownload"):
        shelves.put(model, tmp_path / name)
    (tmp_path / "c.gguf.aria2").touch()
    (tmp_path / "e.gguf").write_bytes(model.read_bytes()[:-1])
    assert found("Folder", tmp_path) == []
    (tmp_path / "c.gguf.aria2").unlink()
    (tmp_path / "e.gguf").write_bytes(model.read_bytes())
    assert [one.path.name for one in found("Folder", tmp_path)] == ["c.gguf", "e.gguf"]


def test_what_is_no_model_is_left_out(tmp_path, model):
    (tmp_path / "page.gguf").write_text("<!doctype html>")
    (tmp_path / "empty.gguf").touch()
    os.mkfifo(tmp_path / "pipe.gguf")
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "gone.gguf").symlink_to(tmp_path / "nowhere")
    shelves.put(model, Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.gguf")))
    shelves.put(model, tmp_path / ".hidden.gguf")
    assert found("Folder", tmp_path) == []


def test_a_place_that_is_not_there(tmp_path):
    for root in (tmp_path / "nowhere", tmp_path / "x\0y", Path("/proc/1/root")):
        for source in ("Folder", "Ollama", "Hugging Face", "Jan", "GPT4All"):
            assert found(source, root) == []


def test_it_can_be_called_off(tmp_path, model):
    shelves.put(model, tmp_path / "one.gguf")
    assert found("Folder", tmp_path, cancelled=lambda: True) == []
