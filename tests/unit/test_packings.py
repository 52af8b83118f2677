"""Which models lie in a repository, by the names of its files."""

import pytest

from engines.models.packings import packed, packings, usual

GB = 1_000_000_000


def sizes(*names):
    return {name: GB + place for place, name in enumerate(names)}


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("Qwen3.5-4B-Q4_K_M.gguf", "Q4_K_M"),
        ("gemma-4-12B-it-qat-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("gemma-4-12b-it-qat-q4_0.gguf", "Q4_0"),
        ("gemma-4-E2B_q4_0-it.gguf", "Q4_0"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("model.IQ3_XXS.gguf", "IQ3_XXS"),
        ("mmproj-BF16.gguf", "BF16"),
        ("Q8_0/Big-Q8_0-00001-of-00004.gguf", "Q8_0"),
        ("llama-2-7b.gguf", ""),
        ("Qwen2-Q.gguf", ""),
    ],
)
def test_a_name_tells_how_it_is_packed(name, how):
    assert packed(name) == how


def test_packings_come_with_their_projector_and_the_smallest_first():
    files = {
        "M-Q8_0.gguf": 4 * GB,
        "M-Q4_K_M.gguf": 2 * GB,
        "mmproj-F32.gguf": 900,
        "mmproj-F16.gguf": 500,
        "mmproj-BF16.gguf": 500,
        "README.md": 10,
        "imatrix_unsloth.gguf": 5,
        "mtp-M.gguf": 70,
    }
    small, large = packings("talk", files)
    assert small.names == ("M-Q4_K_M.gguf", "mmproj-F16.gguf") and small.size == 2 * GB + 500
    assert (small.title, large.title) == ("Balanced (Q4_K_M)", "Nearly whole (Q8_0)")
    assert usual((small, large)) is small


def test_parts_belong_together_and_a_missing_one_is_no_model():
    parts = [f"Q8_0/Big-Q8_0-0000{n}-of-00003.gguf" for n in (1, 2, 3)]
    [one] = packings("talk", sizes(*parts))
    assert one.names == tuple(parts) and one.file == parts[0]
    assert packings("talk", sizes(*parts[1:])) == ()


def test_each_of_several_models_gets_its_own_projector():
    files = sizes(
        "Intern-4B-Q4_K_M.gguf",
        "Intern-8B-Q4_K_M.gguf",
        "mmproj-Intern-4B-f16.gguf",
        "mmproj-Intern-8B-f16.gguf",
        "mmproj-Intern-2B-f16.gguf",
    )
    found = {one.file: one.projector for one in packings("see", files)}
    assert found == {
        "Intern-4B-Q4_K_M.gguf": "mmproj-Intern-4B-f16.gguf",
        "Intern-8B-Q4_K_M.gguf": "mmproj-Intern-8B-f16.gguf",
    }


def test_of_a_whisper_what_the_engine_reads_is_taken():
    files = sizes("config.json", "model.bin", "tokenizer.json", "vocabulary.txt", "README.md")
    [one] = packings("listen", files)
    assert set(one.names) == {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"}
    assert packings("listen", sizes("config.json", "model.bin")) == ()


def test_of_a_clip_model_safetensors_are_taken_and_no_pickles():
    weights = "open_clip_model.safetensors"
    files = sizes("open_clip_config.json", "open_clip_pytorch_model.bin", weights, "tokenizer.json")
    [one] = packings("find", files)
    assert set(one.names) == {"open_clip_config.json", weights, "tokenizer.json"}
    assert packings("find", sizes("open_clip_config.json", "open_clip_pytorch_model.bin")) == ()


def test_a_voice_needs_its_description_and_brings_its_card():
    alba = "en/en_GB/alba/medium"
    files = sizes(
        f"{alba}/en_GB-alba-medium.onnx",
        f"{alba}/en_GB-alba-medium.onnx.json",
        f"{alba}/MODEL_CARD",
        "de/de_DE/x/low/de_DE-x-low.onnx",
    )
    [one] = packings("speak", files)
    assert len(one.names) == 3 and one.file.endswith("alba-medium.onnx")


def test_what_is_usual_where_the_usual_is_not_there():
    assert usual(packings("talk", sizes("a-Q2_K.gguf", "a-Q5_K_M.gguf"))).packed == "Q5_K_M"
    assert usual(packings("talk", sizes("a-Q2_K.gguf"))).packed == "Q2_K"
    assert usual(()) is None
