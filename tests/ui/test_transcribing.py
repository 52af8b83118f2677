"""A file on its way to text where engines say what they should not."""

from pathlib import Path

import pytest

from app.controllers.transcribing import TRIES, Transcribing
from app.resting import Resting
from engines.messages import Cancelled, Done, Failed, Loaded, Pcm, Transcribe, Transcript
from tests.conftest import FakeLink

DIED = Failed("The model stopped.", "Try again.")
FILE = Path("/a.wav")


@pytest.fixture
def reader(qapp):
    return FakeLink()


@pytest.fixture
def ears(qapp):
    return FakeLink()


@pytest.fixture
def work(reader, ears):
    return Transcribing(reader, Resting(ears, lambda: ("stt", Path(), None, {})))


@pytest.fixture
def heard(work):
    """What the transcribing tells, in order."""
    told = []
    work.heard.connect(lambda position, lines: told.append((position, lines)))
    work.ended.connect(lambda damaged: told.append(("ended", damaged)))
    work.failed.connect(lambda why: told.append(("failed", why.message)))
    return told


def piece(reader, seconds, ending):
    reader.answer(Pcm(bytes(int(seconds * 32_000)), 16_000), ending)


def test_lines_never_overlap_whatever_the_ears_say(work, reader, ears, heard):
    work.begin(FILE, 100.0, "")
    reader.load(Loaded(seconds=130.0), Done())
    assert reader.requests[-1].at == 100.0
    piece(reader, 20, Done())
    ears.answer(Transcript("one", 1.0, 9.0), Transcript("two", 4.0, 5.0), Done())
    assert reader.requests[-1].at == 120.0
    piece(reader, 10, Done("damaged"))
    ears.answer(Transcript("three", -5.0, 3.0), Done())
    (_, first), (position, second), last = heard
    spans = [(one.start, one.end) for one in (*first, *second)]
    assert spans == [(101, 109), (109, 109), (120, 123)]
    assert position == 130.0 and last == ("ended", True) and not work.busy


def test_the_same_piece_is_heard_again_and_only_so_often(work, reader, ears, heard):
    work.begin(FILE, 0.0, "de")
    reader.load()
    piece(reader, 2, Done())
    for _ in range(TRIES - 1):
        ears.answer(Transcript("half", 0, 1), DIED)
    assert ears.requests == [Transcribe(bytes(64_000), "de", patient=True)] * TRIES
    ears.answer(Transcript("whole", 0, 1), Done())
    assert [one.text for one in heard[0][1]] == ["whole"]  # the half ones are forgotten
    piece(reader, 2, Done())
    for _ in range(TRIES):
        ears.answer(Cancelled())
    assert heard[-1][0] == "failed" and not work.busy


def test_a_reader_that_dies_reads_again_from_the_same_place(work, reader, ears, heard):
    work.begin(FILE, 7.0, "")
    reader.load()
    reader.answer(Pcm(bytes(100), 16_000))
    reader.unload()  # its process is gone
    reader.answer(DIED)
    reader.load()
    assert [one.at for one in reader.requests] == [7.0, 7.0]
    piece(reader, 1, Done("end"))
    assert len(ears.requests[-1].pcm) == 32_000  # nothing of the first try
    ears.answer(Done())
    assert heard == [(8.0, []), ("ended", False)]


def test_what_the_reader_says_of_a_broken_file_is_told_at_once(work, reader, heard):
    work.begin(FILE, 0.0, "")
    reader.event.emit(0, Failed("This is not a sound file Parley can read.", "WAV can."))
    assert heard == [("failed", "This is not a sound file Parley can read.")]


def test_after_a_stop_nothing_late_is_told(work, reader, ears, heard):
    work.begin(FILE, 0.0, "")
    reader.load()
    piece(reader, 2, Done())
    work.stop()
    ears.answer(Transcript("late", 0, 1), Done())
    reader.answer(Pcm(b"12", 16_000), Done())
    assert not heard and ears.cancelled == [1]


def test_held_it_hears_the_piece_when_it_is_let_go(work, reader, ears, heard):
    work.begin(FILE, 0.0, "")
    reader.load()
    work.hold(True)
    piece(reader, 2, Done("end"))
    assert not ears.requests
    work.hold(False)
    work.hold(True)
    assert ears.cancelled == [1]
    work.hold(False)
    ears.answer(Transcript("now", 0, 1), Done())
    assert [one.text for one in heard[0][1]] == ["now"] and heard[-1] == ("ended", False)
