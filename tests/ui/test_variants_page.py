"""The page Variants in the real window, with the real controllers; the test plays the model."""

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPlainTextEdit

from app.controllers.shown_variants import ShownDifference, ShownImport, ShownWish
from app.controllers.variant_data import Check, Variant
from app.controllers.variant_data import Test as VariantTest
from app.views.variants import words
from app.views.variants.shelves import OfferRow
from engines.messages import Chat, Done, TextDelta
from tests.conftest import WAIT
from tests.data.dropping import drop, pick

LEFT, ENTER = Qt.MouseButton.LeftButton, Qt.Key.Key_Return
TESTS = (
    VariantTest("Say hi", (Check("contains", "hi"),), "hi", "no"),
    VariantTest("Say no", (Check("equals", "no"),), "no", "hi"),
)


@pytest.fixture
def page(qtbot, window, variants):
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready, timeout=WAIT)
    qtbot.mouseClick(window.sidebar.variants, LEFT)
    return window.pages.currentWidget()


@pytest.fixture
def made(qtbot, page, variants):
    """A function that makes a variant and waits for its card; its key."""

    def make(name, **what):
        key = variants.make()
        assert not variants.save(key, replace(variants.variant(key), name=name, **what))
        qtbot.waitUntil(lambda: page.own.made(key) is not None, timeout=WAIT)
        return key

    return make


def opened(qtbot, page: Any, key, name) -> Any:
    """A section of the editor of a variant, once it is made."""
    if page.editor is None or page.editor.key != key:
        qtbot.mouseClick(page.own.made(key).body, LEFT)
    assert page.editor
    qtbot.mouseClick(page.editor.tabs.button(name), LEFT)
    section = page.editor.section(name)
    assert section
    qtbot.waitUntil(lambda: section.ready, timeout=WAIT)
    return section


def answer(qtbot, llm, text, seen):
    """The model answers the newest question after those that were seen; how many there are."""

    def asked():
        return [number for number, one in enumerate(llm.requests) if isinstance(one, Chat)]

    qtbot.waitUntil(lambda: len(asked()) > seen, timeout=WAIT)
    llm.answer(TextDelta(text), Done("stop"))
    return seen + 1


def questions(llm):
    return sum(isinstance(one, Chat) for one in llm.requests)


def test_words_narrow_the_cards_and_keys_go_through_them(qtbot, page, made):
    keys = [made(name) for name in ("Cook", "Gardener", "Tutor")]
    qtbot.waitUntil(lambda: page.own.keys == keys, timeout=WAIT)
    qtbot.keyClicks(page.tools.field, "gard")
    qtbot.waitUntil(lambda: page.own.keys == [keys[1]], timeout=WAIT)
    qtbot.keyClick(page.tools.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.own.keys == keys, timeout=WAIT)
    qtbot.waitUntil(lambda: page.own.made(keys[2]) is not None, timeout=WAIT)
    qtbot.keyClick(page.tools.field, Qt.Key.Key_Down)
    for key, there in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Down, 2)):
        qtbot.keyClick(QApplication.focusWidget(), key)
        assert QApplication.focusWidget() is page.own.made(keys[there]).body
    qtbot.keyClick(QApplication.focusWidget(), ENTER)
    assert page.editor.key == keys[2]
    qtbot.keyClick(page.editor, Qt.Key.Key_Escape)
    assert page.editor is None and page.tools.field.hasFocus()


def test_what_is_written_is_kept_when_one_leaves_and_can_be_taken_back(
    qtbot, window, page, made, variants, undo
):
    key = made("Cook")
    section = opened(qtbot, page, key, "words")
    qtbot.keyClicks(section.instructions.box, "You cook.")
    assert page.editor.save.isEnabled() and variants.variant(key).instructions == ""
    qtbot.mouseClick(page.back, LEFT)
    assert variants.variant(key).instructions == "You cook."
    undo.undo()
    assert variants.variant(key).instructions == ""


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(qtbot, page, made, variants):
    key = made("Cook")
    section = opened(qtbot, page, key, "about")
    section.name.field.clear()
    qtbot.keyClicks(section.name.field, " ")
    qtbot.mouseClick(page.editor.save, LEFT)
    assert page.editor.problem.isVisible() and "name" in page.editor.problem.text()
    qtbot.mouseClick(page.back, LEFT)
    assert page.editor.abandon.isVisible()  # it asks before anything goes
    qtbot.mouseClick(page.editor.abandon, LEFT)
    assert page.editor is None and variants.variant(key).name == "Cook"


