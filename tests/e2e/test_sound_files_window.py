"""Sound files in the whole of Parley: dropped, written down, exported, and after a restart."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.controllers import transcribing
from tests.data import whisper_models
from tests.data.asking import WAIT
from tests.data.sound_page import (
    SAYS,
    drop,
    file_of,
    finished,
    lines,
    page_of,
    progressed,
    talk,
    whole,
)
from tests.data.sounds import encoded, wav

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pieces(monkeypatch):
    """Short pieces, so that a short file has several."""
    monkeypatch.setattr(transcribing, "PIECE", 6.0)
    monkeypatch.setattr(transcribing, "PAUSE", 4.0)


@pytest.fixture
def app(start):
    """A function that starts Parley with ears that hear SAYS whatever is said."""

    def app(says=SAYS):
        parts, window = start()
        parts.preferences.set_voice("ears", str(whisper_models.built(says)))
        return parts, window

    return app


def test_a_dropped_file_is_written_down_with_its_times_and_exported(qtbot, app, tmp_path, pieces):
    parts, window = app()
    sound = talk(3)
    drop(window, encoded(tmp_path / "a.mp3", sound, "A talk"))
    page = page_of(window)
    qtbot.waitUntil(lambda: page.panel.name.text() == "a.mp3", timeout=WAIT)
    finished(qtbot, parts, "a.mp3")
    assert page.panel.title.text() == "A talk"
    text = page.panel.text
    qtbot.waitUntil(lambda: SAYS in text.toPlainText(), timeout=WAIT)
    found = lines(qtbot, parts, "a.mp3")
    whole(found, len(sound) / 32_000)
    assert text.toPlainText().count(SAYS) == len(found)
    assert text.time_at(QPoint(5, text.seen()[0][1] + 3)) == found[0].start
    for form, suffix, begins in (
        *(("srt", "srt", "1\n00:00:0"), ("vtt", "vtt", "WEBVTT\n\n00:00:0")),
        *(("txt", "txt", SAYS), ("timed", "txt", f"[0:00] {SAYS}")),
    ):
        place = tmp_path / f"out.{suffix}"
        page.choose_place(form, suffix)
        dialog = page.findChild(QFileDialog)
        with qtbot.waitSignal(parts.sound_files.notice, timeout=WAIT) as told:
            dialog.fileSelected.emit(str(place))
        dialog.close()
        dialog.setParent(None)
        assert "Saved" in told.args[0].message
        assert place.read_text("utf-8").startswith(begins)
        assert place.read_text("utf-8").count(SAYS) == len(found)
        assert not list(tmp_path.glob(".out*"))
    qtbot.mouseClick(page.panel.copy, LEFT)
    copied = QGuiApplication.clipboard().text
    qtbot.waitUntil(lambda: copied().count(SAYS) == len(found), timeout=WAIT)
    qtbot.mouseClick(page.panel.ask, LEFT)
    edit = window.page.composer.edit
    qtbot.waitUntil(lambda: edit.text().startswith("a.mp3:\n```\n"), timeout=WAIT)
    assert window.pages.on_chat and SAYS in edit.text()


def test_after_a_restart_it_goes_on_where_it_was(qtbot, app, start, tmp_path, pieces):
    parts, window = app()
    sound = talk(4)
    drop(window, wav(tmp_path / "a.wav", sound))
    progressed(qtbot, parts, "a.wav", 0.2)
    before = lines(qtbot, parts, "a.wav")
    parts, window = start()
    one = file_of(parts, "a.wav")
    assert one.state == "stopped" and 0.2 <= one.share < 1
    window.pages.open_sound_files()
    page = page_of(window)
    qtbot.waitUntil(lambda: SAYS in page.panel.text.toPlainText(), timeout=WAIT)
    assert lines(qtbot, parts, "a.wav")[: len(before)] == before
    qtbot.mouseClick(page.panel.go, LEFT)
    parts.talk.state_changed.emit("listening")
    assert file_of(parts, "a.wav").state == "held"
    parts.talk.state_changed.emit("idle")
    finished(qtbot, parts, "a.wav")
    whole(lines(qtbot, parts, "a.wav"), len(sound) / 32_000)
