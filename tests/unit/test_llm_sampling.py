"""The chain of samplers: what is asked, what the file recommends, and what a grammar forbids."""

import math
from contextlib import closing, contextmanager

import pytest

from engines.llm.llama.grammar import Grammar
from engines.llm.llama.memory import Memory
from engines.llm.llama.model import Model
from engines.llm.llama.sampling import Choice, Sampler, choose
from engines.messages import Sampling
from engines.models.gguf import check
from tests.data import tiny_models


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tiny_models.random_llama(tmp_path_factory.mktemp("models") / "tiny.gguf")
    model = Model(path, check(path), 0, lambda _: True)
    yield model
    model.close()


@pytest.fixture(scope="module")
def memory(model):
    """Has read something, so that there are logits to choose by."""
    memory = Memory(model, 256, 1)
    memory.keep([5, 6, 7])
    assert list(memory.read([5, 6, 7])) == [3]
    yield memory
    memory.close()


@contextmanager
def sampler(model, seed=1, **choice):
    with closing(Sampler(model.vocabulary, Choice(**choice), seed)) as made:
        yield made


def test_what_is_asked_goes_before_the_file_and_the_file_before_ours():
    in_file = {"temp": 0.5, "top_k": 7, "penalty_repeat": 1.1}
    chosen = choose(Sampling(temperature=0.0, presence_penalty=1), in_file)
    assert chosen == Choice(temperature=0.0, top_k=7, repeat_penalty=1.1, presence_penalty=1.0)
    assert choose(Sampling(), {}) == Choice()


@pytest.mark.parametrize(
    "in_file",
    [
        {"temp": math.nan, "top_p": "much", "min_p": math.inf, "top_k": None},
        {"temp": -5.0, "top_k": -3, "penalty_repeat": 0.0, "penalty_last_n": -1},
        {"temp": 1e30, "top_p": 7.0, "top_k": 1 << 40, "penalty_last_n": 1 << 40},
    ],
)
def test_wild_recommendations_are_tamed(model, memory, in_file):
    """Values the library asserts on would end the process."""
    chosen = choose(Sampling(), in_file)
    with closing(Sampler(model.vocabulary, chosen, 1)) as made:
        assert 0 <= made.sample(memory) < model.vocabulary.size


def test_greedy_takes_the_most_likely(model, memory):
    with sampler(model, temperature=0.0) as greedy, sampler(model, top_k=1) as one:
        assert greedy.sample(memory) == one.sample(memory)


def test_a_seed_decides(model, memory):
    def draws(seed):
        with sampler(model, seed, temperature=2.0, min_p=0.0) as made:
            return [made.sample(memory) for _ in range(8)]

    assert draws(3) == draws(3) != draws(4)


def test_a_grammar_decides_where_the_free_choice_is_forbidden(model, memory):
    vocabulary = model.vocabulary
    with sampler(model, temperature=0.0) as made:
        free = made.sample(memory)
        made.grammar = Grammar(vocabulary, 'root ::= "#" "#"')
        hashes = [made.sample(memory) for _ in range(2)]
        assert [vocabulary.piece(t, special=False) for t in hashes] == [b"#", b"#"]
        assert (
            vocabulary.ends(made.sample(memory)) and vocabulary.piece(free, special=False) != b"#"
        )
        made.grammar.close()


def test_a_choice_the_grammar_forbids_does_not_count_as_said(model, memory):
    with sampler(model, temperature=0.0, presence_penalty=90.0) as made:
        made.grammar = Grammar(model.vocabulary, 'root ::= "#"+')
        made.sample(memory)
        made.grammar.close()
        made.grammar = None
        free = made.sample(memory)
        with sampler(model, temperature=0.0) as fresh:
            assert free == fresh.sample(memory)
        assert made.sample(memory) != free  # now it was said


def test_a_grammar_that_leads_nowhere_ends_the_answer(model, memory):
    """No token is two line breaks and a zero: nothing is allowed, and nothing must be accepted."""
    with sampler(model) as made:
        made.grammar = Grammar(model.vocabulary, r"root ::= [\x00]")
        assert made.sample(memory) is None
        made.grammar.close()
