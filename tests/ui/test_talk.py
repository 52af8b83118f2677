"""Talking with the window: hands on the microphone button, engines and microphone played."""

import wave

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.audio.samples import SPEECH
from app.audio.wav import header
from app.controllers import talk as talking
from app.controllers.hotwords import hotwords
from app.controllers.takes import Kept
from app.views.controls import Switch
from engines.messages import Chat, Done, Prefill, TextDelta, plain
from tests.data.played import Played, Voice, silence, speech

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def listener(qapp):
    return Played()


@pytest.fixture
def stt(qapp):
    return Played()


@pytest.fixture
def voice(talk):
    voice = Voice()
    talk.use_voice(voice)
    return voice


@pytest.fixture
def mic(qtbot, window, monkeypatch):
    return window.page.composer.mic


class Hands:
    """What a person and the engines do, one after the other."""

    def __init__(self, qtbot, window, talk, microphone, listener, stt, clock):
        self.qtbot, self.window, self.talk = qtbot, window, talk
        self.microphone, self.listener, self.stt, self.clock = microphone, listener, stt, clock
        self.mic, self.edit = window.page.composer.mic, window.page.composer.edit

    def hold(self):
        self.qtbot.mousePress(self.mic, LEFT)
        self.microphone.begin()

    def say(self, number=1, seconds=0.6, after=0.0):
        self.microphone.give(speech(number, seconds) + silence(after))
        while self.listener.open:
            self.listener.answer()

    def let_go(self, held=1.0):
        self.clock.now += held
        self.qtbot.mouseRelease(self.mic, LEFT)
        self.qtbot.waitUntil(lambda: not self.talk._bounce.isActive())

    def end(self):
        """The tail is there, and both engines answer."""
        self.microphone.end()
        while self.listener.open or self.stt.open:
            self.listener.answer()
            self.stt.answer()

    def talk_once(self, number=1):
        self.hold()
        self.say(number)
        self.let_go()
        self.end()


@pytest.fixture
def hands(qtbot, window, talk, microphone, listener, stt, clock):
    return Hands(qtbot, window, talk, microphone, listener, stt, clock)


def takes(keeping):
    folder = keeping._takes._folder
    return sorted(folder.glob("*.wav")) if folder.exists() else []


def asked(llm):
    return [plain(request.turns[-1]) for request in llm.requests if isinstance(request, Chat)]


def answer(qtbot, chat, llm):
    llm.answer(TextDelta("Yes."), Done())
    qtbot.waitUntil(lambda: not chat.busy)


def notices(talk):
    seen = []
    talk.notice.connect(lambda notice: seen.append(notice.message))
    return seen


def test_held_and_let_go_is_sent_with_its_sound(qtbot, hands, talk, chat, llm, keeping):
    hands.hold()
    assert talk.state == "listening" and hands.window.page.composer.level.isVisible()
    hands.say()
    hands.let_go()
    assert talk.state == "finishing"
    hands.end()
    qtbot.waitUntil(lambda: asked(llm) == ["take1"])
    answer(qtbot, chat, llm)
    said, answered = chat.turns
    assert said.sound and dict(chat.details(answered.key))["Heard after (s)"] == "0.00"
    with wave.open(str(chat.sounds_of(said.key)[0])) as kept:
        assert kept.getparams()[:3] == (1, 2, 16_000) and kept.getnframes() > 9_000
    qtbot.waitUntil(lambda: not takes(keeping))
    assert hands.edit.toPlainText() == "" == chat.draft and talk.state == "idle"


def test_live_words_are_not_part_of_the_message(qtbot, hands, chat):
    hands.edit.insert("Please: ")
    hands.hold()
    hands.say(1, 0.6)
    hands.stt.answer()
    assert hands.window.page.composer.live.text == "take1"
    assert hands.edit.toPlainText() == "Please: "
    shown = hands.edit.document().firstBlock().layout().preeditAreaText()
    assert shown == "take1"
    hands.window.page.composer.keep_draft()
    assert chat.draft == "Please: "


