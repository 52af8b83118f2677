"""Times of a film in an answer lead to its frames."""

import pytest

from app.views.transcript.pieces import Paragraph, Prose, Span
from app.views.transcript.times import Times, told
from app.views.transcript.view import Transcript
from tests.ui.appearing import appear
from tests.ui.attached import picture, preview
from tests.ui.transcripts import LEFT, NONE, answer, hover, place_of, user


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    appear(qtbot, transcript)
    return transcript


@pytest.fixture
def film(tmp_path):
    """A question with frames of a film at 0, 6, … 36 seconds."""
    jpeg = preview(tmp_path / "3fa1")
    frames = (picture(str(n), jpeg, f"0:{6 * n:02}", at=6.0 * n, of="goal.mp4") for n in range(7))
    return user(1, "When?", attachments=tuple(frames))


@pytest.fixture
def opened(transcript):
    seen = []
    transcript.attached_opened.connect(lambda turn, key: seen.append((turn, key)))
    transcript.link_asked.connect(seen.append)
    return seen


def links(text, turns):
    times = Times()
    times.read(turns)
    made = times.marked(Prose((Paragraph((Span(text),)),)))
    return [(span.text, span.link) for span in made.paragraphs[0].spans if span.link]


def press(qtbot, transcript, words):
    spot = place_of(transcript, words)
    hover(transcript, spot)
    qtbot.mouseClick(transcript.viewport(), LEFT, NONE, spot)


def test_a_time_is_clicked_and_its_frame_opens(qtbot, transcript, film, opened):
    transcript.set_turns([film, answer(2, "The goal falls at 0:12, twice shown by **0:31**.")])
    press(qtbot, transcript, "0:12")
    press(qtbot, transcript, "0:31")
    assert opened == [(1, "2"), (1, "5")]  # the nearest frames


def test_a_time_that_grows_with_the_answer(qtbot, transcript, film, opened):
    transcript.set_turns([film])
    transcript.add_turn(answer(2, status="streaming"))
    for piece in ("At 0", ":", "1", "8 it", " falls."):
        transcript.add_text(piece)
        transcript.flush()
    press(qtbot, transcript, "0:18")
    assert opened == [(1, "3")]


def test_tab_reaches_it_and_says_what_it_does(transcript, film):
    transcript.set_turns([film, answer(2, "It falls at 0:12.")])
    words = [each.words for shown in transcript.stack.shown for each in shown.box.controls()]
    assert "Show the film at 0:12" in words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0:00 and 0:42", ["0:00", "0:42"]),
        ("at 8:30 in the morning", []),
        ("1:02:12 is beyond it", []),
        ("0:00:12", ["0:00:12"]),
        ("0:75, 3:1, 12:345, v0:12, 0:12.5", []),
        ("(0:06–0:12)", ["0:06", "0:12"]),
        ("no time at all", []),
    ],
)
def test_what_is_a_time_of_the_film(film, text, found):
    assert [words for words, _ in links(text, [film])] == found


def test_without_a_film_nothing_is_a_time_of_one():
    assert not links("at 0:12", [user(1, "When?", attachments=(picture("0"),))])


def test_the_newest_film_is_meant_and_is_forgotten_with_its_turn(film, tmp_path):
    times = Times()
    later = user(5, "And here?", attachments=(picture("0", at=100.0, of="b.mp4"),))
    times.read([film, later])
    assert times.frame("film:12") == (5, "0")
    times.read([film])
    assert times.frame("film:12") == (1, "2")
    times.add(user(1, "When?"))
    assert times.frame("film:12") is None


@pytest.mark.parametrize("link", ["film:", "film:x", "film:-1", "film:" + "9" * 400, "https://a.b"])
def test_what_a_model_writes_itself_leads_nowhere_else(film, link):
    times = Times()
    times.read([film])
    assert times.frame(link) is None and told(link) == ""
