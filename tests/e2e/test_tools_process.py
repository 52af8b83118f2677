"""The tools in their own jailed process, as the app runs them."""

import time
from datetime import datetime, timedelta

import pytest

from engines import registry
from engines.messages import Done, ToolResult
from engines.tools.clock import in_words
from tests.data.running import Running


@pytest.fixture
def elsewhere(monkeypatch):
    """This machine stands in India, where clocks differ from UTC by hours and a half."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def call(tmp_path):
    running = Running("tools", registry.all_specs()["tools"].options(), tmp_path / "log")
    assert running.loaded[-1] == Done()
    yield running.call
    running.stop()


def test_a_call_comes_back_as_a_result_and_done(call):
    assert call("calculator", expression="17*24") == [ToolResult("c1", "408"), Done()]
    assert call("units", value=5, source="mi", target="km")[0].text == "5 mi = 8.04672 km"


def test_a_wrong_call_is_a_result_and_the_next_one_works(call):
    result, ending = call("calculator", expression="1/0")
    assert result == ToolResult("c1", "Division by zero.", True) and ending == Done()
    assert call("nothing")[0].error
    assert call("calculator", expression="10**10**8")[0].error
    assert call("calculator", expression="2+2")[0].text == "4"


def test_the_clock_in_the_jail_shows_this_machines_time(elsewhere, call):
    text = call("clock", question="now")[0].text
    moments = (datetime.now() - timedelta(minutes=back) for back in (0, 1))
    assert text in [f"{in_words(moment.date())}, {moment:%H:%M}" for moment in moments]
