"""When a reminder is to be, from the words for it, on a day the test chooses."""

import time
from datetime import datetime

import pytest

from engines.errors import ParleyError
from engines.messages import Act
from engines.tools import reminders as module
from engines.tools.moments import moment
from engines.tools.registry import Use
from engines.tools.reminders import remind

NOW = datetime(2026, 11, 23, 14, 10, 22)  # a Monday
READ = [
    ("in 20 minutes", "2026-11-23 14:30:22"),
    ("in 1 minute", "2026-11-23 14:11:22"),
    ("in 90 seconds", "2026-11-23 14:11:52"),
    ("in 2 hours", "2026-11-23 16:10:22"),
    ("in an hour", "2026-11-23 15:10:22"),
    ("in half an hour", "2026-11-23 14:40:22"),
    ("in a quarter of an hour", "2026-11-23 14:25:22"),
    ("in 1 hour and 30 minutes", "2026-11-23 15:40:22"),
    ("in an hour and a half", "2026-11-23 15:40:22"),
    ("in 1.5 hours", "2026-11-23 15:40:22"),
    ("in 1h30m", "2026-11-23 15:40:22"),
    ("in twenty minutes", "2026-11-23 14:30:22"),
    ("in forty-five mins", "2026-11-23 14:55:22"),
    ("20 minutes", "2026-11-23 14:30:22"),
    ("10 min from now", "2026-11-23 14:20:22"),
    ("in 3 days", "2026-11-26 14:10:22"),
    ("in 2 weeks", "2026-12-07 14:10:22"),
    ("in a week", "2026-11-30 14:10:22"),
    ("in 2 days at 9", "2026-11-25 09:00"),
    ("in 1 month", "2026-12-23 14:10:22"),
    ("tomorrow", "2026-11-24 09:00"),
    ("tomorrow at 18:00", "2026-11-24 18:00"),
    ("tomorrow at 7 am", "2026-11-24 07:00"),
    ("tomorrow at 5", "2026-11-24 17:00"),
    ("tomorrow morning", "2026-11-24 09:00"),
    ("tomorrow at noon", "2026-11-24 12:00"),
    ("at 9 tomorrow", "2026-11-24 09:00"),
    ("the day after tomorrow at 10:15", "2026-11-25 10:15"),
    ("today at 16:30", "2026-11-23 16:30"),
    ("tonight", "2026-11-23 20:00"),
    ("tonight at 8", "2026-11-23 20:00"),
    ("tonight at 10:30", "2026-11-23 22:30"),
    ("this evening", "2026-11-23 19:00"),
    ("this afternoon at 4", "2026-11-23 16:00"),
    ("at 7", "2026-11-23 19:00"),
    ("at 2", "2026-11-24 02:00"),
    ("at 7:00", "2026-11-23 19:00"),
    ("at 07:00", "2026-11-24 07:00"),
    ("at 15:45", "2026-11-23 15:45"),
    ("at 9 pm", "2026-11-23 21:00"),
    ("at 8am", "2026-11-24 08:00"),
    ("at 4 p.m.", "2026-11-23 16:00"),
    ("at noon", "2026-11-24 12:00"),
    ("at midnight", "2026-11-24 00:00"),
    ("half past 5", "2026-11-23 17:30"),
    ("quarter to 6", "2026-11-23 17:45"),
    ("at five o'clock", "2026-11-23 17:00"),
    ("friday", "2026-11-27 09:00"),
    ("on friday", "2026-11-27 09:00"),
    ("friday at 9", "2026-11-27 09:00"),
    ("on Fri at 3", "2026-11-27 15:00"),
    ("monday at 10", "2026-11-30 10:00"),
    ("next friday at 9", "2026-12-04 09:00"),
    ("thursday at 1:30 pm", "2026-11-26 13:30"),
    ("sunday evening", "2026-11-29 19:00"),
    ("wednesday at 8 in the evening", "2026-11-25 20:00"),
    ("on 3 March at 14:00", "2027-03-03 14:00"),
    ("March 3 at 2pm", "2027-03-03 14:00"),
    ("the 3rd of March", "2027-03-03 09:00"),
    ("3 Mar 2028, 08:00", "2028-03-03 08:00"),
    ("december 24th at 6 pm", "2026-12-24 18:00"),
    ("2027-03-03 14:00", "2027-03-03 14:00"),
    ("2027-03-03", "2027-03-03 09:00"),
    ("2027-03-03T14:00:00", "2027-03-03 14:00"),
    ("on the 5th at 11", "2026-12-05 11:00"),
    ("24.12.2026 18:00", "2026-12-24 18:00"),
    ("next week", "2026-11-30 09:00"),
]
NOT_READ = [
    *("", "soon", "whenever", "yesterday", "at 25:00", "at 7:70", "31 February", "2027-02-30"),
    *("at 5pm EST", "3/4/2027", "banana at 7", "in minus 5 minutes", "13 pm", "in 5 parsecs"),
    *("friday saturday", "5", "at", "in 2", "at 7 and 8", "in 10000000000 years", "in 1.5 days"),
    *("at 7 " + " " * 200 + "tomorrow", "\udcff", "1" * 90, "in " + "1 h " * 20 + "x"),
]


