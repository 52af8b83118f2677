"""A model with a projector beside it: pictures are read like words, once."""

import hashlib
from contextlib import closing

import numpy as np
import pytest

from engines.errors import ParleyError
from engines.llm import echo
from engines.llm.llama.media import Gallery, Slice
from engines.messages import (
    Adapted,
    Chat,
    Done,
    Listen,
    Look,
    Picture,
    Prefill,
    Progress,
    Seen,
    Sound,
    Text,
    Turn,
    TurnsDropped,
    Unseen,
)
from tests.data import broken_projectors, tiny_adapters, tiny_models, tiny_projectors
from tests.data.talking import GREEDY, logits, opened, run
from tests.data.tiny_projectors import Shape

SIDE = 64  # pixels
TOKENS = 64  # of such a picture
NOISE = 0.2  # of logits whose deviation is 4: batches of other sizes round in other places
KINDS = {
    "llama": (tiny_models.random_llama, tiny_projectors.janus_pro),
    "gemma3": (tiny_models.random_gemma3, tiny_projectors.gemma3),  # sees all of it at once
    "qwen2vl": (tiny_models.random_qwen2vl, tiny_projectors.qwen2vl),  # rows and columns
    "mamba": (tiny_models.random_mamba, tiny_projectors.janus_pro),  # cannot go back
    "lfm2": (tiny_models.random_lfm2, tiny_projectors.janus_pro),  # in part
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for kind, (model, projector) in KINDS.items():
        (folder / kind).mkdir()
        model(folder / kind / "tiny.gguf")
        projector(folder / kind / "tiny-mmproj.gguf")
    return folder


@pytest.fixture
def folder(folders):
    return folders / "llama"


@pytest.fixture
def engine(folder):
    with opened(folder / "tiny.gguf", context=2048) as engine:
        yield engine


@pytest.fixture(params=KINDS)
def pair(folders, request):
    """The same model twice: one goes on from what it remembers, the other begins anew."""
    path = folders / request.param / "tiny.gguf"
    with opened(path, context=2048) as one, opened(path, context=2048) as other:
        yield one, other


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


ONE, TWO, THREE = picture(1), picture(2), picture(3, 96)


def assert_as_from_nothing(cold, engine, *turns):
    """Asked now, the engine answers as one that has just been opened."""
    cold.memory.clear()
    warm = chat(engine, *turns)
    assert chat(cold, *turns).text == warm.text
    assert logits(cold.memory) == pytest.approx(logits(engine.memory), abs=NOISE)
    return warm.done.usage


def unseen(engine, *turns):
    heard = run(engine, Chat(turns))
    assert heard.done == Done("unseen") and not heard.text
    return next(event.hashes for event in heard.events if isinstance(event, Unseen))


def forget(engine):
    """Nothing is encoded any more: what is answered now is answered from memory."""
    for units in engine._senses.gallery._shown.values():
        engine._senses.gallery._forget(units)


def test_the_facts_of_a_model_that_sees(engine):
    loaded = engine.loaded()
    assert (loaded.sees, loaded.hears, loaded.projector) == (True, False, "tiny-mmproj.gguf")


def test_a_picture_is_encoded_once(engine):
    (seen,) = look(engine, ONE)
    assert seen == Seen(ONE.hash, TOKENS, seen.seconds, seen.size)
    assert seen.seconds > 0 and seen.size > 100_000
    assert look(engine, ONE)[0].seconds == 0.0


def test_the_encoder_is_loaded_with_the_first_picture(engine):
    assert engine._senses._pointer is None
    chat(engine, Turn("user", (Text("hello"),)))
    assert engine._senses._pointer is None
    look(engine, ONE)
    assert engine._senses._pointer is not None


def test_a_picture_that_was_not_shown_is_asked_for(engine):
    question = asks(ONE, "What is this?", TWO)
    for request in (Chat((question,)), Prefill((question,))):
        heard = run(engine, request)
        assert heard.events[-1] == Unseen((ONE.hash, TWO.hash)) and heard.done == Done("unseen")
    look(engine, ONE)
    assert unseen(engine, asks(ONE, "What is this?", TWO)) == (TWO.hash,)


def test_pictures_are_seen_and_told_apart(engine):
    look(engine, ONE, TWO)
    answers = []
    for shown in (ONE, TWO, ONE):
        chat(engine, asks(shown, "What is this?"), max_tokens=1)
        answers.append(logits(engine.memory))
    assert answers[0] == pytest.approx(answers[2], abs=NOISE)
    assert answers[0] != pytest.approx(answers[1], abs=1.0)


def test_the_next_question_encodes_nothing_and_reads_only_what_is_new(pair):
    engine, cold = pair
    for each in pair:
        look(each, ONE, THREE)
    question = asks(ONE, "and", THREE, "What are these?")
    first = chat(engine, question)
    forget(engine)
    turns = (question, answers(first.text), asks("And now?"))
    usage = assert_as_from_nothing(cold, engine, *turns)
    assert usage.prompt_tokens - usage.cached_tokens < 45 < usage.cached_tokens


def test_regenerating_and_another_branch_read_no_picture(pair):
    engine, cold = pair
    for each in pair:
        look(each, ONE)
    first = chat(engine, asks(ONE, "What is this?"))
    forget(engine)
    usage = assert_as_from_nothing(cold, engine, asks(ONE, "What is this?"))
    assert usage.cached_tokens > TOKENS or usage.prompt_tokens < TOKENS
    turns = (asks(ONE, "What is this?"), answers(first.text), asks("Why?"))
    assert_as_from_nothing(cold, engine, *turns)


def test_a_picture_read_with_an_adapter_is_read_again_without(folders):
    """Its encoding is the same, its cells are not; who comes back finds both."""
    for kind in ("llama", "qwen2vl"):
        folder = folders / kind
        facts = {"controlvector.model_hint": kind}
        sha256 = tiny_adapters.named(tiny_adapters.control(folder / "new.gguf", values=facts))
        places = {"context": 2048, "adapters": str(folder)}
        path, changed = folder / "tiny.gguf", (Adapted(sha256, "control"),)
        with opened(path, **places) as engine, opened(path, **places) as cold:
            look(engine, ONE)
            look(cold, ONE)
            plain = chat(engine, asks(ONE, "What is this?"))
            other = chat(engine, asks(ONE, "What is this?"), adapters=changed)
            assert other.done.usage.cached_tokens == 0
            chat(cold, asks(ONE, "What is this?"), adapters=changed)
            assert logits(cold.memory) == pytest.approx(logits(engine.memory), abs=NOISE)
            forget(engine)
            turns = (asks(ONE, "What is this?"), answers(plain.text), asks("And now?"))
            again = chat(engine, *turns)
            assert again.done.usage.cached_tokens > TOKENS
            cold._adapters._asides.forget()
            chat(cold, *turns)
            assert logits(cold.memory) == pytest.approx(logits(engine.memory), abs=NOISE)
            third = (Adapted(sha256, "control", 0.5),)  # as nobody asked before: it is shown again
            heard = run(engine, Chat((asks(ONE, "What is this?"),), adapters=third))
            assert heard.done == Done("unseen")


def test_an_edited_question_about_a_picture_reads_no_picture(folders):
    """What was typed after it is another; a recurrent model has to go back to the beginning."""
    for kind in ("llama", "gemma3", "qwen2vl"):
        path = folders / kind / "tiny.gguf"
        with opened(path, context=2048) as engine, opened(path, context=2048) as cold:
            look(engine, ONE)
            look(cold, ONE)
            chat(engine, asks(ONE, "What is this?"))
            forget(engine)
            assert_as_from_nothing(cold, engine, asks(ONE, "How many are there?"))


def test_a_picture_in_place_of_another(pair):
    engine, cold = pair
    for each in pair:
        look(each, ONE, TWO)
    chat(engine, asks(ONE, "What is this?"))
    assert_as_from_nothing(cold, engine, asks(TWO, "What is this?"))


def test_back_in_a_conversation_its_pictures_are_read_and_not_encoded(pair):
    engine, cold = pair
    for each in pair:
        look(each, ONE)
    chat(engine, asks(ONE, "What is this?"))
    chat(engine, Turn("user", (Text("Something else entirely"),)))
    assert look(engine, ONE)[0].seconds == 0.0
    assert_as_from_nothing(cold, engine, asks(ONE, "What is this?"))


def test_prefill_reads_the_picture_ahead(engine):
    look(engine, ONE)
    run(engine, Prefill((asks(ONE, "What is"),)))
    forget(engine)
    usage = chat(engine, asks(ONE, "What is this?")).done.usage
    assert usage.cached_tokens > TOKENS
    again = run(engine, Prefill((asks(ONE),)))  # it ends with the picture, which stays
    assert again.done.usage.cached_tokens == again.done.usage.prompt_tokens


def test_a_picture_takes_fewer_positions_where_it_is_counted_by_rows(folders):
    with opened(folders / "qwen2vl/tiny.gguf", context=2048) as engine:
        look(engine, THREE)
        chat(engine, asks(THREE, "What is this?"))
        memory = engine.memory
        slices = [unit for unit in memory.tokens if isinstance(unit, Slice)]
        assert (slices[0].tokens, slices[0].positions, len(slices)) == (36, 6, 36)
        assert memory.place == len(memory.tokens) - 30


def test_a_reading_called_off_within_a_picture_keeps_all_or_nothing_of_it(pair):
    engine, cold = pair
    for each in pair:
        look(each, ONE, THREE)
    question = (asks(ONE, "and", THREE, "What are these?"),)
    for stop in range(1, 6):
        engine.memory.clear()
        job, count = engine.run(Chat(question, sampling=GREEDY, max_tokens=4)), 0
        for event in job:
            count += isinstance(event, Progress)
            if count == stop:
                engine.interrupt()  # heard within the next batch
            if count > stop:
                break
        job.close()
        assert_whole(engine.memory.tokens)
        assert_as_from_nothing(cold, engine, *question)


def assert_whole(tokens):
    for one in {unit.hash: unit for unit in tokens if isinstance(unit, Slice)}.values():
        assert tokens.count(one) == one.tokens


def test_a_look_called_off_leaves_nothing(engine):
    job = engine.run(ONE)
    assert isinstance(next(job), Progress)
    engine.interrupt()
    assert isinstance(next(job), Progress)  # where whoever called it off closes it
    job.close()
    assert run(engine, Chat((asks(ONE, "What?"),))).done.reason == "unseen"
    assert look(engine, ONE)[0].seconds > 0


def test_a_projector_changed_after_it_was_checked_is_not_loaded(folder, tmp_path):
    (tmp_path / "tiny.gguf").write_bytes((folder / "tiny.gguf").read_bytes())
    tiny_projectors.janus_pro(tmp_path / "tiny-mmproj.gguf")
    with opened(tmp_path / "tiny.gguf") as engine:
        broken_projectors.write(tmp_path / "tiny-mmproj.gguf", "no queries")
        with pytest.raises(ParleyError, match="projector"):
            look(engine, ONE)
        assert chat(engine, asks("hello")).text


def test_a_prompt_that_ends_with_a_picture_is_no_question(tmp_path):
    template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    model = tiny_models.random_llama(tmp_path / "tiny.gguf", template=template)
    tiny_projectors.janus_pro(tmp_path / "tiny-mmproj.gguf")
    with opened(model) as engine:
        assert engine.loaded().own_template
        look(engine, ONE)
        with pytest.raises(ParleyError, match="nothing to answer"):
            chat(engine, asks("What is this?", ONE))
        assert chat(engine, asks(ONE, "What is this?")).text


def test_a_look_that_nobody_closes_goes_on(engine):
    job = engine.run(ONE)
    next(job)
    engine.interrupt()
    assert isinstance(list(job)[-1], Seen)


def test_the_longest_unused_picture_is_forgotten_and_asked_for_again(engine):
    look(engine, ONE)
    size = engine._senses.gallery._size
    assert size == TOKENS * tiny_projectors.WIDTH * 4
    engine._senses.gallery = Gallery(most=2 * size)
    look(engine, ONE, TWO, THREE)
    assert unseen(engine, asks(ONE, "What?")) == (ONE.hash,)
    look(engine, ONE)
    assert chat(engine, asks(ONE, "What?")).done.reason == "length"
    assert unseen(engine, asks(TWO, "What?")) == (TWO.hash,)


def test_an_old_question_and_its_picture_make_room_for_new_ones(folder):
    with opened(folder / "tiny.gguf", context=512) as engine:
        turns = []
        for seed in range(6):
            shown = picture(seed)
            look(engine, shown)
            turns.append(asks(shown, "What is this?"))
            heard = chat(engine, *turns)
            turns.append(answers(heard.text))
        dropped = next(e for e in heard.events if isinstance(e, TurnsDropped))
        assert 0 < dropped.count < 10 and heard.done.usage.prompt_tokens < 512
        forget(engine)  # of what was left out nothing is asked for
        last = chat(engine, *turns, asks("And now?"))
        assert last.done.reason == "length"


def test_what_cannot_fit_is_told_before_it_is_encoded(folder):
    with opened(folder / "tiny.gguf", context=256) as engine:
        engine._senses._room = 50
        with pytest.raises(ParleyError, match="more than the model can keep in mind"):
            look(engine, ONE)
        engine._senses._room = 256
        shown = [picture(seed) for seed in range(5)]
        look(engine, *shown)
        with pytest.raises(ParleyError, match="What you show is longer"):
            chat(engine, asks(*shown, "What?"))


@pytest.mark.parametrize(
    "broken",
    [
        Look("a", 0, 0, b""),
        Look("b", 8, 8, bytes(191)),
        Look("c", -8, -8, bytes(192)),
        Look("d", 1 << 31, 1 << 31, b""),
    ],
)
def test_a_picture_of_the_wrong_size_is_refused(engine, broken):
    with pytest.raises(ParleyError, match="could not take in this picture"):
        look(engine, broken)
    assert look(engine, ONE)


def test_a_flat_and_a_tiny_picture_are_seen(folders):
    for kind in ("llama", "gemma3", "qwen2vl"):
        with opened(folders / kind / "tiny.gguf", context=2048) as engine:
            for width, height in ((1, 1), (1568, 1), (2, 1000)):
                flat = Look(f"{width}x{height}", width, height, bytes(width * height * 3))
                look(engine, flat)
                assert chat(engine, asks(flat, "What?")).text


def test_without_a_projector_it_says_so(tmp_path):
    with opened(tiny_models.random_llama(tmp_path / "blind.gguf")) as engine:
        assert not engine.loaded().sees
        for request in (ONE, Chat((asks(ONE, "What?"),)), Prefill((asks(ONE, "What?"),))):
            with pytest.raises(ParleyError, match="does not see"):
                run(engine, request)


def test_with_a_broken_projector_it_chats_and_says_why_it_does_not_see(tmp_path):
    model = tiny_models.random_llama(tmp_path / "tiny.gguf")
    broken_projectors.write(tmp_path / "tiny-mmproj.gguf", "no queries")
    with opened(model) as engine:
        assert not engine.loaded().sees
        assert chat(engine, asks("hello")).text
        with pytest.raises(ParleyError, match=r"tiny-mmproj.gguf\) cannot be used: a part"):
            look(engine, ONE)


def test_marks_that_a_model_does_not_have_are_refused(tmp_path):
    """mtmd gives the token -1 for them, which would end the process."""
    model = tiny_models.random_llama(tmp_path / "tiny.gguf")
    tiny_projectors.idefics3(tmp_path / "tiny-mmproj.gguf")
    with opened(model) as engine:
        assert engine.loaded().sees
        with pytest.raises(ParleyError, match="projector"):
            look(engine, ONE)
        assert chat(engine, asks("hello")).text


@pytest.fixture
def ears(tmp_path):
    model = tiny_models.random_llama(tmp_path / "tiny.gguf")
    tiny_projectors.ultravox(tmp_path / "tiny-mmproj.gguf", Shape(blocks=1))
    with opened(model, context=2048) as engine:
        yield engine


def tone(seconds, rate):
    wave = np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * 440 / rate) * 20000
    return wave.astype("<i2").tobytes()


