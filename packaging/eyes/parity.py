"""Compares the exported files with what was trained, and with open_clip itself.

python packaging/eyes/parity.py write FOLDER FILE.npz      torch: what the files should give
python packaging/eyes/parity.py check EYES STARTER FILE.npz   onnxruntime and llama.cpp
python packaging/eyes/parity.py library EYES FILE.npz      open_clip
FOLDER is train.py's, EYES is resources/eyes, STARTER resources/starter.
"""

import argparse
import ctypes
from importlib import import_module
from pathlib import Path

import numpy as np

TEXTS = (
    *(
        "a red circle",
        "three blue stars on white",
        "A dog and two cats.",
        'the word "Tree" in black',
    ),
    *(
        "the number 4711",
        "  odd\tspaces  ",
        "it's a bar chart",
        "naïve café 日本 🙂 — done",
        "x" * 90,
    ),
)
PICTURES, SEED = 2, 77


def pictures() -> np.ndarray:
    """uint8 [n, 128, 128, 3]: soft blots, so that the file stays small and odd."""
    rng = np.random.default_rng(SEED)
    rough = rng.integers(0, 256, (PICTURES, 8, 8, 3), dtype=np.uint8)
    fine = rough.repeat(16, 1).repeat(16, 2)
    fine[:, 40:56, 24:100] = rng.integers(0, 256, (PICTURES, 1, 1, 3), dtype=np.uint8)
    return fine


def read(expected: Path) -> dict[str, np.ndarray]:
    with np.load(expected) as found:
        return {
            name: found[name].astype("f4") if found[name].dtype == "f2" else found[name]
            for name in found
        }


def as_input(pixels: np.ndarray) -> np.ndarray:
    return (pixels.transpose(0, 3, 1, 2).astype(np.float32) / 127.5) - 1


def write(folder: Path, out: Path) -> None:
    import torch
    from tokenizers import Tokenizer
    from tower import Eyes, Shape

    eyes = Eyes(Shape())
    state = torch.load(folder / "checkpoint.pt", weights_only=True)["average"]
    eyes.load_state_dict({name[5:]: one for name, one in state.items() if name[:5] == "eyes."})
    reader = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words = np.array([one.ids for one in reader.encode_batch(list(TEXTS))])
    with torch.no_grad():
        seen = eyes.sight(torch.from_numpy(as_input(pictures())))
        found = {
            "vision": eyes.sight.pooled(seen).numpy(),
            "projected": eyes.projector(seen).numpy(),
            "text": eyes.reading(torch.from_numpy(words)).numpy(),
            "words": words,
        }
    found = {name: one.astype("f2") if one.dtype == "f4" else one for name, one in found.items()}
    np.savez_compressed(out, allow_pickle=False, **found)


def check(eyes: Path, starter: Path, expected: Path) -> None:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    found = read(expected)
    reader = Tokenizer.from_file(str(eyes / "tokenizer.json"))
    words = np.array([one.ids for one in reader.encode_batch(list(TEXTS))])
    print(f"tokens alike: {bool((words == found['words']).all())}")
    for name, given in (("vision", as_input(pictures())), ("text", words.astype(np.int64))):
        session = InferenceSession(str(eyes / f"{name}.onnx"), providers=["CPUExecutionProvider"])
        got = session.run(None, {session.get_inputs()[0].name: given})[0]
        _say(f"{name}.onnx", np.asarray(got), found[name])
    got = projected(
        starter / "parley-starter-sees.gguf", starter / "parley-starter-mmproj.gguf", pictures()
    )
    _say("mmproj in mtmd", got, found["projected"])


def projected(model: Path, projector: Path, pixels: np.ndarray) -> np.ndarray:
    """What mtmd makes of pictures: f32 [n, patches, width of the model]."""
    from engines.llm.llama import library

    llama, mtmd = library.C, import_module("llama_cpp.mtmd_cpp")
    settings = llama.llama_model_default_params()
    settings.n_gpu_layers = 0
    loaded = llama.llama_model_load_from_file(str(model).encode(), settings)
    options = mtmd.mtmd_context_params_default()
    options.use_gpu = False
    options.n_threads = 1
    eyes = mtmd.mtmd_init_from_file(str(projector).encode(), loaded, options)
    width, made = llama.llama_model_n_embd(loaded), []
    for one in pixels:
        raw = one.tobytes()
        data = (ctypes.c_uint8 * len(raw)).from_buffer_copy(raw)
        bitmap = mtmd.mtmd_bitmap_init(one.shape[1], one.shape[0], data)
        marker = mtmd.mtmd_default_marker()
        text = mtmd.mtmd_input_text(
            text=marker, text_len=len(marker), add_special=False, parse_special=True
        )
        chunks = mtmd.mtmd_input_chunks_init()
        bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
        if mtmd.mtmd_tokenize(eyes, chunks, ctypes.byref(text), bitmaps, 1):
            raise ValueError("mtmd does not take the picture")
        for number in range(mtmd.mtmd_input_chunks_size(chunks)):
            chunk = mtmd.mtmd_input_chunks_get(chunks, number)
            if mtmd.mtmd_input_chunk_get_type(chunk) != mtmd.MTMD_INPUT_CHUNK_TYPE_IMAGE:
                continue
            mtmd.mtmd_encode_chunk(eyes, chunk)
            count = mtmd.mtmd_input_chunk_get_n_tokens(chunk)
            values = mtmd.mtmd_get_output_embd(eyes)
            made.append(np.ctypeslib.as_array(values, (count, width)).copy())
        mtmd.mtmd_input_chunks_free(chunks)
        mtmd.mtmd_bitmap_free(bitmap)
    mtmd.mtmd_free(eyes)
    llama.llama_model_free(loaded)
    return np.stack(made)


def library(eyes: Path, expected: Path) -> None:
    import open_clip
    import torch

    name = f"local-dir:{eyes}"
    model, _, _ = open_clip.create_model_and_transforms(name, precision="fp32")
    reader = open_clip.get_tokenizer(name, bpe_path=str(eyes / "merges.txt.gz"))
    found = read(expected)
    words = reader(list(TEXTS))
    print(f"tokens alike: {bool((words.numpy() == found['words']).all())}")
    with torch.no_grad():
        seen = model.encode_image(torch.from_numpy(as_input(pictures())), normalize=True)
        told = model.encode_text(words, normalize=True)
    _say("open_clip, pictures", seen.numpy(), found["vision"])
    _say("open_clip, words", told.numpy(), found["text"])


def _say(name: str, got: np.ndarray, wanted: np.ndarray) -> None:
    worst = float(np.abs(got - wanted).max())
    print(f"{name}: largest difference {worst:.5f} at a spread of {wanted.std():.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("write", "check", "library"))
    parser.add_argument("files", type=Path, nargs="+")
    chosen = parser.parse_args()
    {"write": write, "check": check, "library": library}[chosen.step](*chosen.files)