def in_short(found):
    return f"{found:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


@pytest.mark.parametrize(("when", "expected"), READ)
def test_times_are_read(when, expected):
    assert in_short(moment(when, NOW)) == expected
    assert in_short(moment(f" {when.upper()}. ", NOW)) == expected


@pytest.mark.parametrize("when", NOT_READ)
def test_what_is_not_wholly_understood_is_refused_and_an_example_given(when):
    with pytest.raises(ParleyError, match="I cannot read the time") as caught:
        moment(when, NOW)
    assert "in 10 minutes" in caught.value.hint
    caught.value.message.encode()


@pytest.mark.parametrize("when", ["2020-01-01 10:00", "today at 9 am", "in 0 minutes", "today"])
def test_the_past_is_said(when):
    with pytest.raises(ParleyError, match="is in the past") as caught:
        moment(when, NOW)
    assert caught.value.hint == "It is 2026-11-23 14:10."


def test_other_refusals():
    with pytest.raises(ParleyError, match="too far away"):
        moment("in 200 years", NOW)
    with pytest.raises(ParleyError, match="cannot repeat"):
        moment("every day at 8", NOW)


@pytest.fixture
def berlin(monkeypatch):
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_hours_are_hours_also_when_the_clocks_change():
    before = datetime(2026, 10, 25, 1, 30)  # at 3:00 the clock goes back to 2:00
    assert in_short(moment("in 4 hours", before)) == "2026-10-25 04:30"
    assert in_short(moment("in 1 day", before)) == "2026-10-26 01:30"
    assert in_short(moment("2026-11-23T12:00:00Z", before)) == "2026-11-23 13:00"


@pytest.fixture
def told(monkeypatch):
    """A function that reminds, and returns the words and what the app is asked for."""
    monkeypatch.setattr(module, "now", lambda: NOW)

    def told(*arguments):
        acts = []
        return remind(*arguments, use=Use(tell=acts.append)), acts

    return told


def test_the_app_is_asked_and_the_model_told_the_time(told):
    words, acts = told("tomorrow at 18:00", " call\nAnna ")
    assert words == "I will remind you at 2026-11-24 18:00: call Anna."
    at = int(datetime(2026, 11, 24, 18).timestamp() * 1000)
    assert acts == [Act("remind", {"at": at, "about": "call Anna"})]
    assert told("in 5 minutes")[0] == "I will remind you at 2026-11-23 14:15:22: time is up."
    assert told("in 5 hours")[0] == "I will remind you at 2026-11-23 19:10: time is up."


def test_nothing_is_asked_of_the_app_when_the_tool_refuses(told):
    acts = []
    for when, about in (("soon", "x"), ("tomorrow", "x" * 501)):
        with pytest.raises(ParleyError):
            remind(when, about, use=Use(tell=acts.append))
    assert not acts
