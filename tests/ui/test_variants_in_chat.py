"""Variants in the conversation: the chip, its panel, @name, and openings on the empty page."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from app.controllers.variant_data import Variant
from engines.messages import Chat, Done, TextDelta
from tests.conftest import WAIT
from tests.data import tiny_adapters

LEFT, ENTER = Qt.MouseButton.LeftButton, Qt.Key.Key_Return
OPENINGS = ("Explain fractions", "Ask me about rivers")


@pytest.fixture
def tutor(qtbot, variants):
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready, timeout=WAIT)
    return add(variants, "Patient tutor", openings=OPENINGS, instructions="Be patient.")


@pytest.fixture
def cook(variants, tutor):
    return add(variants, "Cook")


def add(variants, name, **what):
    key = variants.make()
    made = replace(variants.variant(key), name=name, **what)
    assert isinstance(made, Variant) and not variants.save(key, made)
    return key


@pytest.fixture
def edit(window):
    return window.page.composer.edit


def test_the_chip_names_who_answers_and_its_panel_switches(qtbot, window, variants, tutor, cook):
    chip, panel = window.page.head.variant, window.in_chat.panel
    assert chip.accessibleName() == "No variant. Choose another"
    qtbot.mouseClick(chip, LEFT)
    assert panel.isVisible() and panel.field.hasFocus()
    assert [one.variant.name for one in panel.choices] == ["Plain Parley", "Cook", "Patient tutor"]
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    qtbot.keyClick(panel.choices[0], Qt.Key.Key_Down)
    qtbot.keyClick(panel.choices[1], ENTER)
    assert variants.in_force() == cook and not panel.isVisible()
    qtbot.waitUntil(lambda: "Cook" in chip.accessibleName())
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(panel.isVisible)
    qtbot.keyClicks(panel.field, "tut")
    assert [one.variant.key for one in panel.choices] == [tutor]
    qtbot.keyClick(panel.field, ENTER)
    assert variants.in_force() == tutor and window.page.composer.edit.hasFocus()
    qtbot.mouseClick(chip, LEFT)
    qtbot.mouseClick(panel.choices[0], LEFT)
    assert variants.in_force() == ""


def test_openings_stand_on_the_empty_page(qtbot, window, variants, tutor):
    welcome = window.page.welcome
    before = [one.question for one in welcome.examples]
    variants.use(tutor)
    qtbot.waitUntil(lambda: [one.question for one in welcome.examples] == list(OPENINGS))
    qtbot.mouseClick(welcome.examples[1], LEFT)
    assert window.page.composer.edit.text() == OPENINGS[1]
    variants.use("")
    qtbot.waitUntil(lambda: [one.question for one in welcome.examples] == before)


def test_a_name_is_completed(qtbot, window, edit, variants, tutor, cook):
    names = window.in_chat.names
    qtbot.keyClicks(edit, "@")
    assert names.isVisible() and len(names.choices) == 2
    qtbot.keyClicks(edit, "pat")
    assert [one.variant.key for one in names.choices] == [tutor]
    qtbot.keyClick(edit, ENTER)
    assert variants.in_force() == tutor and edit.text() == "" and not names.isVisible()
    qtbot.keyClicks(edit, "@")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert not names.isVisible() and edit.text() == "@"
    qtbot.keyClicks(edit, "coo")
    assert not names.isVisible()  # closed for this name
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClicks(edit, "@coo")
    assert names.isVisible()


def test_a_message_that_begins_with_a_name_is_answered_by_it(
    qtbot, window, edit, llm, chat, variants, tutor, cook
):
    before = len(llm.requests)
    qtbot.keyClicks(edit, "@cook what is a roux?")
    qtbot.keyClick(edit, ENTER)
    qtbot.waitUntil(lambda: any(isinstance(one, Chat) for one in llm.requests[before:]))
    llm.answer(TextDelta("Flour in butter."), Done())
    qtbot.waitUntil(lambda: not chat.busy)
    assert chat.turns[0].text == "what is a roux?"
    assert variants.in_force() == cook
    qtbot.keyClicks(edit, "@patient tutor")  # nothing else: nothing is asked
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.keyClick(edit, ENTER)
    assert variants.in_force() == tutor and edit.text() == ""
    assert len(chat.turns) == 2 and not chat.busy


def test_words_with_an_at_sign_are_words(qtbot, window, edit, chat, llm, variants, tutor):
    qtbot.keyClicks(edit, "write to ann@example.org")
    assert not window.in_chat.names.isVisible()
    qtbot.keyClick(edit, ENTER)
    qtbot.waitUntil(lambda: len(chat.turns) == 2)
    assert chat.turns[0].text == "write to ann@example.org" and variants.in_force() == ""


def test_adapters_are_scaled_in_the_panel_for_this_conversation(
    qtbot, window, variants, tutor, tmp_path
):
    variants.add_file(tutor, str(tiny_adapters.lora(tmp_path / "tiny.gguf")), "adapter")
    qtbot.waitUntil(lambda: variants.variant(tutor).adapters != ())
    chip, panel = window.page.head.variant, window.in_chat.panel
    qtbot.mouseClick(chip, LEFT)
    assert not panel.slides
    qtbot.keyClicks(panel.field, "tutor")
    qtbot.keyClick(panel.field, ENTER)  # it stays open: there is a scale to set
    assert panel.isVisible() and [one.value.text() for one in panel.slides] == ["1.00"]
    slider = panel.slides[0].slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: variants.adapters()[0][2] == pytest.approx(0.95))
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: variants.adapters()[0][2] == 0.0)
    assert panel.slides[0].value.text() == "0.00"
    qtbot.keyClick(slider, Qt.Key.Key_Escape)
    assert not panel.isVisible() and window.page.composer.edit.hasFocus()
