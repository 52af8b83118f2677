"""A model that is changed while it is open: LoRA adapters and control vectors."""

import numpy as np
import pytest

from engines import machine
from engines.errors import ParleyError
from engines.llm.llama import adapters, aside
from engines.messages import Adapted, AdaptersHeld, Prefill
from tests.data import tiny_adapters, tiny_models
from tests.data.talking import ask, logits, opened, run, said
from tests.data.tiny_adapters import expert_weights, lora_weights, merged

QUESTION = "Tell me of the sea"
CLOSE = 0.01  # of logits whose deviation is 2; what is remembered is rounded to f16 either way
WORDS = (1, len(tiny_models.Vocabulary())), (2, tiny_adapters.WIDTH)
NOISE = 0.2  # batches of other sizes round in other places
KINDS = {
    "llama": tiny_models.random_llama,
    "gemma3": tiny_models.random_gemma3,  # five of six layers see the last 64 tokens only
    "mamba": tiny_models.random_mamba,  # a state that cannot be cut back
    "lfm2": tiny_models.random_lfm2,  # both in one
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "adapters").mkdir()
    tiny_models.random_llama(folder / "llama.gguf")
    return folder


@pytest.fixture(scope="module")
def sea(folder):
    """The SHA-256 of a LoRA."""
    return tiny_adapters.named(tiny_adapters.lora(folder / "adapters/sea.gguf"))


@pytest.fixture(scope="module")
def hill(folder):
    weights = lora_weights(seed=2)
    return tiny_adapters.named(tiny_adapters.lora(folder / "adapters/hill.gguf", weights))


@pytest.fixture(scope="module")
def mood(folder):
    """That of a control vector."""
    return tiny_adapters.named(tiny_adapters.control(folder / "adapters/mood.gguf"))


@pytest.fixture
def engine(folder):
    with opened(folder / "llama.gguf", context=2048, adapters=str(folder / "adapters")) as engine:
        yield engine


def thinks(engine, *changes, words=(QUESTION,)):
    """The logits after a question."""
    ask(engine, *words, adapters=changes, max_tokens=0)
    return np.array(logits(engine.memory))


def far(one, other):
    return float(np.abs(one - other).max())


@pytest.mark.parametrize("scale", [1.0, 0.25, -1.5])
def test_a_lora_does_what_a_merged_model_does(engine, folder, sea, scale):
    path = folder / f"merged{scale}.gguf"
    tiny_models.random_llama(path, change=merged(lora_weights(), scale))
    with opened(path, context=2048) as other:
        expected = thinks(other)
    assert far(thinks(engine), expected) > 1
    assert far(thinks(engine, Adapted(sea, scale=scale)), expected) < CLOSE


def test_experts_are_changed_each(tmp_path):
    """One with fewer of them would be read beyond its end."""
    weights = expert_weights()
    sound = tiny_adapters.named(tiny_adapters.lora(tmp_path / "new.gguf", weights))
    few = tiny_adapters.lora(tmp_path / "new.gguf", expert_weights(experts=3))
    few = tiny_adapters.named(few)
    one, other = tiny_models.random_moe(tmp_path / "one.gguf"), tmp_path / "other.gguf"
    tiny_models.random_moe(other, change=merged(weights, 0.5))
    with opened(other) as engine:
        expected = thinks(engine)
    with opened(one, adapters=str(tmp_path)) as engine:
        assert far(thinks(engine), expected) > 1
        assert far(thinks(engine, Adapted(sound, scale=0.5)), expected) < CLOSE
        assert "another size" in refused(engine, Adapted(few))


def test_what_words_mean_is_changed(engine, folder):
    a, b = (tiny_adapters.normal(np.random.default_rng(n), size, 4) for n, size in WORDS)
    part = "token_embd.weight"
    path = tiny_adapters.lora(
        folder / "adapters/new.gguf", {f"{part}.lora_a": a, f"{part}.lora_b": b}
    )

    def change(weights):
        weights[part] = weights[part] + 0.1 * tiny_adapters.ALPHA / 4 * a @ b.T

    with opened(tiny_models.random_llama(folder / "words.gguf", change=change)) as other:
        expected = thinks(other)
    assert far(thinks(engine), expected) > 1
    assert far(thinks(engine, Adapted(tiny_adapters.named(path), scale=0.1)), expected) < CLOSE


