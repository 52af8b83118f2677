"""Variants are tested with real models and real tools, while the person goes on talking."""

import hashlib

from msgspec.structs import replace

from app import paths
from app.controllers.variant_data import Check, Sampling
from app.controllers.variant_data import Test as VariantTest
from app.parts import STARTER
from tests.data import tiny_models
from tests.data.asking import WAIT, say, wait_for_answer


def ready(qtbot, parts):
    qtbot.waitUntil(lambda: parts.variants.library.ready, timeout=WAIT)
    return {one.name: one.key for one in parts.variants.all()}


def over(qtbot, parts):
    qtbot.waitUntil(lambda: not parts.variant_tests.running, timeout=WAIT)


def test_one_that_came_along_is_tested_with_the_starter_while_the_person_asks(qtbot, start):
    parts, window = start()
    key = ready(qtbot, parts)["Careful calculator"]
    parts.variant_tests.run_tests(key)
    say(qtbot, window, "What is 5 times 5?")
    assert "25" in wait_for_answer(qtbot, parts).text
    over(qtbot, parts)
    results = parts.variant_tests.results(key)
    assert {one.state for one in results} == {"passed", "failed"}
    by_question = {one.question: one for one in results}
    assert by_question["What is 17 * 24?"].state == "passed"
    assert "408" in by_question["What is 17 * 24?"].answer
    passed = sum(one.state == "passed" for one in results)
    words = f"{passed} of {len(results)} with {parts.models.model.name}"
    qtbot.waitUntil(lambda: parts.variants.shown(key).score_words == words, timeout=WAIT)
    digest = hashlib.sha256(paths.resource(STARTER).read_bytes()).hexdigest()
    assert [one.model for one in parts.variants.kept.scores()] == [digest]
    assert len(parts.chat.turns) == 2, "tests leave nothing in a conversation"
    again, _ = start()
    ready(qtbot, again)
    assert again.variants.shown(key).score_words == words
    assert [one.state for one in again.variant_tests.results(key)] == [r.state for r in results]


def test_the_smallest_model_that_passes_all_is_named(qtbot, start, tmp_path):
    parts, _ = start(tiny_models.scripted(tmp_path / "scripted.gguf", ["Hello", " there"]))
    ready(qtbot, parts)
    key = parts.variants.make()
    tests = tuple(
        VariantTest(question, (Check("contains", "hello"), Check("no tool")))
        for question in ("Who are you?", "And where?")
    )
    made = replace(parts.variants.variant(key), tests=tests, sampling=Sampling(temperature=0.0))
    assert parts.variants.save(key, made) == ""
    qtbot.waitUntil(lambda: parts.variants.digest(key) != "", timeout=WAIT)
    parts.variant_tests.run_tests(key)
    over(qtbot, parts)
    name = parts.models.model.name
    words = f"Smallest model that passes all: {name}"
    qtbot.waitUntil(lambda: parts.variants.shown(key).smallest == words, timeout=WAIT)
    parts.variant_compare.compare("", key, "Who are you?")
    qtbot.waitUntil(lambda: parts.variant_compare.shown.ready, timeout=WAIT)
    sides = parts.variant_compare.shown.left, parts.variant_compare.shown.right
    assert [one.text for one in sides] == ["Hello there"] * 2
    parts.variant_compare.choose("tie")
    qtbot.waitUntil(lambda: parts.variants.kept.duels() != [], timeout=WAIT)
