"""The list of conversations: finding, opening, naming, pinning, deleting, by keys and clicks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app.controllers.shown import ShownConversation
from app.views.conversation_list import MARK
from app.views.conversation_rows import BATCH, SHOWN, ConversationRows
from app.views.sidebar import Sidebar
from tests.ui.appearing import appear

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def sidebar(qtbot, light, history, conversations):
    sidebar = Sidebar(history)
    sidebar.resize(272, 700)
    qtbot.addWidget(sidebar)
    appear(qtbot, sidebar)
    sidebar.open_asked.connect(history.open)
    history.refresh()
    return sidebar


def words(sidebar):
    return [sidebar.rows.index(i).data() for i in range(sidebar.rows.rowCount())]


def spot(sidebar, title):
    """The middle of a row, in the list's viewport."""
    row = words(sidebar).index(title)
    return sidebar.list.visualRect(sidebar.rows.index(row)).center()


def choose(qtbot, sidebar, title):
    sidebar.list.setFocus()
    sidebar.list.setCurrentIndex(sidebar.rows.index(words(sidebar).index(title)))


def test_conversations_stand_under_headings_newest_first(sidebar):
    assert words(sidebar) == ["Today", "Slow join", "Lisbon letter", "Garden shed"]


def test_a_heading_cannot_be_chosen(sidebar):
    assert sidebar.rows.flags(sidebar.rows.index(0)) == Qt.ItemFlag.NoItemFlags


def test_a_click_opens(qtbot, sidebar, chat, conversations):
    with qtbot.waitSignal(chat.opened) as opened:
        qtbot.mouseClick(sidebar.list.viewport(), LEFT, pos=spot(sidebar, "Lisbon letter"))
    assert opened.args[0][0].text == "What about the lisbon letter?"
    assert chat.conversation == conversations[1]


def test_arrows_and_enter_open(qtbot, sidebar, chat, conversations):
    choose(qtbot, sidebar, "Slow join")
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert chat.conversation is None
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Return)
    assert chat.conversation == conversations[1]


def test_f2_renames_in_place(qtbot, sidebar, store, conversations):
    choose(qtbot, sidebar, "Garden shed")
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    field = sidebar.list.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "Shed of oak")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Shed of oak" in words(sidebar))
    store.flush()
    assert store.conversation(conversations[0]).title == "Shed of oak"


def test_escape_leaves_the_name_as_it_was(qtbot, sidebar, store, conversations):
    choose(qtbot, sidebar, "Garden shed")
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    field = sidebar.list.findChild(QLineEdit)
    qtbot.keyClicks(field, "nonsense")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    store.flush()
    assert store.conversation(conversations[0]).title == "Garden shed"


def test_delete_and_undo_from_the_notice(qtbot, sidebar, history, undo):
    history.notice.connect(sidebar.notices.show_notice)
    sidebar.notices.action_asked.connect(undo.undo)
    choose(qtbot, sidebar, "Lisbon letter")
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "Lisbon letter" not in words(sidebar))
    assert sidebar.notices.message == "Conversation deleted."
    qtbot.mouseClick(sidebar.notices.action, LEFT)
    qtbot.waitUntil(lambda: "Lisbon letter" in words(sidebar))


def menu_entry(qtbot, sidebar, text):
    menu = next(m for m in sidebar.list.findChildren(QMenu) if m.isVisible())
    return menu, next(a for a in menu.actions() if a.text().startswith(text))


def test_the_menu_of_a_row_pins(qtbot, sidebar):
    place = spot(sidebar, "Garden shed")
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, sidebar.list.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(sidebar.list.viewport(), event)
    menu, pin = menu_entry(qtbot, sidebar, "Pin")
    pin.trigger()
    menu.close()
    qtbot.waitUntil(lambda: words(sidebar)[:2] == ["Pinned", "Garden shed"])


def test_the_menu_key_opens_the_menu_of_the_chosen_row(qtbot, sidebar):
    choose(qtbot, sidebar, "Garden shed")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(sidebar.list.viewport(), event)
    menu, rename = menu_entry(qtbot, sidebar, "Rename")
    rename.trigger()
    menu.close()
    assert sidebar.list.findChild(QLineEdit).text() == "Garden shed"


