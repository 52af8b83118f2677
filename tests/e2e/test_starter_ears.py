"""The starter's ears as shipped, in their jailed process, on speech made here."""

import os
import shutil
import signal

import pytest

from app import paths
from engines.messages import Done, Failed, Loaded, Transcribe, Transcript, Unheard
from engines.stt.pocketsphinx import WORDS, Options
from tests.data import speech
from tests.data.requests import REQUESTS, heard, share
from tests.data.running import Running

FEW = 0.12  # of the words may be wrong
needs_flite = pytest.mark.skipif(not shutil.which("flite"), reason="flite is not installed")


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("ears") / "log"


def running(log, folder=None):
    return Running("pocketsphinx", Options(), log, folder or paths.resource("ears"))


@pytest.fixture(scope="module")
def ears(log):
    found = running(log)
    yield found
    found.stop()


def test_they_are_loaded_in_a_jail_that_holds(ears):
    (loaded,) = [event for event in ears.loaded if isinstance(event, Loaded)]
    assert loaded.jail == "" and "pocketsphinx" in loaded.runner and loaded.licence
    assert loaded.name and loaded.size > 1_000_000


@needs_flite
@pytest.mark.parametrize("voice", ["rms", "slt"])
def test_requests_are_written_down_with_digits(ears, voice):
    assert share(ears, [speech.flite(text, voice) for text in REQUESTS]) < FEW


def test_the_built_in_voice_is_heard_too(ears):
    assert share(ears, [speech.spoken(text) for text in REQUESTS]) < FEW


@needs_flite
def test_a_draft_is_the_same_but_quick(ears):
    pcm = speech.flite("wake me at twelve thirty p m")
    assert heard(ears, pcm) == heard(ears, pcm, draft=True) == "wake me at 12:30 pm"


@needs_flite
def test_each_word_has_its_time_and_two_requests_are_two_stretches(ears):
    pcm = speech.flite("convert twelve kilometres to miles")
    events = ears.ask(Transcribe(pcm + speech.silence(4) + pcm))
    one, two = (event for event in events if isinstance(event, Transcript))
    assert one.text == two.text == "Convert 12 kilometres to miles"
    assert [word.text for word in one.words] == one.text.split()
    assert -2.2 <= one.sure < 0 and one.language == "en"
    times = [time for word in (*one.words, *two.words) for time in (word.start, word.end)]
    assert times == sorted(times)
    assert one.words[0].start < 0.5 and two.start > len(pcm) / 2 / speech.RATE + 3


def test_nothing_is_made_up(ears):
    assert ears.ask(Transcribe(b""))[-2:] == [Unheard("silence"), Done()]
    assert ears.ask(Transcribe(speech.silence(2)))[-2:] == [Unheard("silence"), Done()]
    for sound in (speech.noise(2), speech.hum(2), speech.burst(2), speech.tone(2)):
        assert ears.ask(Transcribe(sound))[-2:] == [Unheard("noise"), Done()]


def test_what_is_no_request_in_english_is_not_guessed_at(ears):
    """Backwards it is still a voice."""
    pcm = speech.spoken("remind me to call the dentist tomorrow at nine")
    backwards = b"".join(pcm[at : at + 2] for at in range(len(pcm) - 2, -1, -2))
    assert ears.ask(Transcribe(backwards))[-2:] == [Unheard("unsure"), Done()]


def test_another_language_is_refused_in_words_and_the_next_one_works(ears):
    (failed,) = ears.ask(Transcribe(speech.silence(1), language="de"))
    assert isinstance(failed, Failed) and "English" in failed.message and failed.hint
    assert heard(ears, speech.spoken("start a new conversation")) == "start a new conversation"


def test_killed_in_the_middle_of_a_job_is_an_event_and_no_more(log):
    found = running(log)
    job = found.host.submit(Transcribe(speech.spoken(REQUESTS[1]) * 30))
    os.kill(found.host.pid, signal.SIGKILL)
    assert isinstance(found.heard(job)[-1], Failed)
    found.stop()


@pytest.mark.parametrize("how", ["missing", "empty", "damaged"])
def test_a_broken_folder_is_refused_in_words(log, tmp_path, how):
    folder = tmp_path / "ears"
    shutil.copytree(paths.resource("ears"), folder)
    match how:
        case "missing":
            (folder / WORDS).unlink()
        case "empty":
            (folder / WORDS).write_bytes(b"")
        case "damaged":
            (folder / WORDS).write_bytes(b"nothing of the kind " * 99)
    found = running(log, folder)
    failed = found.loaded[-1]
    assert isinstance(failed, Failed) and failed.hint, failed
    found.stop()
