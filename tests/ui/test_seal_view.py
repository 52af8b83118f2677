"""The network seal as the person sees it: button, card and log."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from app.controllers.shown import ShownQuestion

LEFT = Qt.MouseButton.LeftButton
PLACE = "en.wikipedia.org"


@pytest.fixture
def card(qtbot, window):
    qtbot.mouseClick(window.status.seal, LEFT)
    assert window.seal_card.isVisible()
    return window.seal_card


def texts(card):
    return [one.text() for one in card.findChildren(QLabel) if one.isVisibleTo(card)]


def buttons(card, name):
    found = card.findChildren(QPushButton)
    return [one for one in found if one.accessibleName() == name and one.isVisibleTo(card)]


def sent(qtbot, store, seal, count=1):
    for number in range(count):
        done = []
        seal.record("Web search", PLACE, f"question {number}", done.append)
        qtbot.waitUntil(lambda: bool(done))  # noqa: B023
        seal.complete(done[0], 120 + number, 34_567)
    store.flush()


def test_it_is_shut_by_default_and_says_so(window):
    assert window.status.seal.text() == "Nothing leaves this computer"
    assert window.status.seal.accessibleName() == "Network seal: Nothing leaves this computer"


def test_it_says_what_is_open_and_who_wants_out(window, seal):
    seal.open_for(PLACE, "Web search")
    assert window.status.seal.text() == f"Open for {PLACE}"
    seal.open_for("example.org", "Read page")
    assert window.status.seal.text() == "Open for 2 addresses"
    seal.want(("example.com",), "Read page", "https://example.com/?q=secret")
    assert window.status.seal.text() == "Read page wants out"


def test_the_card_shows_who_wants_out_where_to_and_with_what(qtbot, card, seal):
    seal.want((PLACE,), "Web search", "height of Mount Kenya")
    qtbot.waitUntil(lambda: f"Web search asks for {PLACE}" in texts(card))
    assert "height of Mount Kenya" in texts(card)
    seal.want((), "", "")
    assert f"Web search asks for {PLACE}" not in texts(card)


def test_one_address_is_shut_by_its_button(qtbot, card, seal):
    seal.open_for(PLACE, "Web search")
    seal.open_for("example.org", "Read page")
    shut = []
    seal.shut_for.connect(shut.append)
    qtbot.waitUntil(lambda: len(buttons(card, f"Shut {PLACE}")) == 1)
    qtbot.mouseClick(buttons(card, f"Shut {PLACE}")[0], LEFT)
    assert shut == [PLACE] and not seal.permits(PLACE) and seal.permits("example.org")
    qtbot.mouseClick(card.shut_all, LEFT)
    assert seal.seal.state == "shut" and not card.shut_all.isVisibleTo(card)


def test_locking_shuts_all_and_survives_a_restart(qtbot, card, window, seal, preferences):
    seal.open_for(PLACE, "Web search")
    qtbot.keyClick(card.locked, Qt.Key.Key_Space)
    assert window.status.seal.text() == "Locked: nothing may leave"
    assert not seal.permits(PLACE) and preferences.settings.network_locked
    seal.open_for(PLACE, "Web search")
    assert not seal.permits(PLACE)
    qtbot.keyClick(card.locked, Qt.Key.Key_Space)
    assert window.status.seal.text() == "Nothing leaves this computer"


def test_the_switch_in_preferences_is_the_same_lock(window, seal, preferences):
    seal.open_for(PLACE, "Web search")
    preferences.set("network_locked", True)
    assert window.status.seal.text() == "Locked: nothing may leave" and not seal.permits(PLACE)


def test_the_log_is_empty_at_first(qtbot, card, window):
    qtbot.mouseClick(card.log, LEFT)
    page = window.pages.currentWidget()
    assert page.nothing.isVisible() and not page.table.isVisible()


def test_the_log_lists_all_that_left_the_newest_first(qtbot, window, store, seal):
    sent(qtbot, store, seal, 3)
    window.pages.open_sent()
    page = window.pages.currentWidget()
    model = page.model
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert row[1:] == ["Web search", PLACE, "question 2", "122 B", "35 kB"]
    assert model.rowCount() == 3 and page.table.isVisible()


def test_a_long_log_is_read_as_it_is_scrolled(qtbot, window, store, seal):
    for number in range(450):
        seal.record("Web search", PLACE, f"question {number}", lambda entry: None)
    store.flush()
    window.pages.open_sent()
    table = window.pages.currentWidget().table
    assert table.model().rowCount() == 200
    while table.model().canFetchMore(table.rootIndex()):
        table.scrollToBottom()
        table.model().fetchMore(table.rootIndex())
    assert table.model().rowCount() == 450
    assert table.model().index(449, 3).data() == "question 0"


def test_a_question_in_the_conversation_is_answered_by_a_click(qtbot, window, consent):
    """From the transcript's button to the controller."""
    consent.question = ShownQuestion("c9", "May it?")
    heard = []
    consent._waiting = (None, heard.append)
    window.page.transcript.question_answered.emit("c9", "once")
    assert heard == [True] and consent.question is None
