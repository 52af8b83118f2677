"""The starter's ears as shipped, in the Whisper engine's own process, on speech made here."""

import shutil
import subprocess

import pytest

from app import paths
from engines.messages import Done, Loaded, Transcribe, Transcript, Unheard
from engines.stt.faster_whisper import Options
from tests.data import speech
from tests.data.running import Running

REQUESTS = (
    "what is seventeen times twenty three",
    "remind me to call the dentist tomorrow at nine",
    "convert twelve kilometres to miles",
    "how many days until the fifth of may",
    "what do my notes say about the garden",
    "search the web for electric cars",
    "start a new conversation",
    "thank you",
)
WRITTEN = (
    "what is 17 times 23",
    "remind me to call the dentist tomorrow at 9",
    "convert 12 kilometres to miles",
    "how many days until the 5th of may",
    "what do my notes say about the garden",
    "search the web for electric cars",
    "start a new conversation",
    "thank you",
)
MOST = 0.25  # of the words may be wrong


@pytest.fixture(scope="module")
def ears(tmp_path_factory):
    running = Running(
        "faster_whisper", Options(), tmp_path_factory.mktemp("ears") / "log", paths.resource("ears")
    )
    yield running
    running.stop()


def flite(text, folder):
    path = folder / "said.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True)
    pcm = path.read_bytes()[44:]
    return speech.silence(0.2) + pcm + speech.silence(0.2)


def heard(ears, pcm):
    events = ears.ask(Transcribe(pcm))
    assert isinstance(events[-1], Done), events
    return " ".join(event.text.strip() for event in events if isinstance(event, Transcript))


def wrong(wanted, found):
    """Words put in, left out or mistaken."""
    row = list(range(len(found.split()) + 1))
    for place, word in enumerate(wanted.split(), 1):
        before, row[0] = row[0], place
        for at, other in enumerate(found.split(), 1):
            row[at], before = min(row[at] + 1, row[at - 1] + 1, before + (word != other)), row[at]
    return row[-1]


def share(ears, sounds):
    errors = [wrong(text, heard(ears, pcm)) for text, pcm in zip(WRITTEN, sounds, strict=True)]
    return sum(errors) / len(" ".join(WRITTEN).split())


def test_they_are_small_and_open_as_any_speech_model(ears):
    (loaded,) = [event for event in ears.loaded if isinstance(event, Loaded)]
    assert loaded.jail == "" and loaded.size < 8_000_000


def test_requests_in_the_built_in_voice_are_written_down_with_digits(ears):
    assert share(ears, [speech.spoken(text) for text in REQUESTS]) < MOST


@pytest.mark.skipif(not shutil.which("flite"), reason="flite is not installed")
def test_requests_in_another_voice(ears, tmp_path):
    assert share(ears, [flite(text, tmp_path) for text in REQUESTS]) < MOST


def test_nothing_is_made_up(ears):
    for sound in (speech.silence(2), speech.noise(2), speech.hum(2), speech.burst(2)):
        events = ears.ask(Transcribe(sound))
        assert isinstance(events[-2], Unheard) and not heard(ears, sound)
