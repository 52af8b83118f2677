"""The field takes any text whole and gives it back as it was."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QTextCursor

from app.views.long_lines import LONGEST, LongLines

LONG = "0123456789" * (LONGEST // 2)  # five blocks
TEXTS = ["", "one", "one\ntwo\n", LONG, f"a\n{LONG}\nb\n\n{LONG}", "\n\n", "😀é" * LONGEST, "x\ty"]


@pytest.fixture
def field(qtbot):
    field = LongLines()
    qtbot.addWidget(field)
    field.show()
    return field


def paste(field, text):
    mime = QMimeData()
    mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime)
    field.paste()


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_is_pasted_comes_back(field, text):
    paste(field, text)
    assert field.text() == text
    field.set_text(text)
    assert field.text() == text


def test_no_block_is_long(field):
    paste(field, LONG + LONG)
    block, longest = field.document().firstBlock(), 0
    while block.isValid():
        longest, block = max(longest, block.length()), block.next()
    assert longest <= LONGEST + 1


def test_copying_gives_the_line_without_breaks(field):
    paste(field, f"a\n{LONG}\nb")
    field.selectAll()
    field.copy()
    assert QGuiApplication.clipboard().text() == f"a\n{LONG}\nb"


def test_copying_a_part_gives_that_part(field):
    paste(field, "😀" + LONG)
    cursor = field.textCursor()
    cursor.setPosition(2)  # behind the picture, two units wide
    cursor.setPosition(12, QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)
    field.copy()
    assert QGuiApplication.clipboard().text() == "0123456789"


def test_a_line_break_inside_a_long_line_stays_one(qtbot, field):
    paste(field, LONG)
    cursor = field.textCursor()
    cursor.setPosition(3 * LONGEST)
    field.setTextCursor(cursor)
    field.insert("\n")
    assert field.text().count("\n") == 1
    assert field.text().replace("\n", "") == LONG


def test_undo_and_redo_keep_the_line_whole(field):
    field.insert("before ")
    paste(field, LONG)
    field.undo()
    assert field.text() == "before "
    field.redo()
    assert field.text() == "before " + LONG


def test_pasting_replaces_what_is_selected(field):
    paste(field, LONG)
    field.selectAll()
    paste(field, "short")
    assert field.text() == "short"


def test_the_breaks_of_windows_and_old_macs_become_ours(field):
    paste(field, "a\r\nb\rc")
    assert field.text() == "a\nb\nc"


WORDS = st.lists(
    st.sampled_from(["", "a", "\n", "b c", "z" * (LONGEST - 1), "y" * (LONGEST + 1), LONG]),
    max_size=6,
).map("".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=WORDS, text=WORDS, place=st.floats(0, 1))
def test_inserting_anywhere_is_like_inserting_into_a_string(field, before, text, place):
    field.set_text(before)
    cursor = field.textCursor()
    cursor.setPosition(round(place * (field.document().characterCount() - 1)))
    field.setTextCursor(cursor)
    head = QTextCursor(cursor)
    head.movePosition(QTextCursor.MoveOperation.Start, QTextCursor.MoveMode.KeepAnchor)
    field.setTextCursor(head)
    left = field.createMimeDataFromSelection().text()
    field.setTextCursor(cursor)
    field.insert(text)
    assert field.text() == left + text + before[len(left) :]