def test_every_field_reaches_the_variant(qtbot, page, made, variants):
    key = made("Cook")
    about = opened(qtbot, page, key, "about")
    qtbot.keyClicks(about.tags.field, "food, kitchen")
    qtbot.mouseClick(about.look.colours.swatches[3], LEFT)
    said = opened(qtbot, page, key, "words")
    qtbot.mouseClick(said.openings.add, LEFT)
    qtbot.keyClicks(said.openings.fields[0], "What is a roux?")
    qtbot.mouseClick(said.examples.add, LEFT)
    qtbot.keyClicks(said.examples.boxes[0].question, "Salt?")
    qtbot.keyClicks(said.examples.boxes[0].answer, "A pinch.")
    able = opened(qtbot, page, key, "abilities")
    qtbot.mouseClick(able.which.control.button("Only these"), LEFT)
    qtbot.waitUntil(lambda: "units" in able.rows, timeout=WAIT)
    qtbot.mouseClick(able.rows["units"].switch, LEFT)
    answers = opened(qtbot, page, key, "answers")
    answers.sampling["temperature"].spin.setFocus()
    qtbot.keyClick(answers.sampling["temperature"].spin, Qt.Key.Key_Up)
    qtbot.mouseClick(answers.think.control.button("Never"), LEFT)
    qtbot.mouseClick(answers.shape.control.button("JSON"), LEFT)
    qtbot.mouseClick(page.editor.save, LEFT)
    assert not page.editor.problem.text()
    kept: Variant = variants.variant(key)
    assert kept.tags == ("food", "kitchen") and kept.look.colour == "#b35309"
    assert kept.openings == ("What is a roux?",) and kept.examples[0].answer == "A pinch."
    assert kept.tools == ("units",) and kept.sampling.temperature == 0.0
    assert kept.think == "never" and kept.json_schema == "{}"


def test_tests_are_run_as_they_stand_and_say_how_they_went(qtbot, page, made, llm, variants):
    key = made("Cook", tests=TESTS)
    tests = opened(qtbot, page, key, "tests")
    qtbot.waitUntil(lambda: len(tests.rows) == 2, timeout=WAIT)
    assert [row.head.state for row in tests.rows] == ["", ""]
    seen = questions(llm)
    qtbot.mouseClick(tests.run, LEFT)
    assert tests.stop.isVisible() and tests.bar.isVisible()
    seen = answer(qtbot, llm, "hi there", seen)
    qtbot.waitUntil(lambda: tests.rows[0].head.state == "passed", timeout=WAIT)
    answer(qtbot, llm, "certainly not", seen)
    qtbot.waitUntil(lambda: tests.rows[1].head.state == "failed", timeout=WAIT)
    qtbot.waitUntil(lambda: tests.words.text() == "1 of 2 passed", timeout=WAIT)
    qtbot.mouseClick(tests.rows[1].head, LEFT)
    assert tests.rows[1].body.answer.text() == "certainly not"
    qtbot.mouseClick(tests.rows[1].body.remove, LEFT)
    assert len(tests.rows) == 1 and page.editor.save.isEnabled()


def test_a_test_whose_own_answers_prove_nothing_says_so(qtbot, page, made):
    tests = opened(qtbot, page, made("Cook", tests=TESTS), "tests")
    qtbot.waitUntil(lambda: len(tests.rows) == 2, timeout=WAIT)
    first = tests.rows[0]
    qtbot.mouseClick(first.head, LEFT)
    qtbot.keyClicks(first.body.wrong, "hi ")  # the caret stands at the beginning
    qtbot.waitUntil(lambda: first.head.words == "Its wrong answer passes, too.", timeout=WAIT)
    assert first.body.proof.text() == first.head.words
    assert first.head.words in first.head.accessibleName()
    assert tests.rows[1].head.flaw == ""
    for _ in "hi ":
        qtbot.keyClick(first.body.wrong, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: first.head.flaw == "", timeout=WAIT)