def test_confirmed_words_are_read_ahead_by_the_model(qtbot, hands, llm, clock):
    hands.hold()
    llm.answer(Done())  # the conversation so far was read
    for _ in range(2):
        hands.say(1, 0.6)
        hands.stt.answer()
        clock.now += 2.0
    said = [plain(r.turns[-1]) for r in llm.requests if isinstance(r, Prefill) and r.turns]
    assert said == ["take1"]


def test_a_tap_listens_on_until_the_next(qtbot, hands, talk, llm):
    hands.hold()
    hands.let_go(held=0.1)
    assert talk.staying and talk.state == "listening"
    hands.say()
    hands.clock.now += 60
    hands.qtbot.mouseClick(hands.mic, LEFT)
    assert talk.state == "finishing"
    hands.end()
    qtbot.waitUntil(lambda: asked(llm) == ["take1"])


def test_repeats_and_bounces_are_one_take(qtbot, hands, talk, llm, microphone):
    hands.hold()
    first = microphone.take
    for _ in range(5):
        talk.press()  # it repeats
        talk.release()
        talk.press()  # it bounces
    assert microphone.take == first and talk.state == "listening"
    hands.say()
    hands.let_go()
    hands.end()
    qtbot.waitUntil(lambda: asked(llm) == ["take1"])


def test_space_holds_it_too(qtbot, hands, talk):
    hands.mic.setFocus()
    qtbot.keyPress(hands.mic, Qt.Key.Key_Space)
    for _ in range(3):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            held = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
            QApplication.sendEvent(hands.mic, held)
    hands.clock.now += 1
    assert talk.state == "opening"
    qtbot.keyRelease(hands.mic, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: talk.state == "finishing")


def test_losing_the_keyboard_ends_it(qtbot, hands, talk):
    hands.mic.setFocus()
    qtbot.keyPress(hands.mic, Qt.Key.Key_Space)
    hands.edit.setFocus()
    assert talk.state == "finishing"


def test_two_minutes_are_the_longest(qtbot, hands, talk):
    seen = notices(talk)
    hands.hold()
    hands.say()
    assert talk._longest.interval() == 120_000
    talk._longest.timeout.emit()
    assert talk.state == "finishing" and seen == [talking.TOO_LONG.message]


def test_silence_is_nothing_said(qtbot, hands, talk, keeping):
    hands.hold()
    hands.microphone.give(silence(1.5) + b"\1\0" * 20)
    hands.let_go()
    hands.end()
    assert hands.window.page.composer.state.text() == "Nothing was heard."
    qtbot.waitUntil(lambda: not takes(keeping))


def test_words_can_be_changed_before_they_are_sent(
    qtbot, hands, talk, chat, llm, preferences, keeping
):
    preferences.set("send_spoken", False)
    hands.edit.insert("Say , please")
    cursor = hands.edit.textCursor()
    cursor.setPosition(4)
    hands.edit.setTextCursor(cursor)
    hands.talk_once()
    assert hands.edit.toPlainText() == "Say take1, please" == chat.draft
    hands.edit.undo()
    assert hands.edit.toPlainText() == "Say , please"
    hands.edit.redo()
    assert [take.words for take in keeping.shown()] == ["Spoken, 1 s"]
    assert not asked(llm)
    qtbot.keyClick(hands.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked(llm) == ["Say take1, please"])
    assert chat.turns[0].sound and keeping.shown() == []


def test_words_wait_while_an_answer_is_written(qtbot, hands, chat, llm):
    chat.send("first")
    qtbot.waitUntil(lambda: len(asked(llm)) == 1)
    hands.talk_once()
    assert hands.edit.toPlainText() == "take1" and len(asked(llm)) == 1
    answer(qtbot, chat, llm)
    qtbot.waitUntil(lambda: asked(llm)[1:] == ["take1"])
    assert hands.edit.toPlainText() == ""


