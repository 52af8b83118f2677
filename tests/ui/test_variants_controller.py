"""Variants as a person keeps and uses them: real files, a real store, an engine played here."""

import pytest
from msgspec.structs import replace

from app.controllers.variant_data import Example, Sampling
from engines.messages import Chat, Done, TextDelta, plain


@pytest.fixture
def ready(qtbot, variants):
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready)
    return variants


@pytest.fixture
def ask(qtbot, chat, llm):
    """Send words and answer them; the Chat the engine was asked with."""

    def ask(text, said="Yes"):
        before = len(llm.requests)
        chat.send(text)
        return answered(before, said)

    def answered(before, said="Yes"):
        qtbot.waitUntil(lambda: any(isinstance(r, Chat) for r in llm.requests[before:]))
        asked = next(r for r in llm.requests[before:] if isinstance(r, Chat))
        llm.event.emit(llm.requests.index(asked) + 1, TextDelta(said))
        llm.event.emit(llm.requests.index(asked) + 1, Done())
        return asked

    ask.answered = answered
    return ask


def made(qtbot, variants, **what):
    key = variants.make()
    assert variants.save(key, replace(variants.variant(key), **what)) == ""
    qtbot.waitUntil(lambda: variants.digest(key) != "")
    return key


def test_what_a_variant_says_is_what_the_model_is_asked_with(qtbot, ready, ask):
    key = made(
        qtbot,
        ready,
        name="Pirate",
        instructions="Speak like a pirate.",
        examples=(Example("hello", "Ahoy"),),
        sampling=Sampling(temperature=0.3, top_k=7),
        longest_answer=99,
        think="never",
    )
    ready.use(key)
    asked = ask("who are you?")
    assert [(t.role, plain(t)) for t in asked.turns] == [
        ("system", "Speak like a pirate."),
        ("user", "hello"),
        ("assistant", "Ahoy"),
        ("user", "who are you?"),
    ]
    assert (asked.sampling.temperature, asked.sampling.top_k) == (0.3, 7)
    assert (asked.max_tokens, asked.think) == (99, False)


def test_the_choice_follows_the_branch(qtbot, ready, ask, chat, llm):
    key = made(qtbot, ready, name="Pirate", instructions="Speak like a pirate.")
    ask("one")
    ready.use(key)
    assert "pirate" in plain(ask("two").turns[0])
    assert [turn.changed for turn in chat.turns] == ["", "", "Pirate answers from here on", ""]
    assert ready.in_force() == key
    before = len(llm.requests)
    chat.edit(chat.turns[0].key, "one otherwise")
    asked = ask.answered(before)
    assert asked.turns[0].role == "user" and ready.in_force() == ""
    chat.switch_version(chat.turns[0].key, -1)
    assert ready.in_force() == key and len(chat.turns) == 4
