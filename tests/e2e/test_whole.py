"""The whole program: the window, the store on disk, real engine processes, keys and clicks."""

import hashlib
import os
import signal

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app import paths
from app.parts import STARTER
from app.settings import Chosen, Settings, save
from engines.messages import Done
from tests.data import tiny_models
from tests.data.asking import WAIT, say, wait_for_answer

SAYS = ["Hello", " from", " this", " **scripted**", " model.\n\n", "- it", " counts\n", "- two"]


@pytest.fixture
def scripted(tmp_path):
    return tiny_models.scripted(tmp_path / "scripted.gguf", SAYS)


@pytest.fixture
def endless(tmp_path):
    """Says tick and tock, for a minute or so."""
    path = tmp_path / "endless.gguf"
    chosen = Chosen(Settings(longest_answer=131072), {"llama_cpp": {"context": 131072}})
    (tmp_path / "data/config").mkdir(parents=True)
    save(chosen, tmp_path / "data/config/settings.json")
    return tiny_models.scripted(path, ["tick", "tock "], context=131072, forever=True)


def test_a_question_is_answered_and_is_there_after_a_restart(qtbot, start, scripted):
    parts, window = start(scripted)
    say(qtbot, window, "hello")
    assert wait_for_answer(qtbot, parts).text == "".join(SAYS)
    key = parts.chat.turns[-1].key
    digest = hashlib.sha256(scripted.read_bytes()).hexdigest()
    qtbot.waitUntil(lambda: digest in dict(parts.chat.details(key)).values(), timeout=WAIT)
    again, _ = start()
    assert [c.title for c in again.history.conversations] == ["hello"]
    again.history.open(again.history.conversations[0].id)
    assert again.chat.turns[-1].text == "".join(SAYS)
    assert digest in dict(again.chat.details(key)).values()


def test_the_starter_is_what_answers_without_a_model(qtbot, start):
    parts, window = start()
    say(qtbot, window, "What is 17 times 24?")
    turn = wait_for_answer(qtbot, parts)
    assert turn.tools and turn.tools[0].name == "calculator" and turn.tools[0].result == "408"
    assert "408" in turn.text
    digest = hashlib.sha256(paths.resource(STARTER).read_bytes()).hexdigest()
    qtbot.waitUntil(lambda: digest in dict(parts.chat.details(turn.key)).values(), timeout=WAIT)


def test_escape_stops_at_once_and_the_next_question_is_answered(qtbot, start, endless):
    parts, window = start(endless)
    say(qtbot, window, "go on")
    qtbot.waitUntil(lambda: len(parts.chat.turns) == 2 and parts.chat.turns[-1].text != "")
    qtbot.waitUntil(lambda: "tock" in parts.chat.copy_text(parts.chat.turns[-1].key), timeout=WAIT)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not parts.chat.busy and parts.chat.turns[-1].status == "stopped"
    pid = parts.llm.pid
    parts.preferences.set("longest_answer", 16)
    say(qtbot, window, "again")
    turn = wait_for_answer(qtbot, parts, 4)
    assert turn.status == "length" and "tick" in turn.text and parts.llm.pid == pid


def test_a_killed_engine_is_an_event_and_not_the_end(qtbot, start, endless):
    parts, window = start(endless)
    say(qtbot, window, "go on")
    qtbot.waitUntil(lambda: len(parts.chat.turns) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: parts.chat.copy_text(parts.chat.turns[-1].key) != "", timeout=WAIT)
    os.kill(parts.llm.pid, signal.SIGKILL)
    turn = wait_for_answer(qtbot, parts)
    assert turn.status == "failed" and turn.text and turn.error.message and turn.error.hint
    parts.preferences.set("longest_answer", 16)
    parts.chat.regenerate(turn.key)
    qtbot.waitUntil(lambda: parts.chat.turns[-1].key != turn.key, timeout=WAIT)
    assert wait_for_answer(qtbot, parts).status == "length"


def drop(window, file):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    where = window.shell.rect().center()
    entry = QPointF(where) if qVersion() >= "6.12" else where
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window.shell, QDragEnterEvent(entry, copy, data, left, none))
    QApplication.sendEvent(window.shell, QDropEvent(QPointF(where), copy, data, left, none))


def test_a_dropped_model_is_opened_and_a_broken_one_refused(qtbot, start, scripted, tmp_path):
    parts, window = start()
    drop(window, scripted)
    qtbot.waitUntil(lambda: not parts.models.is_starter and parts.models.ready, timeout=WAIT)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(scripted.read_bytes()[:-64])
    with qtbot.waitSignal(parts.models.notice, timeout=WAIT) as notice:
        drop(window, broken)
    assert "broken.gguf" in notice.args[0].message and notice.args[0].hint
    qtbot.waitUntil(lambda: parts.models.ready, timeout=WAIT)
    assert parts.preferences.model == str(scripted)


def test_asking_for_a_title_keeps_what_the_model_has_read(qtbot, start, tmp_path):
    answer = ["Two ", "rivers ", "meet ", "here."]
    model = tiny_models.scripted(tmp_path / "rivers.gguf", answer, template=tiny_models.TOOLS_FIRST)
    parts, window = start(model)
    parts.preferences.set("instructions", "Be brief.")
    read = []
    parts.llm.event.connect(
        lambda job, event: read.append(event.usage) if job and isinstance(event, Done) else None
    )
    say(qtbot, window, "Where am I?")
    wait_for_answer(qtbot, parts)
    qtbot.waitUntil(lambda: any(one.prompt_tokens > read[0].prompt_tokens for one in read[1:]))
    title = read[-1]
    question = max(read[:-1], key=lambda usage: usage.output_tokens)
    assert question.prompt_tokens > 1000  # the tools are in it
    assert title.cached_tokens >= question.prompt_tokens - 20
