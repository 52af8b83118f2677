"""Which model is open, through its controller; the engine is played by the test."""

import hashlib

import pytest

from engines.messages import AdaptersHeld, Chat, Done, Failed, Loaded, Progress, Usage
from engines.process import CRASHED
from tests.conftest import HELP


@pytest.fixture
def other(tmp_path):
    file = tmp_path / "other.gguf"
    file.write_bytes(b"GGUF not really")
    return file


def test_the_starter_is_open_and_known(models):
    assert models.model.starter and models.model.state == "ready"
    assert models.model.name == "Test model"


def test_opening_a_file_loads_it_and_remembers_it(qtbot, models, llm, other, preferences):
    models.open_file(str(other))
    assert llm.opened[-1] == ("llama_cpp", other) and models.model.state == "loading"
    llm.load(Progress("loading", 40, 100), Loaded(name="Other"), Done())
    assert models.model.name == "Other" and preferences.model == str(other)
    assert models.recent() == [("other", str(other))]


def test_a_bad_file_is_refused_in_words_and_the_good_one_comes_back(qtbot, models, llm, other):
    models.open_file(str(other))
    with qtbot.waitSignal(models.notice) as notice:
        llm.load(Failed("This file cannot be opened as a model.", "Download it again."))
    assert "other.gguf" in notice.args[0].message and "instead" in notice.args[0].hint
    assert models.is_starter


def test_a_missing_file_is_said_and_nothing_is_closed(qtbot, models, llm):
    with qtbot.waitSignal(models.notice):
        models.open_file("/nowhere/model.gguf")
    assert len(llm.opened) == 1


def test_the_hash_of_the_open_file_is_found_in_the_background(qtbot, models, other):
    models.open_file(str(other))
    qtbot.waitUntil(lambda: models.facts()["hash"] != "")
    assert models.facts()["hash"] == hashlib.sha256(other.read_bytes()).hexdigest()


def test_memory_is_given_back(models, llm):
    models.release()
    assert models.model.state == "resting" and "memory" in models.model.words


def test_the_speed_of_the_last_answer_is_shown(models, llm):
    llm.submit(Chat(()))
    llm.answer(Done("stop", Usage(output_tokens=100, output_seconds=2.0)))
    assert "50 tok/s" in models.model.words


def test_an_engine_option_loads_the_model_anew(models, llm, preferences):
    assert preferences.set_engine("context", 2048) == ""
    assert len(llm.opened) == 2
    assert "between" in preferences.set_engine("context", -5)


def test_a_model_may_read_the_folder_of_adapters(models, llm, other, tmp_path):
    models.adapters = tmp_path / "adapters"
    models.open_file(str(other))
    assert llm.grants["read"] == (tmp_path / "adapters",)
    models.open_starter()
    assert tmp_path / "adapters" in llm.grants["read"] and HELP in llm.grants["read"]


def test_adapters_in_memory_are_among_the_facts_until_it_rests(models, llm):
    llm.submit(Chat(()))
    llm.answer(AdaptersHeld(("ab" * 32, "cd" * 32), 30_000_000, 4_000_000))
    assert dict(models.model.facts)["Adapters"] == "2 in memory, 34.0 MB more"
    llm.answer(AdaptersHeld())
    assert "Adapters" not in dict(models.model.facts)
    llm.answer(AdaptersHeld(("ab" * 32,), 30_000_000))
    llm.load()
    assert "Adapters" not in dict(models.model.facts)


def test_a_card_that_ends_the_process_is_left_out_and_it_is_said(
    qtbot, models, llm, other, preferences
):
    models.spared.there = lambda: True
    models.open_file(str(other))
    assert llm.options.gpu_layers == -1
    llm.load(CRASHED)
    assert llm.opened[-2:] == [("llama_cpp", other)] * 2 and llm.options.gpu_layers == 0
    with qtbot.waitSignal(models.notice) as notice:
        llm.load(Loaded(name="Other"), Done())
    assert "processor alone" in notice.args[0].message and "driver" in notice.args[0].hint
    assert preferences.model == str(other)
    assert not preferences.set_engine("gpu_layers", 3)  # chosen again: it is tried again
    assert llm.options.gpu_layers == 3
    llm.load(CRASHED)
    with qtbot.waitSignal(models.notice) as notice:
        llm.load(CRASHED)  # the card was not why
    assert "could not be opened" in notice.args[0].message and models.is_starter


@pytest.mark.parametrize("failed", [CRASHED, Failed("It is no model.", "")])
def test_where_a_card_cannot_be_why_a_file_is_refused_at_once(qtbot, models, llm, other, failed):
    models.spared.there = lambda: failed is not CRASHED
    models.open_file(str(other))
    with qtbot.waitSignal(models.notice):
        llm.load(failed)
    assert models.is_starter and [file for _, file in llm.opened].count(other) == 1
