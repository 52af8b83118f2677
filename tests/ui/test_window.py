"""The whole window by keys and clicks: pages, shortcuts, notices, narrow and wide."""

import traceback

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from app.controllers.shown import Notice, ShownModel
from app.views.actions import ENTRIES
from app.views.controls import Button
from app.views.shell import Scrim
from app.views.theme import DARK
from engines.messages import Chat, Done, Loaded, TextDelta

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
)
HASH = "ab" * 32


def press(qtbot, window, key, held=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window.focusWidget() or window, key, held)


def asked(llm):
    return [request for request in llm.requests if isinstance(request, Chat)]


def ask(qtbot, window, llm, text):
    before = len(asked(llm))
    window.page.composer.edit.setFocus()
    qtbot.keyClicks(window.page.composer.edit, text)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked(llm)) == before + 1)


def converse(qtbot, window, llm, question="hello", answer="Hello."):
    ask(qtbot, window, llm, question)
    llm.answer(TextDelta(answer), Done())
    qtbot.waitUntil(lambda: window.page.composer.send.accessibleName() == "Send")


def names(part):
    return [b.accessibleName() for b in part.findChildren(QAbstractButton) if b.isVisible()]


def nameless(window):
    """Controls the keyboard reaches that say nothing to a screen reader."""
    bad = []
    for part in window.findChildren(QWidget):
        reached = part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible()
        if reached and isinstance(part, CONTROLS):
            about = QAccessible.queryAccessibleInterface(part)
            if not about.text(QAccessible.Text.Name):
                bad.append((type(part).__name__, part.objectName()))
    return bad


def tab_round(qtbot, window):
    """Every widget Tab visits until it is back where it began."""
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    first = window.focusWidget()
    visited = [first]
    for _ in range(200):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        if window.focusWidget() is first:
            return visited
        visited.append(window.focusWidget())
    raise AssertionError("Tab never came back")


OPENERS = {
    "chat": lambda window: None,
    "preferences": lambda window: window.pages.open_preferences(),
    "shortcuts": lambda window: window.pages.open_shortcuts(),
    "about": lambda window: window.pages.open_about(),
    "find": lambda window: window.page.find_bar.open_bar(),
    "model": lambda window: window.show_model_card(),
}


@pytest.mark.parametrize("page", OPENERS)
@pytest.mark.parametrize("size", [(720, 480), (1200, 800)])
def test_every_control_has_a_name_and_tab_comes_back(qtbot, window, page, size):
    window.resize(*size)
    OPENERS[page](window)
    qtbot.waitUntil(lambda: window.size().width() == size[0])
    assert not nameless(window)
    assert len(tab_round(qtbot, window)) >= 3


def test_tab_reaches_every_part_of_the_window(qtbot, window, conversations):
    visited = tab_round(qtbot, window)
    side, page = window.sidebar, window.page
    for part in (
        side.new,
        side.search,
        side.list,
        side.preferences,
        side.menu,
        page.head.model,
        page.head.finder,
        page.composer.edit,
        page.composer.attach,
        page.composer.send,
        page.composer.mic,
        window.status.model,
        *page.welcome.examples,
    ):
        assert part in visited, part.accessibleName()


def test_the_window_starts_with_the_keyboard_in_the_message(window):
    assert window.focusWidget() is window.page.composer.edit


def test_an_example_fills_the_message(qtbot, window):
    example = window.page.welcome.examples[0]
    qtbot.mouseClick(example, LEFT)
    assert window.page.composer.edit.toPlainText() == example.question
    assert window.focusWidget() is window.page.composer.edit


def test_the_welcome_says_what_answers_and_gives_way_to_the_conversation(qtbot, window, llm):
    assert window.page.welcome.isVisible()
    converse(qtbot, window, llm)
    assert window.page.transcript.isVisible()
    assert not window.page.welcome.isVisible()
    press(qtbot, window, Qt.Key.Key_N, CONTROL)
    assert window.page.welcome.isVisible()


