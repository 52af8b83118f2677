"""What the check of a model file accepts, what it refuses, and in which words."""

import gc
import io
import math
import os
import time

import psutil
import pytest
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.errors import ModelMissing, ModelRefused
from engines.models.binary import BinaryFile
from engines.models.contents import DescriptionReader
from engines.models.gguf import check
from engines.models.tensors import TENSOR_TYPES
from tests.data.drafts import (
    BOOL,
    F32,
    I32,
    LIST,
    TEXT,
    U32,
    byte_texts,
    gpt2_tokenizer,
    spm_tokenizer,
    valid,
)
from tests.data.malformed import malformed
from tests.data.tiny_models import random_gemma3, random_lfm2, random_llama, random_mamba


@pytest.fixture
def refusal(tmp_path):
    """What check says about these bytes; fails when it says nothing."""

    def ask(data: bytes) -> ModelRefused:
        path = tmp_path / "model.gguf"
        path.write_bytes(data)
        with pytest.raises(ModelRefused) as caught:
            check(path)
        return caught.value

    return ask


@pytest.fixture
def header(tmp_path):
    def read(draft):
        path = tmp_path / "small.gguf"
        path.write_bytes(draft.pack())
        return check(path)

    return read


@pytest.mark.parametrize("tokenizer", [gpt2_tokenizer, spm_tokenizer])
@pytest.mark.parametrize("experts", [0, 4])
def test_a_valid_model_passes(header, tokenizer, experts):
    found = header(valid(tokenizer, experts))
    assert (found.architecture, found.block_count, found.vocab_size) == ("llama", 2, 259)
    assert found.parameters == sum(math.prod(t.shape) for t in valid(tokenizer, experts).tensors)


def test_the_header_says_what_the_file_says(header):
    draft = valid()
    draft.set("general.license", TEXT, "apache-2.0").set("general.file_type", U32, 15)
    draft.set("tokenizer.chat_template", TEXT, "{{ messages }}" * 200)
    draft.set("general.sampling.temp", F32, 0.5).set("general.sampling.top_k", I32, 20)
    draft.set("general.tags", LIST, (TEXT, ["chat", "small"]))
    found = header(draft)
    assert (found.name, found.licence) == ("nearly a model", "apache-2.0")
    assert (found.quantisation, found.context_trained) == ("Q4_K_M", 256)
    assert found.chat_template == "{{ messages }}" * 200
    assert found.sampling == {"temp": 0.5, "top_k": 20}
    assert found.metadata["llama.embedding_length"] == 32
    assert found.metadata["tokenizer.ggml.add_bos_token"] is False
    assert "tokenizer.chat_template" not in found.metadata and "general.tags" not in found.metadata
    assert found.size == found.files[0].stat().st_size


def test_without_a_file_type_the_most_used_packing_names_it(header):
    found = header(valid())
    assert (found.quantisation, found.chat_template, found.licence) == ("F32", None, "")


def test_a_model_without_a_name_is_called_like_its_file(header):
    assert header(valid().drop("general.name")).name == "small"


def test_head_counts_may_differ_from_block_to_block(header):
    draft = valid().set("llama.attention.head_count_kv", LIST, (I32, [0, 2]))
    assert header(draft).block_count == 2


def test_recurrent_models_have_no_heads(header):
    draft = valid()
    draft.keys = [
        (key.replace("llama.", "mamba2.") if isinstance(key, str) else key, kind, value)
        for key, kind, value in draft.keys
    ]
    draft.set("general.architecture", TEXT, "mamba2")
    draft.set("mamba2.attention.head_count", U32, 0)
    assert header(draft.drop("mamba2.attention.head_count_kv")).architecture == "mamba2"


@pytest.mark.parametrize("make", [random_llama, random_gemma3, random_mamba, random_lfm2])
def test_files_of_another_writer_and_other_architectures_pass(make, tmp_path):
    path = tmp_path / "other.gguf"
    make(path)
    found = check(path)
    assert found.architecture == make.__name__.removeprefix("random_")
    assert found.parameters > 1000 and found.vocab_size > 256


