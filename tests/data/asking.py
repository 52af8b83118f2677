"""A person at the window: types a question, waits for the answer."""

from PySide6.QtCore import Qt

WAIT = 20_000  # ms


def say(qtbot, window, text):
    qtbot.keyClicks(window.page.composer.edit, text)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Return)


def wait_for_answer(qtbot, parts, count=2):
    def finished():
        turns = parts.chat.turns
        return len(turns) >= count and not parts.chat.busy and turns[-1].role == "assistant"

    qtbot.waitUntil(finished, timeout=WAIT)
    return parts.chat.turns[-1]
