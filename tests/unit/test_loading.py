"""Loading where memory is short: less is tried by itself, and what does not fit is refused."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from engines import machine
from engines.llm.llama import loading, measuring
from engines.llm.llama.library import LOG, C, repacked
from engines.llm.llama.model import NotLoaded
from engines.llm.llama_cpp import SPEC, Options
from engines.models.fit import Wishes, choose, of_file
from engines.models.tensors import TENSOR_TYPES
from engines.process import ROOT
from tests.data import large_models
from tests.data.large_models import Shape

MB = 1 << 20
SHAPE = Shape(blocks=4, width=256, hidden=512, heads=4, shared=4, words=500)
CONTEXT = 65536  # 256 MB in full


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return large_models.write(tmp_path_factory.mktemp("loading") / "model.gguf", SHAPE)


def loaded_with(path, megabytes):
    command = [sys.executable, "-m", "tests.data.short_of_memory", path, f"{megabytes * MB}"]
    limits = [*map(str, command), str(CONTEXT)]
    done = subprocess.run(limits, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_a_load_that_fails_is_tried_with_less_and_it_is_said(path):
    plenty = loaded_with(path, 900)
    assert (plenty["context"], plenty["kv"], plenty["gave_up"]) == (CONTEXT, "f16", "")
    packed = loaded_with(path, 330)
    assert (packed["context"], packed["kv"]) == (CONTEXT, "q8_0")
    assert "remembers what it read a little less exactly" in packed["gave_up"]
    short = loaded_with(path, 200)
    assert short["context"] < CONTEXT and f"{short['context']:,} tokens" in short["gave_up"]
    assert short["gave_up"].count(".") == 1  # one sentence
    assert min(plenty["said"], packed["said"], short["said"]) > 0
    assert plenty["held"] > packed["held"] > short["held"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_where_nothing_helps_there_are_words(path):
    nothing = loaded_with(path, 12)
    assert "not enough memory" in nothing["error"] and nothing["hint"]


def test_what_cannot_fit_is_refused_before_it_is_loaded(path, monkeypatch):
    """A system that runs out of memory ends what it likes."""
    monkeypatch.setattr(machine, "memory", lambda: (64 * MB, 16 * MB))
    with pytest.raises(loading.TooLarge, match=r"needs about \d+ MB of memory, and 17 MB are free"):
        SPEC.create(path, Options(), lambda _: True)
    engine = SPEC.create(path, Options(anyway=True), lambda _: True)
    try:
        assert engine.loaded().context == 2048 and engine.loaded().kv == "q8_0"
    finally:
        engine.close()


def test_a_card_that_fails_is_left_out_at_once_and_one_that_is_full_gets_less(path):
    outline = of_file(path)
    card = machine.Card("A card", 8 << 30, 8 << 30)
    here = machine.Machine(16 << 30, 12 << 30, 4, cards=(card,))
    whole = choose(outline, here, Wishes(context=8192))
    half, none = replace(whole, layers=2), replace(whole, layers=0)
    half = replace(half, forecast=replace(half.forecast, card=whole.forecast.card // 2))
    broken, full = NotLoaded("llama", "no driver"), NotLoaded("llama", "failed to alloc buffer")
    assert whole.layers == -1
    assert not loading.promises(half, whole, broken) and loading.promises(none, whole, broken)
    assert loading.promises(half, whole, full) and loading.promises(none, whole, full)
    assert not loading.promises(replace(whole, layers=4), whole, full)  # hardly less


def test_packings_that_are_rearranged_are_those_the_library_rearranges(tmp_path):
    """Asked by loading without memory, which tells where weights would lie."""
    small = measuring.Form(width=256, hidden=256, heads=4, shared=4, blocks=1)
    found = set()
    for number, (name, _, _) in TENSOR_TYPES.items():
        if name in ("F64", "Q8_1", "Q8_K") or name.startswith("I") and name[1:].isdigit():
            continue
        measuring.write(tmp_path / "zeros.gguf", replace(small, packing=number))
        LOG.take_buffers()
        params = C.llama_model_default_params()
        params.no_alloc, params.load_mode = True, C.LLAMA_LOAD_MODE_NONE
        params.split_mode, params.main_gpu = C.LLAMA_SPLIT_MODE_NONE, -1
        if model := C.llama_model_load_from_file(str(tmp_path / "zeros.gguf").encode(), params):
            C.llama_model_free(model)
        places = {one.where for one in LOG.take_buffers() if one.use == "model"}
        if places - {"CPU", "CPU_Mapped"}:
            found.add(name)
    assert found == set(repacked())
