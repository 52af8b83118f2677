"""The starter's engine in its jailed process: the shipped file, and what stands before it."""

import pytest

from engines.messages import (
    Cancelled,
    Chat,
    Done,
    Loaded,
    Prefill,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Turn,
)
from engines.tools.registry import schemas
from tests.data.starter_process import GREEDY, Starter


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    running = Starter(tmp_path_factory.mktemp("log") / "log")
    yield running
    running.stop()


def user(text: str) -> Turn:
    return Turn("user", (Text(text),))


def text_of(events: list) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def test_the_file_is_loaded_in_a_jail_that_holds(starter):
    loaded = next(event for event in starter.loaded if isinstance(event, Loaded))
    assert loaded.name == "Parley starter" and not loaded.jail


def test_a_certain_request_is_a_call_like_a_models(starter):
    call, ending = starter.chat(user("What is 17 times 24?"))
    assert isinstance(call, ToolCall) and ending == Done("tools")
    assert (call.name, call.arguments) == ("calculator", {"expression": "17*24"})
    second = starter.chat(user("What is 17 times 25?"))[0]
    assert second.id != call.id


def test_help_is_answered_from_the_pages_the_app_names(starter):
    assert "Ctrl+N" in text_of(starter.chat(user("How do I start a new conversation?")))


def test_what_it_was_taught_and_is_no_longer_true_is_not_said(starter):
    events = starter.chat(user("Can I dictate to you here?"))
    assert "hold the talk key" in text_of(events) and "not in this version" not in text_of(events)


def test_everything_else_is_the_models(starter):
    events = starter.chat(user("Hi!"))
    assert text_of(events) and events[-1].usage.output_tokens > 1


def test_a_tool_that_is_not_offered_is_not_called(starter):
    events = starter.chat(user("What is 17 times 24?"), tools=())
    assert not any(isinstance(event, ToolCall) for event in events) and text_of(events)


@pytest.mark.parametrize(
    ("expression", "result", "error", "must"),
    [
        ("17*24", "408", False, "408"),
        ("sqrt(2)", "≈ 1.414213562373095", False, "1.414213562373095"),
        ("8**8**8", "The number is too large to calculate with.", True, "too large"),
    ],
)
def test_what_a_tool_said_is_never_lost(starter, expression, result, error, must):
    call = ToolCall("call00000", "calculator", {"expression": expression})
    told = Turn("tool", (ToolResult("call00000", result, error),))
    events = starter.chat(user(f"what is {expression}"), Turn("assistant", (call,)), told)
    assert must in text_of(events) and isinstance(events[-1], Done)


def test_a_result_of_a_tool_it_never_heard_of_is_passed_on(starter):
    call = ToolCall("call00000", "barometer", {})
    told = Turn("tool", (ToolResult("call00000", "1013.25 hPa and rising"),))
    events = starter.chat(user("how is the pressure"), Turn("assistant", (call,)), told)
    assert "1013.25 hPa and rising" in text_of(events)


def test_it_reads_ahead_and_can_be_called_off(starter):
    job = starter.host.submit(Prefill((user("hello"),), tuple(schemas())))
    assert isinstance(starter.heard(job)[-1], Done)
    job = starter.host.submit(Chat((user("hello"),), sampling=GREEDY))
    starter.host.cancel(job)
    assert isinstance(starter.heard(job)[-1], Cancelled | Done)
    assert text_of(starter.chat(user("Hi!")))