def test_a_model_that_hears(ears):
    assert (ears.loaded().sees, ears.loaded().hears) == (False, True)
    question = Turn("user", (Sound("a", 2.0), Text("What is this?")))
    assert chat(ears, question).done.reason == "unseen"
    (seen,) = look(ears, Listen("a", tone(2, 16000), 16000))
    assert (seen.hash, seen.tokens) == ("a", 375)
    first = chat(ears, question)
    forget(ears)
    usage = chat(ears, question, answers(first.text), asks("And?")).done.usage
    assert usage.cached_tokens > 375
    with pytest.raises(ParleyError, match="does not see"):
        look(ears, ONE)


def test_the_same_sound_at_another_rate_is_much_the_same(ears):
    heard = []
    for rate in (16000, 48000, 44100, 8000):
        look(ears, Listen(f"{rate}", tone(2, rate), rate))
        chat(ears, Turn("user", (Sound(f"{rate}", 2.0), Text("What?"))), max_tokens=1)
        heard.append(np.array(logits(ears.memory)))
    look(ears, Listen("silence", bytes(64000), 16000))
    chat(ears, Turn("user", (Sound("silence", 2.0), Text("What?"))), max_tokens=1)
    silence = np.abs(heard[0] - logits(ears.memory)).max()
    for other in heard[1:]:
        assert np.abs(heard[0] - other).max() < silence / 2


