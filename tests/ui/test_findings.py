"""What programs find in a picture becomes words; what goes wrong is said and stops nothing."""

import pytest

from app import paths, seeing
from app.controllers.findings import TRIES, FindingsController
from app.controllers.found import HEADING, Unknown, found
from app.resting import Resting
from engines.messages import Cancelled, Describe, Described, Done, Failed, Lines, Look, ReadText
from engines.senses import Line, Things
from tests.conftest import FakeLink

PICTURE = Look("h1", 2, 1, b"123456")
BOX = (0.0, 0.0, 1.0, 0.1)
CIRCLE = Described((("circle", 0.93), ("ring", 0.03)), (("red", 0.6), ("white", 0.4)))
SALE = Lines((Line("SALE", BOX, 0.99), Line("5O %", BOX, 0.7), Line("~;", BOX, 0.4)))
BROKE = Failed("The model stopped unexpectedly.", "Try again.")


@pytest.fixture
def eyes(qapp):
    return FakeLink()


@pytest.fixture
def reader(qapp):
    return FakeLink()


@pytest.fixture
def findings(eyes, reader):
    return FindingsController(
        Resting(eyes, lambda: ("eyes", "eyes", None, {})),
        Resting(reader, lambda: ("ocr", "", None, {})),
    )


@pytest.fixture
def told(findings):
    """Asks for the picture; answers what was told of it."""
    given = []
    findings.find(PICTURE, given.append)
    return given


def test_both_are_started_and_asked_and_what_they_find_is_told_once(eyes, reader, told, findings):
    assert eyes.opened == [("eyes", "eyes")] and reader.opened == [("ocr", "")]
    assert eyes.requests == [Describe(PICTURE)] and reader.requests == [ReadText(PICTURE)]
    eyes.answer(CIRCLE, Done())
    assert not told
    reader.answer(SALE, Done())
    [one] = told
    assert one.words == CIRCLE.words and one.lines == ("SALE", "5O %")
    assert one.text.splitlines() == [
        HEADING,
        "- What it shows: circle (93 % sure)",
        "- Colours: red 60 %, white 40 %",
        "- Text in it: ",
        "  “SALE”",
        "  “5O %” (not sure)",
    ]
    again = []
    findings.find(PICTURE, again.append)
    assert again == told and len(eyes.requests) == 1  # it is remembered


def test_a_model_that_sees_and_does_not_read_is_told_the_text(eyes, reader, told):
    eyes.answer(CIRCLE, Done())
    reader.answer(SALE, Done())
    rows = [HEADING, "- Text in it: ", "  “SALE”", "  “5O %” (not sure)"]
    assert told[0].read.splitlines() == rows


def test_and_what_the_only_thing_looks_like(eyes, reader, findings, told):
    eyes.answer(CIRCLE, Done())
    reader.answer(Lines((), Things(1, "at the top")), Done())
    counted, like = "- Separate things in it: 1, at the top", "- What the only thing looks like: "
    assert told[0].read.splitlines() == [HEADING, counted, f"{like}circle"]
    findings.find(Look("h2", 2, 1, b"123456"), told.append)
    eyes.answer(CIRCLE, Done())
    reader.answer(Lines((), Things(3)), Done())
    assert told[1].read.splitlines() == [HEADING, "- Separate things in it: 3"]


def test_what_is_no_text_is_not_told_to_a_model_that_sees(eyes, reader, findings, told):
    marks = "★", "十十", "口", "..."
    eyes.answer(CIRCLE, Done())
    reader.answer(Lines(tuple(Line(mark, BOX, 0.99) for mark in marks)), Done())
    findings.find(Look("h2", 2, 1, b"123456"), told.append)
    eyes.answer(CIRCLE, Done())
    reader.answer(Lines(tuple(Line(text, BOX, 0.99) for text in ("出口", "Exit"))), Done())
    assert told[0].read == "" and "出口" in told[1].read and "Exit" in told[1].read


def test_a_picture_whose_text_could_not_be_read(eyes, reader, told):
    reader.load()
    eyes.answer(CIRCLE, Done())
    reader.answer(Failed("This is not a picture.", "Try another."))
    assert told[0].read == f"{HEADING}\n- Text in it: could not be read. This is not a picture."