def test_ctrl_k_goes_to_the_search(qtbot, window):
    press(qtbot, window, Qt.Key.Key_K, CONTROL)
    assert window.focusWidget() is window.sidebar.search


def test_ctrl_l_goes_to_the_message(qtbot, window):
    press(qtbot, window, Qt.Key.Key_K, CONTROL)
    press(qtbot, window, Qt.Key.Key_L, CONTROL)
    assert window.focusWidget() is window.page.composer.edit


@pytest.mark.parametrize(
    ("key", "title"), [(Qt.Key.Key_Comma, "Preferences"), (Qt.Key.Key_Slash, "Shortcuts")]
)
def test_keys_open_pages_and_escape_leaves_them(qtbot, window, key, title):
    press(qtbot, window, key, CONTROL)
    assert window.pages.currentWidget().accessibleName() == title
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.pages.on_chat
    assert window.focusWidget() is window.page.composer.edit


def test_find_counts_steps_and_closes(qtbot, window, llm):
    converse(qtbot, window, llm, "tea or tea", "Tea.")
    press(qtbot, window, Qt.Key.Key_F, CONTROL)
    bar = window.page.find_bar
    qtbot.keyClicks(bar.field, "tea")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 3")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 3"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    assert bar.count.text() == "3 of 3"
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert window.focusWidget() is window.page.composer.edit


def test_find_looks_anew_after_another_answer(qtbot, window, llm):
    converse(qtbot, window, llm, "tea", "Tea.")
    press(qtbot, window, Qt.Key.Key_F, CONTROL)
    bar = window.page.find_bar
    qtbot.keyClicks(bar.field, "tea")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")
    converse(qtbot, window, llm, "tea", "Tea.")
    bar.field.setFocus()
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "1 of 4"


def test_opening_another_conversation_ends_the_finding(qtbot, window, chat, conversations):
    chat.open(conversations[0])
    press(qtbot, window, Qt.Key.Key_F, CONTROL)
    assert window.page.find_bar.isVisible()
    chat.open(conversations[1])
    assert not window.page.find_bar.isVisible()


def test_find_says_when_there_is_nothing(qtbot, window, llm):
    converse(qtbot, window, llm)
    press(qtbot, window, Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(window.page.find_bar.field, "zebra")
    qtbot.waitUntil(lambda: window.page.find_bar.count.text() == "No matches")


def test_escape_stops_the_answer_when_nothing_lies_on_top(qtbot, window, llm):
    ask(qtbot, window, llm, "count")
    press(qtbot, window, Qt.Key.Key_Comma, CONTROL)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not llm.cancelled
    press(qtbot, window, Qt.Key.Key_Escape)
    assert llm.cancelled


def test_up_in_an_empty_message_changes_the_last_question(qtbot, window, llm, chat):
    converse(qtbot, window, llm, "hello")
    press(qtbot, window, Qt.Key.Key_Up)
    editor = window.focusWidget()
    assert editor is not window.page.composer.edit
    qtbot.keyClicks(editor, " again")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked(llm)) == 2)
    assert [(t.text, t.versions) for t in chat.turns][0] == ("hello again", 2)


def test_ctrl_z_takes_back_typing_first_then_the_deletion(qtbot, window, store, history, undo):
    with qtbot.waitSignal(history.changed):
        store.begin("Old", "user", (), lambda conversation, turn: history.delete(conversation))
    qtbot.waitUntil(lambda: bool(undo.label))
    edit = window.page.composer.edit
    edit.setFocus()
    qtbot.keyClicks(edit, "typed")
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.toPlainText() == ""
    assert undo.label
    edit.document().clearUndoRedoStacks()
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert not undo.label
    qtbot.waitUntil(lambda: [c.title for c in history.conversations] == ["Old"])


def test_zoom_keys_change_the_text(qtbot, window, preferences):
    edit = window.page.composer.edit
    press(qtbot, window, Qt.Key.Key_Equal, CONTROL)
    press(qtbot, window, Qt.Key.Key_Plus, CONTROL)
    assert (preferences.settings.text_size, edit.font().pixelSize()) == (17, 17)
    press(qtbot, window, Qt.Key.Key_Minus, CONTROL)
    assert preferences.settings.text_size == 16
    press(qtbot, window, Qt.Key.Key_0, CONTROL)
    assert edit.font().pixelSize() == 15


