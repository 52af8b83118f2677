"""Selecting, copying, acting, finding and editing in the conversation, by mouse and by keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QWidget

from app.controllers.shown import ShownError, ShownTool
from app.views.transcript.editor import TurnEditor
from app.views.transcript.handles import Handle
from app.views.transcript.view import Transcript
from tests.ui.appearing import appear
from tests.ui.transcripts import (
    LEFT,
    NONE,
    answer,
    click,
    control,
    conversation,
    drag,
    hold,
    hover,
    place_of,
    shown_with,
    user,
)

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    appear(qtbot, transcript)
    return transcript


def clipboard():
    return QGuiApplication.clipboard().text()


def copied(transcript):
    transcript.setFocus()
    QTest.keyClick(transcript, Qt.Key.Key_C, CONTROL)
    return clipboard()


# selecting

TALK = [
    user(0, "What is it?\nSay it shortly."),
    answer(
        1, "It is **very** simple.\n\n1. first\n2. second\n\n```py\nx = 1\n\ty = 2\n```\n\nDone."
    ),
    user(2, "Thanks!"),
]


def test_a_drag_selects_within_a_block(transcript):
    transcript.set_turns(TALK)
    drag(transcript, place_of(transcript, "very"), place_of(transcript, "simple", after=True))
    assert transcript.selected_text() == "very simple"
    assert copied(transcript) == "very simple"


def test_a_drag_selects_over_blocks_and_turns(transcript):
    transcript.set_turns(TALK)
    drag(transcript, place_of(transcript, "Say it"), place_of(transcript, "Thanks", after=True))
    assert copied(transcript) == (
        "Say it shortly.\n\nIt is very simple.\n\n1. first\n2. second\n\n"
        "x = 1\n\ty = 2\n\nDone.\n\nThanks"
    )


def test_a_drag_upwards_selects_as_well(transcript):
    transcript.set_turns(TALK)
    drag(transcript, place_of(transcript, "second", after=True), place_of(transcript, "very"))
    assert transcript.selected_text() == "very simple.\n\n1. first\n2. second"


def test_a_double_click_selects_a_word_and_a_third_click_the_paragraph(transcript):
    transcript.set_turns(TALK)
    point = place_of(transcript, "simple") + QPoint(8, 0)
    room = transcript.viewport()
    QTest.mouseClick(room, LEFT, NONE, point)
    QTest.mouseDClick(room, LEFT, NONE, point)
    assert transcript.selected_text() == "simple"
    QTest.mouseClick(room, LEFT, NONE, point)
    assert transcript.selected_text() == "It is very simple."


def test_shift_and_a_click_extend_the_selection(transcript):
    transcript.set_turns(TALK)
    room = transcript.viewport()
    QTest.mouseClick(room, LEFT, NONE, place_of(transcript, "What"))
    QTest.mouseClick(room, LEFT, SHIFT, place_of(transcript, "It is", after=True))
    assert transcript.selected_text() == "What is it?\nSay it shortly.\n\nIt is"


def test_everything_is_selected_by_a_key_even_what_was_never_in_view(transcript):
    turns = conversation(60)
    transcript.set_turns(turns)
    transcript.setFocus()
    QTest.keyClick(transcript, Qt.Key.Key_A, CONTROL)
    text = copied(transcript)
    assert text.startswith("Question 0?\n\nAnswer 1. ")
    assert text.endswith("• point 59\n• more")


def test_a_huge_selection_is_copied_as_it_was_written(transcript):
    transcript.set_turns([answer(n, "**a** " * 5_000) for n in range(12)])
    transcript.select_all()
    assert transcript.selected_text().count("**a** ") >= 10 * 5_000


def test_a_table_is_copied_with_tabs_between_its_cells(transcript):
    transcript.set_turns([answer(1, "Here:\n\n| a | b |\n|---|--:|\n| 1 | **2** |\n\nDone.")])
    transcript.select_all()
    assert transcript.selected_text() == "Here:\n\na\tb\n1\t2\n\nDone."
    drag(transcript, place_of(transcript, "b"), place_of(transcript, "1", after=True))
    assert transcript.selected_text() == "b\n1"


def test_formulas_are_copied_as_latex(qtbot, transcript):
    transcript.set_turns([answer(1, "So $x^2$ and $y$:\n\n$$z = 1$$\n\n|a|\n|-|\n|$w$|")])
    qtbot.waitUntil(lambda: not transcript.pending.busy, timeout=60_000)
    transcript.select_all()
    assert transcript.selected_text() == "So $x^2$ and $y$:\n\n$$\nz = 1\n$$\n\na\n$w$"


def test_long_code_is_selected_exactly_as_it_was_written(transcript):
    code = "x = 1\n" * 90 + "\n\n" + "y" * 9_000 + "\n\tz  \nend"
    transcript.set_turns([answer(1, f"```py\n{code}\n```")])
    transcript.select_all()
    assert transcript.selected_text() == code


def test_a_long_question_is_selected_exactly_as_it_was_written(transcript):
    text = "word " * 5_000 + "\n\n" + "line\n" * 300 + "w" * 9_000
    transcript.set_turns([user(1, text)])
    transcript.select_all()
    assert transcript.selected_text() == text


def test_a_click_clears_the_selection(transcript):
    transcript.set_turns(TALK)
    transcript.select_all()
    QTest.mouseClick(transcript.viewport(), LEFT, NONE, place_of(transcript, "Thanks"))
    assert transcript.selected_text() == ""


def test_the_conversation_scrolls_when_a_drag_leaves_it(qtbot, transcript):
    transcript.set_turns(conversation(80))
    before = transcript.verticalScrollBar().value()
    middle = transcript.viewport().rect().center()
    hold(transcript, middle, QPoint(middle.x(), -80))
    qtbot.waitUntil(lambda: transcript.verticalScrollBar().value() < before - 100)
    QTest.mouseRelease(transcript.viewport(), LEFT, NONE, QPoint(middle.x(), -80))
    assert len(transcript.selected_text()) > 100


def test_the_selection_stays_where_it_is_while_the_answer_grows(transcript):
    transcript.set_turns([user(0, "go"), answer(1, "Some words.\n\nAnd", status="streaming")])
    drag(transcript, place_of(transcript, "Some"), place_of(transcript, "words", after=True))
    transcript.add_thought("late thought")
    transcript.add_text(" more of it.\n\n- and\n- a list")
    transcript.flush()
    assert transcript.selected_text() == "Some words"


def test_the_menu_copies(qtbot, transcript):
    transcript.set_turns(TALK)
    drag(transcript, place_of(transcript, "very"), place_of(transcript, "simple", after=True))
    transcript.setFocus()
    menu = transcript.make_menu()
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy"].trigger()
    assert clipboard() == "very simple"
    actions["Copy as Markdown"].trigger()
    assert clipboard() == TALK[1].text
    actions["Select all"].trigger()
    assert transcript.selected_text().endswith("Thanks!")
    menu.close()


def test_a_right_click_opens_the_menu(qtbot, transcript):
    transcript.set_turns(TALK)
    point = place_of(transcript, "Thanks")
    from PySide6.QtGui import QContextMenuEvent

    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, point, transcript.viewport().mapToGlobal(point)
    )
    QApplication.sendEvent(transcript.viewport(), event)
    menu = transcript.findChild(QMenu)
    assert menu is not None and menu.isVisible()
    menu.close()


def test_the_copy_button_of_code_copies_it_exactly(transcript):
    code = "def f():\n\treturn 1\n\n\n# end  " + "\n" + "x = 2\n" * 200 + "last"
    transcript.set_turns([answer(1, f"Look:\n\n```python\n{code}\n```\n")])
    QTest.keyClick(transcript, Qt.Key.Key_Home)
    click(transcript, "copy_code")
    assert clipboard() == code


# acting on turns

ASKS = {"copy": "copy_asked", "regenerate": "regenerate_asked", "delete": "delete_asked"}


@pytest.mark.parametrize("name", ASKS)
def test_an_answer_is_acted_on_by_a_click(qtbot, transcript, name):
    transcript.set_turns([user(7, "go"), answer(8, "Yes.", facts="Model · 3 tokens")])
    with qtbot.waitSignal(getattr(transcript, ASKS[name])) as asked:
        click(transcript, name, row=1)
    assert asked.args == [8]


def test_facts_versions_and_errors_are_acted_on_by_a_click(qtbot, transcript):
    error = ShownError("No.", "Why not.")
    shown = answer(8, "Yes.", facts="3 tokens", version=2, versions=3, error=error)
    transcript.set_turns([user(7, "go"), shown])
    for name, signal, values in (
        ("details", transcript.details_asked, [8]),
        ("error_details", transcript.error_details_asked, [8]),
        ("retry", transcript.regenerate_asked, [8]),
    ):
        with qtbot.waitSignal(signal) as asked:
            click(transcript, name)
        assert asked.args == values
    for number, step in ((0, -1), (1, 1)):
        with qtbot.waitSignal(transcript.version_asked) as asked:
            click(transcript, "version", number=number)
        assert asked.args == [8, step]


def test_a_click_that_did_not_hover_first_acts_too(qtbot, transcript):
    transcript.set_turns([user(7, "go"), answer(8, "Yes."), user(9, "more"), answer(10, "No.")])
    with qtbot.waitSignal(transcript.copy_asked) as asked:
        QTest.mouseClick(transcript.viewport(), LEFT, NONE, control(transcript, "copy", row=1))
    assert asked.args == [8]


def tab_through(transcript, limit=60):
    """The handles Tab reaches, in order."""
    transcript.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    for _ in range(limit):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if not isinstance(focused, Handle):
            return reached
        reached.append(focused)
    return reached


@pytest.fixture
def page(qtbot, light, transcript):
    """The transcript between two other widgets that take the focus."""
    page = QWidget()
    qtbot.addWidget(page)
    above, below = QPlainTextEdit(page), QPlainTextEdit(page)
    transcript.setParent(page)
    for place, widget in enumerate((above, transcript, below)):
        widget.setGeometry(0, place * 300, 900, 600 if widget is transcript else 60)
    below.setGeometry(0, 910, 900, 60)
    page.resize(900, 980)
    QWidget.setTabOrder(above, transcript)
    appear(qtbot, page)
    return page


def test_tab_reaches_everything_in_the_current_turn_and_goes_on(page, transcript):
    tools = (ShownTool("calculator", "1+1", "2"),)
    text = "See [this](http://a.b).\n\n```py\nx\n```\n"
    shown = answer(2, text, thought="Hm.", tools=tools, facts="3 tokens", version=2, versions=3)
    transcript.set_turns([user(1, "go"), shown])
    names = [handle.objectName() for handle in tab_through(transcript)]
    assert names == [
        *("fold_thought", "fold_tool", "link", "copy_code"),
        *("copy", "read_aloud", "regenerate", "delete", "version", "version", "details"),
    ]
    assert isinstance(QApplication.focusWidget(), QPlainTextEdit)


def test_every_button_has_a_name(page, transcript):
    error = ShownError("No.", "Why not.")
    shown = answer(2, "[a](http://b)", thought="Hm.", facts="3", error=error, versions=2)
    transcript.set_turns([user(1, "go"), shown])
    handles = tab_through(transcript)
    assert len(handles) >= 8
    assert all(handle.accessibleName() for handle in handles)
    assert transcript.newest.accessibleName() and transcript.accessibleName()


def test_the_turns_above_are_reached_by_keys_and_acted_on(qtbot, page, transcript):
    transcript.set_turns([user(1, "go"), answer(2, "Yes."), user(3, "more"), answer(4, "No.")])
    transcript.setFocus()
    for _ in range(2):
        QTest.keyClick(transcript, Qt.Key.Key_Up, CONTROL)
    assert transcript.current == 1
    QTest.keyClick(transcript, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    with qtbot.waitSignal(transcript.copy_asked) as asked:
        QTest.keyClick(focused, Qt.Key.Key_Return)
    assert asked.args == [2]
    with qtbot.waitSignal(transcript.copy_asked):
        QTest.keyClick(focused, Qt.Key.Key_Space)


def test_thoughts_unfold_by_a_key(page, transcript):
    transcript.set_turns([answer(1, "Yes.", thought="Because of this.")])
    handle = tab_through(transcript)[0]
    handle.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Return)
    shown_with(transcript, "Because of this.")


def test_a_link_is_asked_about_and_never_opened(qtbot, transcript, monkeypatch):
    opened = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    transcript.set_turns([answer(1, "See [this page](http://a.b/c?d=e) now.")])
    point = place_of(transcript, "page")
    hover(transcript, point)
    assert transcript.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert transcript.hovered_link == "http://a.b/c?d=e"
    with qtbot.waitSignal(transcript.link_asked) as asked:
        QTest.mouseClick(transcript.viewport(), LEFT, NONE, point)
    assert asked.args == ["http://a.b/c?d=e"] and not opened
    hover(transcript, place_of(transcript, "now"))
    assert transcript.viewport().cursor().shape() == Qt.CursorShape.IBeamCursor


def test_a_tooltip_takes_nothing_for_html(transcript):
    name = "<img src='/etc/hostname'>"
    transcript.set_turns([answer(1, "Yes.", tools=(ShownTool(name, "x", "y"),))])
    hover(transcript, control(transcript, "fold_tool"))
    handles = [h for h in transcript.viewport().findChildren(Handle) if h.isVisible()]
    told = [handle.toolTip() for handle in handles if handle.objectName() == "fold_tool"]
    assert told and "<img" not in told[0] and "&lt;img" in told[0]


# editing


def editor_of(transcript):
    return transcript.viewport().findChild(TurnEditor)


def test_what_was_said_is_edited_in_its_place(qtbot, transcript):
    transcript.set_turns([user(1, "helo"), answer(2, "Hi.")])
    click(transcript, "edit", row=0)
    field = editor_of(transcript).field
    assert field.hasFocus() and field.toPlainText() == "helo"
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field, "hello")
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    QTest.keyClicks(field, "there")
    with qtbot.waitSignal(transcript.edited) as edited:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert edited.args == [1, "hello\nthere"]
    qtbot.waitUntil(lambda: editor_of(transcript) is None)


def test_editing_can_be_left(qtbot, transcript):
    transcript.set_turns([user(1, "helo"), answer(2, "Hi.")])
    with qtbot.assertNotEmitted(transcript.edited):
        transcript.edit(1)
        QTest.keyClicks(editor_of(transcript).field, "more")
        QTest.keyClick(editor_of(transcript).field, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: editor_of(transcript) is None)
    assert transcript.hasFocus()
    shown_with(transcript, "helo")


def test_the_editor_has_buttons_that_tab_reaches(qtbot, transcript):
    transcript.set_turns([user(1, "helo"), answer(2, "Hi.")])
    transcript.edit(1)
    editor = editor_of(transcript)
    QTest.keyClick(editor.field, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is editor.save_button
    with qtbot.waitSignal(transcript.edited):
        QTest.keyClick(editor.save_button, Qt.Key.Key_Space)


def test_nothing_is_not_sent(qtbot, transcript):
    transcript.set_turns([user(1, "helo"), answer(2, "Hi.")])
    transcript.edit(1)
    field = editor_of(transcript).field
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    with qtbot.assertNotEmitted(transcript.edited):
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_editor_scrolls_with_its_turn(transcript):
    transcript.set_turns(conversation(40))
    transcript.edit(36)
    before = editor_of(transcript).y()
    transcript.scroll_by(-50)
    assert editor_of(transcript).y() == before + 50


# finding


def test_all_matches_are_counted_and_the_first_is_shown(transcript):
    turns = conversation(400)
    turns[10] = user(10, "A needle here, and a NEEDLE there.")
    turns[301] = answer(301, "Another **nee**dle.")
    transcript.set_turns(turns)
    assert transcript.find("needle") == 3
    shown_with(transcript, "A needle here")
    assert transcript.find("no such words") == 0


def test_steps_lead_to_every_match_in_turn_and_around(transcript):
    turns = conversation(300)
    for number in (20, 150, 280):
        turns[number] = user(number, f"The needle {number}.")
    transcript.set_turns(turns)
    transcript.find("needle")
    for number in (150, 280, 20):
        transcript.find_step(1)
        shown_with(transcript, f"needle {number}")
    assert transcript.find_step(-1) == 3
    shown_with(transcript, "needle 280")


def test_steps_lead_back_through_several_matches_of_one_turn(transcript):
    transcript.set_turns([user(1, "one one one"), answer(2, "one **one**")])
    assert transcript.find("one") == 5
    assert [transcript.find_step(way) for way in (1, 1, 1, 1, -1, -1, -1)] == [2, 3, 4, 5, 4, 3, 2]


def test_matches_in_view_are_marked_and_the_current_one_stands_out(transcript):
    transcript.set_turns([user(1, "one two one"), answer(2, "`one` and\n\n```\none\n```")])
    before = transcript.grab().toImage()
    assert transcript.find("one") == 4
    marks = [
        mark
        for shown in transcript.stack.shown
        for mark in transcript.finder.marks(shown.row, shown.index, shown.box)
    ]
    assert len(marks) == 4 and [mark.current for mark in marks].count(True) == 1
    assert transcript.grab().toImage() != before
    transcript.clear_find()
    assert transcript.grab().toImage() == before


def test_one_letter_is_found_in_ten_thousand_turns(transcript):
    transcript.set_turns(conversation(10_000))
    assert transcript.find("question") == 5_000
    assert transcript.find_step(1) == 2