def test_with_other_eyes_it_is_looked_at_again(qapp, eyes, reader, told, findings, preferences,
                                               monkeypatch, tmp_path):  # fmt: skip
    links = iter((eyes, reader))
    monkeypatch.setattr(seeing, "EngineLink", lambda *_, **__: next(links))
    other = seeing.findings(paths.folders(tmp_path), preferences, qapp)
    for _ in range(2):
        other.find(PICTURE, told.append)
        eyes.answer(CIRCLE, Done())
        reader.answer(SALE, Done())
        assert not preferences.set("eyes", str(tmp_path / "clip"))
    assert [name for name, _ in eyes.opened[1:]] == ["eyes", "open_clip"]
    assert eyes.grants["read"] == (tmp_path / "data" / seeing.EXTRA,)


def test_who_asks_meanwhile_hears_the_same(eyes, reader, told, findings):
    other = []
    findings.find(PICTURE, other.append)
    assert len(eyes.requests) == len(reader.requests) == 1
    eyes.answer(CIRCLE, Done())
    reader.answer(SALE, Done())
    assert other == told != []


def test_what_one_cannot_say_does_not_take_the_others_words(eyes, reader, told, findings):
    reader.load()
    reader.answer(Failed("This is not a picture.", "Try another."))
    eyes.answer(CIRCLE, Done())
    assert "circle (93 % sure)" in told[0].text
    assert "Text in it: could not be read. This is not a picture." in told[0].text
    findings.find(PICTURE, lambda _: None)
    assert len(reader.requests) == 2  # what is not whole is not remembered


def test_a_process_that_dies_is_started_again_once(eyes, reader, told):
    eyes.load()
    for _ in range(TRIES):
        eyes.unload()
        eyes.answer(BROKE)
    assert len(eyes.requests) == TRIES and len(eyes.opened) == TRIES
    reader.answer(SALE, Done())
    assert f"could not be found out. {BROKE.message}" in told[0].text and "SALE" in told[0].text


def test_a_process_that_is_closed_under_it_ends_in_words_too(eyes, reader, told):
    eyes.load()
    reader.load()
    for link in (eyes, reader):
        for _ in range(TRIES):
            assert not told
            link.answer(Cancelled())
    assert "closed" in told[0].text and told[0].lines == ()


def test_an_answer_without_its_event_is_no_finding(eyes, reader, told):
    eyes.answer(Done())
    reader.answer(Done())
    assert told[0].text.count("was closed") == 2


def test_what_nobody_wants_is_called_off(eyes, reader, findings):
    keys = [findings.find(PICTURE, lambda _: pytest.fail("told")) for _ in range(2)]
    findings.cancel(keys[0])
    assert not eyes.cancelled
    findings.cancel(keys[1])
    assert eyes.cancelled == [1] and reader.cancelled == [1]
    eyes.answer(CIRCLE, Done())
    reader.answer(SALE, Done())
    findings.cancel(keys[1])  # long gone: nothing happens


# Words


def shows(*words):
    return found(Described(words), Lines(())).text.splitlines()[1].removeprefix("- What it shows: ")


def test_each_word_is_marked_with_how_sure_it_is():
    assert shows(("bar chart", 0.97), ("letters", 0.55), ("ring", 0.2)) == (
        "bar chart (97 % sure), perhaps letters (55 % sure)"
    )


def test_it_says_when_nothing_is_sure():
    said = shows(("cat", 0.2), ("dog", 0.1), ("ox", 0.01))
    assert said == "not known: no guess is sure; the nearest are cat (20 %), dog (10 %)"
    assert shows() == "not known: no guess is sure"


def test_text_that_cannot_be_read_and_none_at_all():
    dim = Lines((Line("#", BOX, 0.35),))
    assert found(CIRCLE, dim).text.endswith("Text in it: none that can be read")
    assert found(CIRCLE, Lines(())).text.endswith("Text in it: none")
    assert found(Unknown("A."), Unknown("B.")).words == ()


def test_very_much_text_is_cut():
    page = Lines(tuple(Line("words " * 20, BOX, 0.9) for _ in range(200)))
    text = found(CIRCLE, page).text
    assert len(text) < 6_000 and text.endswith("(there is more)")