def test_a_special_token_nobody_needs_may_point_nowhere(header):
    draft = valid().set("tokenizer.ggml.padding_token_id", U32, 70_000)
    assert header(draft.set("tokenizer.ggml.eot_token_id", U32, 0xFFFFFFFF)).vocab_size == 259


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (bytes(100), "full of zeros"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"PK\x03\x04" + bytes(60), "ZIP archive or a PyTorch checkpoint"),
        (b"\x80\x04\x95" + bytes(60), "Python pickle"),
        ((20).to_bytes(8, "little") + b'{"a":{}}' + bytes(20), "safetensors"),
        (b'{"a": 1}', "a JSON text"),
        ("Grüße".encode() * 30, "it is a text"),
        (b"version https://git-lfs.github.com/spec/v1", "pointer of Git LFS"),
        (b"lmgg" + bytes(50), "before GGUF"),
        (b"\x07\xf3\x99\xa1" * 60, "it is not a GGUF"),
        (b"GGUF", "ends too early"),
        (b"GGUF\0\0\0\3" + bytes(50), "big-endian"),
        (b"GGUF\1\0\0\0" + bytes(50), "version 1"),
        (b"GGUF\x63\0\0\0" + bytes(50), "version 99"),
    ],
)
def test_other_files_are_named_in_words(refusal, data, words):
    error = refusal(data)
    assert words in error.message and error.hint


def test_an_unfinished_download_says_how_much_is_there(refusal):
    whole = valid().pack()
    assert "not complete: 60.0 of 121.2 kB are there" in refusal(whole[:60_000]).message


def test_a_key_that_shapes_the_model_is_named(refusal):
    error = refusal(valid().set("llama.block_count", U32, 5000).pack())
    assert "llama.block_count" in error.message and "5000" in error.detail
    error = refusal(valid().drop("llama.context_length").pack())
    assert "missing (llama.context_length)" in error.message


@pytest.mark.parametrize(
    ("key", "kind", "value", "words"),
    [
        ("general.architecture", TEXT, "clip", "eyes or ears"),
        ("general.type", TEXT, "adapter", "adapter (LoRA)"),
        ("general.architecture", TEXT, "bert", "for finding texts"),
        ("general.architecture", TEXT, "flux", "for making pictures"),
        ("general.architecture", TEXT, "", "what kind of model"),
        ("tokenizer.ggml.model", TEXT, "none", "no vocabulary"),
        ("tokenizer.ggml.eos_token_id", U32, 259, "a token it does not have"),
        ("tokenizer.ggml.tokens", LIST, (TEXT, ["a"] * 259), "the same token twice"),
        ("tokenizer.ggml.tokens", LIST, (I32, [1] * 259), "of the wrong kind"),
        ("tokenizer.ggml.token_type", LIST, (I32, [1] * 9), "of different length"),
        ("tokenizer.ggml.merges", LIST, (I32, [1]), "of the wrong kind"),
        ("llama.attention.layer_norm_rms_epsilon", F32, math.nan, "rms_epsilon"),
        ("llama.expert_count", U32, 8, "expert_used_count"),
        ("llama.rope.scaling.type", TEXT, "su", "rope.scaling.type"),
        ("llama.attention.head_count", U32, 0, "attention.head_count"),
        ("llama.attention.head_count", BOOL, True, "attention.head_count"),
        ("general.alignment", U32, 8, "alignment"),
    ],
)
def test_the_reason_says_what_is_wrong(refusal, key, kind, value, words):
    assert words in refusal(valid().set(key, kind, value).pack()).message


def test_tokens_equal_up_to_a_zero_byte_are_the_same_for_the_library(refusal):
    texts = [*byte_texts(), "he", "end\0one", "end\0two"]
    draft = valid().set("tokenizer.ggml.tokens", LIST, (TEXT, texts))
    assert "same token twice" in refusal(draft.pack()).message


