"""What goes with the message: chips above it, by mouse and keyboard, and the ways to it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from app.controllers.attaching import NOT_READ
from app.controllers.shown import ShownAttachment
from app.views.composer import ONCE_READY, Composer
from tests.ui.appearing import appear
from tests.ui.attached import Attached, picture, preview
from tests.ui.test_composer import LEFT, asked, say, settle

KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def attaching(qapp):
    return Attached()


@pytest.fixture
def composer(qtbot, light, chat, arrivals, attaching, talk, preferences):
    composer = Composer(chat, arrivals, attaching, talk, preferences)
    composer.resize(820, 240)
    qtbot.addWidget(composer)
    appear(qtbot, composer)
    composer.edit.setFocus()
    yield composer
    QGuiApplication.clipboard().clear()  # what was put there from Python must not outlive Python


@pytest.fixture
def jpeg(tmp_path):
    return preview(tmp_path / "3fa1")


def names(composer):
    return [chip.shown.name for chip in composer.chips.chips()]


def paste(composer, mime):
    QGuiApplication.clipboard().setMimeData(mime)
    composer.edit.paste()


def test_a_chip_shows_its_thumbnail(qtbot, composer, attaching, jpeg):
    attaching.show(picture("1", jpeg))
    assert composer.chips.isVisible()
    chip = composer.chips.chips()[0]

    def thumbnail():
        color = chip.grab().toImage().pixelColor(22, 30)  # inside the red disc of the picture
        assert color.red() > 180 and color.green() < 120

    qtbot.waitUntil(lambda: not composer.chips._pictures.busy)
    qtbot.waitUntil(lambda: thumbnail() is None)


def test_without_anything_attached_there_is_no_strip(composer, attaching, jpeg):
    assert not composer.chips.isVisible()
    attaching.show(picture("1", jpeg))
    attaching.show()
    assert not composer.chips.isVisible()


def test_a_chip_tells_a_screen_reader_what_it_is_and_that_it_is_ready(composer, attaching, jpeg):
    attaching.show(picture("1", jpeg, state="looking", words="Being looked at…"))
    chip = composer.chips.chips()[0]
    assert chip.accessibleName() == "Picture: harbour.jpg. Being looked at…."
    attaching.show(picture("1", jpeg))
    assert chip.accessibleName() == "Picture: harbour.jpg. 1,920 × 1,200. Ready."
    assert chip.cross.accessibleName() == "Remove harbour.jpg"


def test_the_cross_removes(qtbot, composer, attaching, jpeg):
    attaching.show(picture("1", jpeg), picture("2", jpeg, "boat.png"))
    qtbot.mouseClick(composer.chips.chips()[0].cross, LEFT)
    assert attaching.asked == [("remove", "1")] and names(composer) == ["boat.png"]


def test_tab_reaches_the_chips_and_del_removes_one_after_the_other(
    qtbot, composer, attaching, jpeg
):
    attaching.show(picture("1", jpeg), picture("2", jpeg, "boat.png"))
    for _ in range(3):  # cross and chip of the second, cross of the first
        qtbot.keyClick(composer.focusWidget(), KEY.Key_Tab, SHIFT)
    qtbot.keyClick(composer.focusWidget(), KEY.Key_Tab, SHIFT)
    assert composer.focusWidget() is composer.chips.chips()[0]
    qtbot.keyClick(composer.focusWidget(), KEY.Key_Right)
    assert composer.focusWidget() is composer.chips.chips()[1]
    qtbot.keyClick(composer.focusWidget(), KEY.Key_Delete)
    assert names(composer) == ["harbour.jpg"]
    assert composer.focusWidget() is composer.chips.chips()[0]
    qtbot.keyClick(composer.focusWidget(), KEY.Key_Delete)
    assert composer.focusWidget() is composer.edit


def test_enter_and_a_click_open_it(qtbot, composer, attaching, jpeg):
    opened = []
    composer.chips.opened.connect(opened.append)
    attaching.show(picture("7", jpeg))
    chip = composer.chips.chips()[0]
    chip.setFocus()
    qtbot.keyClick(chip, KEY.Key_Return)
    qtbot.mouseClick(chip, LEFT)
    assert opened == ["7", "7"]


def test_what_failed_says_why_and_can_be_tried_again(qtbot, composer, attaching):
    words, hint = "This is not a picture.", "Choose another file."
    attaching.show(picture("1", state="failed", words=words, hint=hint))
    chip = composer.chips.chips()[0]
    assert words in chip.accessibleName() and hint in chip.accessibleName()
    qtbot.mouseClick(chip.again, LEFT)
    assert attaching.asked == [("retry", "1")]


def test_many_chips_scroll_and_leave_the_message_where_it_was(composer, attaching, jpeg):
    attaching.show(*(picture(str(n), jpeg, f"photo {n}.jpg") for n in range(40)))
    assert composer.chips.height() < 180
    assert composer.chips.verticalScrollBar().maximum() > 0
    composer.chips.chips()[-1].setFocus()
    assert composer.chips.verticalScrollBar().value() > 0


def test_nothing_turns_under_reduced_motion(composer, attaching, preferences, monkeypatch):
    attaching.show(picture("1", state="reading"))
    assert composer.chips._turning.isActive()
    monkeypatch.setattr("app.views.controls.Switch.moves", False)
    attaching.changed.emit()
    assert not composer.chips._turning.isActive()


# sending


def test_send_waits_until_everything_is_ready(qtbot, composer, attaching, llm, jpeg):
    attaching.show(picture("1", jpeg, state="looking"))
    say(qtbot, composer, "what is this?")
    assert composer.edit.text() == "what is this?" and not asked(llm)
    attaching.show(picture("1", jpeg))
    settle(qtbot, llm)
    assert composer.edit.text() == ""


def test_words_that_were_changed_meanwhile_wait_for_the_person(
    qtbot, composer, attaching, llm, jpeg
):
    attaching.show(picture("1", jpeg, state="looking"))
    say(qtbot, composer, "what is this")
    qtbot.keyClicks(composer.edit, " thing")
    attaching.show(picture("1", jpeg))
    assert composer.edit.text() == "what is this thing" and not asked(llm)


def test_what_could_not_be_read_is_not_left_out_silently(qtbot, composer, attaching, llm):
    said = []
    composer.notice.connect(said.append)
    attaching.show(picture("1", state="failed", words="This is not a picture."))
    say(qtbot, composer, "what is this?")
    assert said[0].message == "harbour.jpg: This is not a picture." and said[0].hint == NOT_READ
    assert not asked(llm) and composer.edit.text() == "what is this?"


def test_the_round_button_sends_a_picture_without_words(composer, attaching, jpeg):
    attaching.show(picture("1", jpeg))
    assert composer.send.property("tone") == "on"


# the ways to it


def test_pixels_on_the_clipboard_become_a_png(qtbot, composer, attaching):
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(0xFF2040C0)
    mime = QMimeData()
    mime.setImageData(image)
    paste(composer, mime)
    qtbot.waitUntil(lambda: bool(attaching.asked))
    _, data, name = attaching.asked[0]
    assert name == "Pasted picture" and QImage.fromData(data, "PNG") == image


def test_a_picture_file_on_the_clipboard_is_handed_on_as_it_is(composer, attaching):
    broken = b"\x89PNG\r\n\x1a\n and whatever follows"  # nothing here may decode it
    mime = QMimeData()
    mime.setData("image/png", broken)
    paste(composer, mime)
    assert attaching.asked == [("take_picture", broken, "Pasted picture")]


def test_words_come_before_their_picture(composer, attaching):
    mime = QMimeData()
    mime.setText("cells of a table")
    mime.setData("image/png", b"\x89PNG")
    paste(composer, mime)
    assert composer.edit.text() == "cells of a table" and not attaching.asked


def test_a_great_picture_is_packed_beside_the_gui_thread(qtbot, composer, attaching):
    image = QImage(6000, 4000, QImage.Format.Format_RGB32)
    image.fill(0xFFABCDEF)
    mime = QMimeData()
    mime.setImageData(image)
    paste(composer, mime)
    assert not attaching.asked  # it goes on before the picture is packed
    qtbot.waitUntil(lambda: bool(attaching.asked), timeout=60_000)


def test_files_are_pasted_and_chosen(qtbot, composer, arrivals, monkeypatch, tmp_path):
    taken = []
    monkeypatch.setattr(arrivals, "take", taken.append)
    file = tmp_path / "photo.png"
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    paste(composer, mime)
    qtbot.mouseClick(composer.attach, LEFT)
    dialog = composer.findChild(QFileDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert any("Pictures" in one and "*.heic" in one for one in dialog.nameFilters())
    dialog.filesSelected.emit([str(file)])
    dialog.reject()
    assert [[Path(one) for one in some] for some in taken] == [[file], [file]]


def test_a_film_and_a_document_have_signs_of_their_own(qtbot, composer, attaching):
    film = ShownAttachment("1", "film", "goal.mp4", words="0:42 · 8 frames")
    paper = ShownAttachment("2", "document", "terms.pdf", words="12 pages")
    attaching.show(film, paper)
    first, second = (chip.grab().toImage() for chip in composer.chips.chips())
    assert first.copy(6, 6, 48, 48) != second.copy(6, 6, 48, 48)


def test_in_the_window_the_chips_stand_right_before_the_message(qtbot, window, attaching, jpeg):
    attaching.show(picture("1", jpeg), picture("2", jpeg, "boat.png"))
    edit, chips = window.page.composer.edit, window.page.composer.chips.chips()
    qtbot.keyClick(edit, KEY.Key_Tab, SHIFT)
    assert window.focusWidget() is chips[1].cross
    chips[0].setFocus()
    for _ in range(4):  # to its cross, to the other chip and its cross, to the message
        qtbot.keyClick(window.focusWidget(), KEY.Key_Tab)
    assert window.focusWidget() is edit


def test_what_waits_says_so_until_it_goes_and_stays_in_its_conversation(
    qtbot, composer, attaching, chat, llm, jpeg
):
    attaching.show(picture("1", jpeg, state="looking"))
    qtbot.keyClick(composer.edit, KEY.Key_Return)
    composer._told.timeout.emit()  # the time a passing word is shown is over
    composer._told.stop()
    assert composer.state.text() == ONCE_READY
    chat.new()
    attaching.show(picture("2", jpeg))  # of the other conversation
    assert not asked(llm) and composer.state.text() == ""
