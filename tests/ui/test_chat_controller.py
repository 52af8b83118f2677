"""The conversation as its controller keeps it: a real store, an engine played by the test."""

import threading

import pytest

from app.controllers.turns import INTERRUPTED, for_model, shown, title_from
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import (
    Cancelled,
    Chat,
    Done,
    Failed,
    Prefill,
    Text,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    ToolsDropped,
    TurnsDropped,
    Usage,
    plain,
)


@pytest.fixture
def ask(qtbot, chat, llm):
    """Send words and wait until the engine was asked; the engine's answer follows if given."""

    def ask(text, *events):
        before = len(llm.requests)
        chat.send(text)
        qtbot.waitUntil(lambda: len(llm.requests) > before)
        if events:
            llm.answer(*events)

    return ask


def texts(chat):
    return [turn.text for turn in chat.turns]


def test_what_was_sent_is_on_disk_before_the_engine_hears_it(qtbot, chat, llm, store):
    heard = []
    submit = llm.submit

    def listen(request):
        heard.append([t.parts[0].text for t in store.branch(chat.conversation) if t.parts])
        return submit(request)

    llm.submit = listen
    chat.send("Keep this")
    qtbot.waitUntil(lambda: len(heard) > 0)
    assert heard == [["Keep this"]]


def test_an_answer_grows_and_is_kept_with_its_facts(ask, chat, store):
    usage = Usage(prompt_tokens=9, output_tokens=2, output_seconds=0.5)
    ask("hello", TextDelta("Hi "), TextDelta("there"), Done("stop", usage, seed=7))
    assert texts(chat) == ["hello", "Hi there"] and not chat.busy
    store.flush()
    kept = store.branch(chat.conversation)[-1]
    assert kept.status == "done" and kept.facts["seed"] == 7 and kept.facts["model"] == "Test model"
    assert "4 tok/s" in chat.turns[-1].facts


def test_the_growing_answer_is_saved_while_it_grows(qtbot, ask, chat, store):
    ask("count", TextDelta("one "))
    qtbot.waitUntil(lambda: store.branch(chat.conversation)[-1].parts != ())
    assert store.branch(chat.conversation)[-1].status == "streaming"


def test_an_answer_read_before_it_is_written_is_whole(ask, chat, store):
    """The one writer is busy with something else when the person leaves and comes back."""
    waits = threading.Event()
    ask("count", TextDelta("one "))
    store._writer.chore(lambda: waits.wait(20))
    chat._answering._on_event(1, TextDelta("two"))
    conversation = chat.conversation
    chat.stop()
    chat.new()
    chat.open(conversation)
    assert (chat.turns[-1].text, chat.turns[-1].status) == ("one two", "stopped")
    waits.set()
    store.flush()
    assert store.branch(conversation)[-1].parts[0].text == "one two"


def test_stop_frees_the_window_at_once_and_keeps_what_was_said(ask, chat, llm):
    ask("count", TextDelta("one "))
    chat.stop()
    assert llm.cancelled == [1] and not chat.busy
    llm.answer(TextDelta("two"), Cancelled())
    assert chat.turns[-1].text == "one " and chat.turns[-1].status == "stopped"


def test_a_failure_stands_in_the_turn_with_its_words(ask, chat):
    ask("hello", TextDelta("Hi"), Failed("The model stopped.", "Try again.", "signal 11"))
    turn = chat.turns[-1]
    assert (turn.text, turn.error.message, turn.error.hint) == (
        "Hi",
        "The model stopped.",
        "Try again.",
    )
    assert "signal 11" in chat.error_details(turn.key)


def test_regenerating_makes_a_sibling_and_the_first_answer_stays(qtbot, ask, chat, llm):
    ask("hello", TextDelta("One"), Done())
    chat.regenerate(chat.turns[1].key)
    qtbot.waitUntil(lambda: len(llm.requests) == 2)
    llm.answer(TextDelta("Two"), Done())
    assert texts(chat) == ["hello", "Two"]
    assert (chat.turns[1].version, chat.turns[1].versions) == (2, 2)
    chat.switch_version(chat.turns[1].key, -1)
    assert texts(chat) == ["hello", "One"]


