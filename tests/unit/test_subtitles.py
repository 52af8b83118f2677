"""Lines, paragraphs and the files made of them: whatever is said, each file can be read back."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.controllers.subtitles import (
    FORMS,
    LONGEST,
    ROW,
    ROWS,
    Line,
    as_srt,
    as_text,
    as_timed_text,
    as_vtt,
    clock,
    cues,
    fits,
    lines_of,
    paragraphs,
    rows,
)
from engines.messages import Transcript
from engines.senses import Word

NICE = "It is a truth universally acknowledged, that a single man in possession of a good fortune"
TIME = r"(\d{2,}):([0-5]\d):([0-5]\d)%s(\d{3})"
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=300) | st.lists(
    st.sampled_from(
        ["one", "two.", "-->", "<i>", "&amp;", "a,", "{\\an8}", "1", "é", "你好。" * 9]
    ),
    max_size=60,
).map(" ".join)
times = st.floats(-10, 400_000) | st.sampled_from([0.0, float("nan"), float("inf"), 359_999.9996])
said = st.builds(
    Transcript, text=texts, start=times, end=times,
    words=st.lists(st.builds(Word, text=texts, start=times, end=times), max_size=3).map(tuple),
)  # fmt: skip


def told(words, start=0.0, each=0.4, gap=0.1):
    """A stretch whose words have times."""
    made = []
    for number, word in enumerate(words.split()):
        at = start + number * (each + gap)
        made.append(Word(word, at, at + each))
    return Transcript(words, made[0].start, made[-1].end, words=tuple(made))


def all_lines(stretches):
    lines = []
    for one in stretches:
        lines += lines_of(one, 100.0, lines[-1].end if lines else 100.0)
    return lines


def read_back(text, mark):
    """The subtitles of a file: (start, end, rows), times in milliseconds."""
    found = []
    pattern = re.compile(f"^{TIME % re.escape(mark)} --> {TIME % re.escape(mark)}$")
    for block in text.strip("\n").split("\n\n"):
        head, *shown = block.split("\n")[1:] if mark == "," else block.split("\n")
        numbers = pattern.match(head)
        assert numbers, block
        h, m, s, ms, h2, m2, s2, ms2 = map(int, numbers.groups())
        start, end = ((h * 60 + m) * 60 + s) * 1000 + ms, ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2
        found.append((start, end, shown))
    return found


class TestLines:
    @given(st.lists(said, max_size=4))
    def test_whatever_is_said_no_letter_is_lost_and_times_go_forward(self, stretches):
        lines = all_lines(stretches)
        heard = "".join("".join(one.text.split()) for one in stretches)
        kept = "".join("".join(one.text.split()) for one in lines)
        assert kept == "".join(c for c in heard if c.isprintable() or c not in control())
        place = 100.0
        for line in lines:
            assert place <= line.start <= line.end < float("inf")
            assert line.text == line.text.strip() != "" and "\n" not in line.text
            assert fits(line.text)
            place = line.end

    def test_words_keep_the_times_the_model_tells(self):
        lines = lines_of(told(f"{NICE}, must be in want of a wife. So it is."), 60.0, 0.0)
        assert lines[0] == Line(60.0, 62.9, "It is a truth universally acknowledged,")
        assert [one.text for one in lines][-1] == "So it is."
        assert lines[1].start == pytest.approx(63.0)

    def test_a_line_ends_where_the_speaker_pauses(self):
        first, second = told("one two three"), told("four five", start=9.0)
        both = Transcript("one two three four five", 0, 10, words=(*first.words, *second.words))
        assert [one.text for one in lines_of(both, 0, 0)] == ["one two three", "four five"]

    def test_without_times_of_words_the_letters_share_the_time(self):
        lines = lines_of(Transcript(f"{NICE} {NICE}", 10.0, 30.0), 0, 0)
        assert lines[0].start == 10 and lines[-1].end == pytest.approx(30, abs=0.01)
        assert all(one.end - one.start <= LONGEST for one in lines)

    def test_words_that_are_not_those_of_the_text_are_not_believed(self):
        strange = Transcript("good morning", 1.0, 3.0, words=(Word("else", 50, 60),))
        assert lines_of(strange, 0, 0) == [Line(1.0, 3.0, "good morning")]

    def test_writing_without_spaces_is_cut_too(self):
        lines = lines_of(Transcript("今天天气很好我们去公园散步" * 20, 0, 60.0), 0, 0)
        assert len(lines) > 2 and all(len(one.text) <= ROW * ROWS for one in lines)


def control():
    return {chr(code) for code in (*range(32), *range(127, 160))}


class TestFiles:
    @given(st.lists(said, max_size=4))
    def test_srt_is_read_back(self, stretches):
        lines = all_lines(stretches)
        text = as_srt(lines)
        if lines:
            check(read_back(text, ","), lines)
            numbers = [block.split("\n")[0] for block in text.strip("\n").split("\n\n")]
            assert numbers == [str(n + 1) for n in range(len(lines))]
        assert not re.search(r"<[A-Za-z/]", text)

    @given(st.lists(said, max_size=4))
    def test_vtt_is_read_back_letter_for_letter(self, stretches):
        lines = all_lines(stretches)
        head, _, rest = as_vtt(lines).partition("\n")
        assert head == "WEBVTT"
        if lines:
            found = read_back(rest, ".")
            check(found, lines)
            for (_, _, shown), line in zip(found, lines, strict=True):
                words = "".join(html.unescape(row) for row in shown)
                assert squeezed(words) == squeezed(line.text)
                assert "-->" not in "".join(shown) and "<" not in "".join(shown)

    @given(st.lists(st.builds(Line, start=times, end=times, text=st.just("x")), max_size=9))
    def test_times_from_anywhere_never_overlap(self, lines):
        place = 0
        for start, end, _ in cues(lines):
            assert place <= start < end <= start + 7000
            place = end

    def test_a_short_word_stays_on_the_screen_as_long_as_there_is_room(self):
        lines = [Line(1, 1.2, "Yes."), Line(1.9, 2.0, "No."), Line(5, 5.1, "Well.")]
        assert [(a, b) for a, b, _ in cues(lines)] == [(1000, 1900), (1900, 2900), (5000, 6000)]

    def test_hours_are_written_in_full(self):
        lines = [Line(3 * 3600 + 62.0005, 3 * 3600 + 65, "late"), Line(400_000, 400_001, "later")]
        assert "03:01:02,000 --> 03:01:05,000" in as_srt(lines)
        assert "111:06:40.000 --> 111:06:41.000" in as_vtt(lines)
        assert [clock(one) for one in (0, 59.9, 61, 3599, 3600, 36_061)] == [
            *("0:00", "0:59", "1:01", "59:59", "1:00:00", "10:01:01")
        ]

    def test_two_rows_are_about_as_long_as_each_other(self):
        first, second = rows("We had been walking for an hour when the rain began")
        assert abs(len(first) - len(second)) < 8 and max(len(first), len(second)) <= ROW

    def test_nothing_said_is_a_valid_file(self):
        assert as_srt([]) == "" and as_vtt([]) == "WEBVTT\n"
        assert {form: write([]).strip() for form, write in FORMS.items()}["txt"] == ""

    def test_text_has_paragraphs_where_the_speaker_pauses(self):
        lines = [Line(0, 2, "One."), Line(2.1, 3, "Two."), Line(6, 7, "Three.")]
        assert as_text(lines) == "One. Two.\n\nThree.\n"
        assert as_timed_text(lines) == "[0:00] One. Two.\n[0:06] Three.\n"

    @given(st.lists(said, max_size=5))
    def test_paragraphs_lose_nothing(self, stretches):
        lines = all_lines(stretches)
        joined = "".join(text for _, text in paragraphs(lines))
        assert squeezed(joined) == squeezed("".join(one.text for one in lines))


def check(found, lines):
    assert len(found) == len(lines)
    place = 0
    for start, end, shown in found:
        assert place <= start < end
        assert 1 <= len(shown) <= ROWS and all(shown)
        assert all(len(html.unescape(row)) <= ROW for row in shown)
        place = end


def squeezed(text):
    return "".join(text.split())
