"""A small real Whisper model, whose hearing can fail, in the engine's own process, on speech made
here; see tests/data/ears/README.md.
"""

import shutil
from pathlib import Path

import pytest

from engines.messages import Loaded, Transcribe, Unheard
from engines.stt.faster_whisper import Options
from tests.data import speech
from tests.data.requests import MOST, REQUESTS, heard, share
from tests.data.running import Running

FOLDER = Path(__file__).parents[1] / "data/ears"


@pytest.fixture(scope="module")
def ears(tmp_path_factory):
    log = tmp_path_factory.mktemp("ears") / "log"
    running = Running("faster_whisper", Options(), log, FOLDER)
    yield running
    running.stop()


def test_they_are_small_and_open_as_any_speech_model(ears):
    (loaded,) = [event for event in ears.loaded if isinstance(event, Loaded)]
    assert loaded.jail == "" and loaded.size < 8_000_000


def test_requests_in_the_built_in_voice_are_written_down_with_digits(ears):
    assert share(ears, [speech.spoken(text) for text in REQUESTS]) < MOST


@pytest.mark.skipif(not shutil.which("flite"), reason="flite is not installed")
def test_requests_in_another_voice(ears):
    assert share(ears, [speech.flite(text) for text in REQUESTS]) < MOST


def test_nothing_is_made_up(ears):
    for sound in (speech.silence(2), speech.noise(2), speech.hum(2), speech.burst(2)):
        events = ears.ask(Transcribe(sound))
        assert isinstance(events[-2], Unheard) and not heard(ears, sound)
