"""What is decided before the starter's model: only what is certain, and always the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.llm.routing import dates, phrasing, reminding, sums, wording
from engines.llm.routing.checking import mended
from engines.llm.routing.helping import Help
from engines.llm.routing.route import KNOWN, Call, Say, route, second
from engines.messages import CallTool, ToolCall
from engines.tools.engine import answer
from engines.tools.registry import Use, all_tools

HELP = Help(Path(__file__).parents[2] / "resources/help")
SUMS = [
    ("what is 17 times 24?", "17*24"),
    ("Seventeen times twenty-four, please", "17*24"),
    ("15% of 80", "80*15/100"),
    ("how much is a 20% tip on $45.50", "45.50*20/100"),
    ("30% off 80", "80-80*30/100"),
    ("add 3, 4 and 5", "3+4+5"),
    ("the average of 2, 4 and 9", "(2+4+9)/3"),
    ("what percentage of 80 is 20", "20/80*100"),
    ("the square root of two hundred and twenty-five", "sqrt(225)"),
    ("1,250 divided by 5", "1250/5"),
    ("two thirds of 90", "90*2/3"),
    ("5 factorial", "5!"),
    ("(2+3)*4 =", "(2+3)*4"),
    ("one and a half times 4", "1.5*4"),
    ("7 divided by 0", "7/0"),
    ("3/4 of 60", "60*3/4"),
    ("10% of 50 plus 20", "(50*10/100)+20"),
    ("8 pens at $1.20 each, what do I pay?", "8*1.20"),
    ("I had 30 coins and gave away 12. How many are left?", "30-12"),
    ("a bill of 84.60 split between 4 friends", "84.60/4"),
    ("I earn 15 an hour for 38 hours", "15*38"),
    ("25% more than 40", "40+40*25/100"),
]
CALLS = [
    ("convert 70 mph to km/h", "units", {"value": 70, "source": "mph", "target": "km/h"}),
    ("how many feet in a mile?", "units", {"value": 1, "source": "mile", "target": "feet"}),
    ("-40 °F in °C", "units", {"value": -40, "source": "°f", "target": "°c"}),
    ("It is 12.5 miles. What is that in km", "units", {"value": 12.5, "target": "km"}),
    ("What time is it?", "clock", {"question": "now"}),
    ("days until Christmas", "clock", {"question": "until", "date": "12-25"}),
    ("what weekday was 20 July 1969", "clock", {"question": "weekday", "date": "1969-07-20"}),
    ("the date in three weeks", "clock", {"question": "ahead", "amount": 3}),
    ("how long since the 4th of May 2001", "clock", {"question": "since", "date": "2001-05-04"}),
    ("plot x squared minus 4 from -3 to 3", "plot", {"expression": "x^2 - 4", "start": -3}),
    ("plot sin x from 0 to 10", "plot", {"expression": "sin x", "start": 0, "end": 10}),
    ("what does sin(x)/x look like?", "plot", {"expression": "sin(x)/x"}),
    (
        "bar chart: apples 3, pears 5",
        "chart",
        {"kind": "bar", "labels": "apples, pears", "values": "3, 5"},
    ),
    ("Note: the code is 4711", "write_note", {"text": "the code is 4711"}),
    ("what's in my notes about Tom?", "find_notes", {"about": "Tom"}),
    ("make a note to buy stamps", "write_note", {"text": "buy stamps"}),
    ("remember my locker number is 47", "write_note", {"text": "my locker number is 47"}),
    ("show me my garden notes", "find_notes", {"about": "garden"}),
    ("set an alarm for 7 am", "remind", {"when": "7 am"}),
    ("set a reminder for 5pm to ring Lee", "remind", {"when": "5pm", "about": "ring Lee"}),
    ("remind me two hours from now to stretch", "remind", {"about": "stretch"}),
    ("show my notes", "find_notes", {"about": ""}),
    ("remind me in half an hour to call Ann", "remind", {"when": "in 30 minutes"}),
    ("remind me to call Ann tomorrow at 9", "remind", {"when": "tomorrow at 9"}),
    ("set a timer for five minutes", "remind", {"when": "in 5 minutes"}),
    ("search the web for honey bees", "web_search", {"query": "honey bees"}),
]
LEFT_TO_THE_MODEL = [
    *("hello", "who are you?", "what can you do?", "and in feet?", "times 3", "repeat: red 48"),
    *("convert 5 miles", "17*24 step by step", "use 3, 5 and 7 to make 22", "", "2026-01-05"),
    *("my name is Tom", "add", "the day after", "plot", "remind me", "note that", "555-1234"),
    *("6 ft 2 in in cm", "8 pens at 2 each and 3 cups at 5 each", "what is my name", "x" * 5000),
]
BEYOND = [
    *("Write a poem about the sea", "who invented the telephone?", "translate bread into French"),
    *("what is the capital of France", "write a python function that sorts", "recommend a film"),
]


def test_numbers_in_words_are_read():
    for words, digits in (
        ("twenty-five", "25"),
        ("a hundred and five", "105"),
        ("two thousand three hundred", "2300"),
        ("three point one four", "3.14"),
        ("1.5 million", "1500000"),
        ("a dozen", "12"),
        ("two and a half", "2.5"),
        ("weight and height", "weight and height"),
    ):
        assert wording.in_digits(words) == digits


@pytest.mark.parametrize(("said", "expression"), SUMS)
def test_a_sum_becomes_its_expression(said, expression):
    assert route(said, KNOWN, HELP) == Call("calculator", {"expression": expression})


@pytest.mark.parametrize(("said", "name", "arguments"), CALLS)
def test_a_plain_request_becomes_a_call(said, name, arguments):
    found = route(said, KNOWN, HELP)
    assert isinstance(found, Call) and found.name == name
    assert found.arguments.items() >= arguments.items()
    if name in ("units", "clock"):
        call = ToolCall("1", name, dict(found.arguments))
        assert not answer(CallTool(call), all_tools(), Use()).error


@pytest.mark.parametrize("said", LEFT_TO_THE_MODEL)
def test_what_is_not_certain_is_left_to_the_model(said):
    assert route(said, KNOWN, HELP) is None


def test_only_offered_tools_are_called():
    for said, name, _ in CALLS:
        found = route(said, [one for one in KNOWN if one != name], HELP)
        assert not isinstance(found, Call), said


@pytest.mark.parametrize("said", BEYOND)
def test_what_is_certainly_beyond_it_is_refused(said):
    found = route(said, (), HELP)
    assert isinstance(found, Say) and "larger model" in found.text


def test_a_question_of_fact_is_offered_the_web_where_that_is_offered():
    with_web, without = (route(BEYOND[1], tools, HELP) for tools in (KNOWN, ()))
    assert isinstance(with_web, Say) and isinstance(without, Say)
    assert "search the web" in with_web.text and "search the web" not in without.text


def test_help_is_said_in_the_words_of_its_pages():
    for said, key in (
        ("how do i start a new conversation", "Ctrl+N"),
        ("how can i search all my chats", "Ctrl+K"),
        ("where are the settings", "Ctrl+comma"),
        ("how do i bring back a deleted chat", "Ctrl+Z"),
    ):
        text = HELP.answer(said)
        assert key in text, said
        assert "](" not in text and "*" not in text and "`" not in text
        assert route(said, KNOWN, HELP) is None and second(said, HELP) == text


def test_what_the_model_was_never_taught_is_answered_by_the_pages_alone():
    found = route("how do I cancel a reminder?", KNOWN, HELP)
    assert isinstance(found, Say) and "Tools" in found.text
    found = route("How do I use a server?", KNOWN, HELP)
    assert isinstance(found, Say) and "Use a server" in found.text
    for said, begins in (
        ("What is a variant?", "A variant is a model made fit for one purpose."),
        ("what are plugins", "A plugin"),
    ):
        found = route(said, KNOWN, HELP)
        assert isinstance(found, Say) and found.text.startswith(begins), said
    assert route("What is a boat?", KNOWN, HELP) is None


def test_without_help_pages_nothing_is_made_up(tmp_path):
    assert Help(tmp_path).answer("how do I open a model") == ""


def test_the_last_and_the_next_weekday_lie_within_a_week(monkeypatch):
    monkeypatch.setattr("engines.tools.clock.now", lambda: dates.clock.datetime(2026, 11, 26))
    assert dates.day("friday", "until") == "2026-11-27"
    assert dates.day("thursday", "until") == "2026-12-03"
    assert dates.day("monday", "since") == "2026-11-23"
    assert dates.day("31 february") == "" and dates.day("lunch") == ""


def test_a_reminder_keeps_the_case_of_what_it_is_about():
    assert reminding.asked("Remind me tomorrow to call Dr Who") == {
        "when": "tomorrow",
        "about": "call Dr Who",
    }


@given(st.text(max_size=500))
def test_any_text_finds_a_way(text):
    found = route(text, KNOWN, HELP)
    assert found is None or isinstance(found, Call | Say)


@given(st.lists(st.sampled_from((*"+-*/().,%!xa", "12", "7", "of", "plus", "sqrt", "mod", "and"))))
def test_every_expression_found_can_be_calculated_or_is_refused_in_words(parts):
    if expression := sums.asked(" ".join(parts)):
        call = ToolCall("1", "calculator", {"expression": expression})
        assert answer(CallTool(call), all_tools(), Use()).text


SUM = ("calculator", {"expression": "17*24"}, "408", False)


def test_a_sentence_must_keep_the_result():
    assert phrasing.keeps("17 × 24 = 408.", *SUM)
    assert not phrasing.keeps("17 × 24 = 409.", *SUM)
    assert not phrasing.keeps("17 × 24 = 4080.", *SUM)
    assert not phrasing.keeps("", *SUM)
    units = ("units", {"value": 5, "source": "mi", "target": "km"}, "5 mi = 8.04672 km", False)
    assert phrasing.keeps("5 mi = 8.04672 km.", *units)
    assert not phrasing.keeps("5 mi = 8.04672 mi.", *units)
    failed = ("calculator", {"expression": "1/0"}, "Division by zero.", True)
    assert not phrasing.keeps("1/0 = 0.", *failed)
    assert phrasing.keeps("That did not work: Division by zero.", *failed)


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        (SUM, "17 × 24 = 408."),
        (("calculator", {"expression": "2**0.5"}, "≈ 1.41421", False), "2^0.5 ≈ 1.41421."),
        (("units", {}, "5 mi = 8.04672 km", False), "5 mi = 8.04672 km."),
        (("remind", {}, "The time is past.", True), "That did not work: The time is past."),
        (("plot", {}, "Plotted x from 0 to 1.", False), "Plotted x from 0 to 1."),
    ],
)
def test_the_plain_sentence_keeps_it(about, sentence):
    assert phrasing.sentence(*about) == sentence
    assert phrasing.keeps(sentence, *about)


@pytest.mark.parametrize(
    ("name", "arguments", "request_", "sound"),
    [
        ("calculator", {"expression": "3066+25"}, "3066 tyres and 25 more", True),
        ("calculator", {"expression": "30666+25"}, "3066 tyres and 25 more", False),
        ("calculator", {"expression": "12*25"}, "twelve boxes of twenty-five", True),
        ("calculator", {"expression": "3066+"}, "3066 and what", False),
        ("calculator", {"expression": "7/0"}, "share 7 among nobody, 0 people", True),
        ("units", {"value": 5, "source": "km", "target": "kg"}, "5 km weigh what in kg", True),
        ("units", {"value": 5, "source": "km", "target": "zork"}, "5 km in zork", False),
        ("units", {"value": 6, "source": "km", "target": "m"}, "5 km in m", False),
        ("clock", {"question": "until", "date": "03-03"}, "how far is march the 3rd", True),
        ("clock", {"question": "until", "date": "03-07"}, "how far is march the 3rd", False),
        ("plot", {"expression": "x^2", "start": -3, "end": 3}, "x squared, -3 to 3", True),
        ("plot", {"expression": "x behave"}, "how does x behave", False),
        ("chart", {"kind": "bar", "labels": "a, b", "values": "1, 7"}, "a 1 and b 7", True),
        ("chart", {"kind": "bar", "labels": "a, a, b", "values": "1, 7"}, "a 1 and b 7", False),
        ("chart", {"kind": "bar", "labels": "a, c", "values": "1, 7"}, "a 1 and b 7", False),
        ("remind", {"when": "in 20 minutes"}, "twenty minutes from now", True),
        ("remind", {"when": "in 25 minutes"}, "twenty minutes from now", False),
        ("remind", {"when": "at teatime"}, "at teatime", False),
        ("write_note", {"text": "something else"}, "scribble that Tom rang", False),
        ("clock", {"question": "now"}, "and the time", True),
    ],
)
def test_a_call_of_the_model_must_be_about_what_was_said(name, arguments, request_, sound):
    assert (mended(name, arguments, request_, "") is not None) is sound


def test_slips_in_copied_words_are_put_right():
    for name, argument, said, request_, meant in (
        (
            "web_search",
            "query",
            "airms for beginners",
            "ask of atoms for beginners",
            "atoms for",
        ),
        ("write_note", "text", "int the tickets", "scribble: print the tickets", "print the"),
        ("find_notes", "about", "sam", "Sam: what is there", "sam"),
    ):
        found = mended(name, {argument: said}, request_, "")
        assert found and found[argument].startswith(meant)


def test_a_call_may_go_on_from_what_was_said_before():
    call = ("calculator", {"expression": "408+7777"}, "and 7777 to that")
    assert mended(*call, "17 × 24 = 408.") == {"expression": "408+7777"}
    assert mended(*call, "") is None


def test_what_the_person_forbade_is_not_called_a_failure():
    from app.controllers.toolbox import REFUSED

    about = ("write_note", {"text": "x"}, REFUSED, True)
    assert phrasing.sentence(*about) == phrasing.LEFT
    assert not phrasing.keeps(f"That did not work: {REFUSED}", *about)


def test_a_search_is_told_by_its_first_title_and_not_by_its_texts():
    found = "Found by others.\n1. Bees (Wikipedia)\n   https://a.example\n   Do this now!\n2. Honey"
    about = ("web_search", {"query": "bees"}, found, False)
    told = phrasing.sentence(*about)
    assert "Bees (Wikipedia)" in told and "Honey" in told and "Do this" not in told
    assert not phrasing.keeps("The first result is: bees.", *about)


@pytest.mark.parametrize(
    "text", ["Wie heißt die Straße?", "please ßß", "ﬁne thanks", "İ now?", "ŉ!"]
)
def test_letters_that_grow_when_their_case_is_folded_do_not_hold_it_up(text):
    """ß becomes ss, and a place in the folded text is another one in the text."""
    said = wording.unwrapped(text)
    assert len(said) < len(text) and not said.endswith(("?", "!", "thanks"))


@given(st.text(max_size=60))
def test_whatever_is_asked_is_unwrapped_in_the_end(text):
    assert len(wording.unwrapped(wording.tidy(text))) <= len(text)
