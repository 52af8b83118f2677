"""How long Whisper's window is, and what it may not be trusted with."""

import pytest

from engines.stt.whisper import doubts, windows
from engines.stt.whisper.doubts import Hypothesis

FULL, MANY = 3000, 51_865


@pytest.mark.parametrize(
    ("seconds", "frames"), [(0.5, 1000), (3, 1000), (8, 1000), (9, 1100), (20, 2200), (29, 3000)]
)
def test_the_window_fits_what_was_said(seconds, frames):
    assert windows.window(seconds, FULL) == frames


def test_no_window_is_longer_than_the_model_hears():
    assert windows.window(3, 800) == 800
    assert windows.longest(FULL) == 28


def test_words_per_second_are_limited():
    assert windows.tokens(5, MANY) == 38
    assert windows.tokens(5, 2_000) > windows.tokens(5, MANY)  # its tokens are shorter


def test_what_is_tried_again_hears_the_whole_window():
    tried = list(windows.attempts(3, FULL, MANY, beam=5))
    assert [(a.frames, a.temperature) for a in tried][:2] == [(1000, 0.0), (3000, 0.0)]
    assert all(a.temperature > 0 for a in tried[2:]) and tried[0].beam == 5
    assert len(list(windows.attempts(3, FULL, MANY, once=True))) == 1


def said(text, sure=-0.2, silent=0.0, cut=False):
    return Hypothesis(text, (1,), sure, silent, cut)


@pytest.mark.parametrize(
    "found",
    [
        said("set a timer", sure=-1.2),
        said("set a timer", cut=True),
        said("so so so so so so so so"),
        said("go to bed. " * 5),
        said("the same again and again and the same again and again and the same " * 6),
    ],
)
def test_what_looks_bad_is_tried_again(found):
    assert doubts.doubtful(found)


@pytest.mark.parametrize(
    "text",
    [
        "no no no no",
        "ten of clubs",
        "very, very, very good",
        "two plus two plus two plus two",
        "ha",
    ],
)
def test_what_people_say_does_not_look_bad(text):
    assert not doubts.doubtful(said(text)) and doubts.verdict(said(text), 2.0) == ""


@pytest.mark.parametrize(
    "text",
    ["Thank you for watching!", "Vielen Dank fürs Zuschauen.", "ご視聴ありがとうございました。"]
    + ["Sous-titres réalisés par la communauté d'Amara.org", "Продолжение следует...", "谢谢大家"],
)
def test_what_whisper_makes_of_silence_is_dropped_only_where_it_is_unsure(text):
    assert doubts.verdict(said(text, silent=0.5), 2.0) == "noise"
    assert doubts.verdict(said(text, sure=-0.7), 2.0) == "noise"
    assert doubts.verdict(said(text, sure=-0.1), 2.0) == ""


def test_words_nobody_is_sure_of_are_none():
    assert doubts.verdict(said("", sure=0.0), 2.0) == "noise"
    assert doubts.verdict(said("mumble", sure=-1.2, silent=0.9), 2.0) == "noise"
    assert doubts.verdict(said("mumble", sure=-2.0), 2.0) == "unsure"
    assert doubts.verdict(said("go on " * 20), 2.0) == "unsure"


def test_the_better_of_two_does_not_repeat_itself():
    loop, unsure = said("so " * 20, sure=-0.1), said("so it is", sure=-1.4)
    assert doubts.better(loop, unsure) is unsure
    assert doubts.better(unsure, said("so it was", sure=-0.9)).text == "so it was"
    assert doubts.better(None, loop) is loop