def test_scale_nought_is_the_model_as_it_was_and_forgets_nothing(engine, sea, mood):
    plain = thinks(engine)
    heard = ask(engine, QUESTION, max_tokens=0, adapters=(Adapted(sea, scale=0.0),))
    assert heard.done.usage.cached_tokens == heard.done.usage.prompt_tokens - 1
    off = Adapted(sea, scale=0.0), Adapted(mood, "control", 0.0)
    engine.memory.clear()  # batches of other sizes round in other places
    assert np.array_equal(thinks(engine, *off), plain)
    thinks(engine, Adapted(sea), Adapted(mood, "control"))
    engine._adapters._asides.forget()
    assert np.array_equal(thinks(engine), plain)


def test_several_at_once_are_merged_together(engine, folder, sea, hill):
    def change(weights):
        merged(lora_weights(), 0.5)(weights)
        merged(lora_weights(seed=2), -0.25)(weights)

    with opened(tiny_models.random_llama(folder / "both.gguf", change=change)) as other:
        expected = thinks(other)
    both = Adapted(sea, scale=0.5), Adapted(hill, scale=-0.25)
    assert far(thinks(engine, *both), expected) < CLOSE
    thinks(engine)
    assert far(thinks(engine, *reversed(both)), expected) < CLOSE
    twice = Adapted(sea, scale=0.3), *both[1:], Adapted(sea, scale=0.2)
    assert far(thinks(engine, *twice), expected) < CLOSE


def test_as_many_as_are_taken_at_once_are_merged_together(engine, folder):
    """The library has room for all it has to compute with them."""
    seeds = range(30, 30 + adapters.MOST)

    def change(weights):
        for seed in seeds:
            merged(lora_weights(seed), 0.1)(weights)

    with opened(tiny_models.random_llama(folder / "many.gguf", change=change)) as other:
        expected = thinks(other)
    many = []
    for seed in seeds:
        path = tiny_adapters.lora(folder / "adapters/new.gguf", lora_weights(seed))
        many.append(Adapted(tiny_adapters.named(path), scale=0.1))
    assert far(thinks(engine, *many), expected) < CLOSE
    assert len(engine._adapters.held.sha256s) == adapters.MOST  # what is in use is not too many
    ask(engine, QUESTION)
    ask(engine, QUESTION, adapters=many[:1])
    assert len(engine._adapters.held.sha256s) == adapters.KEPT


def test_a_control_vector_is_added_to_what_a_layer_says(engine, folder, mood):
    def change(weights):
        weights["blk.1.ffn_down.bias"] = 0.5 * tiny_adapters.directions()["direction.1"]

    with opened(tiny_models.random_llama(folder / "biased.gguf", change=change)) as other:
        expected = thinks(other)
    assert far(thinks(engine), expected) > 1
    assert far(thinks(engine, Adapted(mood, "control", 0.5)), expected) < CLOSE
    halves = Adapted(mood, "control", 0.2), Adapted(mood, "control", 0.3, layers=(1, 1))
    assert far(thinks(engine, *halves), expected) < CLOSE


def test_a_control_vector_changes_the_layers_one_names(tmp_path, four_layers):
    path, sha256 = four_layers
    with opened(path, adapters=str(tmp_path)) as engine:
        plain, whole = thinks(engine), thinks(engine, Adapted(sha256, "control"))
        last = thinks(engine, Adapted(sha256, "control", layers=(3, 3)))
        assert far(whole, plain) > 1 and far(last, plain) > 0.1 and far(last, whole) > 0.1
        assert np.array_equal(thinks(engine, Adapted(sha256, "control", layers=(1, 3))), whole)
        assert np.array_equal(thinks(engine, Adapted(sha256, "control", layers=(4, 9))), plain)


@pytest.fixture
def four_layers(tmp_path):
    weights = tiny_adapters.directions(layers=4)
    sha256 = tiny_adapters.named(tiny_adapters.control(tmp_path / "control.gguf", weights))
    return tiny_models.random_llama(tmp_path / "four.gguf", layers=4), sha256


