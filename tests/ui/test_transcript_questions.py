"""A tool asks inside the answer: what it would do is shown in full, and the person chooses."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from app.controllers.shown import ShownQuestion, ShownTool
from app.views.theme import DARK, LIGHT
from app.views.transcript.code import CodeBox
from app.views.transcript.handles import Handle
from app.views.transcript.question import QuestionFoot, QuestionHead, QuestionText, plainly
from app.views.transcript.view import Transcript
from tests.ui.appearing import appear
from tests.ui.transcripts import (
    LEFT,
    NONE,
    answer,
    boxes_in_view,
    click,
    control,
    conversation,
    drag,
    place_of,
    shown_with,
    user,
)

WORDS = "May the tool web search ask en.wikipedia.org?"
CHOICES = ["once", "conversation", "always", "never"]
CODE = "\n".join(f"print({number})" for number in range(40))


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    appear(qtbot, transcript)
    return transcript


@pytest.fixture
def page(qtbot, transcript):
    """The transcript above the field in which the person writes."""
    page = QWidget()
    qtbot.addWidget(page)
    field = QPlainTextEdit(page)
    transcript.setParent(page)
    transcript.setGeometry(0, 0, 900, 700)
    field.setGeometry(0, 710, 900, 60)
    page.resize(900, 780)
    appear(qtbot, page)
    return page


def question(key="call-1", what="query: Mount Kenya", **more):
    return ShownQuestion(key, WORDS, what, ("en.wikipedia.org",), **more)


def asking(key=2, asked=None, **more):
    tool = ShownTool("web_search", "query: Mount Kenya", question=asked or question(), **more)
    return answer(key, status="waiting", tools=(tool,))


def question_boxes(transcript):
    kinds = QuestionHead | QuestionText | QuestionFoot
    return [each for each in transcript.stack.shown if isinstance(each.box, kinds)]


@pytest.mark.parametrize("number", range(4))
def test_each_choice_is_made_by_a_click(qtbot, transcript, number):
    transcript.set_turns([user(1, "go"), asking()])
    with qtbot.waitSignal(transcript.question_answered) as answered:
        click(transcript, "answer", number=number)
    assert answered.args == ["call-1", CHOICES[number]]


def test_a_double_click_answers_once(qtbot, transcript):
    """The second click may hit the next question, which stands where the first one stood."""
    answered = []
    transcript.question_answered.connect(lambda *values: answered.append(values))
    transcript.set_turns([user(1, "go"), asking()])
    point = control(transcript, "answer")
    handle = transcript.viewport().childAt(point)
    middle = handle.rect().center()
    QTest.mouseClick(handle, LEFT, NONE, middle)
    transcript.change_turn(asking(asked=question("call-2")))
    handle = transcript.viewport().childAt(point)
    QTest.mouseDClick(handle, LEFT, NONE, middle)
    QTest.mouseRelease(handle, LEFT, NONE, middle)
    assert answered == [("call-1", "once")]


def test_all_that_matters_is_in_view_and_can_be_copied(transcript):
    transcript.set_turns([user(1, "go"), asking(asked=question(warning="Strangers wrote this."))])
    for words in (WORDS, "en.wikipedia.org", "query: Mount Kenya", "Strangers wrote this."):
        shown_with(transcript, words)
    drag(transcript, place_of(transcript, "query"), place_of(transcript, "Kenya", after=True))
    transcript.copy()
    assert QGuiApplication.clipboard().text() == "query: Mount Kenya"


def test_a_long_text_is_folded_and_shown_in_full_on_a_click(transcript):
    transcript.set_turns([user(1, "go"), asking(asked=question(what=CODE))])
    shown_with(transcript, "print(7)")
    with pytest.raises(AssertionError):
        shown_with(transcript, "print(8)")
    click(transcript, "fold_question")
    shown_with(transcript, "print(39)")
    boxes = [shown.box for shown in question_boxes(transcript)]
    assert isinstance(boxes[-1], QuestionFoot)
    click(transcript, "fold_question")
    with pytest.raises(AssertionError):
        shown_with(transcript, "print(39)")


def test_a_huge_text_is_cut_into_small_boxes_and_none_of_it_is_left_out(transcript):
    what = "\n".join(f"line {number}" for number in range(9_000))
    transcript.set_turns([user(1, "go"), asking(asked=question(what=what))])
    click(transcript, "fold_question")
    texts = [box for box in transcript.stack.boxes(1) if isinstance(box, QuestionText)]
    assert "\n".join(box.source for box in texts) == what
    assert sum(box.width == transcript.stack.width for box in texts) < 10  # are laid out


def test_signs_that_hide_something_are_shown_by_their_numbers(transcript):
    hidden = "rm a\u202e\u2066b\u200bc\U000e0041"
    shown = "rm a⟨U+202E⟩⟨U+2066⟩b⟨U+200B⟩c⟨U+E0041⟩"
    assert plainly(hidden) == shown
    transcript.set_turns([user(1, "go"), asking(asked=question(what=hidden))])
    shown_with(transcript, shown)


def test_the_keyboard_reaches_every_choice(qtbot, page, transcript):
    transcript.set_turns([user(1, "go"), asking(asked=question(what=CODE))])
    transcript.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    while True:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if not isinstance(focused, Handle):
            break
        reached.append(focused)
    names = [handle.objectName() for handle in reached]
    assert names == ["fold_tool", "fold_question", *["answer"] * 4]
    assert [handle.accessibleName() for handle in reached[2:]] == [
        f"{words}. {WORDS}" for words in ("Once", "In this conversation", "Always", "Never")
    ]
    for handle, key, choice in (
        (reached[2], Qt.Key.Key_Return, "once"),
        (reached[5], Qt.Key.Key_Space, "never"),
    ):
        handle.setFocus()
        with qtbot.waitSignal(transcript.question_answered) as answered:
            QTest.keyClick(handle, key)
        assert answered.args == ["call-1", choice]


def test_a_question_is_reached_by_keys_whatever_turn_is_the_current_one(page, transcript):
    transcript.set_turns([user(1, "go"), asking()])
    transcript.current = 0
    transcript.place_children()
    handles = [h for h in transcript.viewport().findChildren(Handle) if h.isVisible()]
    choices = [handle for handle in handles if handle.objectName() == "answer"]
    assert len(choices) == 4
    assert all(handle.focusPolicy() == Qt.FocusPolicy.TabFocus for handle in choices)


def test_what_is_being_typed_goes_on_and_enter_approves_nothing(qtbot, page, transcript):
    field = page.findChild(QPlainTextEdit)
    transcript.set_turns([user(1, "go"), answer(2, status="waiting")])
    field.setFocus()
    QTest.keyClicks(field, "half a wo")
    with qtbot.assertNotEmitted(transcript.question_answered):
        transcript.change_turn(asking())
        assert QApplication.focusWidget() is field
        QTest.keyClicks(QApplication.focusWidget(), "rd ")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert field.toPlainText() == "half a word \n "


def test_the_focus_never_passes_from_one_question_to_the_next(qtbot, page, transcript):
    transcript.set_turns([user(1, "go"), asking()])
    choices = [h for h in transcript.viewport().findChildren(Handle) if h.objectName() == "answer"]
    choices[0].setFocus()
    transcript.change_turn(asking(asked=question("call-2")))
    assert not isinstance(QApplication.focusWidget(), Handle)
    with qtbot.assertNotEmitted(transcript.question_answered):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_a_new_question_is_in_view_for_a_reader_at_the_end(transcript):
    turns = [*conversation(40), answer(40, status="waiting")]
    transcript.set_turns(turns)
    transcript.change_turn(asking(40))
    kinds = [type(shown.box) for shown in question_boxes(transcript)]
    assert kinds == [QuestionHead, QuestionText, QuestionFoot]
    last = question_boxes(transcript)[-1]
    assert last.y + last.box.height <= transcript.viewport().height()


def test_a_new_question_leaves_a_reader_further_up_in_peace(transcript):
    transcript.set_turns([*conversation(40), answer(40, status="waiting")])
    transcript.scroll_by(-2_000)
    before = boxes_in_view(transcript)
    transcript.change_turn(asking(40))
    assert boxes_in_view(transcript) == before
    assert transcript.newest.isVisible()


def test_the_card_stays_the_same_while_the_turn_grows_and_goes_with_the_answer(transcript):
    transcript.set_turns([user(1, "go"), asking()])
    before = [shown.box for shown in question_boxes(transcript)]
    transcript.add_text("Let me look.")
    transcript.flush()
    assert [shown.box for shown in question_boxes(transcript)] == before
    done = ShownTool("web_search", "query: Mount Kenya", "5,199 m")
    transcript.change_turn(answer(2, "Let me look.", tools=(done,)))
    assert not question_boxes(transcript)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("px", [10, 15, 32])
@pytest.mark.parametrize("width", [240, 420, 1100])
def test_everything_has_room_at_any_width_and_size(transcript, theme, px, width):
    transcript.set_theme(theme)
    transcript.set_text_size(px)
    transcript.resize(width, 1_500)
    asked = question(what="w" * 300, warning="Words of strangers are in this conversation.")
    transcript.set_turns([user(1, "go"), asking(asked=asked)])
    transcript.grab()
    above = None
    for shown in question_boxes(transcript):
        assert above is None or shown.y == above, "the parts of the card lie on each other"
        above = shown.y + shown.box.height
        areas = [each.rect for each in shown.box.controls()]
        for number, area in enumerate(areas):
            assert area.left() > 0 and area.right() < shown.box.width
            assert area.top() >= 0 and area.bottom() < shown.box.height
            assert not any(area.intersects(other) for other in areas[:number])
        if shown.box.document is not None:
            assert shown.box.at.y() + shown.box.document.size().height() < shown.box.height + 16


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_warning_can_be_read(theme):
    def luminance(color):
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    warn, surface = QColor(theme.warn).getRgbF()[:3], QColor(theme.surface).getRgbF()[:3]
    behind = [0.1 * w + 0.9 * s for w, s in zip(warn, surface, strict=True)]
    bright, dim = sorted((luminance(warn), luminance(behind)), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_a_choice_shows_that_it_is_hovered_and_pressed(transcript):
    transcript.set_turns([user(1, "go"), asking()])
    looks = [transcript.grab().toImage()]
    handle = transcript.viewport().childAt(control(transcript, "answer"))
    handle.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    looks.append(transcript.grab().toImage())
    handle.setDown(True)
    looks.append(transcript.grab().toImage())
    assert looks[0] != looks[1] != looks[2]


def test_a_screen_reader_is_told_what_is_asked(transcript):
    transcript.set_turns([user(1, "go"), asking(asked=question(warning="Strangers wrote this."))])
    words = QAccessible.queryAccessibleInterface(transcript).child(1).text(QAccessible.Text.Name)
    for part in (WORDS, "en.wikipedia.org", "query: Mount Kenya", "Strangers wrote this."):
        assert part in words


# the code of a tool


def test_code_is_folded_to_its_first_line_and_shown_with_its_result(qtbot, transcript):
    code = "import math\n\nprint(math.pi)\n"
    tool = ShownTool("run_python", "code: import math…", "3.14159", code=code)
    transcript.set_turns([user(1, "go"), answer(2, "Pi.", tools=(tool,))])
    with pytest.raises(AssertionError):
        shown_with(transcript, "math.pi")
    click(transcript, "fold_tool")
    qtbot.waitUntil(lambda: not transcript.pending.busy, timeout=60_000)
    shown, _ = shown_with(transcript, "print(math.pi)")
    assert isinstance(shown.box, CodeBox) and shown.box.piece.language == "python"
    below, _ = shown_with(transcript, "3.14159")
    assert below.index == shown.index + 1
    assert shown.box.document.firstBlock().layout().formats(), "the code is coloured"
    click(transcript, "copy_code")
    assert QGuiApplication.clipboard().text() == code


def test_code_keeps_its_box_while_the_answer_grows(transcript):
    tool = ShownTool("run_python", "", "1", code="print(1)")
    transcript.set_turns([user(1, "go"), answer(2, "It", status="streaming", tools=(tool,))])
    click(transcript, "fold_tool")
    before = shown_with(transcript, "print(1)")[0].box
    transcript.add_text(" is one.\n\n```python\nprint(1)\n```\n\nDone.")
    transcript.flush()
    assert shown_with(transcript, "print(1)")[0].box is before
    shown_with(transcript, "Done.")
