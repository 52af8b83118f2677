"""The built-in voice in its jailed process, as the app runs it."""

import array
import os
import signal
import time
from pathlib import Path

import espeakng_loader
import pytest

from engines import registry
from engines.messages import Cancelled, Chat, Done, Failed, Pcm, Speak, Spoken
from engines.tts.espeak import VARIANTS, load
from engines.tts.languages import LANGUAGES
from tests.data.running import Running

OPTIONS = registry.all_specs()["espeak"].options


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    log = tmp_path_factory.mktemp("voice") / "log"
    running = Running("espeak", OPTIONS(), log, grace=30)  # on a busy machine it leaves slowly
    assert running.loaded[-1] == Done(), running.loaded
    yield running
    running.stop()


def said(events):
    """(samples, rate, marks) of a job that ended well; every mark comes before its sound does."""
    assert events[-1] == Done()
    samples, marks, rate = array.array("h"), [], 0
    for event in events[:-1]:
        if isinstance(event, Spoken):
            assert event.start >= len(samples) / (rate or 1) - 1e-6
            marks.append(event)
        else:
            rate = event.rate
            samples.frombytes(event.pcm)
    return samples, rate, marks


def loudness(samples):
    return (sum(s * s for s in samples) / max(len(samples), 1)) ** 0.5


def test_it_says_what_it_is(voice):
    loaded = voice.loaded[0]
    assert loaded.runner.startswith("espeak-ng 1.") and loaded.licence == "GPL-3.0-or-later"
    assert loaded.language == "English (America)" and loaded.jail == ""


def test_words_are_marked_in_the_text_and_in_the_sound(voice):
    text = "Grüße, 😀 naïve café — “quoted” wörds cost 3.50 dollars."
    samples, rate, marks = said(voice.ask(Speak(text)))
    words = [text[one.place : one.place + one.length] for one in marks]
    assert words == ["Grüße", "😀", "naïve", "café", "quoted", "wörds", "cost", "3.50", "dollars"]
    assert loudness(samples) > 500 and rate == 22050
    assert all(a.end <= b.start for a, b in zip(marks, marks[1:], strict=False))
    assert 0 == marks[0].start < marks[-1].end <= len(samples) / rate


def test_more_words_and_less_speed_take_longer(voice):
    short, long = (len(said(voice.ask(Speak("word " * n)))[0]) for n in (5, 50))
    assert 8 < long / short < 12
    slow, fast = (len(said(voice.ask(Speak("word " * 20, speed=s)))[0]) for s in (0.5, 2.0))
    assert 3 < slow / fast < 6


def test_what_has_no_words_has_no_sound(voice):
    for text in ("", "   ", "\n\n", "...", "?!", "— “” ( )", "\0"):
        assert voice.ask(Speak(text)) == [Done()]


def test_ten_thousand_characters(voice):
    text = "Zehn zahme Ziegen — ten tame goats. " * 280
    samples, rate, marks = said(voice.ask(Speak(text)))
    assert len(samples) / rate > 400
    assert [one.place for one in marks] == sorted({one.place for one in marks})
    assert text[marks[-1].place :].startswith("goats")


def test_one_word_without_end_comes_in_parts(voice):
    events = voice.ask(Speak("x" * 10_000))
    assert len(said(events)[0]) > 22050 * 60
    assert max(len(one.pcm) for one in events if isinstance(one, Pcm)) < 44100 * 3


@pytest.mark.parametrize("text", ["word " * 100_000, "x" * 500_000])
def test_called_off_in_mid_word_and_speaking_again(voice, text):
    job = voice.host.submit(Speak(text))
    time.sleep(0.1)
    voice.host.cancel(job)
    assert voice.heard(job)[-1] == Cancelled()
    assert said(voice.ask(Speak("Again.")))[2][0].length == 5


def test_what_is_no_speech_is_refused_in_words(voice):
    ending = voice.ask(Chat(()))[-1]
    assert isinstance(ending, Failed) and "speak" in ending.message


def test_killed_it_ends_its_job_and_another_process_speaks(tmp_path):
    running = Running("espeak", OPTIONS(language="German"), tmp_path / "log")
    job = running.host.submit(Speak("Wort " * 200_000))
    time.sleep(0.1)
    os.kill(running.host.pid, signal.SIGKILL)
    assert isinstance(running.heard(job)[-1], Failed)
    again = Running("espeak", OPTIONS(language="German"), tmp_path / "log")
    assert len(said(again.ask(Speak("Wieder da.")))[2]) == 2
    again.stop()


def test_every_language_and_variant_offered_is_there():
    """In this process: a process for each would take a minute."""
    library, _, _ = load()
    assert list(LANGUAGES) == sorted(LANGUAGES)
    for language in LANGUAGES:
        assert library.espeak_SetVoiceByName(language.encode()) == 0, language
    folder = Path(espeakng_loader.get_data_path()) / "voices/!v"
    assert all((folder / one[1:]).is_file() for one in VARIANTS.values() if one)


def test_a_language_it_does_not_have_is_refused_in_words(tmp_path):
    running = Running("espeak", OPTIONS(language="en-gb"), tmp_path / "log")
    assert isinstance(running.loaded[-1], Failed) and "en-gb" in running.loaded[-1].message
    running.stop()