def test_both_kinds_together(engine, folder, sea, mood):
    def change(weights):
        merged(lora_weights(), 1.0)(weights)
        weights["blk.1.ffn_down.bias"] = -tiny_adapters.directions()["direction.1"]

    with opened(tiny_models.random_llama(folder / "all.gguf", change=change)) as other:
        expected = thinks(other)
    assert far(thinks(engine, Adapted(mood, "control", -1.0), Adapted(sea)), expected) < CLOSE


def test_what_was_read_otherwise_is_not_gone_on_from(engine, folder, sea):
    with opened(folder / "llama.gguf", context=2048, adapters=str(folder / "adapters")) as cold:
        first = ask(engine, QUESTION, adapters=(Adapted(sea),))
        turns = (QUESTION, first.text, "And then?")
        for changes in ((), (Adapted(sea, scale=0.5),), (Adapted(sea),)):
            cold.memory.clear()
            warm = thinks(engine, *changes, words=turns)
            assert far(warm, thinks(cold, *changes, words=turns)) < NOISE


def test_what_was_read_likewise_is(engine, sea):
    first = ask(engine, QUESTION, adapters=(Adapted(sea),))
    again = ask(engine, QUESTION, first.text, "And then?", adapters=(Adapted(sea),))
    assert again.done.usage.cached_tokens >= first.done.usage.prompt_tokens


def cached(heard):
    usage = heard.done.usage
    return usage.cached_tokens / usage.prompt_tokens


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_comes_back_finds_what_was_read(tmp_path, kind):
    """Of every kind of memory: it goes on as one that has just been opened would."""
    path = KINDS[kind](tmp_path / "model.gguf")
    facts = {"controlvector.model_hint": kind}
    sha256 = tiny_adapters.named(tiny_adapters.control(tmp_path / "new.gguf", values=facts))
    places = {"context": 2048, "adapters": str(tmp_path)}
    with opened(path, **places) as engine, opened(path, **places) as cold:
        changes = (), (Adapted(sha256, "control"),), (Adapted(sha256, "control", -0.5),)
        firsts = [ask(engine, QUESTION, "It is wide.", "How?", adapters=one) for one in changes]
        assert len({heard.text for heard in firsts}) > 1
        for one, first in zip(changes, firsts, strict=True):
            turns = (QUESTION, "It is wide.", "How?", first.text, "And then?")
            heard = ask(engine, *turns, adapters=one, max_tokens=0)
            assert cached(heard) > 0.5
            cold._adapters._asides.forget()
            assert far(np.array(logits(engine.memory)), thinks(cold, *one, words=turns)) < NOISE


def test_what_is_put_aside_is_bounded(engine, sea, monkeypatch):
    scales = [0.1 * n for n in range(1, 8)]
    for scale in scales:
        ask(engine, QUESTION, adapters=(Adapted(sea, scale=scale),))
    asides = engine._adapters._asides
    assert len(asides._kept) == aside.KEPT
    newest = Adapted(sea, scale=scales[-2])
    assert cached(ask(engine, QUESTION, adapters=(newest,))) > 0.9
    assert cached(ask(engine, QUESTION, adapters=(Adapted(sea, scale=scales[0]),))) == 0
    monkeypatch.setattr(aside, "UNUSED", 0.0)
    ask(engine, QUESTION, adapters=(Adapted(sea, scale=scales[0]),))
    assert not asides._kept
    monkeypatch.setattr(aside, "ROOM", 1000)
    ask(engine, QUESTION)
    assert not asides._kept


def test_reading_ahead_is_with_the_same_adapters(engine, sea):
    run(engine, Prefill(said(QUESTION), adapters=(Adapted(sea),)))
    heard = ask(engine, QUESTION, adapters=(Adapted(sea),))
    assert heard.done.usage.cached_tokens > heard.done.usage.prompt_tokens / 2
    run(engine, Prefill(said(QUESTION)))
    heard = ask(engine, QUESTION, adapters=(Adapted(sea),))
    assert heard.text == ask(engine, QUESTION, adapters=(Adapted(sea),)).text


