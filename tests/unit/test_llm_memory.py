"""A prompt read on top of what is remembered gives what a prompt read from nothing gives."""

from contextlib import contextmanager

import pytest

from engines.llm.llama.memory import BATCH, ContextFull, Memory, shared
from engines.llm.llama.model import Model
from engines.models.gguf import check
from tests.data import tiny_models
from tests.data.talking import logits

KINDS = {
    "llama": tiny_models.random_llama,
    "gemma3": tiny_models.random_gemma3,  # five of six layers see the last 64 tokens only
    "mamba": tiny_models.random_mamba,  # a state that cannot be cut back
    "lfm2": tiny_models.random_lfm2,  # both in one
}
NOISE = 0.2  # of logits whose deviation is 4: batches of other sizes round in other places
RECURRENT = {"mamba", "lfm2"}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    paths = {kind: write(folder / f"{kind}.gguf") for kind, write in KINDS.items()}
    loaded = {kind: Model(path, check(path), 0, lambda _: True) for kind, path in paths.items()}
    yield loaded
    for model in loaded.values():
        model.close()


@pytest.fixture(params=KINDS)
def model(models, request):
    return models[request.param]


@pytest.fixture
def memory(model):
    with opened(model) as memory:
        yield memory


@contextmanager
def opened(model, size=1024):
    memory = Memory(model, size, 1)
    try:
        yield memory
    finally:
        memory.close()


def prompt(length, seed=1):
    return [(seed * 7919 + n * n * 31 + n * 17) % 250 for n in range(length)]


def read(memory, tokens, marks=()):
    kept = memory.keep(tokens)
    for _ in memory.read(tokens, marks):
        pass
    assert memory.tokens == tokens
    return kept


def go_on(memory, count):
    """The most likely tokens one after another, as an answer would add them."""
    said = []
    for _ in range(count):
        found = logits(memory)
        said.append(max(range(len(found)), key=found.__getitem__))
        memory.add(said[-1])
    return said


def assert_as_from_nothing(model, memory, tokens):
    with opened(model) as cold:
        read(cold, tokens)
        for _ in range(8):
            expected = logits(cold)
            assert logits(memory) == pytest.approx(expected, abs=NOISE)
            token = max(range(len(expected)), key=expected.__getitem__)
            cold.add(token)
            memory.add(token)


def test_a_longer_conversation_reads_only_what_is_new(model, memory):
    read(memory, prompt(200))
    answer = go_on(memory, 100)
    longer = prompt(200) + answer + prompt(30, seed=2)
    assert read(memory, longer) == 300
    assert_as_from_nothing(model, memory, longer)


def test_another_question_in_place_of_the_last(model, memory):
    """An edited question: the answer and the end of the prompt are forgotten."""
    read(memory, prompt(300), marks=(280,))
    go_on(memory, 200)
    edited = prompt(290) + prompt(40, seed=3)
    kept = read(memory, edited)
    assert kept == (280 if model.recurrent else 290)
    assert_as_from_nothing(model, memory, edited)


def test_going_back_further_than_any_window(model):
    """Gemma's window is 64, and what llama.cpp keeps for it 512 more."""
    with opened(model, 2048) as memory:
        read(memory, prompt(300), marks=(40, 280))
        read(memory, prompt(300) + prompt(1200, seed=5))
        edited = prompt(50) + prompt(10, seed=3)
        assert read(memory, edited) == (40 if model.recurrent else 50)
        assert_as_from_nothing(model, memory, edited)


def test_the_same_prompt_again(model, memory):
    read(memory, prompt(100), marks=(90,))
    first = go_on(memory, 20)
    assert read(memory, prompt(100)) == (90 if model.recurrent else 99)
    assert go_on(memory, 1) == first[:1]


def test_an_unrelated_prompt(model, memory):
    read(memory, prompt(200), marks=(190,))
    other = prompt(80, seed=9)
    assert read(memory, other) == 0
    assert_as_from_nothing(model, memory, other)


def test_a_reading_left_half_way(model, memory):
    """A cancel closes the reading at a yield; what was read by then is kept."""
    tokens = prompt(700)
    memory.keep(tokens)
    reading = memory.read(tokens)
    done = next(reading)
    reading.close()
    assert 0 < done < 700 and memory.tokens == tokens[:done]
    assert read(memory, tokens) == done
    assert_as_from_nothing(model, memory, tokens)


def test_an_interrupted_batch_is_read_again(model, memory):
    tokens = prompt(600)
    memory.keep(tokens)
    steps, interrupted = [], False
    for done in memory.read(tokens):
        steps.append(done)
        if not interrupted:
            memory.interrupt()  # nobody closes the reading: it goes on
            interrupted = True
    assert memory.tokens == tokens
    assert len(steps) > len(set(steps)) or steps != sorted(steps)
    assert_as_from_nothing(model, memory, tokens)


def test_a_full_memory_says_so_and_stays_right(model):
    with opened(model, size=256) as memory:
        read(memory, prompt(250))
        with pytest.raises(ContextFull):
            go_on(memory, 10)
        assert len(memory.tokens) == 256
        tokens = prompt(100)
        read(memory, tokens)
        assert_as_from_nothing(model, memory, tokens)


def test_checkpoints_are_few_and_only_where_they_help(models):
    for kind, model in models.items():
        with opened(model) as memory:
            for length in range(20, 300, 10):
                read(memory, prompt(length), marks=(length - 5,))
            count = len(memory.checkpoints)
            assert count == (8 if kind in RECURRENT else 0)


def test_a_slow_machine_reads_in_smaller_steps(models):
    with opened(models["llama"]) as memory:
        assert memory.step == 64
        memory.adapt(100_000)
        assert memory.step == BATCH
        memory.adapt(2000)  # 400 in the time: close enough to stay
        assert memory.step == BATCH
        memory.adapt(30)
        assert memory.step == 64
        memory.step = BATCH
        read(memory, prompt(600))
        assert memory.step > 64  # the last 88 tokens were quick, though few


def test_what_two_sequences_share():
    one = prompt(3000)
    assert shared(one, one) == 3000
    assert shared(one, one[:1700]) == 1700
    assert shared(one, [*one[:1030], -1, *one[1031:]]) == 1030
    assert shared(one, []) == shared([1], [2]) == 0
