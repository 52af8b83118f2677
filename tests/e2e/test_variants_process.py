"""Variants in the real program: real engine processes, a store on disk, a restart, branches."""

import json

import pytest
from msgspec.structs import replace

from app.controllers.variant_data import Example, Sampling
from tests.data import tiny_adapters, tiny_models
from tests.data.asking import WAIT, say, wait_for_answer

STEADY = Sampling(temperature=0.0)


@pytest.fixture
def model(tmp_path):
    """Random weights: whatever is read before the question changes what it says."""
    return tiny_models.random_llama(tmp_path / "random.gguf", context=16384)


def made(qtbot, parts, **what):
    variants = parts.variants
    qtbot.waitUntil(lambda: variants.library.ready, timeout=WAIT)
    key = variants.make()
    given = {"sampling": STEADY, "longest_answer": 24, "tools": ()} | what
    assert variants.save(key, replace(variants.variant(key), **given)) == ""
    written(qtbot, parts)
    return key


def written(qtbot, parts):
    qtbot.waitUntil(lambda: parts.variants.library.in_turn.idle, timeout=WAIT)


def ask(qtbot, parts, window, key, question="hello"):
    """In a conversation of its own: the same model, the same question, another variant."""
    parts.chat.new()
    parts.variants.use(key)
    say(qtbot, window, question)
    return wait_for_answer(qtbot, parts)


def again(qtbot, parts):
    """The last answer anew."""
    key = parts.chat.turns[-1].key
    parts.chat.regenerate(key)
    qtbot.waitUntil(lambda: parts.chat.turns[-1].key != key, timeout=WAIT)
    return wait_for_answer(qtbot, parts)


def test_instructions_examples_and_shape_change_what_is_really_said(qtbot, start, model):
    parts, window = start(model)
    bare = made(qtbot, parts)
    plain = ask(qtbot, parts, window, bare)
    assert plain.text and again(qtbot, parts).text == plain.text  # nothing here is left to chance
    for what in (
        {"instructions": "Speak like a pirate."},
        {"examples": (Example("hello", "Ahoy"),)},
    ):
        assert ask(qtbot, parts, window, made(qtbot, parts, **what)).text != plain.text
    shape = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    shaped = made(qtbot, parts, json_schema=json.dumps(shape), longest_answer=200)
    said = json.loads(ask(qtbot, parts, window, shaped).text)
    assert set(said) == {"ok"} and isinstance(said["ok"], bool)


def test_an_adapter_changes_the_answer_as_its_scale_says(qtbot, start, model, tmp_path):
    parts, window = start(model)
    bare = made(qtbot, parts)
    plain = ask(qtbot, parts, window, bare).text
    key = made(qtbot, parts)
    parts.variants.add_file(key, str(tiny_adapters.lora(tmp_path / "tiny.gguf")), "adapter")
    qtbot.waitUntil(lambda: parts.variants.variant(key).adapters != (), timeout=WAIT)
    written(qtbot, parts)
    changed = ask(qtbot, parts, window, key)
    assert changed.text and changed.text != plain
    assert dict(parts.chat.details(changed.key))["Adapters"].endswith(" 1.0")
    ((_, sha256, scale, kind),) = parts.variants.adapters()
    assert (scale, kind) == (1.0, "lora")
    parts.variants.set_scale(sha256, 0.0)
    assert again(qtbot, parts).text == plain
    parts.variants.set_scale(sha256, 1.0)
    assert again(qtbot, parts).text == changed.text


def test_what_was_chosen_is_there_after_a_restart_and_follows_the_branch(qtbot, start, model):
    parts, window = start(model)
    bare, pirate = made(qtbot, parts), made(qtbot, parts, instructions="Speak like a pirate.")
    plain = ask(qtbot, parts, window, bare)
    parts.variants.use(pirate)
    conversation = parts.chat.conversation
    parts, window = start(model)
    qtbot.waitUntil(lambda: parts.variants.library.ready, timeout=WAIT)
    parts.history.open(conversation)
    assert parts.variants.in_force() == pirate  # chosen, and not yet used
    changed = again(qtbot, parts)
    assert changed.text != plain.text and changed.changed
    parts.chat.switch_version(changed.key, -1)
    assert parts.chat.turns[-1].text == plain.text
    parts.chat.switch_version(parts.chat.turns[-1].key, 1)
    say(qtbot, window, "and then?")
    wait_for_answer(qtbot, parts, 4)
    assert [turn.facts["variant"]["id"] for turn in parts.chat.branch] == [
        bare,
        pirate,
        pirate,
        pirate,
    ]


def test_a_variant_without_tools_forbids_the_starter_s_rules_that_use_them(qtbot, start):
    parts, window = start()
    sums = made(qtbot, parts, tools=("calculator",))
    assert ask(qtbot, parts, window, sums, "What is 17 times 24?").tools[0].result == "408"
    none = made(qtbot, parts, tools=())
    assert ask(qtbot, parts, window, none, "What is 17 times 24?").tools == ()
    clock = made(qtbot, parts, tools=("clock",))
    assert all(
        tool.name == "clock"
        for tool in ask(qtbot, parts, window, clock, "What is 17 times 24?").tools
    )