def test_the_preview_answers_as_it_stands_unsaved(qtbot, page, made, llm, variants):
    key = made("Cook")
    section = opened(qtbot, page, key, "words")
    qtbot.keyClicks(section.instructions.box, "Answer like a pirate.")
    preview = page.editor.preview
    seen = questions(llm)
    qtbot.keyClicks(preview.field, "Hello?")
    qtbot.keyClick(preview.field, ENTER)
    answer(qtbot, llm, "Arr!", seen)
    asked = [one for one in llm.requests if isinstance(one, Chat)][-1]
    assert "pirate" in str(asked.turns[0].parts) and variants.variant(key).instructions == ""
    rows = preview.transcript.stack.rows
    qtbot.waitUntil(lambda: len(rows) == 2 and rows[1].turn.text == "Arr!", timeout=WAIT)


def test_two_are_compared_unseen_and_the_choice_is_counted(qtbot, page, made, llm, variants, undo):
    cook, tutor = made("Cook"), made("Tutor")
    qtbot.mouseClick(page.own.made(cook).more, LEFT)
    pick(qtbot, "Compare with another…")
    view = page.compare
    qtbot.waitUntil(view.isVisible, timeout=WAIT)
    qtbot.keyClicks(view.question, "Salt?")
    seen = questions(llm)
    qtbot.mouseClick(view.ask, LEFT)
    seen = answer(qtbot, llm, "A pinch.", seen)
    answer(qtbot, llm, "What do you think?", seen)
    qtbot.waitUntil(view.buttons["left"].isEnabled, timeout=WAIT)
    titles = [pane.title.text() for pane in view.panes.values()]
    assert titles == ["Left", "Right"]
    qtbot.mouseClick(view.buttons["left"], LEFT)
    qtbot.waitUntil(lambda: view.panes["left"].title.text() in ("Cook", "Tutor"), timeout=WAIT)
    winner = cook if view.panes["left"].title.text() == "Cook" else tutor
    qtbot.waitUntil(lambda: variants.shown(winner).won == 1, timeout=WAIT)
    assert words.duels(variants.shown(winner)) == "1 won · 0 lost"
    undo.undo()
    qtbot.waitUntil(lambda: variants.shown(winner).won == 0, timeout=WAIT)


def test_nothing_is_taken_in_before_the_person_says_so(qtbot, window, page, variants):
    taken, refused = [], []
    wishes = (
        ShownWish("tool:calculator", "Use the tool “Calculator”"),
        ShownWish("tool:gone", "Use the tool “Gone”", possible=False, trouble="There is none"),
    )
    one = ShownImport("i1", Variant(name="Cook"), "Ollama Modelfile", "4 KB", wishes, ("ADAPTER",))
    changes = (ShownDifference("Instructions", "Cook.", "Cook well."),)
    two = ShownImport("i2", Variant(name="Tutor"), "Parley variant", "9 KB", differences=changes,
                      replaces="x")  # fmt: skip
    variants.imports_ready.emit(())
    variants.imports_ready.emit((one, two))
    sheet = window.taking_in.sheet
    sheet.taken.connect(lambda *about: taken.append(about))
    sheet.refused.connect(refused.append)
    assert sheet.isVisible() and sheet.count.text() == "1 of 2" and not sheet.both.isVisible()
    assert [row.switch.isChecked() for row in sheet.rows] == [False, False]
    assert not sheet.rows[1].switch.isEnabled()
    qtbot.mouseClick(sheet.rows[0].switch, LEFT)
    qtbot.mouseClick(sheet.take, LEFT)
    assert taken == [("i1", {"tool:calculator"}, False)]
    assert sheet.count.text() == "2 of 2" and sheet.both.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible() and refused == ["i2"] and len(taken) == 1


def test_everything_has_a_name_and_tab_goes_round(qtbot, page, made):
    key = made("Cook", tests=TESTS)
    for name in ("about", "words", "abilities", "answers", "tests"):
        section = opened(qtbot, page, key, name)
        qtbot.waitUntil(lambda section=section: not section.steps.busy, timeout=WAIT)
    tests = page.editor.section("tests")
    qtbot.waitUntil(lambda: len(tests.rows) == 2, timeout=WAIT)
    qtbot.waitUntil(tests.rows[1].head.isVisible, timeout=WAIT)
    tests.rows[0].head.setFocus()
    qtbot.keyClick(tests.rows[0].head, ENTER)
    qtbot.waitUntil(tests.rows[0].body.remove.isVisible, timeout=WAIT)
    kinds = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit)
    nameless = [
        one
        for kind in kinds
        for one in page.findChildren(kind)
        if one.isVisible() and one.focusPolicy() and not one.accessibleName()
    ]
    assert not nameless
    reached, start = [], QApplication.focusWidget()
    while (now := QApplication.focusWidget()) is not start or not reached:
        assert len(reached) < 300
        reached.append(now)
        qtbot.keyClick(now, Qt.Key.Key_Tab)
    wanted = [tests.rows[0].head, tests.rows[0].body.question, tests.rows[0].body.remove]
    places = [reached.index(one) for one in (*wanted, tests.rows[1].head)]
    assert places == sorted(places)
    assert {tests.run, page.editor.more} <= set(reached)
    assert places[-1] < reached.index(page.editor.preview.field)  # the preview comes after


