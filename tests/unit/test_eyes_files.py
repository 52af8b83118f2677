"""The files of the starter's eyes belong together and give what was trained."""

import json
from pathlib import Path

import numpy as np
import parity
import pytest

ROOT = Path(__file__).parents[2]
EYES, STARTER = ROOT / "resources/eyes", ROOT / "resources/starter"
FAR = 0.02  # of numbers that lie between -1 and 1; halves of what is right would be further off


@pytest.fixture(scope="module")
def expected() -> dict[str, np.ndarray]:
    return parity.read(ROOT / "tests/data/eyes.npz")


def run(name: str, given: np.ndarray) -> np.ndarray:
    from onnxruntime import InferenceSession

    session = InferenceSession(str(EYES / name), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: given})[0])


def words(texts: tuple[str, ...]) -> np.ndarray:
    from tokenizers import Tokenizer

    reader = Tokenizer.from_file(str(EYES / "tokenizer.json"))
    return np.array([one.ids for one in reader.encode_batch(list(texts))], np.int64)


def test_pictures_lie_where_the_trained_tower_put_them(expected: dict[str, np.ndarray]) -> None:
    got = run("vision.onnx", parity.as_input(parity.pictures()))
    assert np.abs(got - expected["vision"]).max() < FAR
    assert np.allclose(np.linalg.norm(got, axis=1), 1, atol=1e-4)


def test_words_are_numbered_and_lie_where_the_trained_tower_put_them(
    expected: dict[str, np.ndarray],
) -> None:
    ids = words(parity.TEXTS)
    assert (ids == expected["words"]).all()
    got = run("text.onnx", ids)
    assert np.abs(got - expected["text"]).max() < FAR


def test_llama_cpp_sees_what_the_trained_projector_sees(expected: dict[str, np.ndarray]) -> None:
    files = STARTER / "parley-starter-sees.gguf", STARTER / "parley-starter-mmproj.gguf"
    got = parity.projected(*files, parity.pictures())
    wanted = expected["projected"]
    assert np.abs(got - wanted).max() < FAR * wanted.std()


def test_the_configuration_says_what_the_files_hold() -> None:
    told = json.loads((EYES / "open_clip_config.json").read_text("utf-8"))["model_cfg"]
    assert run("text.onnx", words(("a",))).shape == (1, told["embed_dim"])
    assert words(("a dog",)).shape == (1, told["text_cfg"]["context_length"])
    assert (EYES / "labels.txt").read_text("utf-8").split("\n")[-1] == ""