def test_words_go_to_the_conversation_they_were_said_in(
    qtbot, hands, chat, talk, conversations, history, keeping
):
    seen = notices(talk)
    history.open(conversations[0])
    hands.hold()
    hands.say()
    hands.let_go()
    history.open(conversations[1])
    hands.end()
    assert hands.edit.toPlainText() == "" and "left" in seen[0]
    assert keeping.shown() == []
    history.open(conversations[0])
    assert hands.edit.toPlainText() == "take1"
    assert [take.written for take in keeping.shown()] == [True]


def test_sound_is_not_kept_when_it_is_not_wanted(qtbot, hands, chat, llm, preferences, keeping):
    preferences.set("keep_spoken", False)
    hands.talk_once()
    qtbot.waitUntil(lambda: asked(llm) == ["take1"])
    assert not chat.turns[0].sound
    qtbot.waitUntil(lambda: not takes(keeping))


def test_what_could_not_be_written_down_is_kept_and_can_be_tried_again(
    qtbot, hands, talk, stt, keeping, caplog
):
    seen = notices(talk)
    hands.hold()
    hands.say()
    hands.let_go()
    hands.microphone.end()
    while hands.listener.open:
        hands.listener.answer()
    for _ in range(4):
        stt.die()
    assert seen == ["It died."] and [t.written for t in keeping.shown()] == [False]
    assert talk.state == "idle" and takes(keeping)
    talk.act("Transcribe it")
    qtbot.waitUntil(lambda: bool(hands.listener.open))
    while hands.listener.open or stt.open:
        hands.listener.answer()
        stt.answer()
    assert hands.edit.toPlainText() == "take1" and [t.written for t in keeping.shown()] == [True]


def test_what_a_crash_left_is_offered(qtbot, hands, talk, keeping):
    kept = keeping.begin(None)
    whole = header(SPEECH, 0) + speech(7, 1.0)  # the header never learned the length
    keeping.path(kept).write_bytes(whole)
    keeping.path(Kept(5)).write_bytes(header(SPEECH, 0) + b"\0" * 99)  # nothing was said yet
    seen = notices(talk)
    talk.look()
    qtbot.waitUntil(lambda: seen == [talking.LEFT_OVER.message])
    assert [take.words for take in keeping.shown()] == ["Not written down, 1 s"]
    assert not keeping.path(Kept(5)).exists()
    hands.window.page.notices.action.click()
    qtbot.waitUntil(lambda: bool(hands.listener.open))
    hands.end()
    while hands.listener.open or hands.stt.open:
        hands.listener.answer()
        hands.stt.answer()
    assert hands.edit.toPlainText() == "take7"


def test_sound_whose_message_is_empty_has_no_words_any_more(qtbot, talk, keeping):
    kept = Kept(keeping.begin(None).said, draft=True)
    keeping.path(kept).write_bytes(header(SPEECH, 0) + speech(7, 1.0))
    talk.look()
    qtbot.waitUntil(lambda: [take.written for take in keeping.shown()] == [False])


def test_without_a_microphone_hands_free_does_not_begin(qtbot, hands, talk, microphone):
    microphone.devices = []
    microphone.devices_changed.emit()
    talk.set_hands_free(True)
    assert not talk.hands_free and talk.state == "off"


def test_esc_drops_it_and_it_can_be_had_back(qtbot, hands, talk, keeping, llm):
    seen = notices(talk)
    hands.hold()
    hands.say()
    qtbot.keyClick(hands.edit, Qt.Key.Key_Escape)
    hands.microphone.end()
    assert talk.state == "idle" and "dropped" in seen[0] and keeping.shown() == []
    talk.act("Keep it")
    assert [take.written for take in keeping.shown()] == [False] and takes(keeping)
    assert not asked(llm)


def test_without_a_microphone_it_says_so(qtbot, hands, talk, microphone):
    microphone.devices = []
    microphone.devices_changed.emit()
    assert talk.state == "off" and "No microphone" in hands.mic.accessibleDescription()
    seen = notices(talk)
    qtbot.mouseClick(hands.mic, LEFT)
    assert "No microphone" in seen[0] and talk.state == "off"
    assert hands.window.page.notices.isVisible()


