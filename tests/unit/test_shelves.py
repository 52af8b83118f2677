"""Models of other programs are found where they lie, and nothing there changes."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engines.models import companions
from engines.models.gguf import check
from engines.models.shelves import walk
from engines.models.shelves.search import search
from tests.data import (
    shelves,
    tiny_eyes,
    tiny_models,
    tiny_projectors,
    tone_voice,
    whisper_models,
)
from tests.data.drafts import TEXT, U32, valid


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
    assert len(list(walk.walk(tmp_path))) == 3


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


def layer(root, content, kind="model"):
    return {"mediaType": shelves.OLLAMA + kind, **shelves.blob(root, content)}


@pytest.fixture
def hostile(tmp_path, model):
    """Manifests of a good model, each spoilt in one way; none may be found, raise or hang."""
    root, content = tmp_path / "ollama", model.read_bytes()
    good = layer(root, content)
    (tmp_path / "secret.gguf").write_bytes(content)
    name = good["digest"].replace(":", "-")
    spoilt = {
        "outside": {**good, "digest": "sha256:../../../secret.gguf"},
        "absolute": {**good, "digest": str(tmp_path / "secret.gguf")},
        "short": {**good, "digest": "sha256:" + "a" * 63},
        "upper": {**good, "digest": name.upper()},
        "number": {**good, "digest": 7},
        "nothing": {**good, "digest": None},
        "absent": {**good, "digest": "sha256:" + "a" * 64},
        "smaller": {**good, "size": good["size"] - 1},
        "text": {**good, "size": str(good["size"])},
        "kind": {**good, "mediaType": ["application/vnd.ollama.image.model"]},
        "page": layer(root, b"<html>"),
    }
    for name, one in spoilt.items():
        shelves.manifest(root, f"registry.ollama.ai/library/bad/{name}", [one])
    shelves.manifest(
        root, "registry.ollama.ai/library/bad/two", [good, layer(root, content + b"0")]
    )
    adapter = layer(root, b"GGUF adapter", "adapter")
    shelves.manifest(root, "registry.ollama.ai/library/bad/adapter", [good, adapter])
    texts = ["", "{", "[]", "7", '{"layers": 7}', '{"layers": [7]}', "[" * 100_000, "\ud800", "\0"]
    for number, text in enumerate(texts):
        file = root / "manifests/registry.ollama.ai/library/text" / str(number)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    large = shelves.manifest(root, "registry.ollama.ai/library/bad/large", [good])
    large.write_text(" " * (1 << 20) + large.read_text())
    (file.parent / "loop").symlink_to(file.parent / "loop")
    (file.parent / "zero").symlink_to("/dev/zero")
    os.mkfifo(file.parent / "pipe")
    (root / "blobs" / ("sha256-" + "b" * 64)).mkdir()
    return root


def test_hostile_manifests_are_no_models(hostile):
    assert found("Ollama", hostile) == []
    blob = next(file for file in (hostile / "blobs").iterdir() if file.is_file())
    assert companions.beside(blob) == ()


def test_a_good_model_is_found_among_hostile_ones(hostile, model, projector):
    shelves.ollama(hostile, model, projector)
    assert [one.name for one in found("Ollama", hostile)] == ["tiny:1b"]


def test_names_of_ollama(tmp_path, model):
    names = {
        "registry.ollama.ai/library/llama3.2/3b": "llama3.2:3b",
        "registry.ollama.ai/someone/model/latest": "someone/model:latest",
        "hf.co/maker/Tiny-GGUF/Q4_K_M": "hf.co/maker/Tiny-GGUF:Q4_K_M",
    }
    for number, place in enumerate(names):
        root = tmp_path / str(number)
        shelves.manifest(root, place, [layer(root, model.read_bytes())])
        assert [one.name for one in found("Ollama", root)] == [names[place]]


@pytest.mark.parametrize(
    "about",
    [
        "model_path: ../../../../../../etc/passwd",
        "model_path: /dev/zero",
        "model_path: \0",
        "model_path: 'llamacpp/models/Tiny/gone.gguf'",
        "model_path: [a, b]",
        "model_path:",
        "a: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(2000)),
        "\xff",
        "x" * 70_000,
    ],
)
def test_hostile_descriptions_of_jan(tmp_path, about):
    folder = tmp_path / "llamacpp/models/Tiny"
    folder.mkdir(parents=True)
    (folder / "model.yml").write_bytes(about.encode("latin-1"))
    assert found("Jan", tmp_path) == []


def test_a_model_that_jan_uses_where_it_lies(tmp_path, model):
    elsewhere = shelves.put(model, tmp_path / "elsewhere" / "my model.gguf")
    folder = tmp_path / "jan/llamacpp/models/Mine"
    folder.mkdir(parents=True)
    (folder / "model.yml").write_text(f'model_path: "{elsewhere}"\nname: Mine\n')
    [one] = found("Jan", tmp_path / "jan")
    assert (one.path, one.name) == (elsewhere, "Mine")


def test_voices_ears_and_eyes_in_any_folder(tmp_path):
    voice = tone_voice.build(tmp_path)
    shutil.copytree(whisper_models.built(), tmp_path / "ears")
    tiny_eyes.build(tmp_path / "eyes")
    for name in ("half ears", "half eyes"):
        shutil.copytree(tmp_path / name.split()[1], tmp_path / name)
    (tmp_path / "half ears/tokenizer.json").unlink()
    (tmp_path / "half eyes/open_clip_model.safetensors").write_bytes(b"half")
    (tmp_path / "lonely.onnx").write_bytes(voice.read_bytes())
    jobs = {one.job: one for one in found("Folder", tmp_path)}
    assert {job: one.path for job, one in jobs.items()} == {
        "speak": voice,
        "listen": tmp_path / "ears",
        "find": tmp_path / "eyes",
    }
    assert len(found("Folder", tmp_path)) == 3
    assert all(one.size == sum(f.stat().st_size for f in one.files) for one in jobs.values())


def test_no_more_than_so_many_entries_are_looked_at(tmp_path, model, monkeypatch):
    for number in range(30):
        shelves.put(model, tmp_path / f"{number:02}" / "one.gguf")
    monkeypatch.setattr(walk, "MANY", 45)
    assert 1 <= len(found("Folder", tmp_path)) <= 15


def test_a_deep_folder_has_an_end(tmp_path, model):
    place = tmp_path
    for _ in range(40):
        place /= "d"
    shelves.put(model, place / "one.gguf")
    assert found("Folder", tmp_path) == []
    shelves.put(model, tmp_path / "d/d/d/d/one.gguf")
    assert len(found("Folder", tmp_path)) == 1


def test_what_is_for_something_else_is_not_for_talking(tmp_path, model):
    """The eyes of a model alone, an adapter, and a model that finds texts."""
    tiny_projectors.janus_pro(tmp_path / "mmproj.gguf")
    talks = valid()
    for name, *said in (
        ("adapter", "general.type", TEXT, "adapter"),
        ("finds", "llama.pooling_type", U32, 3),
        ("talks", "llama.pooling_type", U32, 0),
    ):
        draft = replace(talks, keys=[*talks.keys[:1], tuple(said), *talks.keys[1:]])
        (tmp_path / f"{name}.gguf").write_bytes(draft.pack())
    [one] = found("Folder", tmp_path)
    assert one.path.name == "talks.gguf" and one.projector