def test_the_dots_of_a_row_open_its_menu(qtbot, sidebar, chat):
    place = spot(sidebar, "Garden shed")
    place.setX(sidebar.list.viewport().width() - 8)
    qtbot.mousePress(sidebar.list.viewport(), LEFT, pos=place)
    menu, _ = menu_entry(qtbot, sidebar, "Delete")
    menu.close()
    assert chat.conversation is None


def test_search_shows_what_was_found_with_its_words(qtbot, sidebar):
    qtbot.keyClicks(sidebar.search, "about lisbon")
    qtbot.waitUntil(lambda: words(sidebar)[1:] == ["Lisbon letter"])
    found = sidebar.rows.index(1).data(SHOWN)
    assert "the lisbon letter" in found.snippet.replace(MARK, "")
    assert sidebar.list.visualRect(sidebar.rows.index(1)).height() > 50


def test_search_without_result_says_so_and_escape_ends_it(qtbot, sidebar):
    qtbot.keyClicks(sidebar.search, "zebra")
    qtbot.waitUntil(sidebar.empty.isVisible)
    assert sidebar.empty.text() == "No conversation has these words."
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(words(sidebar)) == 4)


def test_down_leads_from_the_search_into_what_was_found(qtbot, sidebar, chat, conversations):
    sidebar.search.setFocus()
    qtbot.keyClicks(sidebar.search, "letter")
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    assert sidebar.focusWidget() is sidebar.list
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Return)
    assert chat.conversation == conversations[1]


def test_the_open_conversation_is_marked(qtbot, sidebar, chat, conversations):
    before = sidebar.list.grab().toImage()
    chat.open(conversations[0])
    assert sidebar.list.chosen.id == conversations[0]
    assert sidebar.list.grab().toImage() != before


def test_a_new_one_keeps_the_others_in_place(qtbot, sidebar, history):
    removed = []
    sidebar.rows.rowsRemoved.connect(lambda *place: removed.append(place))
    fresh = ShownConversation(99, "Newest", "Today")
    sidebar.rows.replace([fresh, *history.conversations])
    assert words(sidebar)[:2] == ["Today", "Newest"]
    assert not removed


def many(count):
    return [ShownConversation(i, f"Conversation {i}", f"Month {i // 1000}") for i in range(count)]


def test_a_hundred_thousand_are_laid_out_bit_by_bit(qtbot, sidebar):
    sidebar.rows.replace(many(100_000))
    assert sidebar.rows.rowCount() == BATCH + 1
    for _ in range(6):
        sidebar.list.scrollToBottom()
        sidebar.rows.fetchMore(sidebar.list.rootIndex())
    assert 7 * BATCH < sidebar.rows.rowCount() < 100_000
    assert "Month 1" in words(sidebar)


def test_the_end_of_what_is_known_asks_for_more_once(qtbot):
    rows = ConversationRows()
    rows.replace(many(300))
    asked = []
    rows.more_asked.connect(lambda: asked.append(1))
    root = rows.index(-1)
    while rows.canFetchMore(root):
        rows.fetchMore(root)
    assert len(asked) == 1


def test_replacing_rows_is_told_as_qt_wants_it(qtbot, qtmodeltester):
    rows = ConversationRows()
    rows.replace(many(30))
    qtmodeltester.check(rows, force_py=True)
    rows.replace(many(10)[3:] + [ShownConversation(1, "Moved", "Month 0")])
    rows.replace([])
    rows.replace(many(5))
    assert rows.rowCount() == 6


def test_a_list_told_anew_does_not_wipe_the_name_being_typed(qtbot, sidebar, history):
    choose(qtbot, sidebar, "Garden shed")
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    field = sidebar.list.findChild(QLineEdit)
    qtbot.keyClicks(field, "Shed of")
    history.refresh()
    qtbot.keyClicks(field, " oak")
    assert field.text() == "Shed of oak"
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_a_long_list_can_shrink_while_its_end_is_in_view(qtbot, sidebar):
    sidebar.rows.replace(many(1000))
    sidebar.list.setCurrentIndex(sidebar.rows.index(BATCH - 10))
    sidebar.list.scrollToBottom()
    for first in range(150, 0, -10):
        laid_out = sidebar.rows.rowCount()
        sidebar.list.setCurrentIndex(sidebar.rows.index(first + 5))
        sidebar.rows.replace(many(first) + many(1000)[first + 100 :])
        assert sidebar.rows.rowCount() == laid_out
