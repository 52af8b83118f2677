"""A model with a projector beside it: pictures are read like words, once."""

import hashlib
from contextlib import closing

import numpy as np
import pytest

from engines.errors import ParleyError
from engines.llm import echo
from engines.messages import Chat, Done, Look, Picture, Prefill, Seen, Text, Turn, Unseen
from tests.data import tiny_models, tiny_projectors
from tests.data.talking import GREEDY, logits, opened, run

SIDE = 64  # pixels
TOKENS = 64  # of such a picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    tiny_models.random_llama(folder / "tiny.gguf")
    tiny_projectors.janus_pro(folder / "tiny-mmproj.gguf")
    return folder


@pytest.fixture
def engine(folder):
    with opened(folder / "tiny.gguf", context=2048) as engine:
        yield engine


def picture(seed, side=SIDE):
    rgb = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8).tobytes()
    return Look(hashlib.sha256(rgb).hexdigest(), side, side, rgb)


def part(look):
    return Picture(look.hash, look.width, look.height)


def asks(*parts):
    return Turn("user", tuple(Text(p) if isinstance(p, str) else part(p) for p in parts))


def answers(text):
    return Turn("assistant", (Text(text),))


def chat(engine, *turns, **more):
    return run(engine, Chat(turns, sampling=GREEDY, **{"max_tokens": 4, **more}))


def look(engine, *pictures):
    return [run(engine, one).events[-1] for one in pictures]


ONE, TWO = picture(1), picture(2)


def test_the_facts_of_a_model_that_sees(engine):
    loaded = engine.loaded()
    assert (loaded.sees, loaded.hears, loaded.projector) == (True, False, "tiny-mmproj.gguf")


def test_a_picture_is_encoded_once(engine):
    (seen,) = look(engine, ONE)
    assert seen == Seen(ONE.hash, TOKENS, seen.seconds, seen.size)
    assert seen.seconds > 0 and seen.size > 100_000
    assert look(engine, ONE)[0].seconds == 0.0


def test_a_picture_that_was_not_shown_is_asked_for(engine):
    question = asks(ONE, "What is this?")
    for request in (Chat((question,)), Prefill((question,))):
        heard = run(engine, request)
        assert heard.events == (Unseen((ONE.hash,)),) and heard.done == Done("unseen")


def test_the_next_question_reads_only_what_is_new(engine, folder):
    look(engine, ONE)
    first = chat(engine, asks(ONE, "What is this?"))
    turns = (asks(ONE, "What is this?"), answers(first.text), asks("And now?"))
    second = chat(engine, *turns)
    usage = second.done.usage
    assert usage.prompt_tokens - usage.cached_tokens < 40 < TOKENS < usage.cached_tokens
    with opened(folder / "tiny.gguf", context=2048) as cold:
        look(cold, ONE)
        assert chat(cold, *turns).text == second.text
        assert logits(cold.memory) == pytest.approx(logits(engine.memory), abs=0.2)


def test_without_a_projector_it_says_so(tmp_path):
    with opened(tiny_models.random_llama(tmp_path / "blind.gguf")) as engine:
        assert not engine.loaded().sees
        for request in (ONE, Chat((asks(ONE, "What?"),))):
            with pytest.raises(ParleyError, match="does not see"):
                run(engine, request)


def test_the_echo_tells_what_it_was_shown():
    with closing(echo.SPEC.create(None, echo.Options(), lambda _: True)) as engine:
        question = asks(ONE, TWO, "hello")
        assert run(engine, Chat((question,))).events == (Unseen((ONE.hash, TWO.hash)),)
        look(engine, ONE, TWO)
        assert run(engine, Chat((question,))).text == "I see 2 pictures: 64 x 64, 64 x 64. hello "
