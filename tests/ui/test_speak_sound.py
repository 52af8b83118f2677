"""What the loudspeaker really says, of an answer that is spoken: recorded and recognised."""

import itertools

import pytest

from app.controllers.speak import SpeakController
from app.controllers.voices import Voices
from app.engine import EngineLink
from engines.messages import Done, TextDelta, plain
from tests.data import tone_voice

WAIT = 60_000
TEXT = "One bird sings. Two birds answer from the old tree. Then the wind takes it all."


@pytest.fixture
def speak(qapp, sound, answering, chat, preferences, tmp_path):
    preferences.set("speak_answers", "always")
    preferences.set_voice("voice", str(tone_voice.build(tmp_path)))
    link = EngineLink(tmp_path)
    voices = Voices(link, preferences)
    yield SpeakController(voices, sound, itertools.count(1), answering, chat, preferences)
    link.stop()


@pytest.fixture
def ear(sound_server):
    ear = sound_server.listen()
    yield ear
    ear.stop()


@pytest.fixture
def ask(qtbot, chat, llm, speak):
    def ask(text, *events):
        before = len(llm.requests)
        chat.send(text)
        qtbot.waitUntil(lambda: len(llm.requests) > before)
        llm.answer(*events)

    return ask


def until_quiet(qtbot, speak):
    qtbot.waitUntil(lambda: not speak.speaking, timeout=WAIT)
    qtbot.wait(200)  # what is on its way to the ear


def beginnings(text):
    """The text up to each of its words."""
    words = text.split()
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)]


def test_an_answer_is_heard_as_it_was_written(qtbot, ask, speak, llm, ear):
    ask("tell", TextDelta("One bird **sings**. "), TextDelta("Two birds answer "))
    qtbot.waitUntil(lambda: bool(ear.loud_spans()), timeout=WAIT)
    llm.answer(TextDelta("from the old tree. Then the wind takes it all."), Done())
    until_quiet(qtbot, speak)
    decoys = [TEXT, TEXT.replace("birds", "dogs"), TEXT.replace("tree", "house"), TEXT[:51]]
    number, alike = tone_voice.which(ear.samples, ear.rate, decoys)
    assert number == 0 and alike > 0.9


def test_an_answer_is_cut_where_the_ear_heard_the_last_word(qtbot, ask, chat, speak, llm, ear):
    marked = []
    speak.word_spoken.connect(lambda _key, start, end: marked.append(TEXT[start:end]))
    ask("tell", TextDelta(TEXT), Done())
    qtbot.waitUntil(lambda: "from" in marked, timeout=WAIT)
    speak.silence()
    until_quiet(qtbot, speak)
    ways = beginnings(TEXT)
    number, _ = tone_voice.which(ear.samples, ear.rate, ways)
    turn = chat.turns[-1]
    told = len(turn.text[: turn.heard].split()) - 1
    assert abs(told - number) <= 1 and 4 <= told <= 6


def test_two_answers_never_sound_at_once_and_the_second_is_whole(qtbot, ask, chat, speak, llm, ear):
    ask("tell", TextDelta(TEXT))
    qtbot.waitUntil(lambda: bool(ear.loud_spans()), timeout=WAIT)
    qtbot.wait(600)
    chat.stop()
    ask("again", TextDelta("The night is calm and cold."), Done())
    until_quiet(qtbot, speak)
    told = plain(llm.requests[-1].turns[1]).rstrip("…")
    ways = [f"{first}. The night is calm and cold." for first in beginnings(TEXT)]
    number, alike = tone_voice.which(ear.samples, ear.rate, [*ways, "The night is calm and cold."])
    assert alike > 0.85 and abs(number - (len(told.split()) - 1)) <= 1
