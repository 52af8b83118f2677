"""Piper's voices in their jailed process: what is heard is the text, in tones."""

import array
import os
import signal
import time

import pytest

from engines import registry
from engines.messages import Cancelled, Chat, Done, Failed, Pcm, Speak, Spoken
from tests.data import hostile_voices, tone_voice
from tests.data.running import Running

SPEC = registry.all_specs()["piper"]
SENTENCES = [
    "What time is it in Rome?",
    "The tide comes in at noon.",
    "He sold his boat last week.",
    "Four and four make eight.",
    "Open the window, please.",
    "Her garden is full of herbs.",
    "It may rain before evening.",
    "The last bus leaves at ten.",
    "Bring me the blue notebook.",
    "A kilometre is a thousand metres.",
]


def start(path, tmp_path):
    grace = 30  # seconds it has to follow when it is called off, on a busy machine
    return Running("piper", SPEC.options(), tmp_path / "log", path, grace=grace)


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tones")
    (folder / "MODEL_CARD").write_text("# Model card\n\n* License: CC0\n")
    running = start(tone_voice.build(folder), folder)
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


def words(text, marks):
    return [text[one.place : one.place + one.length] for one in marks]


def test_it_says_what_it_is(voice):
    loaded = voice.loaded[0]
    assert loaded.name == "tone" and loaded.licence == "CC0" and loaded.quality == "medium"
    assert loaded.language == "English (America)" and loaded.jail == ""
    assert loaded.device == "CPU, 1 thread" and "piper-tts" in loaded.runner


@pytest.mark.parametrize("number", [0, 4, 9])
def test_the_sound_is_the_text(voice, number):
    samples, rate, marks = said(voice.ask(Speak(SENTENCES[number])))
    assert tone_voice.which(samples, rate, SENTENCES) == (number, 1.0)
    assert len(marks) == len(SENTENCES[number].split())


def test_words_are_marked_where_they_sound(voice):
    """Words run together ("of the"), numbers in several words, signs that are not ASCII."""
    text = "I am of the opinion — “naïve” — that it costs 3.50, at least. Zürich is far 😀!"
    samples, rate, marks = said(voice.ask(Speak(text)))
    heard = tone_voice.timed(samples, rate)
    assert words(text, marks)[:8] == ["I", "am", "of", "the", "opinion", "naïve", "that", "it"]
    for word in ("opinion", "least", "Zürich"):
        mark = next(m for m, w in zip(marks, words(text, marks), strict=True) if w == word)
        first = tone_voice.spoken(word)[0]
        assert any(p == first and abs(at - mark.start) < 0.06 for p, at, _ in heard), word
    ends = [0.0, *(one.end for one in marks)]
    assert all(one.start >= end - 1e-6 for one, end in zip(marks, ends, strict=False))
    assert marks[-1].end <= len(samples) / rate


def test_a_voice_that_does_not_tell_how_long_its_phonemes_are(tmp_path):
    running = start(tone_voice.build(tmp_path, alignments=False), tmp_path)
    text = "The garden is full of herbs, and the tide comes in."
    samples, rate, marks = said(running.ask(Speak(text)))
    running.stop()
    assert words(text, marks) == text.replace(",", "").strip(".").split()
    assert 0 <= marks[0].start < 0.1 and marks[-1].end == pytest.approx(
        len(samples) / rate, abs=0.3
    )


def test_speed_makes_it_shorter_and_stays_the_same_text(voice):
    text = SENTENCES[5]
    slow, fast = (said(voice.ask(Speak(text, speed=speed)))[0] for speed in (0.7, 1.6))
    assert len(slow) > 1.7 * len(fast)
    assert tone_voice.alike(slow, 22050, text) == tone_voice.alike(fast, 22050, text) == 1.0


def test_sentences_are_handed_on_one_by_one_and_equally_loud(voice):
    text = "Go. " + "The garden is full of herbs. " * 3
    pieces = [one for one in voice.ask(Speak(text)) if isinstance(one, Pcm)]
    assert len(pieces) == 4
    loud = [max(abs(s) for s in array.array("h", one.pcm)) for one in pieces]
    assert max(loud) < 1.3 * min(loud) and max(loud) <= 0.71 * 32768
    edges = [array.array("h", one.pcm) for one in pieces]
    assert all(abs(one[0]) < 100 and abs(one[-1]) < 100 for one in edges)


def test_what_has_no_words_has_no_sound(voice):
    for text in ("", "   ", "\n\n", "...", "?!", "— “” ( )", "\0", "[[]]"):
        assert voice.ask(Speak(text)) == [Done()], text


def test_marks_of_phonemes_are_plain_text(voice):
    text = "Say [[h ə l oʊ]] now."
    assert "Say" in words(text, said(voice.ask(Speak(text)))[2])


def test_ten_thousand_characters_come_in_parts(voice):
    text = "word " * 2000
    events = voice.ask(Speak(text, speed=4.0))
    marks = said(events)[2]
    assert [one.place for one in marks] == list(range(0, 10_000, 5))
    assert max(len(one.pcm) for one in events if isinstance(one, Pcm)) < 44100 * 30


@pytest.mark.parametrize("text", ["The tide comes in at noon. " * 4000, "x" * 20_000])
def test_called_off_and_speaking_again(voice, text):
    job = voice.host.submit(Speak(text))
    time.sleep(0.2)
    voice.host.cancel(job)
    assert voice.heard(job)[-1] == Cancelled()
    samples, rate, _ = said(voice.ask(Speak(SENTENCES[1])))
    assert tone_voice.which(samples, rate, SENTENCES) == (1, 1.0)


def test_a_voice_with_several_speakers(tmp_path):
    running = start(tone_voice.build(tmp_path, speakers=2), tmp_path)
    assert running.loaded[0].speakers == ("speaker 0", "speaker 1")
    first, second, wrong = (said(running.ask(Speak("Go home.", speaker=n)))[0] for n in (-1, 1, 9))
    running.stop()
    assert first == wrong != second
    assert tone_voice.alike(second, 22050, "Go home.") == 1.0


def test_killed_it_ends_its_job_and_another_process_speaks(voice, tmp_path):
    running = start(tone_voice.build(tmp_path), tmp_path)
    job = running.host.submit(Speak("The tide comes in at noon. " * 4000))
    time.sleep(0.2)
    os.kill(running.host.pid, signal.SIGKILL)
    assert isinstance(running.heard(job)[-1], Failed)
    assert said(voice.ask(Speak("Still here.")))[0]


def test_what_is_no_speech_is_refused_in_words(voice):
    ending = voice.ask(Chat(()))[-1]
    assert isinstance(ending, Failed) and "speak" in ending.message


def test_a_missing_voice_is_told_in_words(tmp_path):
    running = start(tmp_path / "none.onnx", tmp_path)
    assert "not there" in running.loaded[-1].message
    running.stop()


@pytest.mark.parametrize("name", ["weights_in_another_file", "not_sound", "cut_off"])
def test_a_hostile_voice_is_refused_in_words(name, tmp_path):
    """Every kind of them: tests/unit/test_voices.py."""
    running = start(hostile_voices.KINDS[name](tmp_path), tmp_path)
    ending = running.loaded[-1]
    running.stop()
    assert isinstance(ending, Failed)
    assert ending.message.startswith("This file cannot be used as a voice: ")
