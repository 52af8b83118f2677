"""Notices say what happened, offer one thing to do, and go by themselves unless they are errors."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from app.controllers.shown import Notice
from app.views.notice import NoticeCard

LEFT = Qt.MouseButton.LeftButton
BAD = Notice("It broke.", "Try again.", "line 3", kind="error")


@pytest.fixture(params=[False, True], ids=["wide", "narrow"])
def card(qtbot, light, request):
    card = NoticeCard(narrow=request.param)
    qtbot.addWidget(card)
    card.resize(600, 80)
    return card


def test_it_shows_the_words_and_what_to_do(qtbot, card):
    card.show_notice(Notice("Deleted.", action="Undo"))
    assert card.message == "Deleted."
    with qtbot.waitSignal(card.action_asked) as asked:
        qtbot.mouseClick(card.action, LEFT)
    assert asked.args == ["Undo"]
    assert not card.isVisible()


def test_what_has_no_action_shows_no_button(card):
    card.show_notice(Notice("Noted."))
    assert not card.action.isVisible()
    assert not card.copy.isVisible()


def test_details_can_be_copied(qtbot, card):
    card.show_notice(BAD)
    qtbot.mouseClick(card.copy, LEFT)
    assert QGuiApplication.clipboard().text() == "It broke.\nTry again.\nline 3"
    assert card.copy.text() == "Copied"


def test_a_plain_notice_goes_by_itself(qtbot, card):
    card.timer.setInterval(1)
    card.move(300, 300)
    QCursor.setPos(5, 5)
    card.show_notice(Notice("Noted."))
    qtbot.waitUntil(lambda: not card.isVisible())


def test_it_stays_while_the_mouse_is_on_it(qtbot, card):
    card.show_notice(Notice("Noted."))
    QApplication.sendEvent(card, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not card.timer.isActive()
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert card.timer.isActive()


def test_an_error_stays_until_it_is_closed(qtbot, card):
    card.timer.setInterval(1)
    card.show_notice(Notice("Noted."))
    card.show_notice(BAD)
    assert not card.timer.isActive()
    qtbot.mouseClick(card.close_button, LEFT)
    assert card.message == ""


def test_the_newest_replaces_the_older(card):
    card.show_notice(BAD)
    card.show_notice(Notice("Noted."))
    assert card.message == "Noted."
    assert not card.copy.isVisible()
