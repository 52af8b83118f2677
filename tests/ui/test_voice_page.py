"""The page Voice: devices and their tests, the talk key, models that hear, voices, settings."""

import json
import math
import shutil
import sys
from array import array

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLabel

from app.audio.sound import Device, Trouble
from app.controllers.sampling import SENTENCES
from app.hotkeys.global_key import GlobalKey, NoSystemKey
from app.hotkeys.keys import CODES
from app.hotkeys.talk_key import TalkKey
from app.views.voice_page import VoicePage
from app.views.voice_rows import SourceRow
from engines.messages import Done, Failed, Pcm, Speak
from tests.data import tone_voice, whisper_models

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
HEADSET = Device("usb", "Headset", False)
TONE = array("h", [round(9000 * math.sin(n / 8)) for n in range(8000)]).tobytes()


@pytest.fixture
def system(qapp):
    return NoSystemKey()


@pytest.fixture
def talk_key(voicing, preferences, system):
    made = TalkKey(GlobalKey(system), preferences, voicing)
    voicing.use_key(made)
    yield made
    made.stop()


@pytest.fixture
def page(qtbot, voicing, preferences, talk_key):
    page = VoicePage(voicing, preferences, {"Ctrl+N": "New conversation"})
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.enter()
    return page


def whisper_folder(folder):
    """A copy of a real speech model, small and ours."""
    shutil.copytree(whisper_models.built(), folder)
    return folder


def voice_file(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return tone_voice.build(folder)


def texts(page):
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def strike(field, key, modifiers=NONE, kind=QEvent.Type.KeyPress, native=0):
    event = QKeyEvent(kind, key, modifiers, 0, native, 0)
    QCoreApplication.sendEvent(field, event)


def test_a_key_opens_it(qtbot, window):
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_V, CTRL | SHIFT)
    assert window.pages.currentWidget().accessibleName() == "Voice"


def test_preferences_lead_here_and_find_its_settings(qtbot, window):
    window.pages.open_preferences()
    preferences_page = window.pages.currentWidget()
    qtbot.keyClicks(preferences_page.search, "hands-free")
    assert preferences_page.voice.isVisible() and not preferences_page.nothing.isVisible()
    qtbot.mouseClick(preferences_page.voice.open, LEFT)
    assert window.pages.currentWidget().accessibleName() == "Voice"


# Devices


def test_a_device_is_chosen_and_one_that_comes_is_shown(qtbot, page, microphone, preferences):
    names = [page.devices.microphones.itemText(n) for n in range(page.devices.microphones.count())]
    assert names == ["The system's choice (Microphone)", "Microphone"]
    microphone.devices = [*microphone.devices, HEADSET]
    microphone.devices_changed.emit()
    page.devices.microphones.setFocus()
    qtbot.keyClick(page.devices.microphones, Qt.Key.Key_End)
    assert preferences.voice.microphone == "usb"
    microphone.devices = microphone.devices[:1]
    microphone.devices_changed.emit()
    assert page.devices.microphones.currentText() == "The one you chose, not connected now"
    microphone.devices = []
    microphone.devices_changed.emit()
    assert "No microphone was found. Connect one; it shows up here by itself." in texts(page)
    assert not page.devices.listen.isVisible()


def test_what_the_microphone_hears_is_shown_and_played_back(qtbot, page, microphone, voicing):
    qtbot.mouseClick(page.devices.listen, LEFT)
    assert page.devices.listen.text() == "Stop"
    microphone.begin()
    microphone.level.emit(0.25)
    assert page.devices.level.isVisible() and page.devices.level.value() == 500
    microphone.give(TONE)
    qtbot.mouseClick(page.devices.listen, LEFT)
    assert microphone.ended
    microphone.end()
    qtbot.waitUntil(lambda: bool(microphone.played))
    speech, pcm, rate = microphone.played[-1]
    assert (pcm, rate) == (TONE, 16_000)
    assert "This is what the microphone heard." in texts(page)
    microphone.finished.emit(speech)
    assert page.devices.listen.text() == "Test"
    assert not list(microphone.file.parent.glob("*.wav"))  # nothing of it stays


def test_silence_is_said(qtbot, page, microphone):
    qtbot.mouseClick(page.devices.listen, LEFT)
    microphone.begin()
    microphone.level.emit(0.001)
    qtbot.mouseClick(page.devices.listen, LEFT)
    microphone.end()
    assert any(text.startswith("Nothing was heard.") for text in texts(page))


