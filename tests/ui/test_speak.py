"""Answers aloud: said with a real voice while the scripted model still writes them."""

import itertools
import os
import signal

import pytest

from app.audio.sound import Trouble
from app.controllers import voices
from app.controllers.speak import SpeakController
from app.controllers.turns import INTERRUPTED
from app.controllers.voices import Voices
from app.engine import EngineLink
from engines.messages import (
    Cancelled,
    Done,
    Pcm,
    Speak,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    plain,
)
from tests.data import tone_voice
from tests.data.speaking import FakeLoudspeaker

WAIT = 60_000


class Watched(EngineLink):
    """The link of a voice, with what it was asked to say."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.said: list[str] = []

    def submit(self, request):
        if isinstance(request, Speak):
            self.said.append(request.text)
        return super().submit(request)


@pytest.fixture
def tts(qapp, tmp_path):
    link = Watched(tmp_path)
    yield link
    link.stop()


@pytest.fixture
def loudspeaker(qapp):
    return FakeLoudspeaker()


@pytest.fixture
def speak(tts, loudspeaker, answering, chat, preferences):
    preferences.set("speak_answers", "always")
    voices = Voices(tts, preferences)
    return SpeakController(voices, loudspeaker, itertools.count(1), answering, chat, preferences)


@pytest.fixture
def notices(speak):
    told = []
    speak.notice.connect(told.append)
    return told


@pytest.fixture
def ask(qtbot, chat, llm, speak):
    def ask(text, *events, facts=None):
        before = len(llm.requests)
        chat.ask(text, facts=facts)
        qtbot.waitUntil(lambda: len(llm.requests) > before)
        llm.answer(*events)

    return ask


@pytest.fixture
def hear(qtbot, loudspeaker, speak):
    """Let time pass until something is so, or until nothing is said any more."""

    def hear(until=lambda: not speak.speaking, step=0.1):
        def passed():
            if until():
                return True
            loudspeaker.let_pass(step)
            return until()

        qtbot.waitUntil(passed, timeout=WAIT)

    return hear


def words(speak, chat):
    """What was marked, word after word."""
    told = []
    speak.word_spoken.connect(
        lambda key, start, end: told.append((key, chat.copy_text(key)[start:end]))
    )
    return told


def test_sentences_are_said_in_order_while_the_answer_is_still_written(
    qtbot, ask, chat, speak, llm, tts, loudspeaker, hear
):
    marked = words(speak, chat)
    ask("hello", TextDelta("The moon rises at nine. "), TextDelta("Then it "))
    hear(lambda: loudspeaker.now > 0.5)
    assert chat.busy and speak.speaking
    llm.answer(TextDelta("is cold. "), TextDelta("Good night."), Done())
    hear()
    assert " ".join(tts.said) == "The moon rises at nine. Then it is cold. Good night."
    key = chat.turns[-1].key
    assert {one for one, _ in marked} == {key}
    said = " ".join(word.rstrip(".") for _, word in marked)
    assert said == "The moon rises at nine Then it is cold Good night"
    assert loudspeaker.order == [1] and not speak.speaking


def test_thoughts_code_and_tables_are_not_read(ask, speak, tts, hear):
    text = (
        "Look:\n\n```python\nprint('secret')\n```\n\n| a | b |\n|---|---|\n| hidden | x |\n\nDone."
    )
    ask("code?", ThoughtDelta("I ponder."), TextDelta(text), Done())
    hear()
    said = " ".join(tts.said)
    assert said.startswith("Look") and said.endswith("Done.")
    assert not {"secret", "hidden", "ponder"} & set(said.replace("'", " ").split())


def test_who_talked_hears_the_answer_and_who_typed_reads_it(ask, speak, preferences, tts, hear):
    preferences.set("speak_answers", "talked")
    ask("typed", TextDelta("Read this. "), Done())
    assert not speak.speaking and tts.said == []
    ask("talked", TextDelta("Hear this. "), Done(), facts={"heard_seconds": 0.2})
    hear()
    assert tts.said == ["Hear this."]
    preferences.set("speak_answers", "never")
    ask("talked", TextDelta("Quiet. "), Done(), facts={"heard_seconds": 0.2})
    assert not speak.speaking and tts.said == ["Hear this."]


def test_an_interrupted_answer_ends_for_the_model_where_it_was_heard(
    qtbot, ask, chat, speak, llm, loudspeaker, hear, store
):
    marked = words(speak, chat)
    ask("tell", TextDelta("One bird sings. Two birds answer from the old tree. Then "))
    hear(lambda: any(word == "answer" for _, word in marked), step=0.03)
    speak.silence()
    assert loudspeaker.over and not speak.speaking and not chat.busy
    turn = chat.turns[-1]
    assert turn.text.endswith("Then ") and turn.note == INTERRUPTED
    heard = turn.text[: turn.heard]
    assert heard in ("One bird sings. Two birds", "One bird sings. Two birds answer")
    llm.answer(Cancelled())
    ask("and then?", TextDelta("A third one came. "), Done())
    told = [plain(one) for one in llm.requests[-1].turns]
    assert told == ["tell", heard + "…", "and then?"]
    hear()
    assert loudspeaker.over[2] == loudspeaker.played[2]  # heard in full
    store.flush()
    kept = store.branch(chat.conversation)
    assert kept[1].facts["heard"] == turn.heard and kept[1].status == "stopped"
    assert "heard" not in kept[3].facts and kept[3].facts["voice"] == "espeak-ng"


def test_an_answer_that_is_written_is_cut_as_well(ask, chat, speak, hear, store):
    marked = words(speak, chat)
    ask("tell", TextDelta("One bird sings. Two birds answer from the old tree."), Done())
    hear(lambda: any(word == "from" for _, word in marked), step=0.03)
    speak.silence()
    turn = chat.turns[-1]
    assert turn.status == "done" and turn.note == INTERRUPTED
    assert turn.text[: turn.heard].split()[-1] in ("answer", "from")
    store.flush()
    assert store.branch(chat.conversation)[-1].facts["heard"] == turn.heard


def test_who_hears_everything_has_interrupted_nothing(ask, chat, speak, hear, loudspeaker):
    ask("tell", TextDelta("One bird sings."), Done())
    hear(lambda: 0 < loudspeaker.played.get(1, 0) < loudspeaker.now + 0.05, step=0.02)
    speak.silence()
    assert chat.turns[-1].heard == -1 and chat.turns[-1].note == ""


def test_before_the_first_sound_stop_is_only_a_stop(ask, chat, speak, llm, qtbot, tts):
    ask("tell", TextDelta("One bird sings. Two "))
    qtbot.waitUntil(lambda: bool(tts.said))
    speak.silence()
    turn = chat.turns[-1]
    assert (turn.status, turn.heard, turn.note) == ("stopped", -1, "Stopped by you.")


def test_the_stop_button_silences_too(ask, chat, speak, hear, loudspeaker):
    ask("tell", TextDelta("One bird sings. Two birds answer. "))
    hear(lambda: loudspeaker.now > 1.0)
    chat.stop()
    assert not speak.speaking and loudspeaker.over
    assert 0 < chat.turns[-1].heard < len(chat.turns[-1].text)


def test_a_new_question_silences_the_answer_before(qtbot, ask, chat, speak, llm, hear, loudspeaker):
    ask("one", TextDelta("The first answer goes on for quite some time. "), Done())
    hear(lambda: loudspeaker.now > 0.8)
    ask("two", TextDelta("The second. "), Done())
    told = [plain(one) for one in llm.requests[-1].turns]
    assert told[1].endswith("…") and "The first" in told[1]
    hear()
    assert loudspeaker.order == [1, 2]


def test_another_conversation_silences_and_the_answer_is_written_on(
    ask, chat, speak, llm, store, hear, loudspeaker
):
    ask("one", TextDelta("The first answer goes on. "))
    hear(lambda: loudspeaker.now > 0.5)
    conversation = chat.conversation
    chat.new()
    assert not speak.speaking and loudspeaker.over and chat.busy
    llm.answer(TextDelta("And on."), Done())
    store.flush()
    chat.open(conversation)
    assert chat.turns[-1].text == "The first answer goes on. And on."
    assert chat.turns[-1].heard == -1 and not speak.speaking


def test_any_turn_is_read_out_and_stopping_cuts_nothing(ask, chat, speak, tts, hear, loudspeaker):
    ask("**What** is it?", TextDelta("It is `this`, with *care*."), Done())
    hear()
    question, answer = chat.turns
    tts.said.clear()
    speak.read_aloud(question.key)
    hear()
    speak.read_aloud(answer.key)
    hear(lambda: loudspeaker.now > 0.4)
    assert speak.speaking
    speak.read_aloud(answer.key)
    assert not speak.speaking and tts.said == ["What is it?", "It is this, with care."]
    assert [turn.heard for turn in chat.turns] == [-1, -1]


def test_a_long_turn_is_read_from_its_beginning_to_its_end(
    ask, chat, speak, tts, preferences, hear
):
    preferences.set("speak_answers", "never")
    preferences.set("speed", 3.0)
    text = "\n\n".join(f"Paragraph {n} of many says a few words." for n in range(150))
    ask("long", TextDelta(text), Done())
    marked = words(speak, chat)
    speak.read_aloud(chat.turns[-1].key)
    hear(step=30.0)
    assert len(tts.said) >= 150 and tts.said[-1].endswith("149 of many says a few words.")
    assert marked[-1][1].rstrip(".") == "words"


def test_sound_is_made_only_a_little_ahead(ask, speak, tts, qtbot, loudspeaker):
    ask("long", TextDelta("A sentence of about three seconds, more or less. " * 20), Done())
    qtbot.waitUntil(lambda: loudspeaker.played.get(1, 0) > 3.0, timeout=WAIT)
    qtbot.wait(150)
    assert len(tts.said) <= 4


def test_a_voice_killed_in_mid_word_goes_on_with_the_next_clause(
    ask, chat, speak, tts, hear, loudspeaker, notices
):
    killed = []

    def kill(job, event):
        if isinstance(event, Pcm) and not killed:
            killed.append(tts.pid)
            os.kill(tts.pid, signal.SIGKILL)

    tts.event.connect(kill)
    long = "This is one long sentence without any pause in it that takes the voice its time"
    ask("go", TextDelta(f"{long}. The second follows. The third ends. "), Done())
    marked = words(speak, chat)
    hear()
    assert killed and " ".join(tts.said).endswith("The second follows. The third ends.")
    assert [word for _, word in marked][-3:] == ["The", "third", "ends"]
    assert notices == []


def test_a_voice_that_cannot_be_is_told_once_and_the_built_in_one_speaks(
    ask, speak, tts, hear, preferences, notices, tmp_path
):
    preferences.set_voice("voice", str(tmp_path / "en_GB-gone.onnx"))
    ask("one", TextDelta("Still said. "), Done())
    hear()
    ask("two", TextDelta("And again. "), Done())
    hear()
    assert tts.said == ["Still said.", "And again."]
    assert len(notices) == 1 and "en_GB-gone" in notices[0].message
    assert "came with Parley" in notices[0].hint


def test_a_broken_voice_file_is_told_once_and_the_built_in_one_speaks(
    ask, speak, tts, hear, preferences, notices, tmp_path, caplog
):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no voice")
    broken.with_name("broken.onnx.json").write_text("{}")
    preferences.set_voice("voice", str(broken))
    ask("one", TextDelta("Still said. And more. "), Done())
    hear()
    assert " ".join(tts.said).endswith("Still said. And more.") and len(notices) == 1
    caplog.clear()


def test_the_chosen_voice_speaks_at_the_chosen_speed(
    ask, chat, speak, hear, preferences, loudspeaker, notices, tmp_path
):
    preferences.set_voice("voice", str(tone_voice.build(tmp_path)))
    marked = words(speak, chat)
    ask("one", TextDelta("The chosen voice speaks here. "), Done())
    hear(step=0.03)
    assert [word.rstrip(".") for _, word in marked] == ["The", "chosen", "voice", "speaks", "here"]
    assert dict(chat.details(chat.turns[-1].key))["Voice"] == "tone" and notices == []
    preferences.set("speed", 2.0)
    ask("two", TextDelta("The chosen voice speaks here. "), Done())
    hear()
    assert loudspeaker.played[2] < loudspeaker.played[1] * 0.75


def test_where_no_voice_works_the_answer_is_on_the_screen_and_that_is_said_once(
    qtbot, monkeypatch, ask, chat, speak, hear, preferences, notices
):
    monkeypatch.setitem(voices.LANGUAGES, "tl", "Atlantean")
    preferences.set("language", "tl")
    ask("one", TextDelta("One. Two. Three. "), Done())
    qtbot.waitUntil(lambda: bool(notices) and not speak.speaking, timeout=WAIT)
    assert chat.turns[-1].text == "One. Two. Three. " and chat.turns[-1].heard == -1
    assert len(notices) == 1 and "Atlantean" in notices[0].message
    preferences.set("language", "")
    marked = words(speak, chat)
    ask("three", TextDelta("Well again. "), Done())
    hear(step=0.03)
    assert [word.rstrip(".") for _, word in marked] == ["Well", "again"]


def test_no_loudspeaker_is_said_once(ask, chat, speak, hear, loudspeaker, notices, qtbot):
    trouble = Trouble("loudspeaker", "There is no loudspeaker.", "Connect one.", True)
    for question in ("one", "two"):
        ask(question, TextDelta("An answer. "), Done())
        qtbot.waitUntil(lambda: bool(loudspeaker.speech), timeout=WAIT)
        loudspeaker.troubled.emit(trouble)
        loudspeaker.silence()
        assert not speak.speaking
    assert [notice.message for notice in notices] == ["There is no loudspeaker."]
    assert chat.turns[-1].heard == -1


def test_the_time_to_the_first_sound_is_in_the_facts(ask, chat, speak, hear):
    ask("one", TextDelta("An answer. "), Done(), facts={"heard_seconds": 5.0})
    hear()
    rows = dict(chat.details(chat.turns[-1].key))
    assert 5.0 < float(rows["First sound after (s)"]) < 30.0 and rows["Voice"] == "espeak-ng"


def test_words_before_a_tool_are_said_before_it_answers(
    qtbot, ask, chat, speak, tts, llm, tool_link, hear
):
    marked = words(speak, chat)
    ask("time?", TextDelta("I look"), ToolCall("c", "clock", {"question": "now"}), Done("tools"))
    qtbot.waitUntil(lambda: tts.said == ["I look."] or tts.said == ["I look"], timeout=WAIT)
    tool_link.answer(ToolResult("c", "noon"), Done())
    llm.answer(TextDelta("It is noon."), Done())
    hear(step=0.03)
    assert tts.said[1:] == ["It is noon."]
    assert [word.rstrip(".") for _, word in marked] == ["I", "look", "It", "is", "noon"]
