"""A person at the window: types a question, waits for the answer."""

from PySide6.QtCore import Qt

from tests.ui.transcripts import click

WAIT = 60_000  # ms


def say(qtbot, window, text):
    qtbot.keyClicks(window.page.composer.edit, text)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Return)


def wait_for_answer(qtbot, parts, count=2):
    def finished():
        turns = parts.chat.turns
        return len(turns) >= count and not parts.chat.busy and turns[-1].role == "assistant"

    qtbot.waitUntil(finished, timeout=WAIT)
    return parts.chat.turns[-1]


def asked(qtbot, parts):
    """The question of a tool, when it is there."""
    qtbot.waitUntil(lambda: parts.consent.question is not None, timeout=WAIT)
    return parts.consent.question


def choose(qtbot, window, parts, choice):
    """Click the button of a choice in the answer."""
    place = [name for name, _ in asked(qtbot, parts).choices].index(choice)
    transcript = window.page.transcript

    def clicked():
        try:
            click(transcript, "answer", number=place)
        except IndexError:  # not drawn yet
            return False
        return parts.consent.question is None

    qtbot.waitUntil(clicked, timeout=WAIT)