@pytest.mark.parametrize(
    "sound",
    [
        Listen("empty", b"", 16000),
        Listen("slow", bytes(100), 1),
        Listen("none", bytes(100), 0),
        Listen("odd", b"x", 16000),
    ],
)
def test_a_sound_that_is_none_is_refused(ears, sound):
    with pytest.raises(ParleyError, match="could not take in this sound"):
        look(ears, sound)


def test_a_very_short_sound_is_heard_and_a_very_long_one_refused(ears):
    assert look(ears, Listen("short", bytes(20), 16000))[0].tokens == 375
    with pytest.raises(ParleyError, match="too long"):
        look(ears, Listen("long", bytes(2 * 16000 * 601), 16000))


def test_the_echo_tells_what_it_was_shown(tmp_path):
    with closing(echo.SPEC.create(tmp_path, echo.Options(remembers=2), lambda _: True)) as engine:
        question = asks(ONE, TWO, "hello")
        assert run(engine, Chat((question,))).events == (Unseen((ONE.hash, TWO.hash)),)
        look(engine, ONE, TWO)
        assert run(engine, Chat((question,))).text == "I see 2 pictures: 64 x 64, 64 x 64. hello "
        look(engine, THREE)
        assert run(engine, Chat((question,))).done == Done("unseen")
