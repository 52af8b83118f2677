"""Sound files, read and written by the real engine in its process and its jail."""

import io
import os
import struct
import wave
from pathlib import Path

import av
import pytest

from engines.messages import Done, Encoded, Failed, Pcm, ReadSound, WriteSound
from engines.sound import decoding
from engines.sound.files import Options
from tests.data.running import Running, data_bound
from tests.data.sounds import (
    BROKEN,
    KINDS,
    RATE,
    assembled,
    crossings,
    encoded,
    flipped,
    repeated_mp3,
    silence,
    three_hours,
    tone,
    wav,
)


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


@pytest.fixture
def opened(tmp_path):
    """A function that opens a sound file in a process of its own; what it said of it is loaded."""
    running = []

    def opened(path):
        running.append(Running("sound_files", Options(), tmp_path / "log.txt", path))
        return running[-1]

    yield opened
    for one in running:
        one.stop()


def heard(running, seconds, at=0.0, pause=0.0):
    """So many seconds of sound from a place on, and how it ended."""
    *events, ending = running.ask(ReadSound(at, seconds, pause))
    return b"".join(one.pcm for one in events if isinstance(one, Pcm)), ending


def all_of(running, seconds=40, pause=15):
    pieces, ending = [], Done()
    while ending == Done():
        at = sum(map(len, pieces)) / (2 * RATE)
        pcm, ending = heard(running, seconds, at, pause)
        pieces.append(pcm)
    return pieces, ending