def test_editing_a_question_branches(qtbot, ask, chat, llm):
    ask("first", TextDelta("A"), Done())
    ask("second", TextDelta("B"), Done())
    chat.edit(chat.turns[0].key, "changed")
    qtbot.waitUntil(lambda: len(llm.requests) == 3)
    llm.answer(TextDelta("C"), Done())
    assert texts(chat) == ["changed", "C"]
    chat.switch_version(chat.turns[0].key, -1)
    assert texts(chat) == ["first", "A", "second", "B"]


def test_deleting_a_turn_can_be_undone(qtbot, ask, chat, undo):
    ask("first", TextDelta("A"), Done())
    ask("second", TextDelta("B"), Done())
    chat.delete(chat.turns[2].key)
    qtbot.waitUntil(lambda: len(chat.turns) == 2)
    undo.undo()
    qtbot.waitUntil(lambda: len(chat.turns) == 4)
    assert texts(chat) == ["first", "A", "second", "B"]


def test_a_tool_round_calls_the_tool_and_asks_again(qtbot, ask, chat, llm, tool_link):
    call = ToolCall("c1", "calculator", {"expression": "17*24"})
    ask("What is 17 times 24?", call, Done("tools"))
    assert tool_link.requests[0].call == call
    tool_link.answer(ToolResult("c1", "408"), Done())
    again = llm.requests[1]
    assert isinstance(again, Chat)
    assert [t.role for t in again.turns] == ["user", "assistant", "tool"]
    llm.answer(TextDelta("17 × 24 = 408."), Done())
    turn = chat.turns[-1]
    assert turn.text == "17 × 24 = 408." and turn.tools[0].result == "408"


def test_a_call_made_twice_is_not_made_again(ask, chat, llm, tool_link):
    call = ToolCall("c1", "clock", {"question": "now"})
    ask("time?", call, Done("tools"))
    tool_link.answer(ToolResult("c1", "noon"), Done())
    llm.answer(ToolCall("c2", "clock", {"question": "now"}), Done("tools"))
    assert len(tool_link.requests) == 1
    assert llm.requests[2].turns[-1].parts[-1].error


def test_rounds_of_tools_end(ask, chat, llm, tool_link):
    ask("loop", ToolCall("0", "clock", {"amount": 0}), Done("tools"))
    for n in range(1, 9):
        tool_link.answer(ToolResult(str(n - 1), "x"), Done())
        if llm.requests[-1].tools:
            llm.answer(ToolCall(str(n), "clock", {"amount": n}), Done("tools"))
    assert len(llm.requests) == 9 and not llm.requests[-1].tools


def test_a_dead_tool_is_told_to_the_model(ask, llm, tool_link):
    ask("time?", ToolCall("c1", "clock", {}), Done("tools"))
    tool_link.answer(Failed("The tools stopped.", ""))
    assert llm.requests[1].turns[-1].parts[0].error


def test_thoughts_are_shown_and_never_sent_back(ask, chat, llm):
    ask("why", ThoughtDelta("hmm"), TextDelta("Because."), Done())
    assert chat.turns[-1].thought == "hmm"
    ask("and?", Done())
    assert "hmm" not in "".join(plain(turn) for turn in llm.requests[1].turns)


def test_dropped_turns_leave_a_mark_the_person_sees(ask, chat):
    for n in range(3):
        ask(f"q{n}", TextDelta(f"a{n}"), Done())
    ask("q3", TurnsDropped(4), TextDelta("a3"), Done())
    assert [turn.cut for turn in chat.turns].index(True) == 4


def test_tools_that_did_not_fit_are_in_the_facts_of_the_answer(ask, chat):
    ask("q", ToolsDropped(), TextDelta("a"), Done())
    assert "do not fit" in dict(chat.details(chat.turns[-1].key))["Tools the model did not see"]


def test_an_answer_goes_on_while_another_conversation_is_read(qtbot, ask, chat):
    ask("one", TextDelta("A"), Done())
    first = chat.conversation
    chat.new()
    ask("two", TextDelta("B"))
    chat.open(first)
    assert texts(chat) == ["one", "A"] and chat.busy
    chat.open(first + 1)
    assert texts(chat) == ["two", "B"] and chat.turns[-1].status == "streaming"


