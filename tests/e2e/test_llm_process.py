"""The engine in its jailed process, as the app runs it."""

import threading
from pathlib import Path

import pytest

from engines.host import EngineHost
from engines.llm.llama_cpp import Options
from engines.messages import (
    ENDINGS,
    Cancelled,
    Chat,
    Done,
    Failed,
    Loaded,
    Prefill,
    Progress,
    TextDelta,
    ToolCall,
)
from tests.data import tiny_models
from tests.data.talking import CALCULATOR, GREEDY, ask, opened, said

WORDS = "some words that go on and on " * 40


class Running:
    """A host with a model, and what it says."""

    def __init__(self, model: Path, **options: int) -> None:
        self.events: list[tuple[int, object]] = []
        self._heard = threading.Condition()
        self.host = EngineHost(self._hear)
        self.host.start("llama_cpp", model, Options(**options))

    def _hear(self, job: int, event: object) -> None:
        with self._heard:
            self.events.append((job, event))
            self._heard.notify_all()

    def of(self, job: int) -> list:
        return [event for number, event in self.events if number == job]

    def until(self, job: int, kind: type | tuple[type, ...]) -> object:
        def found():
            return next((e for e in self.of(job) if isinstance(e, kind)), None)

        with self._heard:
            assert self._heard.wait_for(found, timeout=60)
            return found()

    def submit(self, *words: str, **request: object) -> int:
        return self.host.submit(Chat(said(*words), **{"sampling": GREEDY, **request}))

    def answer(self, *words: str, **request: object) -> list:
        job = self.submit(*words, **request)
        self.until(job, ENDINGS)
        return self.of(job)


@pytest.fixture
def running():
    """Starts models."""
    started = []

    def start(model: Path, **options: int) -> Running:
        started.append(Running(model, **options))
        return started[-1]

    yield start
    for each in started:
        each.host.stop()


@pytest.fixture
def random_model(tmp_path):
    return tiny_models.random_llama(tmp_path / "random.gguf", layers=8)


def text(events):
    return "".join(e.text for e in events if isinstance(e, TextDelta))


def test_a_chat_in_the_jail(running, tmp_path):
    chunks = ("Hello", ", ", "€".encode()[:2], "€!".encode()[2:])
    model = running(tiny_models.scripted(tmp_path / "says.gguf", chunks))
    assert isinstance(model.until(0, ENDINGS), Done)
    loaded = model.until(0, Loaded)
    assert loaded.name == "Tiny llama"
    assert loaded.context in (8192, 16384)  # more than the usual where much memory is free
    events = model.answer("hi")
    assert text(events) == "Hello, €!" and events[-1].usage.output_tokens == 4


def test_the_process_says_what_the_engine_says_here(running, random_model):
    with opened(random_model, threads=1) as engine:
        here = ask(engine, WORDS, max_tokens=40)
    events = running(random_model, threads=1).answer(WORDS, max_tokens=40)
    assert text(events)[:8] == here.text[:8]
    assert events[-1].usage.prompt_tokens == here.done.usage.prompt_tokens


def test_a_call_crosses_the_boundary(running, tmp_path):
    chunks = ("<tool_call>", '{"name": "calculator", ', '"arguments": {"expression"', ': "1"}}')
    model = running(tiny_models.scripted(tmp_path / "calls.gguf", (*chunks, "</tool_call>")))
    events = model.answer("1?", tools=(CALCULATOR,))
    calls = [e for e in events if isinstance(e, ToolCall)]
    assert [(c.name, c.arguments) for c in calls] == [("calculator", {"expression": "1"})]
    assert events[-1].reason == "tools"


def test_a_cancel_while_it_reads(running, random_model):
    model = running(random_model)
    job = model.submit(WORDS * 3)
    model.until(job, Progress)
    model.host.cancel(job)
    assert isinstance(model.until(job, ENDINGS), Cancelled | Done)
    again = model.answer(WORDS * 3, max_tokens=8)
    assert isinstance(again[-1], Done) and len(text(again)) > 0


def test_a_cancel_while_it_answers_and_the_next_question(running, tmp_path):
    endless = tiny_models.scripted(tmp_path / "endless.gguf", ("tick", "tock "), forever=True)
    model = running(endless)
    job = model.submit("go", max_tokens=1_000_000)
    model.until(job, TextDelta)
    model.host.cancel(job)
    assert isinstance(model.until(job, ENDINGS), Cancelled)
    assert text(model.answer("go", max_tokens=4)) == "ticktock ticktock "


def test_a_cancel_during_a_call_that_is_held_back(running, tmp_path):
    """Nothing of a call is shown before it is whole; a cancel is heard all the same."""
    specials = {"<|endoftext|>": 3, "<|im_start|>": 3, "<|im_end|>": 3}
    model = running(
        tiny_models.scripted(
            tmp_path / "held.gguf",
            ("<tool_call>", '{"name": "x", "arguments": {"a": "', "abc", "def"),
            specials=specials,
        )
    )
    job = model.submit("go", max_tokens=1_000_000, tools=({"name": "x"},))
    model.until(job, TextDelta)
    model.host.cancel(job)
    assert isinstance(model.until(job, ENDINGS), Cancelled | Done)


def test_prefill_gives_way_and_helps(running, random_model):
    model = running(random_model)
    filled = model.host.submit(Prefill(said(WORDS)))
    assert isinstance(model.until(filled, ENDINGS), Done)
    events = model.answer(WORDS, max_tokens=1)
    assert events[-1].usage.cached_tokens > events[-1].usage.prompt_tokens - 20


def test_a_file_that_is_no_model_is_refused_with_words(running, tmp_path):
    (tmp_path / "letter.gguf").write_text("Dear Ada, ...")
    failed = running(tmp_path / "letter.gguf").until(0, ENDINGS)
    assert isinstance(failed, Failed) and failed.message and failed.hint
    assert "Something went wrong" not in failed.message


def test_a_form_that_cannot_be_is_refused_and_the_model_stays(running, random_model):
    model = running(random_model)
    refused = model.answer("hi", grammar="root ::= (")[-1]
    assert isinstance(refused, Failed) and "form" in refused.message
    assert isinstance(model.answer("hi", max_tokens=2)[-1], Done)


def test_the_log_holds_no_word_of_the_conversation(random_model, tmp_path):
    """Nor of a grammar, which llama.cpp prints when it cannot read one."""
    log = tmp_path / "engine.log"
    events, done = [], threading.Event()

    def hear(job: int, event: object) -> None:
        events.append(event)
        if job == 2 and isinstance(event, ENDINGS):
            done.set()

    host = EngineHost(hear)
    host.start("llama_cpp", random_model, Options(), log=log)
    host.submit(Chat(said("my secret is blue"), max_tokens=4))
    host.submit(Chat(said("my secret is blue"), tools=(CALCULATOR,), max_tokens=4))
    assert done.wait(60)
    host.stop()
    assert "secret" not in log.read_text() and "calculator" not in log.read_text()
