"""Writing, sending, stopping, drafts and files, by keys and clicks."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.views.composer import Composer
from engines.messages import Chat, Done, TextDelta
from tests.ui.appearing import appear

LEFT = Qt.MouseButton.LeftButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def composer(qtbot, light, chat, arrivals, attaching, talk, preferences):
    composer = Composer(chat, arrivals, attaching, talk, preferences)
    composer.resize(820, 160)
    qtbot.addWidget(composer)
    appear(qtbot, composer)
    composer.edit.setFocus()
    yield composer
    QGuiApplication.clipboard().clear()  # what was put there from Python must not outlive Python


@pytest.fixture
def notices(composer, arrivals):
    seen = []
    composer.notice.connect(seen.append)
    return seen


def asked(llm):
    return [request for request in llm.requests if isinstance(request, Chat)]


def settle(qtbot, llm, count=1):
    """Wait until the words are on disk and the model was asked."""
    qtbot.waitUntil(lambda: len(asked(llm)) == count)


def say(qtbot, composer, text):
    qtbot.keyClicks(composer.edit, text)
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)


def answer(qtbot, composer, llm, text="Hello."):
    settle(qtbot, llm)
    llm.answer(TextDelta(text), Done())
    qtbot.waitUntil(lambda: composer.send.accessibleName() == "Send")


def paste(composer, mime):
    QGuiApplication.clipboard().setMimeData(mime)
    composer.edit.paste()


def test_enter_sends_and_clears(qtbot, composer, llm):
    say(qtbot, composer, "hello there")
    settle(qtbot, llm)
    assert asked(llm)[0].turns[-1].parts[0].text == "hello there"
    assert composer.edit.toPlainText() == ""


def test_shift_enter_makes_a_line(qtbot, composer, chat):
    qtbot.keyClicks(composer.edit, "one")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return, SHIFT)
    qtbot.keyClicks(composer.edit, "two")
    assert composer.edit.toPlainText() == "one\ntwo"
    assert not chat.busy


def test_nothing_but_spaces_is_not_sent(qtbot, composer, chat):
    say(qtbot, composer, "   ")
    assert not chat.busy


def test_enter_can_be_set_to_make_a_line(qtbot, composer, llm):
    composer.edit.enter_sends = False
    say(qtbot, composer, "one")
    assert composer.edit.toPlainText() == "one\n"
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return, CONTROL)
    settle(qtbot, llm)


def test_enter_while_composing_a_word_does_not_send(qtbot, composer, chat, llm):
    qtbot.keyClicks(composer.edit, "hi")
    QApplication.sendEvent(composer.edit, QInputMethodEvent("に", []))
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not chat.busy
    done = QInputMethodEvent()
    done.setCommitString("に")
    QApplication.sendEvent(composer.edit, done)
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    settle(qtbot, llm)


def test_the_button_sends_then_stops(qtbot, composer, chat, llm):
    qtbot.keyClicks(composer.edit, "count")
    qtbot.mouseClick(composer.send, LEFT)
    settle(qtbot, llm)
    assert composer.send.accessibleName() == "Stop"
    qtbot.mouseClick(composer.send, LEFT)
    assert llm.cancelled


def test_enter_during_an_answer_keeps_the_words_and_says_why(qtbot, composer, notices, llm):
    say(qtbot, composer, "first")
    settle(qtbot, llm)
    say(qtbot, composer, "second")
    assert composer.edit.toPlainText().strip() == "second"
    assert notices[0].message == "An answer is being written."


def test_it_grows_with_its_lines_up_to_ten(qtbot, composer):
    one = composer.edit.height()
    composer.edit.setPlainText("\n".join("abc"))
    three = composer.edit.height()
    composer.edit.setPlainText("\n".join("abcdefghij"))
    ten = composer.edit.height()
    composer.edit.setPlainText("\n".join("abcdefghijklmnop"))
    assert one < three < ten
    assert composer.edit.height() == ten


def test_a_long_line_wraps_and_grows(qtbot, composer):
    one = composer.edit.height()
    composer.edit.setPlainText("word " * 60)
    assert composer.edit.height() > one


def test_a_pause_keeps_the_draft(qtbot, composer, chat, llm, store):
    say(qtbot, composer, "first")
    answer(qtbot, composer, llm)
    qtbot.keyClicks(composer.edit, "half a thought")
    conversation = chat.conversation
    qtbot.waitUntil(lambda: store.conversation(conversation).draft == "half a thought")


def test_each_conversation_has_its_draft(qtbot, composer, chat, llm, store):
    say(qtbot, composer, "first")
    answer(qtbot, composer, llm)
    first = chat.conversation
    qtbot.keyClicks(composer.edit, "half")
    composer.keep_draft()
    store.flush()
    chat.new()
    assert composer.edit.toPlainText() == ""
    chat.open(first)
    assert composer.edit.toPlainText() == "half"


def test_sending_forgets_the_draft(qtbot, composer, chat, llm, store):
    say(qtbot, composer, "first")
    answer(qtbot, composer, llm)
    qtbot.keyClicks(composer.edit, "second")
    composer.keep_draft()
    say(qtbot, composer, "")
    settle(qtbot, llm, 2)
    store.flush()
    assert store.conversation(chat.conversation).draft == ""


def test_a_great_paste_is_taken_whole(qtbot, composer):
    mime = QMimeData()
    mime.setText("a line of words\n" * 20_000)
    paste(composer, mime)
    assert composer.edit.document().blockCount() == 20_001


def test_a_pasted_text_file_stands_above_the_message(qtbot, composer, attaching, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("milk\n```\neggs\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    qtbot.keyClicks(composer.edit, "What is missing?")
    paste(composer, mime)
    assert composer.edit.toPlainText() == "What is missing?"
    assert [one.name for one in attaching.shown()] == ["notes.txt"]


def test_the_clip_attaches_a_file(qtbot, composer, attaching, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("milk")
    qtbot.mouseClick(composer.attach, LEFT)
    dialog = composer.findChild(QFileDialog)
    qtbot.waitUntil(dialog.isVisible)
    dialog.filesSelected.emit([str(file)])
    dialog.close()
    assert [one.name for one in attaching.shown()] == ["list.txt"]


def test_the_edge_shows_where_the_keyboard_is(qtbot, composer):
    before = composer.grab().toImage()
    qtbot.keyClick(composer.edit, Qt.Key.Key_Tab)
    assert composer.grab().toImage() != before


def test_tab_leaves_the_message(qtbot, composer):
    qtbot.keyClick(composer.edit, Qt.Key.Key_Tab)
    assert composer.focusWidget() is composer.attach


def test_the_empty_message_says_which_key_to_hold(window, preferences):
    edit = window.page.composer.edit
    assert edit.placeholderText() == "Ask anything, or hold Right Ctrl and talk"
    preferences.set_voice("talk_key", "F8")
    assert edit.placeholderText() == "Ask anything, or hold F8 and talk"


def test_live_words_never_share_the_line_with_the_invitation(window, preferences):
    composer = window.page.composer
    composer.live.show("what is", "seven")
    preferences.set_voice("talk_key", "F8")
    assert composer.edit.placeholderText() == ""
    composer.live.show("", "")
    assert composer.edit.placeholderText() == "Ask anything, or hold F8 and talk"


def test_what_is_said_while_a_message_is_on_its_way_waits_its_turn(
    qtbot, window, chat, talk, background, llm
):
    """The sound of the first is being stored, so it is not asked yet."""
    edit, keeping = window.page.composer.edit, talk.keeping
    for words in ("the first", "the second"):
        keeping.wait(keeping.begin(None), chat.conversation, bytes(32_000))
        talk.writing.written.emit(words, True)
    assert edit.text() == "the second" and keeping.busy
    qtbot.waitUntil(lambda: [turn.text for turn in chat.turns[:1]] == ["the first"])
    assert edit.text() == "the second" == chat.draft
    qtbot.waitUntil(lambda: isinstance(llm.requests[-1], Chat))
    llm.answer(Done())
    qtbot.waitUntil(lambda: "the second" in [turn.text for turn in chat.turns])
    assert not edit.text()
