"""The word that is spoken is marked where it stands, and what nobody heard is softer."""

import pytest
from PySide6.QtGui import QColor

from app.controllers.turns import INTERRUPTED
from app.views.theme import LIGHT
from app.views.transcript.aligned import Aligned
from app.views.transcript.lines import NoteBox
from app.views.transcript.spoken import locate, unheard
from app.views.transcript.view import Transcript
from tests.ui.transcripts import answer, click, user

TEXT = """# The moon over **Lisbon**

It rises at *nine*, says [the almanac](https://moon.example/nine?at=rises), and \\
sets at five. The moon 🌕 is full: the `moon` of three moons.

- First the moon
- then **the** sea
  1. and the sea
  2. and *the moon*

> The moon is quoted.

| a moon | b |
|---|---|
| the sea | moon |

```python
moon = "the moon"
```

Last the moon sets.
"""


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(LIGHT)
    qtbot.addWidget(transcript)
    transcript.resize(800, 900)
    transcript.show()
    return transcript


def marked(transcript):
    """What the mark stands behind, as it would be copied; the number of its box in view."""
    for number, shown in enumerate(transcript.stack.shown):
        if part := transcript.spoken.part(shown):
            whole = shown.box.document.toRawText().encode("utf-16-le")
            return whole[part[0] * 2 : part[1] * 2].decode("utf-16-le"), number
    return None


def every_word(text):
    """Places of all words that are shown as prose, by their place in the source."""
    table, code = text.index("| a moon"), text.index("```python")
    last = text.index("Last the moon")
    for word in ("moon", "the", "sea", "Lisbon", "nine", "almanac", "rises", "sets", "quoted"):
        at = text.find(word)
        while at >= 0:
            hidden = text.rfind("(https", 0, at) > text.rfind(")", 0, at)
            whole = not (text[at - 1] + text[at + len(word)]).isalpha()
            inside = table < at < last or code < at < last
            if not hidden and not inside and not text[at + len(word)].isalpha() and whole:
                yield word, at
            at = text.find(word, at + 1)


def test_every_word_of_every_kind_of_paragraph_is_marked_where_it_stands(transcript):
    transcript.set_turns([user(1, "Tell me"), answer(2, TEXT)])
    seen: dict[str, list[tuple[int, int]]] = {}
    for word, at in every_word(TEXT):
        transcript.spoken.show(2, at, at + len(word))
        found = marked(transcript)
        assert found and found[0] == word, (word, at, found)
        shown = transcript.stack.shown[found[1]]
        seen.setdefault(word, []).append((found[1], transcript.spoken.part(shown)[0]))
    assert len(seen["moon"]) == 7
    for word, places in seen.items():  # each place its own, in the order of the text
        assert places == sorted(set(places)), word


def test_a_word_is_marked_while_the_answer_grows(qtbot, transcript):
    transcript.set_turns([user(1, "Count"), answer(2, status="streaming")])
    text = "One, **two** and three. " * 3
    for place in range(0, len(text), 7):
        transcript.add_text(text[place : place + 7])
        transcript.flush()
        at = text.rfind("two", 0, place)
        if at >= 0:
            transcript.spoken.show(2, at, at + 3)
            assert marked(transcript)[0] == "two"


def test_the_mark_is_painted_behind_its_word_only(qtbot, transcript):
    transcript.set_turns([answer(1, "Here we mark one word of many.")])
    transcript.spoken.show(1, 13, 16)
    area = transcript.spoken.area()
    assert 15 < area.width() < 60 and 14 < area.height() < 30
    picture = transcript.viewport().grab().toImage()
    light = QColor(LIGHT.spoken).rgb()
    spots = {
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixel(x, y) == light
    }
    assert len(spots) > 100 and all(area.contains(x, y) for x, y in spots)
    transcript.spoken.clear()
    after = transcript.viewport().grab().toImage()
    assert after.pixel(area.topLeft()) == after.pixel(0, 0)


def test_what_a_person_said_is_marked_too(transcript):
    transcript.set_turns([user(1, "first line\n\nand **the** second, the third")])
    transcript.spoken.show(1, 32, 35)
    assert marked(transcript)[0] == "the"