def test_a_draft_is_kept_with_its_conversation(qtbot, ask, chat, store):
    ask("one", Done())
    chat.keep_draft("half a thought")
    first = chat.conversation
    chat.new()
    store.flush()
    with qtbot.waitSignal(chat.draft_changed) as draft:
        chat.open(first)
    assert draft.args == ["half a thought"]


def test_a_draft_of_a_new_conversation_outlives_the_window(qtbot, ask, chat, store):
    chat.keep_draft("not yet sent")
    ask("one", Done())
    store.flush()
    assert store.new_draft() == "not yet sent"
    with qtbot.waitSignal(chat.draft_changed) as draft:
        chat.new()
    assert draft.args == ["not yet sent"]


def test_typing_prefills_the_history(qtbot, ask, chat, llm):
    ask("one", TextDelta("A"), Done())
    chat.keep_draft("w")
    assert isinstance(llm.requests[-1], Prefill) and len(llm.requests[-1].turns) == 2


def test_instructions_and_settings_reach_the_engine(ask, chat, llm, preferences):
    preferences.set("instructions", "Answer in verse.")
    preferences.set("temperature", 0.0)
    preferences.set("thinking", "never")
    ask("hello")
    request = llm.requests[0]
    assert request.turns[0].role == "system" and request.sampling.temperature == 0.0
    assert request.think is False and {t["name"] for t in request.tools} >= {"calculator", "clock"}


def test_turns_without_words_are_left_out():
    def turn(number, role, text):
        parts = (StoredPart("text", text),) if text else ()
        return StoredTurn(number, "", 1, None, role, parts, "done", 0, {}, 1, 1)

    told = for_model([turn(1, "user", "a"), turn(2, "assistant", ""), turn(3, "user", "b")])
    assert [(t.role, plain(t)) for t in told] == [("user", "a\n\nb")]
    assert all(isinstance(part, Text) for part in told[0].parts)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is 17 times 24?", "What is 17 times 24"),
        ("# Heading\nand more", "Heading and more"),
        ("word " * 40, "word word word word word word word word word…"),
        ("???", "New conversation"),
    ],
)
def test_titles_begin_as_the_first_words(question, title):
    assert title_from(question) == title


def test_an_answer_cut_off_by_another_model_says_so(ask, chat):
    ask("hello", TextDelta("Hi"), Cancelled())
    assert chat.turns[-1].status == "failed" and "closed" in chat.turns[-1].error.message


def test_of_an_interrupted_answer_the_model_is_told_what_was_heard():
    parts = (
        StoredPart("text", "Let me see."),
        StoredPart("call", '{"id": "1", "name": "clock", "arguments": {}}'),
        StoredPart("result", '{"id": "1", "text": "noon", "error": false}'),
        StoredPart("text", "It is noon, and the sun is high."),
    )

    def told(heard):
        facts = {"heard": heard} if heard is not None else {}
        turn = StoredTurn(2, "", 1, 1, "assistant", parts, "stopped", 0, facts)
        return [plain(each) for each in for_model([turn])], shown(turn)

    whole, asis = told(None)
    assert whole == ["Let me see.", "", "It is noon, and the sun is high."] and asis.heard == -1
    after_noon = len("Let me see.\n\nIt is noon")
    heard, interrupted = told(after_noon)
    assert heard == ["Let me see.", "", "It is noon…"]
    assert interrupted.text.endswith("high.") and interrupted.heard == after_noon
    assert interrupted.note == INTERRUPTED
    assert told(6)[0] == ["Let me…", ""]


def test_a_second_text_of_an_answer_begins_a_paragraph_while_it_grows(ask, chat, llm, tool_link):
    grown = []
    chat.text_added.connect(grown.append)
    ask("time?", TextDelta("I look."), ToolCall("c1", "clock", {"question": "now"}), Done("tools"))
    tool_link.answer(ToolResult("c1", "noon"), Done())
    llm.answer(TextDelta("It is "), TextDelta("noon."), Done())
    assert "".join(grown) == chat.turns[-1].text == "I look.\n\nIt is noon."
