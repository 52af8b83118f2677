"""A typed question, the starter's answer, and its voice at the loudspeaker: all of it real."""

from PySide6.QtCore import Qt

from tests.data import tone_voice
from tests.data.asking import WAIT, say, wait_for_answer


def test_the_starter_answers_aloud_and_escape_silences_it(qtbot, sound_server, start, tmp_path):
    parts, window = start()
    parts.preferences.set("speak_answers", "always")
    parts.preferences.set_voice("voice", str(tone_voice.build(tmp_path)))
    ear = sound_server.listen()
    say(qtbot, window, "What is 17 times 24?")
    answer = wait_for_answer(qtbot, parts)
    qtbot.waitUntil(lambda: parts.speak.speaking, timeout=WAIT)
    assert window.page.speak_bar.isVisible()
    qtbot.waitUntil(lambda: not parts.speak.speaking, timeout=WAIT)
    qtbot.wait(200)
    words = answer.text.replace("×", "times")
    decoys = [words, words.replace("408", "403"), "It is 17 degrees today.", "I cannot say that."]
    number, alike = tone_voice.which(ear.samples, ear.rate, decoys)
    assert number == 0 and alike > 0.8
    rows = dict(parts.chat.details(answer.key))
    assert float(rows["First sound after (s)"]) > 0 and rows["Voice"] == "tone"
    before = ear.seconds_heard()
    parts.speak.read_aloud(answer.key)
    qtbot.waitUntil(lambda: ear.seconds_heard() > before + 0.3, timeout=WAIT)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Escape)
    assert not parts.speak.speaking and parts.chat.turns[-1].heard == -1
    ear.stop()


def test_what_was_heard_is_remembered_when_parley_is_closed_in_mid_word(qtbot, sound_server, start):
    parts, window = start()
    parts.preferences.set("speak_answers", "always")
    marked = []
    parts.speak.word_spoken.connect(lambda *word: marked.append(word))
    say(qtbot, window, "What can you do?")
    answer = wait_for_answer(qtbot, parts)
    qtbot.waitUntil(lambda: len(marked) > 3, timeout=WAIT)
    conversation = parts.chat.conversation
    parts, window = start()
    parts.chat.open(conversation)
    turn = parts.chat.turns[-1]
    assert turn.text == answer.text and 0 < turn.heard < len(turn.text)