def test_windows_line_ends_do_not_shift_the_mark(transcript):
    text = "One line\r\nand another\r\n\r\nLast the moon"
    transcript.set_turns([answer(1, text)])
    transcript.spoken.show(1, text.index("moon"), text.index("moon") + 4)
    assert marked(transcript)[0] == "moon"


def test_the_page_follows_the_word_until_the_person_scrolls(transcript):
    text = "\n\n".join(f"Paragraph {n} has a word{n} in it." for n in range(80))
    transcript.set_turns([answer(1, text)])
    transcript.read_out(1)

    def speak(n):
        at = text.index(f"word{n} ")
        transcript.spoken.show(1, at, at + 4 + len(str(n)))

    speak(2)
    assert marked(transcript)[0] == "word2" and not transcript.stack.at_end
    transcript.scroll_by(2000)
    before = transcript.stack.value
    speak(3)
    assert marked(transcript) is None and transcript.stack.value == before
    transcript.jump_to_end()
    speak(40)
    assert marked(transcript)[0] == "word40"


def test_beyond_the_interruption_the_text_is_softer_with_a_note_there(transcript):
    heard = TEXT.index(" sea\n  1.")
    turn = answer(1, TEXT, heard=heard, note=INTERRUPTED, status="stopped")
    transcript.set_turns([turn])
    row = transcript.stack.rows[0]
    boxes = row.boxes
    note = next(n for n, box in enumerate(boxes) if isinstance(box, NoteBox))
    assert boxes[note].words == INTERRUPTED and boxes[note - 1].text().startswith("• First")
    assert [unheard(row, box) for box in row.body[:2]] == [None, None]
    cut = boxes[note - 1]
    since = unheard(row, cut)
    assert cut.document.toRawText()[since:].startswith("sea")
    assert all(unheard(row, box) == 0 for box in row.body[row.body.index(cut) + 1 :])


def test_the_softer_part_is_painted_in_the_quiet_colour(transcript):
    text = "Heard words, then more words."
    colors = []
    for heard in (-1, text.index(" then")):
        transcript.set_turns([answer(1, text, heard=heard, note=INTERRUPTED)])
        shown = transcript.stack.shown[0]
        picture = transcript.viewport().grab().toImage()
        rows = range(shown.y, shown.y + shown.box.height)
        darkest = [
            min(picture.pixelColor(x, y).lightness() for y in rows)
            for x in range(transcript.column.x(), transcript.column.x() + 220)
        ]
        colors.append(darkest)
    quiet = QColor(LIGHT.muted).lightness()
    assert min(colors[0][100:]) < quiet - 20 <= min(colors[1][100:])
    assert min(colors[1][:80]) < quiet - 20


def test_nothing_to_hear_again_is_missing_from_the_row_of_actions(qtbot, transcript):
    transcript.set_turns([user(1, "Hello"), answer(2, "Good day."), answer(3, "")])
    asked = []
    transcript.read_asked.connect(asked.append)
    click(transcript, "read_aloud", row=1)
    transcript.read_out(2)
    click(transcript, "stop_reading", row=1)
    assert asked == [2, 2]
    names = {
        c.name for shown in transcript.stack.shown if shown.row == 2 for c in shown.box.controls()
    }
    assert "read_aloud" not in names and "copy" in names


def test_words_that_are_not_shown_have_no_place():
    source = "see [it](http://a.example/see/it) now"
    lined = Aligned(source, ["see it now"])
    assert lined.place(source.index("example"), source.index("example") + 7) is None
    assert lined.place(source.rindex("now"), len(source))[1:] == (7, 10)


def test_a_formula_is_one_sign_or_its_source():
    source = "The root $\\sqrt{a + b}$ of the sum, the root of $a$ alone."
    for shown in (
        "The root \ufffc of the sum, the root of \ufffc alone.",
        source.replace("\\", ""),
    ):
        lined = Aligned(source, [shown])
        for word in ("sum", "alone"):
            at = source.index(word)
            place = lined.place(at, at + len(word))
            assert place and shown[place.start : place.end] == word
        second = source.rindex("root")
        assert lined.place(second, second + 4)[1] == shown.rindex("root")


def test_locating_a_word_needs_no_layout(transcript):
    transcript.set_turns([answer(1, TEXT)])
    row = transcript.stack.rows[0]
    before = [(box.width, box.height, box.document) for box in row.boxes]
    locate(row, 5, 9)
    assert before == [(box.width, box.height, box.document) for box in row.boxes]