def test_a_microphone_that_fails_says_why(qtbot, page, microphone):
    qtbot.mouseClick(page.devices.listen, LEFT)
    microphone.troubled.emit(Trouble("microphone", "It may not be used.", "Allow it.", True))
    microphone.end()
    assert "It may not be used. Allow it." in texts(page)
    assert page.devices.listen.text() == "Test"


def test_talking_ends_the_test(qtbot, page, microphone, talk):
    qtbot.mouseClick(page.devices.listen, LEFT)
    microphone.begin()
    microphone.level.emit(0.5)
    talk.press()
    assert page.devices.listen.text() == "Test" and microphone.played == []
    qtbot.mouseClick(page.devices.listen, LEFT)
    assert "Parley is listening to you at the moment." in texts(page)


def test_leaving_the_page_ends_the_test(qtbot, page, microphone):
    qtbot.mouseClick(page.devices.listen, LEFT)
    page.hide()
    microphone.level.emit(0.5)
    microphone.end()
    assert microphone.played == [] and microphone.ended


def test_the_loudspeaker_sounds(qtbot, page, microphone):
    qtbot.mouseClick(page.devices.play, LEFT)
    qtbot.waitUntil(lambda: bool(microphone.played))
    speech, pcm, rate = microphone.played[-1]
    assert 0.5 < len(pcm) / 2 / rate < 2 and max(array("h", pcm)) > 3000
    assert page.devices.play.text() == "Stop"
    microphone.finished.emit(speech)
    assert page.devices.play.text() == "Test"


# The talk key


def test_another_key_is_pressed(qtbot, page, preferences, talk_key):
    edit = page.key.key
    qtbot.mouseClick(edit, LEFT)
    assert edit.text() == "Press a key…" and talk_key.window.paused
    qtbot.keyClick(edit, Qt.Key.Key_F8)
    assert preferences.voice.talk_key == "F8" and edit.text() == "F8"
    assert not talk_key.window.paused and talk_key.window.key.name == "F8"
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Space)
    strike(edit, Qt.Key.Key_Control)
    strike(edit, Qt.Key.Key_Alt, CTRL)
    strike(edit, Qt.Key.Key_Space, CTRL | ALT)
    assert preferences.voice.talk_key == "Ctrl+Alt+Space"


def test_the_right_ctrl_by_itself(qtbot, page, preferences, talk_key):
    preferences.set_voice("talk_key", "F8")
    edit, native = page.key.key, keys_native("Right Ctrl")
    qtbot.mouseClick(edit, LEFT)
    strike(edit, Qt.Key.Key_Control, native=native)
    assert preferences.voice.talk_key == "F8"  # it may become a combination
    strike(edit, Qt.Key.Key_Control, CTRL, QEvent.Type.KeyRelease, native)
    assert preferences.voice.talk_key == "Right Ctrl"


def keys_native(name):
    place = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "x11")
    return getattr(CODES[name], place)


