"""The list of conversations, through its controller and a real store."""

import time

import pytest

from app.controllers.history import group
from engines.messages import Done, TextDelta


@pytest.fixture
def started(qtbot, chat, llm, history):
    """A function that makes a conversation with one question and answer; returns its id."""

    def start(text):
        chat.new()
        before = len(llm.requests)
        chat.send(text)
        qtbot.waitUntil(lambda: len(llm.requests) > before)
        llm.answer(TextDelta("Answer to " + text), Done())
        return chat.conversation

    return start


def titles(history):
    return [c.title for c in history.conversations]


def test_newest_first_and_pinned_on_top(qtbot, started, history):
    first = started("apples")
    started("pears")
    assert titles(history) == ["pears", "apples"]
    with qtbot.waitSignal(history.changed):
        history.pin(first, True)
    assert [c.group for c in history.conversations] == ["Pinned", "Today"]


def test_search_finds_words_of_answers(qtbot, started, history, store):
    started("apples")
    started("pears")
    store.flush()
    history.search("answer pea")
    assert titles(history) == ["pears"] and "Answer" in history.conversations[0].snippet
    history.search("")
    assert len(titles(history)) == 2


def test_a_deleted_conversation_comes_back_with_undo(qtbot, started, history, chat, undo):
    kept = started("apples")
    with qtbot.waitSignal(history.notice) as notice:
        history.delete(kept)
    assert notice.args[0].action == "Undo" and not titles(history) and chat.conversation is None
    with qtbot.waitSignal(history.changed):
        undo.undo()
    qtbot.waitUntil(lambda: chat.conversation == kept)
    assert titles(history) == ["apples"]


def test_a_name_given_by_the_person_stays(qtbot, started, history, chat):
    conversation = started("apples")
    with qtbot.waitSignal(history.changed):
        history.rename(conversation, " My  fruit ")
    history.retitle(conversation, "Something else")
    assert titles(history) == ["My fruit"] and chat.title == "My fruit"


@pytest.mark.parametrize(
    ("days", "heading"),
    [(0, "Today"), (1, "Yesterday"), (3, "Last 7 days"), (40, "February"), (400, "February 2025")],
)
def test_headings(days, heading):
    now = time.mktime((2026, 3, 20, 12, 0, 0, 0, 0, -1))
    when = time.mktime((2026, 3, 20 - days, 12, 0, 0, 0, 0, -1))
    assert group(when, now) == heading
