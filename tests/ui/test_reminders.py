"""Reminders are kept, told in time, and told late rather than not at all."""

import pytest

from app.controllers import reminders as module
from app.controllers.reminders import RemindersController
from app.store.conversations import Store, StoredPart
from app.store.stored import now
from app.views.notice import NoticeCard

HOUR = 3_600_000


class Clock:
    """The clock on the wall, which the test sets."""

    def __init__(self):
        self.moved = 0

    def __call__(self):
        return now() + self.moved


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    return []


@pytest.fixture
def begin(undo, clock, told):
    """A function that makes the controller of a store, and hears what it tells."""

    def begin(store):
        made = RemindersController(store, undo, clock=clock)
        made.notice.connect(lambda notice: told.append(notice))
        return made

    return begin


@pytest.fixture
def reminders(begin, store):
    made = begin(store)
    made.start()
    return made


def words(told):
    return [f"{one.message} {one.hint}".strip() for one in told if one.kind == "reminder"]


def kept(qtbot, store, reminders, *given):
    for at, about in given:
        assert reminders.add(at, about, None) == ""
    store.flush()
    qtbot.waitUntil(lambda: len(reminders.reminders()) >= len(given))


def test_a_reminder_is_told_once_when_its_time_has_come(qtbot, reminders, store, told):
    desktop = []
    reminders.due.connect(lambda *about: desktop.append(about))
    reminders.add(now() + 60, "call Anna", None)
    qtbot.waitUntil(lambda: bool(told))
    assert words(told) == ["Reminder: call Anna"] and desktop == [("Reminder", "call Anna")]
    store.flush()
    qtbot.wait(30)
    assert len(told) == 1 and reminders.reminders() == ()


def test_those_that_wait_are_listed_the_next_one_first(qtbot, reminders, store):
    kept(qtbot, store, reminders, (now() + 2 * HOUR, "later"), (now() + HOUR, "sooner"))
    assert [one.about for one in reminders.reminders()] == ["sooner", "later"]
    assert all(":" in one.when for one in reminders.reminders())


def test_after_a_restart_what_was_missed_is_told_once_with_its_time(
    qtbot, tmp_path, background, begin, clock, told
):
    def opened():
        return Store(tmp_path / "parley.db", background.deliver)

    store = opened()
    first = begin(store)
    first.start()
    kept(qtbot, store, first, (now() + HOUR, "tea"), (now() + 9 * HOUR, "sleep"))
    store.close()
    assert not told
    clock.moved = 2 * HOUR
    store = opened()
    second = begin(store)
    assert not told  # nobody could see it yet
    second.start()
    (said,) = words(told)
    assert said.startswith("Reminder: tea (") and said.endswith(")")
    store.close()
    store = opened()
    third = begin(store)
    third.start()
    assert len(told) == 1 and [one.about for one in third.reminders()] == ["sleep"]
    store.close()


def test_several_at_once_are_one_notice(qtbot, begin, store, clock, told):
    made = begin(store)
    for n in range(10):
        made.add(now() + 1000 + n, f"thing {n}" if n else "", None)
    store.flush()
    qtbot.waitUntil(lambda: len(made.reminders()) == 10)
    clock.moved = 2000
    made.start()
    made.start()  # before it is on disk that they were told
    (said,) = words(told)
    assert said.startswith("10 reminders Time is up.\nthing 1\n") and "… and 2 more" in said


def test_a_clock_that_is_set_or_a_computer_that_slept_is_noticed(
    qtbot, begin, store, clock, told, monkeypatch
):
    monkeypatch.setattr(module, "LOOK_EVERY", 20)
    made = begin(store)
    made.start()
    kept(qtbot, store, made, (now() + HOUR, "tea"))
    clock.moved = HOUR + 1000
    qtbot.waitUntil(lambda: bool(told))
    assert words(told) == ["Reminder: tea"]


def test_a_cancelled_reminder_stays_silent_and_comes_back_with_undo(
    qtbot, reminders, store, undo, told, clock
):
    kept(qtbot, store, reminders, (now() + HOUR, "tea"), (now() + HOUR, "dentist"))
    before = reminders.reminders()
    reminders.cancel(before[0].key)
    store.flush()
    qtbot.waitUntil(lambda: bool(told))
    assert (told[0].message, told[0].action) == ("Reminder cancelled.", "Undo")
    assert reminders.reminders() == before[1:]
    reminders.cancel(before[0].key)  # twice is once
    undo.undo()
    store.flush()
    qtbot.waitUntil(lambda: reminders.reminders() == before)
    reminders.cancel(before[0].key)
    store.flush()
    qtbot.waitUntil(lambda: len(told) == 2)
    clock.moved = 2 * HOUR
    reminders.start()
    assert words(told)[0].startswith("Reminder: dentist")


def test_a_reminder_outlives_its_conversation(qtbot, reminders, store):
    begun = []
    store.begin(
        "x",
        "user",
        (StoredPart("text", "x"),),
        lambda conversation, turn: begun.append(conversation),
    )
    qtbot.waitUntil(lambda: bool(begun))
    reminders.add(now() + HOUR, "tea", begun[0])
    reminders.add(now() + HOUR, "milk", 12345)
    store.delete_conversation(begun[0])
    store.empty_bin(now() + HOUR)
    store.flush()
    qtbot.waitUntil(lambda: len(reminders.reminders()) == 2)


def test_too_many_are_refused_in_words(qtbot, reminders, store, monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    kept(qtbot, store, reminders, (now() + HOUR, "tea"))
    assert "Too many reminders" in reminders.add(now() + HOUR, "milk", None)


def test_the_notice_of_a_reminder_stays_until_it_is_closed(qtbot, light, reminders):
    card = NoticeCard()
    qtbot.addWidget(card)
    reminders.notice.connect(card.show_notice)
    reminders.add(now() - 10, "call Anna", None)
    qtbot.waitUntil(lambda: bool(card.message))
    assert card.message == "Reminder: call Anna" and not card.timer.isActive()
