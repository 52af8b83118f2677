"""A model writes Python: the person is asked, sees the code, and then the picture."""

import json

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from app.views.transcript.pictures import PictureBox
from engines import jail
from tests.data import tiny_models
from tests.data.asking import WAIT, say, wait_for_answer
from tests.e2e.test_formats import HERMES
from tests.ui.transcripts import click

CODE = "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()\nprint(6 * 7)"


def scripted(tmp_path, name, **arguments):
    call = json.dumps({"name": name, "arguments": arguments})
    chunks = ["<tool_call>", call, "</tool_call>"]
    then = ("\t", ["Here", " it is."])
    file = tmp_path / "model.gguf"
    return tiny_models.scripted(file, chunks, template=HERMES, context=32768, then=then)


def picture_boxes(window):
    shown = window.page.transcript.stack.shown
    return [each.box for each in shown if isinstance(each.box, PictureBox)]


@pytest.mark.skipif(not all(jail.probe()), reason="this system has no jail")
def test_the_person_is_asked_and_the_picture_is_in_the_answer(qtbot, start, tmp_path):
    parts, window = start(scripted(tmp_path, "run_python", code=CODE))
    transcript = window.page.transcript
    say(qtbot, window, "plot the squares")
    qtbot.waitUntil(lambda: parts.consent.question is not None, timeout=WAIT)
    assert parts.consent.question.what == CODE  # all of it, before anything runs
    assert parts.homes["python"].pid is None
    qtbot.waitUntil(lambda: transcript.stack.shown != [], timeout=WAIT)
    QTest.qWait(50)
    click(transcript, "answer", number=0)
    turn = wait_for_answer(qtbot, parts)
    (tool,) = turn.tools
    assert (tool.name, tool.code, tool.error) == ("run_python", CODE, False)
    assert tool.result == "42\nA picture is shown." and turn.text == "Here it is."
    (picture,) = tool.pictures
    image = QImage(picture.path)
    assert (image.width(), image.height()) == (picture.width, picture.height) == (1280, 800)
    qtbot.waitUntil(lambda: len(picture_boxes(window)) == 1, timeout=WAIT)
    click(transcript, "fold_tool")
    transcript.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: "copy_code" in names(transcript), timeout=WAIT)
    click(transcript, "copy_code")
    assert QGuiApplication.clipboard().text().strip() == CODE


def names(transcript):
    return [each.name for shown in transcript.stack.shown for each in shown.box.controls()]


def test_a_no_is_told_to_the_model_and_nothing_is_started(qtbot, start, tmp_path):
    parts, window = start(scripted(tmp_path, "run_python", code=CODE))
    if not all(jail.probe()):
        assert "run_python" in parts.toolbox.unusable
        return
    say(qtbot, window, "plot the squares")
    qtbot.waitUntil(lambda: parts.consent.question is not None, timeout=WAIT)
    parts.consent.answer(parts.consent.question.key, "never")
    (tool,) = wait_for_answer(qtbot, parts).tools
    assert tool.error and not tool.pictures and parts.homes["python"].pid is None


def test_a_curve_is_drawn_without_a_question(qtbot, start, tmp_path):
    parts, window = start(scripted(tmp_path, "plot", expression="sin x", start=0, end=10))
    say(qtbot, window, "plot sin x from 0 to 10")
    (tool,) = wait_for_answer(qtbot, parts).tools
    assert tool.result == "Plotted sin x from 0 to 10." and parts.consent.question is None
    (picture,) = tool.pictures
    assert picture.title == "sin x" and QImage(picture.path).width() == picture.width
    qtbot.waitUntil(lambda: len(picture_boxes(window)) == 1, timeout=WAIT)
