"""Sound files, read and written by the real engine in its process and its jail."""

import io
import wave

import av
import pytest

from engines.messages import Done, Encoded, Failed, WriteSound
from engines.sound.files import Options
from tests.data.running import Running
from tests.data.sounds import assembled, crossings, tone


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    running = Running("sound_files", Options(), tmp_path_factory.mktemp("log") / "log.txt")
    yield running
    running.stop()


def written(writer, format, rate, pieces):
    """The file made of pieces of sound."""
    events = []
    for place, pcm in enumerate(pieces, start=1):
        *made, ending = writer.ask(WriteSound(pcm, rate, format, last=place == len(pieces)))
        assert ending == Done()
        events += made
    assert all(isinstance(one, Encoded) for one in events)
    return assembled(events)


class TestWriting:
    @pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
    def test_a_wav_file_has_every_sample_and_the_right_sizes(self, writer, rate):
        pieces = [tone(0.31, rate), tone(1.0, rate), b"", tone(0.5, rate)]
        with wave.open(io.BytesIO(written(writer, "wav", rate, pieces))) as file:
            assert file.getparams()[:4] == (1, 2, rate, sum(map(len, pieces)) // 2)
            assert file.readframes(10**9) == b"".join(pieces)

    @pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 19_000, 48_000])
    def test_an_mp3_file_sounds_the_same_and_says_its_length(self, writer, rate):
        data = written(writer, "mp3", rate, [tone(1, rate), tone(1, rate)])
        with av.open(io.BytesIO(data)) as file:
            assert file.duration == pytest.approx(2_000_000, abs=60_000)
            resampler = av.AudioResampler("s16", "mono", 16_000)
            frames = [out for f in file.decode(audio=0) for out in resampler.resample(f)]
            pcm = b"".join(bytes(f.planes[0])[: f.samples * 2] for f in frames)
        assert crossings(pcm) == pytest.approx(880, rel=0.03)
        assert len(data) < 25_000

    def test_a_file_without_a_sample_is_a_file_all_the_same(self, writer):
        with wave.open(io.BytesIO(written(writer, "wav", 16_000, [b""]))) as file:
            assert file.getnframes() == 0

    @pytest.mark.parametrize(
        ("format", "rate"),
        [("flac", 16_000), ("wav", 3), ("mp3", -1)],
    )
    def test_what_cannot_be_written_is_said(self, writer, format, rate):
        *_, ending = writer.ask(WriteSound(tone(0.1), rate, format, last=True))
        assert isinstance(ending, Failed)
        assert "saved" in ending.message

    def test_a_change_of_rate_ends_the_file_and_the_next_one_is_new(self, writer):
        writer.ask(WriteSound(tone(0.1), 16_000, "wav"))
        *_, ending = writer.ask(WriteSound(tone(0.1), 8_000, "wav"))
        assert isinstance(ending, Failed)
        assert "changed its form" in ending.message
        data = written(writer, "wav", 8_000, [tone(0.2, 8_000)])
        with wave.open(io.BytesIO(data)) as file:
            assert file.getnframes() == 1600
