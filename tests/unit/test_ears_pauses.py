"""Pauses in speech: begun, over, enough, and where a long take is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.stt.pauses import FRAME, LIKELY, LONGEST, Pauses, spoken, stretches

PROBABILITIES = st.lists(st.floats(0, 1), max_size=3000)


def frames(seconds):
    return round(seconds / FRAME)


def sound(*parts):
    """(how likely, seconds) one after another."""
    return [likely for likely, seconds in parts for _ in range(frames(seconds))]


def heard(*parts):
    pauses = Pauses()
    pauses.hear(sound(*parts))
    return pauses


def test_nothing_has_begun_in_silence():
    pauses = heard((0.02, 3))
    assert not (pauses.begun or pauses.enough or pauses.over(0.5))
    assert pauses.quiet == pytest.approx(3, abs=FRAME)


def test_a_click_is_no_speech():
    pauses = heard((0.02, 1), (0.9, 2 * FRAME), (0.02, 1))
    assert not pauses.begun


def test_speech_is_over_after_a_pause_and_not_before():
    speaking = [(0.0, 0.3), (0.95, 1.0)]
    assert not heard(*speaking, (0.05, 0.6)).over(0.8)
    assert heard(*speaking, (0.05, 0.9)).over(0.8)
    assert not heard(*speaking, (0.05, 0.6), (0.9, 0.3), (0.05, 0.6)).over(0.8)


def test_a_click_in_the_pause_does_not_lengthen_it():
    assert heard((0.95, 1), (0.05, 0.5), (0.9, FRAME), (0.05, 0.5)).over(0.9)


def test_a_cough_is_not_enough():
    pauses = heard((0.02, 1), (0.9, 0.16), (0.02, 2))
    assert pauses.begun and not pauses.enough and not pauses.over(0.8)


def test_times_are_those_of_the_sound():
    pauses = heard((0.0, 0.64), (0.95, 1.28), (0.0, 0.32))
    assert pauses.last == pytest.approx(1.92, abs=FRAME)
    assert pauses.spoken == pytest.approx(1.28, abs=FRAME)
    assert pauses.length == pytest.approx(2.24, abs=FRAME)


def test_speech_ends_also_where_noise_itself_seems_like_speech():
    """A fan or a television: frames stay likelier than a half when nobody speaks to the machine."""
    noise, speech = 0.55, 0.97
    assert heard((noise, 2), (speech, 1.5), (noise, 1.2)).over(1.0)
    assert not heard((noise, 2), (speech, 1.5), (noise, 0.5)).over(1.0)


def test_speech_ends_also_where_a_television_speaks_on():
    """Its frames are as likely, and softer; a soft word may still be meant, so it takes longer."""
    likely = sound((0.6, 2), (0.97, 2), (0.9, 2.5))
    loud = sound((0.1, 2), (0.6, 2), (0.1, 2.5))
    pauses, alone = Pauses(), Pauses()
    for place, one in enumerate(likely):
        assert not (2.2 < place * FRAME < 5.9 and pauses.over(1.0))
        pauses.hear([one], [loud[place]])
        alone.hear([one])
    assert pauses.over(1.0) and not alone.over(1.0)
    assert pauses.last == pytest.approx(6.5, abs=2 * FRAME)  # nothing that was said is left out


def test_softly_spoken_words_in_a_quiet_room_are_speech():
    pauses = Pauses()
    pauses.hear(sound((0.0, 1), (0.95, 2), (0.9, 3)), sound((0.01, 1), (0.6, 2), (0.05, 3)))
    assert not pauses.over(0.8)


def test_a_long_speech_without_a_pause_is_not_over():
    wavering = [(0.95, 0.4), (0.75, 0.1)] * 40
    assert not heard((0.01, 0.5), *wavering).over(0.5)


def test_in_pieces_as_at_once():
    whole = sound((0.1, 1), (0.8, 1), (0.3, 0.4), (0.9, 2), (0.0, 1))
    one, other = Pauses(), Pauses()
    levels = [0.1 + 0.8 * (place % 60 < 25) for place in range(len(whole))]
    one.hear(whole, levels)
    for likely, level in zip(whole, levels, strict=True):
        other.hear([likely], [level])
    assert (one.spoken, one.last, one.quiet) == (other.spoken, other.last, other.quiet)


def test_silence_around_speech_is_left_out():
    ((start, end),) = stretches(sound((0.0, 2), (0.9, 3), (0.0, 2)))
    assert (start, end) == (pytest.approx(1.8, abs=2 * FRAME), pytest.approx(5.2, abs=2 * FRAME))


def test_a_long_pause_parts_two_stretches_a_short_one_does_not():
    assert len(stretches(sound((0.9, 3), (0.0, 2.5), (0.9, 3)))) == 2
    assert len(stretches(sound((0.9, 3), (0.0, 1.0), (0.9, 3)))) == 1


def test_a_long_take_is_cut_in_its_longest_pause():
    take = sound((0.9, 16), (0.1, 0.3), (0.9, 4), (0.1, 0.8), (0.9, 15))
    first, second = stretches(take)
    assert first.end == second.start == pytest.approx(20.7, abs=0.1)


def test_without_a_pause_it_is_cut_where_speech_is_least_likely():
    first, second = stretches(sound((0.9, 20), (0.6, 0.2), (0.9, 15)))
    assert first.end == pytest.approx(20.1, abs=0.2)


@given(PROBABILITIES, st.floats(2, 28))
def test_no_speech_is_lost_or_heard_twice(speech, longest):
    parts = stretches(speech, longest)
    assert all(end - start <= longest + FRAME / 2 for start, end in parts)
    assert all(one.end <= other.start for one, other in pairwise(parts))
    for place, likely in enumerate(speech):
        if likely >= LIKELY:
            middle = (place + 0.5) * FRAME
            assert any(start <= middle < end for start, end in parts)


def test_nothing_is_cut_from_nothing():
    assert stretches([]) == [] and spoken([]) == 0.0
    assert LONGEST < 30
