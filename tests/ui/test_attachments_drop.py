"""Dropping on the window: what it says while something is over it, and where it goes."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.attached import Attached, picture

COPY, LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def attaching(qapp):
    return Attached()


@pytest.fixture
def taken(arrivals, monkeypatch):
    seen = []
    monkeypatch.setattr(arrivals, "take", seen.extend)
    return seen


def mime_of(*files):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    return mime


def over(target, mime):
    spot = QPointF(50, 20) if qVersion() >= "6.12" else QPoint(50, 20)
    event = QDragEnterEvent(spot, COPY, mime, LEFT, NONE)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def drop(target, mime):
    QApplication.sendEvent(target, QDropEvent(QPointF(50, 20), COPY, mime, LEFT, NONE))


def test_a_picture_over_the_window_is_invited(window, taken, tmp_path):
    mime = mime_of(tmp_path / "photo.png")
    assert over(window.shell, mime)
    assert window.shell.veil.words == "Drop to add to your message"
    assert window.shell.veil.geometry() == window.shell.rect()
    drop(window.shell, mime)
    assert taken == [str(tmp_path / "photo.png")] and not window.shell.veil.isVisible()


@pytest.mark.parametrize(("name", "word"), [("bear.gguf", "model"), ("amy.onnx", "voice")])
def test_models_and_voices_are_invited_as_what_they_are(window, tmp_path, name, word):
    over(window.shell, mime_of(tmp_path / name))
    assert word in window.shell.veil.words


def test_it_goes_when_the_mouse_does(window, tmp_path):
    over(window.shell, mime_of(tmp_path / "photo.png"))
    QApplication.sendEvent(window.shell, QDragLeaveEvent())
    assert not window.shell.veil.isVisible()


def test_over_the_message_files_are_for_the_window_and_words_for_the_message(window, tmp_path):
    room = window.page.composer.edit.viewport()
    over(room, mime_of(tmp_path / "photo.png"))
    assert window.shell.veil.isVisible()
    QApplication.sendEvent(window.shell, QDragLeaveEvent())
    words = QMimeData()
    words.setText("some words")
    assert over(room, words) and not window.shell.veil.isVisible()


def test_words_over_the_rest_of_the_window_are_not_taken(window):
    words = QMimeData()
    words.setText("some words")
    assert not over(window.shell, words)


def test_a_picture_without_a_file_is_taken(qtbot, window, attaching):
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(0xFF2040C0)
    mime = QMimeData()
    mime.setImageData(image)
    assert over(window.shell, mime)
    drop(window.shell, mime)
    qtbot.waitUntil(lambda: bool(attaching.asked))
    verb, data, name = attaching.asked[0]
    assert (verb, name) == ("take_picture", "Dropped picture")
    assert QImage.fromData(data) == image


def test_a_picture_of_a_page_comes_as_picture_not_as_its_address(window, attaching):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/boat.png")])
    mime.setData("image/png", b"\x89PNG of that page")
    assert over(window.shell, mime)
    drop(window.shell, mime)
    assert attaching.asked == [("take_picture", b"\x89PNG of that page", "Dropped picture")]


def test_whoever_drops_on_another_page_sees_the_message(window, taken, tmp_path):
    window.pages.open_preferences()
    mime = mime_of(tmp_path / "photo.png")
    over(window.shell, mime)
    drop(window.shell, mime)
    assert window.pages.on_chat


def test_it_appears_at_once_under_reduced_motion(window, monkeypatch, tmp_path):
    monkeypatch.setattr("app.views.controls.Switch.moves", False)
    over(window.shell, mime_of(tmp_path / "photo.png"))
    assert window.shell.veil.property("shown") == 1.0


def test_a_paste_while_the_conversation_has_the_keyboard_is_for_the_message(window, attaching):
    attaching.show(picture("1"))
    mime = QMimeData()
    mime.setData("image/png", b"\x89PNG")
    QGuiApplication.clipboard().setMimeData(mime)
    window.page.head.finder.setFocus()
    QTest.keySequence(window.page.head.finder, QKeySequence.StandardKey.Paste)
    assert attaching.asked == [("take_picture", b"\x89PNG", "Pasted picture")]
    assert window.page.composer.edit.hasFocus()
    QGuiApplication.clipboard().clear()
