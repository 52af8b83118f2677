"""A screen reader finds the conversation as a list of turns it can read."""

import pytest
from PySide6.QtGui import QAccessible

from app.controllers.shown import ShownError, ShownTool
from app.views.transcript.view import Transcript
from tests.ui.transcripts import answer, conversation, user

NAME = QAccessible.Text.Name


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    transcript.show()
    qtbot.waitExposed(transcript)
    return transcript


def listed(transcript):
    return QAccessible.queryAccessibleInterface(transcript)


def test_the_conversation_is_a_list_of_readable_turns(transcript):
    transcript.set_turns([user(1, "What is it?"), answer(2, "It is **this**.\n\n- one\n- two")])
    conversation = listed(transcript)
    assert conversation.role() == QAccessible.Role.List
    assert conversation.text(NAME) == "Conversation"
    assert [conversation.child(n).text(NAME) for n in range(2)] == [
        "You: What is it?",
        "Parley: It is this.\n• one\n• two",
    ]
    first = conversation.child(0)
    assert first.role() == QAccessible.Role.ListItem and first.isValid()
    assert conversation.indexOfChild(first) == 0


def test_turns_far_out_of_view_can_be_read(transcript):
    transcript.set_turns(conversation(10_000))
    conversation_list = listed(transcript)
    assert conversation_list.child(4_000).text(NAME) == "You: Question 4000?"
    assert conversation_list.child(4_000).state().offscreen
    assert not conversation_list.child(9_999).state().offscreen
    assert not conversation_list.child(9_999).rect().isEmpty()
    assert sum(row.boxes is not None for row in transcript.stack.rows) < 30


def test_what_is_drawn_around_the_text_is_read_too(transcript):
    shown = answer(
        2,
        "Hm.",
        note="Stopped by you.",
        cut=True,
        tools=(ShownTool("calculator", "1+1", "2"),),
        error=ShownError("It broke.", "Try again."),
    )
    transcript.set_turns([shown])
    words = listed(transcript).child(0).text(NAME)
    for part in ("no longer sees", "Hm.", "Calculator: 2", "Stopped by you.", "It broke."):
        assert part in words


def test_a_turn_that_grows_or_goes_is_read_as_it_is_now(transcript):
    transcript.set_turns([user(1, "go"), answer(2, status="waiting")])
    last = listed(transcript).child(1)
    assert last.text(NAME) == "Parley is about to answer"
    transcript.add_text("Yes.")
    transcript.flush()
    assert last.text(NAME) == "Parley: Yes."
    transcript.cut(1)
    assert not last.isValid() and last.text(NAME) == ""
    assert listed(transcript).childCount() == 2  # a turn, and the buttons in view


def test_a_point_of_the_screen_leads_to_its_turn(transcript):
    transcript.set_turns([user(1, "go"), answer(2, "Yes.")])
    area = listed(transcript).child(1).rect()
    found = listed(transcript).childAt(area.center().x(), area.center().y())
    assert found.text(NAME) == "Parley: Yes."


def test_an_announcement_is_sent(transcript):
    transcript.announce("Answer complete.")
