"""What the clock answers on a day the test chooses."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.errors import ParleyError
from engines.tools import clock as module
from engines.tools.clock import by_months, clock, in_years, nearest

TODAY = datetime(2026, 11, 23, 7, 10, 22)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(module, "now", lambda: TODAY)


ANSWERS = [
    ({"question": "now"}, "Monday, 23 November 2026, 07:10"),
    ({"question": "weekday"}, "Monday, 23 November 2026"),
    ({"question": "weekday", "date": "tomorrow"}, "Tuesday, 24 November 2026"),
    ({"question": "weekday", "date": "yesterday"}, "Sunday, 22 November 2026"),
    ({"question": "weekday", "date": "2024-02-29"}, "Thursday, 29 February 2024"),
    ({"question": "weekday", "date": "1969-07-20"}, "Sunday, 20 July 1969"),
    ({"question": "weekday", "date": " 12-25 "}, "Friday, 25 December 2026"),
    ({"question": "weekday", "date": "1-5"}, "Monday, 5 January 2026"),
    ({"question": "weekday", "date": "1900-03-01"}, "Thursday, 1 March 1900"),
    (
        {"question": "weekday", "date": "1492-10-12"},
        "Wednesday, 12 October 1492 (in today's calendar)",
    ),
    ({"question": "until", "date": "12-24"}, "31 days until Thursday, 24 December 2026"),
    ({"question": "until", "date": "11-24"}, "1 day until Tuesday, 24 November 2026"),
    ({"question": "until", "date": "11-23"}, "0 days: Monday, 23 November 2026 is today"),
    ({"question": "until", "date": "11-22"}, "364 days until Monday, 22 November 2027"),
    ({"question": "until", "date": "2027-01-01"}, "39 days until Friday, 1 January 2027"),
    (
        {"question": "until", "date": "02-29"},
        "463 days until Tuesday, 29 February 2028 (1 year, 3 months and 6 days)",
    ),
    ({"question": "until", "date": "2020-01-01"}, "Wednesday, 1 January 2020 was 2518 days ago"),
    ({"question": "since", "date": "12-24"}, "334 days since Wednesday, 24 December 2025"),
    ({"question": "since", "date": "11-23"}, "0 days: Monday, 23 November 2026 is today"),
    ({"question": "since", "date": "yesterday"}, "1 day since Sunday, 22 November 2026"),
    (
        {"question": "since", "date": "2003-09-24"},
        "8461 days since Wednesday, 24 September 2003 (23 years, 1 month and 30 days)",
    ),
    (
        {"question": "since", "date": "2024-11-23"},
        "730 days since Saturday, 23 November 2024 (2 years)",
    ),
    (
        {"question": "since", "date": "02-29"},
        "998 days since Thursday, 29 February 2024 (2 years, 8 months and 25 days)",
    ),
    ({"question": "since", "date": "2026-12-24"}, "Thursday, 24 December 2026 is only in 31 days"),
    ({"question": "ahead", "amount": 3, "unit": "weeks"}, "Monday, 14 December 2026"),
    ({"question": "ahead", "amount": 1, "unit": "days"}, "Tuesday, 24 November 2026"),
    ({"question": "ahead", "amount": 100, "unit": "days"}, "Wednesday, 3 March 2027"),
    ({"question": "ahead", "amount": 3, "unit": "months"}, "Tuesday, 23 February 2027"),
    ({"question": "ahead", "amount": 2, "unit": "years"}, "Thursday, 23 November 2028"),
    ({"question": "ahead", "amount": -1, "unit": "days"}, "Sunday, 22 November 2026"),
    ({"question": "ago", "amount": 2, "unit": "months"}, "Wednesday, 23 September 2026"),
    ({"question": "ago", "amount": 0, "unit": "days"}, "Monday, 23 November 2026"),
    (
        {"question": "ahead", "amount": 1, "unit": "months", "date": "2027-01-31"},
        "Sunday, 28 February 2027",
    ),
    (
        {"question": "ahead", "amount": 1, "unit": "years", "date": "2028-02-29"},
        "Wednesday, 28 February 2029",
    ),
    (
        {"question": "ago", "amount": 3, "unit": "months", "date": "2026-05-31"},
        "Saturday, 28 February 2026",
    ),
]


@pytest.mark.parametrize(("asked", "answer"), ANSWERS, ids=[str(a) for a, _ in ANSWERS])
def test_answers(asked, answer):
    assert clock(**asked) == answer


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"question": "until"}, "until needs a date."),
        ({"question": "since", "date": " "}, "since needs a date."),
        ({"question": "until", "date": "24.12."}, "I cannot read the date '24.12.'."),
        ({"question": "until", "date": "Christmas"}, "I cannot read the date 'Christmas'."),
        ({"question": "weekday", "date": "2026-13-01"}, "There is no month 13."),
        ({"question": "weekday", "date": "2026-00-01"}, "There is no month 0."),
        ({"question": "weekday", "date": "02-30"}, "There is no 30 February."),
        ({"question": "weekday", "date": "2026-04-31"}, "There is no 31 April."),
        ({"question": "weekday", "date": "2026-02-29"}, "There is no 29 February in 2026."),
        ({"question": "weekday", "date": "02-29"}, "There is no 29 February in 2026."),
        ({"question": "weekday", "date": "0000-01-01"}, "There is no year 0."),
        ({"question": "weekday", "date": "12345-01-01"}, "I cannot read the date"),
        ({"question": "weekday", "date": "x" * 10_000}, "I cannot read the date"),
        ({"question": "ahead", "amount": 3}, "The unit is missing."),
        (
            {"question": "ahead", "amount": 9000, "unit": "years"},
            "I only know the years 1 to 9999.",
        ),
        ({"question": "ago", "amount": 3000, "unit": "years"}, "I only know the years 1 to 9999."),
        ({"question": "ago", "amount": 1_000_000, "unit": "days"}, "I only know the years"),
        ({"question": "ahead", "amount": 10**30, "unit": "days"}, "That is too far away."),
    ],
)
def test_refusals(asked, words):
    with pytest.raises(ParleyError) as caught:
        clock(**asked)
    assert caught.value.message.startswith(words)


def test_the_next_leap_day_may_be_eight_years_away():
    assert nearest(2, 29, date(1897, 1, 1), 1) == date(1904, 2, 29)
    assert nearest(2, 29, date(1903, 12, 31), -1) == date(1896, 2, 29)


days = st.dates(date(1800, 1, 1), date(2400, 1, 1))


@given(days, days)
def test_years_months_and_days_add_up(one, other):
    first, last = min(one, other), max(one, other)
    if first == last:
        return
    told = dict.fromkeys(("year", "month", "day"), 0)
    for part in in_years(first, last).replace(" and ", ", ").split(", "):
        number, unit = part.split()
        told[unit.removesuffix("s")] = int(number)
    months = told["year"] * 12 + told["month"]
    assert by_months(first, months) + timedelta(told["day"]) == last
    assert told["month"] < 12 and told["day"] < 31


@given(days, st.integers(-2000, 2000))
def test_months_keep_the_day_or_take_the_last_one(start, months):
    found = by_months(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found + timedelta(1)).day == 1
