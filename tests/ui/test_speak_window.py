"""Reading aloud as the person sees it: the bar above the message, the word, Esc, saving."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from engines.messages import Done, Pcm, Spoken, TextDelta
from tests.ui.transcripts import click

TEXT = "The moon rises at **nine** this evening."


@pytest.fixture
def voice(speak):
    """The link of the voice, which the test plays."""
    return speak._voices.link


@pytest.fixture
def key(qtbot, window, chat, llm):
    chat.send("When?")
    qtbot.waitUntil(lambda: len(llm.requests) > 0)
    llm.answer(TextDelta(TEXT), Done())
    return chat.turns[-1].key


def say(voice, microphone, *words):
    """The voice says these words of what it was asked, a second each, and they are heard."""
    text = voice.requests[-1].text
    for second, word in enumerate(words):
        place = text.index(word)
        voice.answer(Spoken(place, len(word), second, second + 1.0), Pcm(bytes(8000), 4000))
    speech = microphone.played[-1][0]
    microphone.heard.emit(speech, len(words) - 0.5)


def test_the_bar_shows_that_parley_speaks_and_stops_it(qtbot, window, key, speak, voice):
    bar = window.page.speak_bar
    assert bar.isHidden()
    click(window.page.transcript, "read_aloud", row=1)
    assert bar.isVisible() and bar.speaking.isVisible() and bar.saving.isHidden()
    assert bar.stop.accessibleName() == "Stop reading"
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    assert bar.isHidden() and not speak.speaking


def test_the_word_that_is_heard_is_marked(window, key, voice, microphone):
    click(window.page.transcript, "read_aloud", row=1)
    say(voice, microphone, "moon", "rises", "nine")
    transcript = window.page.transcript
    marks = [
        shown.box.document.toRawText()[slice(*part)]
        for shown in transcript.stack.shown
        if (part := transcript.spoken.part(shown))
    ]
    assert marks == ["nine"]
    click(transcript, "stop_reading", row=1)
    assert all(transcript.spoken.part(shown) is None for shown in transcript.stack.shown)


def test_escape_silences_first_wherever_the_person_is(qtbot, window, key, speak, voice):
    speak.read_aloud(key)
    window.pages.open_preferences()
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
    assert not speak.speaking and not window.pages.on_chat
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
    assert window.pages.on_chat


def test_escape_ends_the_voice_and_the_writing_together(
    qtbot, window, chat, llm, speak, voice, microphone, preferences
):
    preferences.set("speak_answers", "always")
    chat.send("Tell")
    qtbot.waitUntil(lambda: len(llm.requests) > 0)
    llm.answer(TextDelta("The moon rises at nine. And then"))
    say(voice, microphone, "moon", "rises")
    assert speak.speaking and chat.busy
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Escape)
    assert not speak.speaking and not chat.busy
    turn = chat.turns[-1]
    assert turn.text[: turn.heard] == "The moon rises"


def test_the_talk_key_silences_when_it_goes_down(
    qtbot, window, chat, llm, speak, talk, voice, microphone, preferences
):
    talk.use_voice(speak)
    preferences.set("speak_answers", "always")
    chat.send("Tell")
    qtbot.waitUntil(lambda: len(llm.requests) > 0)
    llm.answer(TextDelta("The moon rises at nine. And then"))
    say(voice, microphone, "moon", "rises")
    talk.press()
    assert not speak.speaking and not chat.busy
    assert chat.turns[-1].text[: chat.turns[-1].heard] == "The moon rises"
    talk.lose()


def test_who_leaves_for_another_conversation_has_interrupted_a_finished_answer(
    qtbot, window, chat, llm, store, speak, voice, microphone, preferences
):
    preferences.set("speak_answers", "always")
    chat.send("Tell")
    qtbot.waitUntil(lambda: len(llm.requests) > 0)
    llm.answer(TextDelta("The moon rises at nine. And then it sets."), Done())
    say(voice, microphone, "moon", "rises")
    conversation = chat.conversation
    window.new()
    assert not speak.speaking
    store.flush()
    chat.open(conversation)
    assert chat.turns[-1].text[: chat.turns[-1].heard] == "The moon rises"


def test_a_key_reads_the_newest_answer_and_stops_it(qtbot, window, key, speak, voice):
    edit = window.page.composer.edit
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(edit, Qt.Key.Key_R, control_shift)
    assert speak.speaking and "moon rises at nine" in voice.requests[-1].text
    qtbot.keyClick(edit, Qt.Key.Key_R, control_shift)
    assert not speak.speaking


def test_the_menu_over_a_turn_reads_and_saves_it(qtbot, window, key, saving, tmp_path):
    transcript = window.page.transcript
    menu = transcript.make_menu(None, 1)
    entries = {action.text(): action for action in menu.actions()}
    assert "Read aloud" in entries
    entries["Save as a sound file…"].trigger()
    dialog = window.page.findChild(QFileDialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.selectFile(str(tmp_path / "moon.mp3"))
    with qtbot.waitSignal(saving.progressed):
        dialog.accept()
    assert window.page.speak_bar.saving.isVisible() and saving.busy
    qtbot.mouseClick(window.page.speak_bar.cancel, Qt.MouseButton.LeftButton)
    assert not saving.busy and window.page.speak_bar.isHidden()


def test_marking_words_lays_nothing_out(window, key, speak, voice, microphone):
    speak.read_aloud(key)
    boxes = window.page.transcript.stack.rows[1].boxes
    before = [(box.width, box.document) for box in boxes]
    say(voice, microphone, "moon", "rises", "nine")
    assert [(box.width, box.document) for box in boxes] == before
