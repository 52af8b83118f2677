"""A picture through the real window: dropped, asked about, asked about again after a restart.

The model is the echo, which says what it was shown; everything else is what a person uses.
"""

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.views.transcript.found import SEEN, TITLE
from tests.ui.transcripts import click

PICTURES = Path(__file__).parents[2] / "tests/data/eyes/pictures"
WAIT = 120_000  # ms: programs that look at pictures take their time to start


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, spot = Qt.DropAction.CopyAction, QPointF(500, 300)
    held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enters = spot if qVersion() >= "6.12" else spot.toPoint()
    QApplication.sendEvent(window.shell, QDragEnterEvent(enters, action, mime, *held))
    QApplication.sendEvent(window.shell, QDropEvent(spot, action, mime, *held))


def picture(path, size=(320, 200), colour="red"):
    Image.new("RGB", size, colour).save(path)
    return path


def ready(qtbot, parts):
    def settled():
        return [one.state for one in parts.attaching.shown()] == ["ready"]

    qtbot.waitUntil(settled, timeout=WAIT)


def ask(qtbot, parts, window, words):
    """Type words, press Enter, and wait for the answer."""
    before = len(parts.chat.turns)
    qtbot.keyClicks(window.page.composer.edit, words)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: len(parts.chat.turns) >= before + 2 and not parts.chat.busy, timeout=WAIT
    )
    return parts.chat.turns[-1]


def test_drop_a_picture_ask_and_ask_again_also_after_a_restart(qtbot, start, tmp_path):
    parts, window = start(echo=True)
    drop(window, picture(tmp_path / "dog.png"))
    first = ask(qtbot, parts, window, "What is this?")  # sent before it is ready: it waits
    assert first.text.strip() == "I see 1 picture: 320 x 200. What is this?"
    assert "again" in ask(qtbot, parts, window, "And again?").text
    told = dict(parts.chat.details(first.key))
    assert told["Pictures seen"] == "1"
    conversation = parts.chat.conversation
    drop(window, picture(tmp_path / "cat.jpg", (100, 80), "green"))
    qtbot.waitUntil(
        lambda: [one.state for one in parts.attaching.shown()] == ["ready"], timeout=WAIT
    )
    (tmp_path / "cat.jpg").unlink()
    parts, window = start(echo=True)
    parts.chat.open(conversation)
    assert [one.name for one in parts.chat.turns[0].attachments] == ["dog.png"]
    qtbot.waitUntil(
        lambda: [one.state for one in parts.attaching.shown()] == ["ready"], timeout=WAIT
    )
    third = ask(qtbot, parts, window, "Which is larger?")
    assert (
        third.text.strip()
        == "I see 2 pictures: 320 x 200, 100 x 80. Picture 2, cat.jpg: Which is larger?"
    )
    assert third.status == "done" and parts.attaching.shown() == []


def test_a_model_with_a_short_memory_is_shown_them_again(qtbot, start, tmp_path):
    parts, window = start(echo=True)
    assert not parts.preferences.set_engine("remembers", 1)
    qtbot.waitUntil(lambda: parts.models.ready, timeout=WAIT)
    drop(window, picture(tmp_path / "one.png"))
    ask(qtbot, parts, window, "One?")
    drop(window, picture(tmp_path / "two.png", (64, 64)))
    turn = ask(qtbot, parts, window, "Two?")
    assert "so many pictures" in turn.error.message
    assert not parts.preferences.set_engine("remembers", 2)
    qtbot.waitUntil(lambda: parts.models.ready, timeout=WAIT)
    turn = ask(qtbot, parts, window, "Three?")
    assert turn.text.strip().startswith("I see 2 pictures: 320 x 200, 64 x 64.")


def test_a_picture_is_pasted_and_sent_without_words(qtbot, start, tmp_path):
    parts, window = start(echo=True)
    file = io.BytesIO()
    Image.new("RGB", (50, 40), "blue").save(file, "PNG")
    parts.attaching.take_picture(file.getvalue(), "Pasted picture")
    turn = ask(qtbot, parts, window, "")
    assert turn.text.strip() == "I see 1 picture: 50 x 40."
    assert parts.chat.title == "Pasted picture"


def test_a_model_that_does_not_see_answers_from_what_programs_found(qtbot, start, tmp_path):
    parts, window = start(echo=True)
    assert not parts.preferences.set_engine("sees", False)
    qtbot.waitUntil(lambda: parts.models.ready, timeout=WAIT)
    drop(window, picture(tmp_path / "dog.png"))
    turn = ask(qtbot, parts, window, "What is this?")
    assert "dog.png, 320 × 200, which you cannot see." in turn.text
    assert "Found in the picture by programs" in parts.chat.turns[0].attachments[0].found


def test_the_starter_says_what_is_written_in_a_picture(qtbot, start, tmp_path):
    """Programs read it while the person types; the model is asked about all the rest."""
    parts, window = start()
    drop(window, PICTURES / "14-word.png")
    first = ask(qtbot, parts, window, "Which word is shown here?")
    assert first.text == 'It says "garden".' and first.status == "done"
    words = "Is it the word hotel?"
    assert ask(qtbot, parts, window, words).text == 'No, it says "garden".'
    for asked in ("What colour are the letters?", "What is the background colour?"):
        last = ask(qtbot, parts, window, asked)
        assert last.text and "garden" not in last.text
    told = dict(parts.chat.details(last.key))  # the picture is not read once more
    assert int(told["of them already in memory"]) >= int(told["Tokens of the pictures"]) > 0
    transcript = window.page.transcript
    transcript.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: folded(transcript) == f"{TITLE}. {SEEN}, folded", timeout=WAIT)
    click(transcript, "fold_found")
    transcript.select_all()
    assert "Text in it:" in transcript.selected_text()
    assert "“garden”" in transcript.selected_text()


def folded(transcript):
    controls = (one for shown in transcript.stack.shown for one in shown.box.controls())
    return next((one.words for one in controls if one.name == "fold_found"), "")