def refused(engine, *changes):
    with pytest.raises(ParleyError) as raised:
        ask(engine, QUESTION, adapters=changes)
    assert raised.value.message.endswith(".") and raised.value.hint.endswith(".")
    return raised.value.message


def test_what_cannot_be_used_says_so_and_changes_nothing(engine, sea, mood):
    plain = thinks(engine)
    missing, nowhere = "0" * 64, "../../llama"
    assert "not there any more" in refused(engine, Adapted(sea), Adapted(missing))
    assert "no name a file could have" in refused(engine, Adapted(nowhere))
    assert "it is a control vector" in refused(engine, Adapted(mood))
    assert "it is a LoRA adapter" in refused(engine, Adapted(sea, "control"))
    for scale in (float("nan"), float("inf"), 1e6):
        assert "so strongly" in refused(engine, Adapted(sea, scale=scale))
    many = [Adapted(f"{n:064}") for n in range(17)]
    assert "takes 16 adapters at once, and these are 17" in refused(engine, *many)
    heard = ask(engine, QUESTION, max_tokens=0)
    assert heard.done.usage.cached_tokens == heard.done.usage.prompt_tokens - 1
    assert far(logits(engine.memory), plain) < CLOSE


def test_without_a_folder_there_are_none(folder, sea):
    with opened(folder / "llama.gguf") as engine:
        assert "cannot be read" in refused(engine, Adapted(sea))


def told(heard):
    return [event for event in heard.events if isinstance(event, AdaptersHeld)]


def test_what_is_in_memory_is_told_with_its_size(engine, folder, sea, mood):
    (first,) = told(ask(engine, QUESTION, adapters=(Adapted(sea), Adapted(mood, "control"))))
    assert set(first.sha256s) == {sea, mood} and not first.card_took
    weights = sum(values.nbytes for values in lora_weights().values())
    assert weights * 0.9 < first.took < weights * 1.2  # as the library tells it, rounded
    assert not told(ask(engine, QUESTION, adapters=(Adapted(sea, scale=0.5),)))
    assert not told(ask(engine, QUESTION))


def test_of_more_than_a_few_the_longest_unused_goes(engine, folder):
    names = []
    for seed in range(10, 16):
        path = tiny_adapters.lora(folder / "adapters/new.gguf", lora_weights(seed))
        names.append(tiny_adapters.named(path))  # while the model is open
    for name in names:
        held = told(ask(engine, QUESTION, adapters=(Adapted(name),)))
        assert name in held[0].sha256s and len(held[0].sha256s) <= adapters.KEPT
    assert held[0].sha256s == tuple(names[-adapters.KEPT :])
    plain, first = thinks(engine), thinks(engine, Adapted(names[0]))
    assert far(first, plain) > 1


def test_one_that_is_not_used_for_long_gives_its_memory_back(engine, sea, hill, monkeypatch):
    ask(engine, QUESTION, adapters=(Adapted(sea),))
    ask(engine, QUESTION, adapters=(Adapted(hill),))
    monkeypatch.setattr(adapters, "UNUSED", 0.0)
    (held,) = told(ask(engine, QUESTION, adapters=(Adapted(hill),)))
    assert held.sha256s == (hill,)  # not what is in use
    (held,) = told(ask(engine, QUESTION)) or told(ask(engine, QUESTION))
    assert held == AdaptersHeld()


def test_one_larger_than_what_is_free_is_refused(engine, sea, hill, monkeypatch):
    ask(engine, QUESTION, adapters=(Adapted(hill),))
    monkeypatch.setattr(machine, "memory", lambda: (8 << 30, 1000))
    assert "not enough memory for the adapter Tiny adapter" in refused(engine, Adapted(sea))
    assert ask(engine, QUESTION, adapters=(Adapted(hill),)).done.reason  # that is in use goes on


def test_a_deleted_file_stays_in_use(engine, folder):
    path = tiny_adapters.lora(folder / "adapters/gone.gguf", lora_weights(seed=20))
    sha256 = tiny_adapters.named(path)
    before = thinks(engine, Adapted(sha256))
    (folder / f"adapters/{sha256}.gguf").unlink()
    thinks(engine)
    assert far(thinks(engine, Adapted(sha256)), before) < CLOSE