def test_a_sentencepiece_vocabulary_must_spell_every_byte(refusal):
    texts = next(value for key, _, value in spm_tokenizer() if key == "tokenizer.ggml.tokens")[1]
    texts = ["gone" if t == "<0xF0>" else t for t in texts]
    draft = valid(spm_tokenizer).set("tokenizer.ggml.tokens", LIST, (TEXT, texts))
    assert "0xf0" in refusal(draft.pack()).detail


def test_a_missing_file_is_missing_and_a_folder_refused(tmp_path):
    with pytest.raises(ModelMissing):
        check(tmp_path / "nothing.gguf")
    for path in (tmp_path, tmp_path / "pipe"):
        if path != tmp_path:
            os.mkfifo(path)
        with pytest.raises(ModelRefused, match="a folder or a device"):
            check(path)


def test_a_name_with_a_zero_byte_is_refused(tmp_path):
    with pytest.raises(ModelRefused):
        check(tmp_path / "a\0b")


def test_a_file_that_shrinks_while_it_is_read_is_refused_in_words():
    whole = valid().pack()
    for there in range(0, 6000, 97):
        reader = DescriptionReader(BinaryFile(io.BytesIO(whole[:there]), len(whole)))
        with pytest.raises(ModelRefused, match="became shorter"):
            reader.read()


def test_values_across_the_border_of_a_chunk_are_read_right(monkeypatch, header):
    expected = header(valid())
    for size in (1, 7, 64, 1000):
        monkeypatch.setattr("engines.models.binary.CHUNK", size)
        assert header(valid()) == expected


def test_a_large_vocabulary_is_read_right(header):
    count = 150_000
    tokens = [*byte_texts(), *(f"token{n}" for n in range(256, count))]
    draft = valid().set("tokenizer.ggml.tokens", LIST, (TEXT, tokens))
    draft.set("tokenizer.ggml.token_type", LIST, (I32, [1] * count))
    draft.set("tokenizer.ggml.merges", LIST, (TEXT, [f"a b{n}" for n in range(count)]))
    assert header(draft).vocab_size == count


def test_no_file_stays_open(tmp_path):
    gc.collect()  # what earlier tests left may be closed meanwhile
    before = psutil.Process().num_fds()
    for one in malformed()[::7]:
        path = one.write(tmp_path)
        with pytest.raises(ModelRefused) if one.kills else _either():
            check(path)
    assert psutil.Process().num_fds() <= before


class _either:  # noqa: N801  reads like pytest.raises
    """A context in which a refusal may come or not; anything else goes through."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind, error, trace) -> bool:
        return kind is ModelRefused


HEAD, WHOLE = len(valid().head()), valid().pack()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(4, HEAD - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_are_refused_or_pass_and_nothing_else(tmp_path_factory, changes):
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    path = tmp_path_factory.getbasetemp() / "flipped.gguf"
    path.write_bytes(data)
    began = time.thread_time()
    with _either():
        check(path)
    assert time.thread_time() - began < 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 9), st.integers(0, 9))
def test_noise_after_the_counts_is_refused(tmp_path_factory, noise, n_tensors, n_keys):
    path = tmp_path_factory.getbasetemp() / "noise.gguf"
    counts = n_tensors.to_bytes(8, "little") + n_keys.to_bytes(8, "little")
    path.write_bytes(b"GGUF\3\0\0\0" + counts + noise)
    with pytest.raises(ModelRefused):
        check(path)


def test_the_table_of_packings_agrees_with_the_format():
    """Q8_1 is wrong there by its padding; it only exists while computing."""
    known = {int(kind): sizes for kind, sizes in GGML_QUANT_SIZES.items()}
    for number, (name, *sizes) in TENSOR_TYPES.items():
        if number in known and name != "Q8_1":
            assert known[number] == tuple(sizes), name
            assert GGMLQuantizationType(number).name == name
    assert set(known) <= set(TENSOR_TYPES)


def test_a_model_packed_for_ollama_alone_is_refused_in_words(refusal):
    """With its eyes in the same file; the library says only that it does not load."""
    draft = valid()
    draft.tensors[-1].name = "v.patch_embd.weight"
    assert "only Ollama" in refusal(draft.pack()).reason
