"""Sound as bytes: WAV files of takes whatever became of them, and other rates and formats."""

import io
import math
import os
import struct
import wave
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import wav
from app.audio.recording import Recording
from app.audio.samples import SPEECH, Converter, Shape, faded_in, faded_out, peak
from app.audio.speech import Speech
from engines.errors import ParleyError
from tests.data.hearing import kept
from tests.data.tones import pitch, tone

SHAPES = [SPEECH, Shape(44_100, 2, "f32"), Shape(48_000, 1, "s32"), Shape(8_000, 2, "u8")]


def recorded(file, *pieces, failed=pytest.fail):
    recording = Recording(file, failed)
    for pcm, shape in pieces:
        recording.add(pcm, shape)
    recording.close()
    recording.join()


def as_shape(pcm, shape):
    return Converter(SPEECH, shape).convert(pcm)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_take_is_read_as_it_was_written(shape, tmp_path):
    pcm = as_shape(tone(440, 0.3), shape)
    recorded(tmp_path / "a" / "1.wav", (pcm, shape), (pcm, shape))
    file = tmp_path / "a" / "1.wav"
    assert kept(file) == (pcm + pcm, shape)
    assert wav.seconds(file) == pytest.approx(0.6, abs=0.001)
    mono, rate = wav.read(file)
    assert rate == shape.rate and len(mono) == 2 * (len(pcm + pcm) // shape.frame)
    assert abs(pitch(array("h", mono[: rate // 4 * 2]), rate) - 440) < 4
    if shape.sample != "f32":  # of which the library knows nothing before Python 3.15
        with wave.open(str(file)) as other:
            assert (other.getframerate(), other.getnchannels()) == shape[:2]
            assert other.readframes(other.getnframes()) == pcm + pcm


def test_a_take_goes_on_in_the_same_file(tmp_path):
    """Also from another device, in another shape: it is brought to that of the file."""
    file = tmp_path / "1.wav"
    recorded(file, (tone(440, 0.5), SPEECH))
    other = Shape(48_000, 2, "f32")
    half = as_shape(tone(440, 0.5), other)
    middle = len(half) // 3 & ~7
    recorded(file, (half[:middle], other), (half[middle:], other), (tone(440, 0.5), SPEECH))
    found, shape = kept(file)
    assert shape == SPEECH and wav.seconds(file) == pytest.approx(1.5, abs=0.001)
    for n in range(3):
        part = array("h", found[n * 16_000 + 400 : (n + 1) * 16_000 - 400])
        assert abs(pitch(part, 16_000) - 440) < 0.5 and 8_500 < max(part) < 9_100


def test_a_file_without_sound_is_a_file(tmp_path):
    recorded(tmp_path / "1.wav")
    assert wav.read(tmp_path / "1.wav") == (b"", 16_000) and not wav.seconds(tmp_path / "1.wav")
    recorded(tmp_path / "1.wav", (b"\1\0", Shape(48_000, 1, "s16")))
    assert wav.read(tmp_path / "1.wav") == (b"\1\0", 48_000)


@pytest.mark.parametrize("kept", [44, 45, 46, 1_045, 16_044])
def test_a_cut_off_file_is_read_to_its_end(kept, tmp_path):
    file = tmp_path / "1.wav"
    recorded(file, (tone(440, 1), SPEECH))
    os.truncate(file, kept)
    assert wav.read(file)[0] == tone(440, 1)[: (kept - 44) & ~1]
    recorded(file, (b"\5\0", SPEECH))  # goes on after the last whole sample
    assert wav.read(file)[0] == tone(440, 1)[: (kept - 44) & ~1] + b"\5\0"


def test_a_header_that_knows_nothing_yet_does_not_matter(tmp_path):
    file = tmp_path / "1.wav"
    file.write_bytes(wav.header(SPEECH, 0) + tone(440, 1))
    assert wav.read(file)[0] == tone(440, 1)


def test_what_is_between_the_format_and_the_sound_is_passed_over(tmp_path):
    file = tmp_path / "1.wav"
    start = wav.header(Shape(8_000, 1, "s16"), 4)
    file.write_bytes(
        start[:36] + b"LIST" + struct.pack("<I", 5) + b"abcde\0" + start[36:] + b"\1\2"
    )
    assert wav.read(file) == (b"\1\2", 8_000)


GOOD = wav.header(SPEECH, 4)


@given(st.binary(max_size=80) | st.tuples(st.integers(0, 43), st.integers(0, 255)))
def test_no_bytes_break_the_reader(damage):
    if isinstance(damage, tuple):
        place, value = damage
        damage = GOOD[:place] + bytes([value]) + GOOD[place + 1 :]
    try:
        shape = wav.find_sound(io.BytesIO(damage))
    except ParleyError:
        return
    assert 1_000 <= shape.rate < 400_000 and 1 <= shape.channels <= 32 and shape.frame


@pytest.mark.parametrize("start", [b"", b"RIFF", b"OggS" + bytes(60), bytes(44), GOOD[:-9]])
def test_other_files_are_refused_in_words(start, tmp_path):
    (tmp_path / "1.wav").write_bytes(start)
    with pytest.raises(ParleyError, match="cannot be read"):
        wav.read(tmp_path / "1.wav")
    assert wav.seconds(tmp_path / "1.wav") == wav.seconds(tmp_path / "none") == 0


def test_what_cannot_be_written_is_said_once(tmp_path):
    (tmp_path / "not a folder").write_text("")
    said = []
    recorded(tmp_path / "not a folder" / "1.wav", *[(b"\0\0", SPEECH)] * 9, failed=said.append)
    assert len(said) == 1 and said[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_loudness(shape):
    assert peak(b"", shape.sample) == 0
    assert peak(as_shape(bytes(200), shape), shape.sample) == pytest.approx(0, abs=0.01)
    assert peak(as_shape(tone(440, 0.1, loud=16_384), shape), shape.sample) == pytest.approx(
        0.5, abs=0.01
    )
    assert peak(as_shape(array("h", [-32_768] * 20).tobytes(), shape), shape.sample) == 1


@pytest.mark.parametrize("source", [*SHAPES, Shape(11_025, 1, "s16"), Shape(96_000, 6, "s32")])
@pytest.mark.parametrize("target", [SPEECH, Shape(48_000, 2, "f32"), Shape(22_050, 1, "u8")])
def test_a_tone_stays_a_tone(source, target):
    """In pieces of any length: pitch, length and loudness are what they were."""
    converter = Converter(source, target)
    whole = as_shape(tone(300, 0.2, loud=20_000), source)
    step, made, at = source.frame * 441, b"", 0
    while at < len(whole):
        made += converter.convert(whole[at : at + step])
        at, step = at + step, step % (source.frame * 997) + source.frame
    back = Converter(target, Shape(target.rate, 1, "s16")).convert(made)
    samples = array("h", back)
    assert len(samples) / target.rate == pytest.approx(0.2, abs=0.002)
    assert abs(pitch(samples, target.rate) - 300) < 0.6
    assert 18_500 < max(samples) < 20_500


def test_too_loud_is_held_at_the_edge():
    loud = struct.pack("<4f", 2.0, -3.0, math.inf, math.nan)
    made = array("h", Converter(Shape(16_000, 1, "f32"), SPEECH).convert(loud))
    assert made.tolist()[:3] == [32_767, -32_768, 32_767]
    assert peak(loud, "f32") == 1


def test_fades_touch_nothing_but_the_edges():
    pcm = array("h", [10_000] * 1_000).tobytes()
    soft = array("h", faded_out(faded_in(pcm, 16_000), 16_000))
    assert soft[0] == 0 and soft[-1] < 200 and len(soft) == 1_000
    assert list(soft[:80]) == sorted(soft[:80]) and set(soft[80:920]) == {10_000}
    assert faded_in(b"", 16_000) == faded_out(b"", 16_000) == b""
    assert len(faded_in(b"\1\0", 16_000)) == 2


def test_a_speech_goes_on_where_it_was_heard():
    speech = Speech(1, 1_000)
    for n in range(5):
        speech.add(bytes([n]) * 200, 1_000)
    speech.heard_until(0.25)
    assert speech.rest() == bytes([2]) * 100 + bytes([3]) * 200 + bytes([4]) * 200
    again = Speech(1, 1_000, speech.heard)
    again.add(speech.rest(), 1_000)
    again.heard_until(0.2)  # an older word about it
    again.heard_until(0.45)
    assert again.rest() == bytes([4]) * 100
    again.heard_until(99)
    assert again.rest() == b""