def test_hands_free_sends_at_a_pause_and_does_not_hear_itself(
    qtbot, hands, talk, voice, llm, chat, microphone
):
    talk.set_hands_free(True)
    microphone.begin()
    hands.say(1, 0.6, after=0.4)
    assert talk.state == "listening" and not microphone.ended
    first = microphone.take
    hands.say(1, 0.0, after=0.5)
    assert microphone.ended[-1] == first and microphone.take != first
    while hands.stt.open:
        hands.stt.answer()
    qtbot.waitUntil(lambda: asked(llm) == ["take1"])
    voice.speak(True)
    microphone.end()
    assert talk.state == "waiting" and microphone.take == 0
    voice.speak(False)
    assert microphone.take and talk.hands_free
    qtbot.keyClick(hands.edit, Qt.Key.Key_Escape)
    assert not talk.hands_free and talk.state in ("idle", "finishing")


def test_hands_free_ends_when_it_is_switched_off_in_preferences(hands, talk, preferences):
    talk.set_hands_free(True)
    hands.microphone.begin()
    preferences.set("hands_free", False)
    assert not talk.hands_free and talk.state == "finishing"


def test_a_tap_interrupts_hands_free(qtbot, hands, talk, voice, microphone):
    talk.set_hands_free(True)
    voice.speak(True)
    microphone.end()
    assert talk.state == "waiting"
    qtbot.mouseClick(hands.mic, LEFT)
    assert not voice.speaking and talk.state == "opening" and talk.hands_free


def test_speech_interrupts_where_it_may(qtbot, hands, talk, voice, preferences):
    preferences.set("barge_in", True)
    talk.set_hands_free(True)
    hands.microphone.begin()
    voice.speak(True)
    assert talk.state == "listening"
    hands.say(1, 0.5)
    assert not voice.speaking


def test_talking_silences(hands, voice):
    voice.speak(True)
    hands.hold()
    assert not voice.speaking


def test_what_was_said_can_be_heard_and_transcribed_again(
    qtbot, hands, chat, llm, window, microphone, stt
):
    hands.talk_once(3)
    qtbot.waitUntil(lambda: asked(llm) == ["take3"])
    answer(qtbot, chat, llm)
    key = chat.turns[0].key
    transcript = window.page.transcript
    transcript.hear_asked.emit(key)
    qtbot.waitUntil(lambda: bool(microphone.played))
    assert microphone.played[0][1].startswith(speech(3, 0.5)) and microphone.played[0][2] == 16_000
    transcript.transcribe_asked.emit(key)
    qtbot.waitUntil(lambda: bool(hands.listener.open))
    while hands.listener.open or stt.open:
        hands.listener.answer()
        stt.answer()
    field = transcript._editing._editor.field
    assert field.toPlainText() == "take3" and len(chat.turns) == 2
    qtbot.keyClicks(field, "!")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked(llm)[1:] == ["take3!"])
    assert chat.turns[0].sound and chat.turns[0].versions == 2


def test_long_takes_are_settled_at_pauses(qtbot, hands, llm):
    hands.hold()
    for number in (1, 2, 3):
        hands.say(number, 14.0, after=1.0)
        while hands.stt.open:
            hands.stt.answer()
    hands.let_go()
    hands.end()
    qtbot.waitUntil(lambda: asked(llm) == ["take1 take2 take3"])


def test_the_level_is_shown_without_movement_too(hands, monkeypatch):
    bars = hands.window.page.composer.level
    hands.hold()
    bars.show_level(0.5)
    assert max(bars.heights()) > 0.5
    monkeypatch.setattr(Switch, "moves", False)
    assert set(bars.heights()) == {0.0, 1.0}


def test_names_are_hot_words():
    text = "We met Ada Lovelace. She knew Mr Babbage; nobody in London did. `Not This`"
    assert hotwords([text]) == "Ada Lovelace, Mr Babbage, London"
    many = " ".join(f"z C{'c' * number}" for number in range(99))
    assert 100 < len(hotwords([many])) <= 220
