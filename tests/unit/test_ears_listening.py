"""What a microphone gives becomes 16 kHz, one channel, and probabilities of speech."""

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.errors import ParleyError
from engines.messages import Hear
from engines.sound.hearing.engine import ListenerEngine
from engines.sound.hearing.samples import SAMPLES, Converter
from engines.sound.hearing.voice import FRAME, VoiceDetector
from tests.data import speech

RATE = 16_000


@pytest.fixture(scope="module")
def listener():
    return ListenerEngine()


@pytest.fixture(scope="module")
def detector():
    return VoiceDetector()


def hear(listener, pcm, rate=RATE, channels=1, sample="s16", take=1, pieces=1):
    """The sound, the probabilities and the loudest level of a take given in so many pieces."""
    edges = [len(pcm) * number // pieces for number in range(pieces + 1)]
    found = []
    for number in range(pieces):
        part = pcm[edges[number] : edges[number + 1]]
        last = number == pieces - 1
        found += listener.run(Hear(take, part, rate, channels, sample, last))
    speech_of = [likely for one in found for likely in one.speech]
    return b"".join(one.pcm for one in found), speech_of, max(one.level for one in found)


def waves(seconds, rate, hertz=440.0):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def given_as(sound, channels, sample):
    kind, silence, loudest = SAMPLES[sample]
    whole = sound if sample == "f32" else np.rint(sound * (loudest - 1) + silence)
    return np.repeat(whole.astype(kind), channels).tobytes()


def pitch(pcm):
    """Hertz, from the turns of its phase, the ends left out."""
    sound = np.frombuffer(pcm, "<i2")[1600:-1600].astype(float)
    ups = np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0))
    exact = ups - sound[ups] / (sound[ups + 1] - sound[ups])
    return RATE * (len(exact) - 1) / (exact[-1] - exact[0])


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(
    ("rate", "channels"), [(44_100, 2), (48_000, 1), (8_000, 1), (16_000, 3), (96_000, 6)]
)
def test_every_form_keeps_pitch_length_and_loudness(listener, rate, channels, sample):
    pcm = given_as(waves(1.0, rate), channels, sample)
    heard, _, level = hear(listener, pcm, rate, channels, sample, pieces=9)
    assert len(heard) // 2 == pytest.approx(RATE, abs=2)
    assert pitch(heard) == pytest.approx(440, rel=0.001)
    assert level == pytest.approx(0.5, abs=0.02)


def test_what_needs_no_change_stays_bit_for_bit(listener):
    pcm = bytes(np.arange(-32768, 32768, 3, dtype="<i2").tobytes())
    assert hear(listener, pcm, pieces=7)[0] == pcm


@pytest.mark.parametrize("sound", ["speech", "silence", "noise", "hum", "tone", "burst"])
def test_a_stream_is_judged_as_a_whole_is(listener, sound):
    """The library judges a sound at once; it silences the last 64 samples, so one frame more."""
    pcm = speech.spoken("Set a timer") if sound == "speech" else getattr(speech, sound)(2.0)
    pcm = pcm[: len(pcm) // (2 * FRAME) * 2 * FRAME]
    whole = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    expected = np.ravel(get_vad_model()(np.pad(whole, (0, FRAME))))[:-1]
    for pieces in (1, 50):
        found = hear(listener, pcm, pieces=pieces)[1]
        assert np.abs(np.array(found) - expected).max() < 1e-5
    assert (max(expected) > 0.9) == (sound == "speech")


def test_a_new_take_begins_anew(listener):
    pcm = speech.spoken("Set a timer")
    first = hear(listener, pcm, take=1)
    list(listener.run(Hear(2, speech.noise(0.7, 0.3), RATE, 1)))  # never ended
    assert hear(listener, pcm, take=3) == first


def test_another_device_may_take_over_in_the_middle(listener):
    found = list(listener.run(Hear(5, given_as(waves(0.5, 48_000), 2, "f32"), 48_000, 2, "f32")))
    found += listener.run(Hear(5, given_as(waves(0.5, 44_100), 1, "s16"), 44_100, 1, last=True))
    heard = b"".join(one.pcm for one in found)
    assert len(heard) // 2 == pytest.approx(RATE, abs=4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -1e30])
def test_floats_that_are_no_sound_do_no_harm(listener, value):
    pcm = np.full(4_000, value, "<f4").tobytes()
    heard, likely, level = hear(listener, pcm, 48_000, 2, "f32")
    assert np.isfinite(likely).all() and 0 <= level <= 1 and len(heard) % 2 == 0


def test_clipped_sound_stays_clipped(listener):
    loud = np.clip(4 * waves(0.5, 44_100), -1, 1)
    heard, _, level = hear(listener, given_as(loud, 1, "s16"), 44_100)
    assert level == 1.0 and np.abs(np.frombuffer(heard, "<i2").astype(int)).max() >= 32_700


@pytest.mark.parametrize("pcm", [b"", b"\1", b"\1\2\3"])
def test_next_to_nothing_is_heard_as_such(listener, pcm):
    heard, likely, _ = hear(listener, pcm)
    assert heard == pcm[: len(pcm) // 2 * 2] and len(likely) == bool(heard)


@pytest.mark.parametrize(
    "form",
    [(0, 1, "s16"), (-1, 1, "s16"), (10**9, 1, "s16"), (16_000, 0, "s16"), (16_000, 10**6, "s16")]
    + [(16_000, 1, "s24"), (16_000, 1, "")],
)
def test_a_form_that_cannot_be_is_refused_in_words(listener, form):
    with pytest.raises(ParleyError, match="cannot use") as refused:
        hear(listener, bytes(64), *form)
    assert refused.value.hint


def test_much_at_once_comes_back_in_parts(listener):
    pcm = bytes(3_000_001)
    found = list(listener.run(Hear(9, pcm, RATE, 1, "u8", True)))
    assert len(found) == 3 and sum(len(one.pcm) for one in found) == 2 * len(pcm)
    assert sum(len(one.speech) for one in found) == -(-len(pcm) // FRAME)


@settings(max_examples=40)
@given(
    st.lists(st.binary(max_size=300), max_size=6),
    st.sampled_from([1_000, 8_000, 16_000, 44_100, 768_000]),
    st.integers(1, 64),
    st.sampled_from(list(SAMPLES)),
)
def test_any_bytes_in_any_pieces_become_sound(pieces, rate, channels, sample):
    converter = Converter()
    for number, pcm in enumerate(pieces):
        last = number == len(pieces) - 1
        sound = converter.convert(Hear(1, pcm, rate, channels, sample, last))
        assert np.isfinite(sound).all() and np.abs(sound).max(initial=0) <= 1