@pytest.mark.parametrize(
    ("key", "modifiers", "words"),
    [
        (Qt.Key.Key_A, NONE, "A is needed for writing."),
        (Qt.Key.Key_Tab, NONE, "Tab is needed for writing."),
        (Qt.Key.Key_N, CTRL, "Ctrl+N already means “New conversation” in Parley."),
        (Qt.Key.Key_VolumeUp, NONE, "Parley has no name for this key."),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_place(qtbot, page, preferences, key, modifiers, words):
    qtbot.mouseClick(page.key.key, LEFT)
    qtbot.keyClick(page.key.key, key, modifiers)
    assert preferences.voice.talk_key == "Right Ctrl"
    assert page.key.key.text() == "Right Ctrl"
    assert page.key.choose.problem.isVisible()
    assert page.key.choose.problem.text().startswith(words)


def test_esc_keeps_the_key(qtbot, page, preferences):
    qtbot.mouseClick(page.key.key, LEFT)
    with qtbot.assertNotEmitted(page.left):
        qtbot.keyClick(page.key.key, Qt.Key.Key_Escape)
    assert page.key.key.text() == "Right Ctrl"
    qtbot.mouseClick(page.key.key, LEFT)
    page.back.setFocus()
    assert page.key.key.text() == "Right Ctrl"


def test_where_the_key_works_is_said_with_the_command(qtbot, page, voicing, preferences, system):
    assert any("works only in Parley's window" in text for text in texts(page))
    assert voicing.command.endswith(" talk") and voicing.command in texts(page)
    qtbot.mouseClick(page.key.copy, LEFT)
    assert QGuiApplication.clipboard().text() == voicing.command
    assert not page.key.ask.isVisible()
    system.say(False, "It would ask you.", must_ask=True)
    assert "It would ask you." in texts(page)
    qtbot.mouseClick(page.key.ask, LEFT)
    assert preferences.voice.agreed_key == "yes"
    qtbot.mouseClick(page.key.anywhere, LEFT)
    assert preferences.settings.talk_anywhere is False
    assert any("as you chose" in text for text in texts(page))


# Models that hear, and voices


def buttons(section):
    return {one.use.accessibleName(): one.use for one in rows(section)}


def rows(section):
    return [one for one in section.card.findChildren(SourceRow) if one.isVisible()]


def test_a_speech_model_that_is_there_is_found_and_used(
    qtbot, page, voicing, preferences, tmp_path
):
    folder = whisper_folder(tmp_path / "models/whisper-tiny")
    voicing.look()
    qtbot.waitUntil(lambda: "Use whisper-tiny" in buttons(page.ears))
    qtbot.mouseClick(buttons(page.ears)["Use whisper-tiny"], LEFT)
    qtbot.waitUntil(lambda: preferences.voice.ears == str(folder))
    qtbot.waitUntil(lambda: "In use" in texts(page.ears))


def test_a_folder_without_one_says_why(qtbot, page, voicing, preferences, tmp_path):
    voicing.use_ears(str(tmp_path))
    qtbot.waitUntil(page.ears.problem.isVisible)
    assert "cannot be used as a speech model" in page.ears.problem.text()
    assert preferences.voice.ears == "" and not page.voices.problem.isVisible()


def test_a_broken_one_cannot_be_taken(qtbot, page, voicing, tmp_path):
    folder = whisper_folder(tmp_path / "models/broken")
    (folder / "tokenizer.json").unlink()
    voicing.look()
    qtbot.waitUntil(lambda: "Use broken" in buttons(page.ears))
    assert not buttons(page.ears)["Use broken"].isEnabled()
    assert any("it has no tokenizer.json" in text for text in texts(page))


def test_a_voice_is_used_and_one_that_went_is_said(qtbot, page, voicing, preferences, tmp_path):
    file = voice_file(tmp_path / "models")
    voicing.look()
    qtbot.waitUntil(lambda: len(rows(page.voices)) == 2)
    qtbot.mouseClick(rows(page.voices)[1].use, LEFT)
    qtbot.waitUntil(lambda: preferences.voice.voice == str(file))
    file.unlink()
    voicing.look()
    qtbot.waitUntil(lambda: "It is not there any more." in texts(page.voices))
    qtbot.mouseClick(buttons(page.voices)["Use espeak-ng"], LEFT)
    assert preferences.voice.voice == ""


def test_the_voice_says_a_sentence(qtbot, page, microphone, sample_link, preferences):
    preferences.set("speed", 1.5)
    qtbot.mouseClick(page.sample, LEFT)
    assert sample_link.opened[-1][0] == "espeak"
    assert sample_link.requests == [Speak(SENTENCES["en"], 1.5)]
    assert page.sample.text() == "Stop"
    sample_link.answer(Pcm(TONE, 22_050), Done())
    speech, pcm, rate = microphone.played[-1]
    assert (pcm, rate) == (TONE, 22_050)
    microphone.finished.emit(speech)
    assert page.sample.text() == "Hear it"
    qtbot.mouseClick(page.sample, LEFT)
    sample_link.answer(Failed("It is hoarse.", "Choose another one."))
    assert "It is hoarse. Choose another one." in texts(page)


def test_what_is_dropped_on_the_window_is_offered(
    qtbot, window, voicing, arrivals, preferences, tmp_path
):
    arrivals.voice_given.connect(voicing.offer)
    file, folder = voice_file(tmp_path / "some"), whisper_folder(tmp_path / "whisper-base")
    window.page.composer.take([file])
    qtbot.mouseClick(window.page.notices.action, LEFT)
    qtbot.waitUntil(lambda: preferences.voice.voice == str(file))
    assert window.pages.currentWidget().accessibleName() == "Voice"
    window.pages.open_chat()
    window.page.composer.take([folder])
    qtbot.mouseClick(window.page.notices.action, LEFT)
    qtbot.waitUntil(lambda: preferences.voice.ears == str(folder))


def test_settings_of_talking_and_speaking_are_here(qtbot, page, preferences, tmp_path):
    switch = page.talking.row("send_spoken").control.switch
    qtbot.mouseClick(switch, LEFT)
    assert preferences.settings.send_spoken is False
    assert page.speaking.row("speed").isVisibleTo(page)
    form = page.engines["espeak"]
    form.row("language").control.chosen.emit("German")
    kept = json.loads((tmp_path / "settings.json").read_text())
    assert kept["engines"]["espeak"]["language"] == "German"