def onset(pcm):
    """Seconds until it is loud."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    return next(place for place, one in enumerate(samples) if abs(one) > 3000) / RATE


class TestReading:
    @pytest.mark.parametrize("name", KINDS)
    def test_every_kind_is_read_whole_and_from_any_place(self, opened, tmp_path, name):
        sound = tone(2) + silence(1) + tone(3, hertz=880)
        running = opened(encoded(tmp_path / name, sound, "My  talk"))
        loaded = running.loaded[0]
        assert loaded.jail == "" and loaded.architecture and loaded.name in ("My talk", "")
        assert loaded.seconds == pytest.approx(6, abs=1.0)
        (whole,), ending = all_of(running)
        assert ending == Done("end")
        assert len(whole) / RATE / 2 == pytest.approx(6, abs=0.1)
        assert crossings(whole[: RATE * 4]) == pytest.approx(880, abs=25)
        assert crossings(whole[-RATE * 4 :]) == pytest.approx(1760, abs=40)
        assert onset(whole[RATE * 5 :]) == pytest.approx(0.5, abs=0.06)
        again, ending = heard(running, 1.5, at=2.2)
        assert ending == Done() and onset(again) == pytest.approx(0.8, abs=0.06)
        rest, ending = heard(running, 10, at=3.7)
        assert len(rest) / RATE / 2 == pytest.approx(2.3, abs=0.1) and ending == Done("end")

    def test_pieces_follow_one_another_without_a_gap(self, opened, tmp_path):
        sound = tone(2) + silence(0.5) + tone(4) + silence(0.5) + tone(1.2)
        running = opened(wav(tmp_path / "a.wav", sound))
        pieces, ending = all_of(running, seconds=4.6, pause=3)
        assert b"".join(pieces) == sound and ending == Done("end")
        first, second = (len(one) / RATE / 2 for one in pieces[:2])
        assert 2 < first < 2.5 and 6.5 < first + second < 7

    def test_what_is_read_from_a_place_is_what_stands_there(self, opened, tmp_path):
        sound = tone(9) + silence(1) + tone(9, hertz=700)
        running = opened(wav(tmp_path / "a.wav", sound))
        for at in (0, 0.5, 2.5, 12.25, 18.9):
            start = round(at * RATE) * 2
            assert heard(running, 0.5, at=at)[0] == sound[start : start + RATE]
        assert heard(running, 0.5, at=30) == (b"", Done("end"))

    def test_sound_that_begins_after_the_picture_keeps_its_times(self, opened, tmp_path):
        path = tmp_path / "film.mkv"
        encoded(path, tone(2), late=3)
        pcm, _ = heard(opened(path), 30)
        assert onset(pcm) == pytest.approx(3, abs=0.1)

    @pytest.mark.parametrize(
        ("seconds", "at"),
        [(0, 0), (-1, 0), (1e9, 0), (float("nan"), 0), (1, -1), (1, float("nan"))],
    )
    def test_absurd_wishes_are_refused(self, opened, tmp_path, seconds, at):
        running = opened(wav(tmp_path / "a.wav", tone(1)))
        assert isinstance(heard(running, seconds, at)[1], Failed)
        assert len(heard(running, 5)[0]) == RATE * 2

    def test_only_this_one_file_is_within_reach(self, opened, tmp_path):
        """A list of other files is no sound, whatever its name says."""
        wav(tmp_path / "secret.wav", tone(1))
        file = tmp_path / "list.mp3"
        file.write_text(f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n")
        assert isinstance(opened(file).loaded[-1], Failed)


class TestBroken:
    @pytest.mark.parametrize("name", BROKEN)
    def test_a_broken_file_is_words_or_what_can_be_read(self, opened, tmp_path, name):
        file = tmp_path / name
        file.write_bytes(BROKEN[name](tmp_path))
        running = opened(file)
        ending = running.loaded[-1]
        if isinstance(ending, Done):
            pieces, ending = all_of(running)
            assert sum(map(len, pieces)) <= 4 * RATE * 2
        assert memory(running) < 150
        if name in READ:
            assert ending.reason == READ[name]
        else:
            assert isinstance(ending, Failed) and ending.hint
            assert "Something went wrong" not in ending.message

    @pytest.mark.parametrize("path", ["missing.mp3", "pipe.mp3"])
    def test_what_is_no_file_is_said(self, opened, tmp_path, path):
        os.mkfifo(tmp_path / "pipe.mp3")
        ending = opened(tmp_path / path).loaded[-1]
        assert isinstance(ending, Failed) and path in ending.message

    @pytest.mark.full
    @pytest.mark.parametrize("name", KINDS)
    def test_bitten_files_of_every_kind(self, opened, tmp_path, name):
        whole = encoded(tmp_path / name, tone(3)).read_bytes()
        for seed in range(12):
            (tmp_path / name).write_bytes(flipped(whole, seed, first=0.01 * (seed % 3)))
            running = opened(tmp_path / name)
            ending = running.loaded[-1]
            if isinstance(ending, Done):
                _, ending = all_of(running)
            assert isinstance(ending, Done | Failed), ending
            assert "Something went wrong" not in getattr(ending, "message", "")
            assert memory(running) < 300
            running.stop()


# what is left of these can be read; all others of BROKEN are refused
READ = {
    "claims_hours.wav": "end",
    "cut_off.flac": "damaged",
    "cut_in_a_frame.mp3": "end",
    "bitten_flac.flac": "end",
    "bitten_webm.webm": "end",
    "bitten_wma.wma": "end",
}


def memory(running):
    """MB that its process holds, or held before it ended."""
    if running.host.pid is None:
        return 0
    lines = Path(f"/proc/{running.host.pid}/status").read_text().splitlines()
    peak = next((line for line in lines if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / 1024


def test_its_process_cannot_take_all_the_memory(opened, tmp_path):
    running = opened(encoded(tmp_path / next(iter(KINDS)), tone(1)))
    assert data_bound(running.host.pid) == decoding.MEMORY


@pytest.mark.full
@pytest.mark.parametrize("name", ["long.wav", "long.mp3"])
def test_three_hours_are_read_in_the_memory_of_a_minute(opened, tmp_path, name):
    path = tmp_path / name
    if path.suffix == ".wav":
        three_hours(path, tone(2, 8000))
    else:
        repeated_mp3(path, 3 * 3600)
    running = opened(path)
    heard(running, 60, pause=20)
    first, at, ending = memory(running), 0.0, Done()
    while ending == Done():
        pcm, ending = heard(running, 60, at, pause=20)
        at += len(pcm) / RATE / 2
    assert isinstance(ending, Done) and at == pytest.approx(10_800, abs=120)
    assert onset(pcm) >= 0
    assert memory(running) - first < 8


def test_the_end_of_three_hours_is_found_at_once(opened, tmp_path):
    running = opened(three_hours(tmp_path / "long.wav", tone(2, 8000)))
    assert running.loaded[0].seconds == 10_800
    pcm, ending = heard(running, 60, at=10_790)
    assert ending == Done("end") and onset(pcm) == pytest.approx(8, abs=0.01)
