"""Work in many turns of the event loop."""

import shiboken6
from PySide6.QtCore import QObject, QTimer

from app.views.slices import finish, forget, later


def test_pieces_come_in_their_order_and_the_window_has_its_turns_between(qtbot, qapp):
    owner, done, turns = QObject(), [], []
    timer = QTimer(owner, interval=0)
    timer.timeout.connect(lambda: turns.append(len(done)))
    timer.start()
    later(owner, [lambda n=n: done.append(n) for n in range(9)])
    assert not done
    qtbot.waitUntil(lambda: len(done) == 9)
    assert done == list(range(9)) and len(set(turns)) > 4


def test_who_needs_the_end_has_it_at_once_and_others_wait(qtbot, qapp):
    one, other, done = QObject(), QObject(), []
    later(one, [lambda: done.append("one")] * 3)
    later(other, [lambda: done.append("other")])
    finish(one)
    assert done == ["one"] * 3
    qtbot.waitUntil(lambda: done == ["one"] * 3 + ["other"])


def test_pieces_fall_away_with_their_owner(qtbot, qapp):
    gone, forgotten, stays, done = QObject(), QObject(), QObject(), []
    for owner in (gone, forgotten, stays):
        later(owner, [lambda owner=owner: done.append(owner)] * 2)
    shiboken6.delete(gone)
    assert len(forget(forgotten)) == 2
    qtbot.waitUntil(lambda: done == [stays] * 2)