def test_ctrl_b_hides_the_sidebar_and_the_head_brings_it_back(qtbot, window):
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    assert not window.sidebar.isVisible()
    qtbot.mouseClick(window.page.head.sidebar, LEFT)
    assert window.sidebar.isVisible()
    assert window.pages.x() == window.sidebar.width()


def test_a_narrow_window_lays_the_sidebar_over_the_page(qtbot, window):
    window.resize(760, 600)
    qtbot.waitUntil(lambda: not window.sidebar.isVisible())
    assert window.pages.x() == 0
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    assert window.sidebar.isVisible()
    assert window.pages.x() == 0
    qtbot.mouseClick(window.shell.findChild(Scrim), LEFT, pos=QPoint(600, 300))
    assert not window.sidebar.isVisible()
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()
    window.resize(1200, 800)
    qtbot.waitUntil(window.sidebar.isVisible)


def test_opening_a_conversation_puts_the_narrow_sidebar_away(qtbot, window, conversations, chat):
    window.resize(760, 600)
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    side = window.sidebar
    qtbot.mouseClick(
        side.list.viewport(), LEFT, pos=side.list.visualRect(side.rows.index(1)).center()
    )
    assert chat.conversation == conversations[2]
    assert not side.isVisible()
    assert window.focusWidget() is window.page.composer.edit


def test_the_title_stands_in_the_head_and_on_the_window(qtbot, window, chat, conversations):
    chat.open(conversations[0])
    assert window.page.head.title.text() == "Garden shed"
    assert window.windowTitle() == "Garden shed"


def menus(window):
    return [menu for menu in window.findChildren(QMenu) if menu.isVisible()]


def test_f10_opens_a_menu_with_everything(qtbot, window):
    press(qtbot, window, Qt.Key.Key_F10)
    menu = menus(window)[0]
    assert [a.text() for a in menu.actions()] == ["File", "Edit", "View", "Help"]
    within = {a.text() for sub in menu.findChildren(QMenu) for a in sub.actions()}
    assert {entry.text for entry in ENTRIES if entry.name != "menu"} <= within
    assert {"Recent models", "Theme"} <= within
    menu.close()


def test_alt_alone_opens_the_menu(qtbot, window):
    qtbot.keyPress(window, Qt.Key.Key_Alt)
    qtbot.keyRelease(window, Qt.Key.Key_Alt)
    assert menus(window)
    menus(window)[0].close()