def test_a_folder_is_a_shelf_and_what_stands_on_it_can_be_had(
    qtbot, window, page, made, variants, tmp_path
):
    key = made("Cook", line="Cooks.")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    variants.export(key, str(shelf / "cook.parley"))
    qtbot.waitUntil(lambda: "cook.parley" in page.notices.message, timeout=WAIT)
    variants.remove(key)
    drop(page, shelf)
    qtbot.waitUntil(lambda: len(page.offers.card.findChildren(OfferRow)) == 1, timeout=WAIT)
    row = page.offers.card.findChildren(OfferRow)[0]
    assert row.get.text() == "Look at it" and "Cook" in row.get.accessibleName()
    qtbot.waitUntil(row.get.isVisible, timeout=WAIT)
    qtbot.mouseClick(row.get, LEFT)
    taking = window.taking_in
    qtbot.waitUntil(lambda: taking.sheet is not None and taking.sheet.isVisible(), timeout=WAIT)
    qtbot.mouseClick(taking.sheet.take, LEFT)
    qtbot.waitUntil(lambda: len(page.own.keys) == 1, timeout=WAIT)
    assert variants.shown(page.own.keys[0]).line == "Cooks."
    page.shelves.forgotten.emit(str(shelf))
    qtbot.waitUntil(lambda: not page.offers.card.findChildren(OfferRow) or not variants.offers())


@pytest.fixture
def ours(tmp_path):
    """One that came with Parley, before anything is read."""
    folder = tmp_path / "built_in/tutor"
    folder.mkdir(parents=True)
    (folder / "variant.toml").write_text('name = "Tutor"\nline = "Asks back."\n')
    return folder


def test_what_came_with_parley_is_looked_at_copied_and_put_away(qtbot, ours, page, variants):
    qtbot.waitUntil(lambda: bool(page.built_in.keys), timeout=WAIT)
    key = page.built_in.keys[0]
    qtbot.waitUntil(lambda: page.built_in.made(key) is not None, timeout=WAIT)
    qtbot.mouseClick(page.built_in.made(key).body, LEFT)
    about = page.editor.section("about")
    qtbot.waitUntil(lambda: about.ready, timeout=WAIT)
    assert not about.name.field.isEnabled() and not page.editor.save.isVisible()
    qtbot.mouseClick(page.editor.copy, LEFT)
    copy = page.editor.key
    assert copy != key and page.editor.save.isVisible() and not variants.shown(copy).built_in
    qtbot.mouseClick(page.back, LEFT)
    qtbot.waitUntil(lambda: page.own.keys == [copy], timeout=WAIT)
    qtbot.mouseClick(page.built_in.made(key).more, LEFT)
    pick(qtbot, "Hide")
    qtbot.waitUntil(lambda: not page.built_in.keys and page.hidden.isVisible(), timeout=WAIT)
    qtbot.mouseClick(page.hidden, LEFT)
    qtbot.waitUntil(lambda: page.built_in.keys == [key], timeout=WAIT)


def test_what_one_allows_a_variant_is_taken_back_and_given_again(qtbot, page, made, variants, undo):
    key = made("Cook", tools=("calculator",))
    assert variants.shown(key).touches == ("Calculator",)
    able = opened(qtbot, page, key, "abilities")
    qtbot.waitUntil(lambda: "tool:calculator" in able.wishes.rows, timeout=WAIT)
    switch = able.wishes.rows["tool:calculator"].switch
    qtbot.waitUntil(switch.isVisible, timeout=WAIT)
    assert switch.isChecked()
    qtbot.mouseClick(switch, LEFT)
    assert variants.shown(key).touches == ()
    undo.undo()
    qtbot.waitUntil(switch.isChecked, timeout=WAIT)
    assert variants.shown(key).touches == ("Calculator",)
