"""CLIP models of open_clip's, with torch, in a jailed process: bootstrap.py test --clip.

The library itself, the starter's ONNX graphs and vectors that were kept are compared.
"""

import importlib
import json
import os
import sys
from pathlib import Path

import pytest

from app import paths, seeing
from engines.messages import Describe, Described, Done, Embed, Failed
from engines.vision import everyday, eyes, folders, open_clip, pictures
from tests.data.kept_vectors import WORDS, alike, kept, rows, shapes
from tests.e2e import test_vision_process
from tests.e2e.test_vision_process import link  # noqa: F401

pytestmark = [pytest.mark.clip, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]
PACKAGES = Path(os.environ.get("PARLEY_CLIP", "."))
SHAPE = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "patch_size": 16, "head_width": 16},
    "text_cfg": {
        "context_length": 16,
        "vocab_size": 49408,
        "width": 32,
        "heads": 2,
        "layers": 2,
    },
}
WAIT = 500  # seconds; torch alone takes five of a free processor to start


@pytest.fixture(scope="module")
def library():
    """open_clip as anybody uses it, in this process."""
    sys.path.append(str(PACKAGES))
    yield importlib.import_module("open_clip")
    sys.path.remove(str(PACKAGES))


def opened(link, folder):  # noqa: F811
    one = link(patience=WAIT)
    one.open("open_clip", folder, open_clip.Options(packages=str(PACKAGES)), read=(PACKAGES,))
    return one


def answers(qtbot, one, request):
    return test_vision_process.answers(qtbot, one, request, WAIT * 1000)


def vectors(qtbot, one, looks, words):
    found = answers(qtbot, one, Embed(looks, words))
    assert found[-1] == Done(), found[-1]
    return rows(found)


@pytest.fixture
def random_model(library, tmp_path):
    """A model of open_clip's shape with random weights, as its authors save it."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(5)
    model = library.CLIP(**SHAPE).eval()
    folder = tmp_path / "random"
    folder.mkdir()
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / folders.WEIGHTS)
    about = {"model_cfg": SHAPE, "preprocess_cfg": {"resize_mode": "shortest"}}
    (folder / folders.CONFIG).write_text(json.dumps(about), "utf-8")
    return folder


def by_library(library, folder, looks, words, tokens=None):
    """What open_clip's own code makes of them."""
    import torch

    model, _, prepare = library.create_model_and_transforms(f"local-dir:{folder}")
    tokens = tokens or library.get_tokenizer(f"local-dir:{folder}")
    with torch.inference_mode():
        seen = torch.stack([prepare(pictures.image(one)) for one in looks])
        given = model.eval().encode_image(seen, normalize=True)
        said = model.encode_text(tokens(list(words)), normalize=True)
    return torch.cat((given, said)).numpy()


def test_any_clip_model_gives_what_the_library_gives(qtbot, link, library, random_model):  # noqa: F811
    one = opened(link, random_model)
    ours = vectors(qtbot, one, shapes(), WORDS)
    assert alike(ours, by_library(library, random_model, shapes(), WORDS)) > 0.9999
    assert one.loaded.jail == "" and "torch" in one.loaded.runner
    described = answers(qtbot, one, Describe(shapes()[0], ("a cat", "a dog")))[-2]
    assert isinstance(described, Described)
    assert sum(sure for _, sure in described.words) == pytest.approx(1)
    described = answers(qtbot, one, Describe(shapes()[0]))[-2]
    assert isinstance(described, Described)  # it names nothing: everyday words are looked for
    assert {word for word, _ in described.words} <= set(everyday.WORDS)


def test_the_starters_eyes_are_the_same_three_ways(qtbot, link, library):  # noqa: F811
    """open_clip's own code, our engine with torch, our engine with ONNX; and the vectors kept."""
    folder = paths.resource(seeing.EYES)
    looks, words = shapes(), WORDS
    onnx = link()
    onnx.open("eyes", folder, eyes.Options())
    graph = vectors(qtbot, onnx, looks, words)
    torch = vectors(qtbot, opened(link, folder), looks, words)
    from engines.vision.tokens import FileTokens

    contents = folders.check(folder, ())
    ids = FileTokens(folder / folders.TOKENIZER, contents.wording)
    tensor = importlib.import_module("torch").tensor
    direct = by_library(library, folder, looks, words, lambda given: tensor(ids(given)))
    assert alike(graph, direct) > 0.9999 and alike(torch, direct) > 0.9999
    if (saved := kept()) is None:
        pytest.skip("the kept vectors are of other weights: tests/data/kept_vectors.py")
    assert alike(graph, saved) > 0.999


HOSTILE = {
    "a pickle": ("other formats", lambda f: (f / folders.WEIGHTS).rename(f / "model.pth")),
    "more layers than weights": (
        "belong together",
        lambda f: _config(f, lambda c: c["vision_cfg"].update(layers=100, width=8000)),
    ),
    "impossible width": (
        "impossible width",
        lambda f: _config(f, lambda c: c["vision_cfg"].update(width=1 << 40)),
    ),
    "another shape": (
        "belong together",
        lambda f: _config(f, lambda c: c["vision_cfg"].update(patch_size=32)),
    ),
    "unknown part": (
        "belong together",
        lambda f: _config(f, lambda c: c["vision_cfg"].update(own_code="x")),
    ),
    "a model of the hub": (
        "a library Parley does not use",
        lambda f: _config(f, lambda c: c["text_cfg"].update(hf_model_name="some/model")),
    ),
    "an unknown timm model": (
        "belong together",
        lambda f: _config(f, lambda c: c["vision_cfg"].update(timm_model_name="hf-hub:x/y")),
    ),
}


def _config(folder, change):
    file = folder / folders.CONFIG
    content = json.loads(file.read_text("utf-8"))
    change(content["model_cfg"])
    file.write_text(json.dumps(content), "utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_folders_are_refused_in_words(qtbot, link, random_model, name):  # noqa: F811
    words, change = HOSTILE[name]
    change(random_model)
    failed = answers(qtbot, opened(link, random_model), Describe(shapes()[0], ("a", "b")))[-1]
    assert isinstance(failed, Failed) and words in failed.message and failed.hint