def test_alt_with_another_key_opens_nothing(qtbot, window):
    qtbot.keyPress(window, Qt.Key.Key_Alt)
    qtbot.keyPress(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyRelease(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyRelease(window, Qt.Key.Key_Alt)
    assert not menus(window)


def test_no_two_actions_share_a_key(window):
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_the_status_line_tells_model_state_and_promise(window, models, llm):
    assert window.status.model.text() == "Test model"
    assert window.status.words.text() == "Ready"
    assert window.status.seal.text() == "Nothing leaves this computer"
    assert not window.status.warning.isVisible()
    models.release()
    assert "memory given back" in window.status.words.text()


def test_an_unguarded_engine_is_said(window, models, llm):
    models.open_starter()
    llm.load(Loaded(name="Test model", jail="This system cannot lock the engine in."), Done())
    assert window.status.warning.isVisible()
    assert window.status.warning.toolTip() == "This system cannot lock the engine in."


def test_the_pill_opens_the_card_and_escape_gives_the_keyboard_back(qtbot, window):
    edit = window.page.composer.edit
    qtbot.mouseClick(window.page.head.model, LEFT)
    assert window.model_card.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.model_card.isVisible()
    assert window.focusWidget() is edit


def test_a_click_beside_the_card_closes_it(qtbot, window):
    window.show_model_card()
    qtbot.mouseClick(window.model_card, LEFT, pos=QPoint(20, 400))
    assert not window.model_card.isVisible()


def test_the_card_gives_memory_back(qtbot, window, llm):
    window.show_model_card()
    qtbot.mouseClick(window.model_card.release, LEFT)
    assert llm.state == "stopped"
    assert not window.model_card.release.isEnabled()


def test_a_server_is_chosen_in_the_card(qtbot, window, server, llm):
    assert not server.add("http://127.0.0.1:8080", "Attic")
    window.show_model_card()
    button = next(b for b in window.model_card.findChildren(Button) if b.text() == "Use Attic")
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: llm.opened[-1][0] == "openai")
    assert not window.model_card.isVisible() and server.rows()[0].in_use
    window.show_model_card()
    shown = [b.text() for b in window.model_card.findChildren(Button) if b.isVisible()]
    assert "Use Attic" not in shown and "Use the starter" in shown


def test_the_card_copies_the_hash(qtbot, window, models):
    window.show_model_card()
    models.changed.emit(ShownModel(name="M", facts=(("SHA-256", HASH),)))
    qtbot.waitUntil(lambda: "Copy SHA-256" in names(window.model_card))
    copy = next(
        b for b in window.model_card.findChildren(QAbstractButton)
        if b.accessibleName() == "Copy SHA-256" and b.isVisible()
    )  # fmt: skip
    qtbot.mouseClick(copy, LEFT)
    assert QGuiApplication.clipboard().text() == HASH


def test_a_model_opened_before_can_be_opened_again(
    qtbot, window, models, preferences, llm, tmp_path
):
    file = tmp_path / "bear.gguf"
    file.write_bytes(b"GGUF")
    preferences.model_opened(str(file))
    window.show_model_card()
    again = next(b for b in window.model_card.findChildren(QAbstractButton) if b.text() == "bear")
    qtbot.mouseClick(again, LEFT)
    assert llm.opened[-1][1] == file


def test_ctrl_o_chooses_a_model_file(qtbot, window, llm, tmp_path):
    file = tmp_path / "bear.gguf"
    file.write_bytes(b"GGUF")
    press(qtbot, window, Qt.Key.Key_O, CONTROL)
    dialog = window.findChild(QFileDialog)
    qtbot.waitUntil(dialog.isVisible)
    dialog.fileSelected.emit(str(file))
    dialog.close()
    assert llm.opened[-1][1] == file


def drop(window, *files):
    mime = QMimeData()
    mime.setUrls([*(QUrl.fromLocalFile(str(f)) for f in files), QUrl("http://example.org/x.gguf")])
    action, buttons, held = Qt.DropAction.CopyAction, LEFT, Qt.KeyboardModifier.NoModifier
    spot = QPointF(500, 300) if qVersion() >= "6.12" else QPoint(500, 300)
    enter = QDragEnterEvent(spot, action, mime, buttons, held)
    QApplication.sendEvent(window.shell, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window.shell, QDropEvent(QPointF(500, 300), action, mime, buttons, held))


def test_a_dropped_model_is_opened(window, llm, tmp_path):
    file = tmp_path / "bear.gguf"
    file.write_bytes(b"GGUF")
    opened = len(llm.opened)
    drop(window, file)
    assert [path for _, path in llm.opened[opened:]] == [file]


def test_what_is_dropped_stands_above_the_message(window, attaching, tmp_path):
    text, picture = tmp_path / "list.txt", tmp_path / "photo.png"
    text.write_text("milk")
    picture.write_bytes(b"\x89PNG\xff")
    drop(window, text, picture)
    assert [one.name for one in attaching.shown()] == ["list.txt", "photo.png"]


def test_a_notice_appears_on_the_page_in_view(qtbot, window, models):
    press(qtbot, window, Qt.Key.Key_Comma, CONTROL)
    models.notice.emit(Notice("The model could not be opened.", kind="error"))
    assert window.pages.currentWidget().notices.message == "The model could not be opened."
    assert not window.page.notices.message


def test_a_deleted_conversation_comes_back_by_a_click(qtbot, window, history, conversations):
    history.delete(conversations[1])
    notices = window.sidebar.notices
    qtbot.waitUntil(notices.isVisible)
    qtbot.mouseClick(notices.action, LEFT)
    qtbot.waitUntil(lambda: len(history.conversations) == 3)


def test_without_a_sidebar_its_notices_appear_on_the_page(qtbot, window, history, conversations):
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    history.delete(conversations[1])
    qtbot.waitUntil(lambda: window.page.notices.message == "Conversation deleted.")


def test_a_link_says_where_it_leads_before_it_is_opened(window):
    window.page.transcript.link_asked.emit("https://example.org/page")
    assert window.page.notices.message == "https://example.org/page"
    assert window.page.notices.action.text() == "Open in browser"


def test_a_link_to_a_file_is_not_offered(window):
    window.page.transcript.link_asked.emit("file:///etc/passwd")
    assert not window.page.notices.action.isVisible()


def test_facts_of_an_answer_open_as_a_card(qtbot, window, llm, chat):
    converse(qtbot, window, llm)
    window.page.transcript.details_asked.emit(chat.turns[-1].key)
    assert window.answer_card.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.answer_card.isVisible()


def test_copying_an_answer_copies_its_source(qtbot, window, llm, chat):
    converse(qtbot, window, llm, "hello", "**Hello.**")
    window.page.transcript.copy_asked.emit(chat.turns[-1].key)
    assert QGuiApplication.clipboard().text() == "**Hello.**"


def test_the_theme_can_be_chosen_in_the_menu(qtbot, window, preferences):
    menu = window.commands.menu()
    themes = next(m for m in menu.findChildren(QMenu) if m.title() == "Theme")
    next(a for a in themes.actions() if a.text() == "Dark").trigger()
    assert preferences.settings.theme == DARK.name


def test_where_the_window_was_is_kept(qtbot, window):
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    window.resize(780, 500)
    state = window.save_state()
    window.resize(1200, 800)
    press(qtbot, window, Qt.Key.Key_B, CONTROL)
    window.restore_state(state)
    assert (window.width(), window.height()) == (780, 500)
    window.resize(1200, 800)
    assert not window.sidebar.isVisible()


@pytest.mark.parametrize(
    "state", [{}, {"geometry": 5}, {"geometry": "no base64!"}, {"sidebar": "yes"}, {"x": 1}]
)
def test_a_broken_state_is_left_out(window, state):
    before = window.geometry()
    window.restore_state(state)
    assert window.geometry() == before


def test_closing_keeps_the_draft(qtbot, window, llm, store, chat):
    converse(qtbot, window, llm)
    qtbot.keyClicks(window.page.composer.edit, "not yet sent")
    window.close()
    store.flush()
    assert store.conversation(chat.conversation).draft == "not yet sent"


def test_words_typed_while_the_conversation_has_the_keyboard_are_for_the_message(
    qtbot, window, llm
):
    converse(qtbot, window, llm)
    for place in (window.page.transcript, window.page.composer.send):
        place.setFocus()
        for letter in "Ah":
            qtbot.keyClicks(window.focusWidget(), letter)
        assert window.page.composer.edit.hasFocus()
    assert window.page.composer.edit.toPlainText() == "AhAh"
    window.page.transcript.setFocus()
    qtbot.keyClick(window.page.transcript, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.page.transcript, Qt.Key.Key_Space)  # scrolls
    assert window.page.composer.edit.toPlainText() == "AhAh"


class Windows(QObject):
    """What is shown as a window of its own while it looks."""

    def __init__(self):
        super().__init__()
        self.shown = []

    def eventFilter(self, one, event):
        if event.type() == QEvent.Type.Show and isinstance(one, QWidget) and one.isWindow():
            self.shown.append("".join(traceback.format_stack(limit=5)))
        return False


def test_no_part_of_a_page_flashes_as_a_window(qtbot, window, qapp):
    windows = Windows()
    qapp.installEventFilter(windows)
    for name in window.pages._makers:
        window.pages.open_page(name)
        qtbot.wait(1)
    qapp.removeEventFilter(windows)
    assert not windows.shown, "\n".join(windows.shown)
