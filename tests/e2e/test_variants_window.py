"""A variant's whole life through the real window, with the starter that comes with Parley."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit

from tests.data.asking import WAIT, say, wait_for_answer
from tests.data.dropping import drop, pick

LEFT, ENTER = Qt.MouseButton.LeftButton, Qt.Key.Key_Return
NAME = "Kitchen scales"


def press(qtbot, widget):
    qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled(), timeout=WAIT)
    qtbot.mouseClick(widget, LEFT)


def type_into(qtbot, field, text):
    press(qtbot, field)
    qtbot.keyClicks(field, text)


def choose(qtbot, box, words):
    """Type the first word of an entry, as one does in a list that has the keyboard."""
    box.setFocus()
    qtbot.keyClicks(box, words.split()[0])
    qtbot.waitUntil(lambda: box.currentText().startswith(words), timeout=WAIT)


@pytest.fixture
def opened(qtbot, start):
    """Parley with the page Variants open."""
    parts, window = start()
    press(qtbot, window.sidebar.variants)
    return parts, window, window.pages.currentWidget()


def section(qtbot, page, name):
    """A section of the editor, by a click on its tab."""
    press(qtbot, page.editor.tabs.button(name.lower()))
    qtbot.waitUntil(lambda: page.editor.section(name.lower()) is not None, timeout=WAIT)
    found = page.editor.section(name.lower())
    qtbot.waitUntil(lambda: found.ready, timeout=WAIT)
    return found


def add_test(qtbot, tests, question, kind, text="", tool=""):
    before = len(tests.rows)
    press(qtbot, tests.add)
    qtbot.waitUntil(lambda: len(tests.rows) == before + 1, timeout=WAIT)
    body = tests.rows[-1].body
    qtbot.waitUntil(body.question.hasFocus, timeout=WAIT)
    qtbot.keyClicks(body.question, question)
    check = body.checks.rows[0]
    choose(qtbot, check.kind, kind)
    if tool:
        choose(qtbot, check.tool, tool)
    else:
        type_into(qtbot, check.text, text)


def make(qtbot, page):
    """By keys and clicks: a name, a tool, two tests."""
    press(qtbot, page.tools.new)
    about = section(qtbot, page, "About")
    qtbot.waitUntil(about.name.field.hasFocus, timeout=WAIT)
    qtbot.keyClicks(about.name.field, NAME)
    type_into(qtbot, about.line.field, "Weighs and counts what is in the kitchen.")
    words = section(qtbot, page, "Words")
    type_into(qtbot, words.instructions.box, "You weigh and count. Use the tools.")
    abilities = section(qtbot, page, "Abilities")
    press(qtbot, abilities.which.control.button("Only these"))
    qtbot.waitUntil(lambda: "calculator" in abilities.rows, timeout=WAIT)
    press(qtbot, abilities.rows["calculator"].switch)
    tests = section(qtbot, page, "Tests")
    add_test(qtbot, tests, "What is 17 times 24?", "Its last number", "408")
    add_test(qtbot, tests, "What is 6 times 7?", "Used the tool", tool="Calculator")
    press(qtbot, page.editor.save)
    return tests


def export(qtbot, page, key, path):
    """Through the menu of its card, and the dialog for the file."""
    card = page.own.made(key)
    press(qtbot, card.more)
    pick(qtbot, "Export", "Parley variant…")
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None, timeout=WAIT)
    dialog = page.findChild(QFileDialog)
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
    buttons = dialog.findChild(QDialogButtonBox)
    press(qtbot, buttons.button(QDialogButtonBox.StandardButton.Save))
    qtbot.waitUntil(lambda: path.name in page.notices.message, timeout=WAIT)
    assert path.is_file()


def test_a_variant_from_its_making_to_its_coming_back(qtbot, opened, tmp_path):
    parts, window, page = opened
    variants = parts.variants
    tests = make(qtbot, page)
    key = page.editor.key
    made = variants.variant(key)
    assert made.name == NAME and made.tools == ("calculator",) and len(made.tests) == 2

    # the tests are run by the starter, and the score stands on the card
    press(qtbot, tests.run)
    qtbot.waitUntil(lambda: parts.variant_tests.running == key, timeout=WAIT)
    qtbot.waitUntil(lambda: tests.words.text() == "2 of 2 passed", timeout=WAIT)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.own.made(key) is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: "2 of 2" in page.own.made(key).body.accessibleName(), timeout=WAIT)
    assert "Parley starter" in page.own.made(key).body.accessibleName()

    # a conversation that began without it goes on with it
    press(qtbot, page.back)
    say(qtbot, window, "What is 2 plus 2?")
    wait_for_answer(qtbot, parts)
    press(qtbot, window.page.head.variant)
    panel = window.in_chat.panel
    qtbot.keyClicks(panel.field, "kitchen")
    qtbot.waitUntil(lambda: [one.variant.key for one in panel.choices] == [key], timeout=WAIT)
    qtbot.keyClick(panel.field, ENTER)
    qtbot.waitUntil(lambda: NAME in window.page.head.variant.accessibleName(), timeout=WAIT)
    say(qtbot, window, "What is 12 times 12?")
    answer = wait_for_answer(qtbot, parts, 4)
    assert "144" in answer.text
    marks = [turn.changed for turn in parts.chat.turns if turn.changed]
    assert len(marks) == 1 and NAME in marks[0]
    assert NAME in " ".join(value for _, value in parts.chat.details(answer.key))

    # out, away, back, away, and in again
    press(qtbot, window.sidebar.variants)
    qtbot.waitUntil(lambda: page.own.made(key) is not None, timeout=WAIT)
    file = tmp_path / "kitchen.parley"
    export(qtbot, page, key, file)
    page.own.made(key).body.setFocus()
    qtbot.keyClick(page.own.made(key).body, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: key not in page.own.keys, timeout=WAIT)
    qtbot.waitUntil(lambda: "deleted" in page.notices.message, timeout=WAIT)
    assert page.notices.action.text() == "Undo"
    press(qtbot, page.notices.action)
    qtbot.waitUntil(lambda: key in page.own.keys, timeout=WAIT)
    assert variants.variant(key) == made
    qtbot.waitUntil(lambda: page.own.made(key) is not None, timeout=WAIT)
    qtbot.keyClick(page.own.made(key).body, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: key not in page.own.keys, timeout=WAIT)
    press(qtbot, page.back)
    drop(window.shell, file)  # over the conversation
    taking = window.taking_in
    qtbot.waitUntil(lambda: taking.sheet is not None and taking.sheet.isVisible(), timeout=WAIT)
    assert taking.sheet.shown.variant.name == NAME
    wishes = {row.key: row for row in taking.sheet.rows}
    assert list(wishes) == ["tool:calculator"] and not wishes["tool:calculator"].switch.isChecked()
    press(qtbot, wishes["tool:calculator"].switch)
    press(qtbot, taking.sheet.take)
    qtbot.waitUntil(lambda: page.isVisible() and len(page.own.keys) == 1, timeout=WAIT)
    back = page.own.keys[0]
    taken = variants.variant(back)
    for name in ("name", "line", "instructions", "tools", "tests"):
        assert getattr(taken, name) == getattr(made, name)
    assert "Calculator" in variants.shown(back).touches
