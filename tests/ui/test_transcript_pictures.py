"""Pictures of tools stand in the answer; they are opened, saved and copied."""

import struct
import zlib
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget

from app.controllers.shown import ShownPicture, ShownTool
from app.views.theme import DARK
from app.views.transcript.picture_files import PictureFiles
from app.views.transcript.pictures import PictureBox, fit, on_paper, read
from app.views.transcript.view import Transcript
from tests.ui.appearing import appear
from tests.ui.transcripts import answer, boxes_in_view, click, control, conversation, hover, user

BLUE = QColor("#2040c0")


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    appear(qtbot, transcript)
    return transcript


@pytest.fixture
def blue(tmp_path):
    return stored(tmp_path / "9f2c41aa", 1200, 800)


def stored(path, width, height):
    """A blue picture as the store keeps it: a PNG file without a suffix."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(BLUE)
    assert image.save(str(path), "PNG")
    return ShownPicture(str(path), width, height, "sin x")


def drawn(key, *pictures, text="Here it is.", **more):
    return answer(
        key, text, tools=(ShownTool("plot", "sin x", "drawn", pictures=pictures),), **more
    )


def picture_in_view(transcript):
    return next(s for s in transcript.stack.shown if isinstance(s.box, PictureBox))


def see(qtbot, transcript):
    transcript.grab()
    qtbot.waitUntil(lambda: not transcript.pending.busy, timeout=60_000)
    return transcript.grab().toImage()


def middle(transcript):
    shown = picture_in_view(transcript)
    return shown.box.area.center() + QPoint(transcript.column.x(), shown.y)


def test_a_picture_is_shown_without_unfolding(qtbot, transcript, blue):
    transcript.set_turns([user(1, "plot it"), drawn(2, blue)])
    assert see(qtbot, transcript).pixelColor(middle(transcript)) == BLUE


@pytest.mark.parametrize(
    ("size", "width", "shown"),
    [
        ((1200, 800), 760, (630, 420)),
        ((1200, 800), 300, (300, 200)),
        ((200, 100), 760, (200, 100)),
        ((0, 0), 760, (1, 1)),
        ((10_000, 10), 500, (500, 1)),
    ],
)
def test_a_picture_fits_the_column_and_is_never_blown_up(size, width, shown):
    assert fit(ShownPicture("x", *size), width).toTuple() == shown


def test_nothing_moves_when_a_picture_is_decoded(qtbot, transcript, blue):
    transcript.set_turns([*conversation(6), drawn(7, blue)])
    before, total = boxes_in_view(transcript), transcript.stack.maximum
    see(qtbot, transcript)
    assert (boxes_in_view(transcript), transcript.stack.maximum) == (before, total)
    transcript.settle()
    assert (boxes_in_view(transcript), transcript.stack.maximum) == (before, total)


def test_pictures_are_decoded_only_in_view_and_beside_the_gui_thread(qtbot, transcript, blue):
    transcript.set_turns([drawn(1, blue), *conversation(60)[2:]])
    transcript.grab()
    assert not transcript.pending.pictures.busy
    QTest.keyClick(transcript, Qt.Key.Key_Home)
    transcript.grab()
    assert transcript.pending.pictures.busy  # it is asked for, and not waited for
    qtbot.waitUntil(lambda: not transcript.pending.busy, timeout=60_000)


def test_a_picture_is_sharp_on_a_dense_screen(blue):
    made = on_paper(read(blue.path, QSize(1000, 600)), 2.0)
    assert made.size().toTuple() == (1000, 600)
    assert made.pixelColor(3, 3).alpha() == 0, "the corner is round"
    assert made.pixelColor(500, 300) == BLUE


def test_a_see_through_picture_lies_on_white_paper():
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    assert on_paper(image, 1.0).pixelColor(20, 20) == QColor("white")


def test_only_png_files_are_decoded(tmp_path):
    (tmp_path / "a").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    assert read(str(tmp_path / "a")).isNull()
    image = QImage(9, 9, QImage.Format.Format_RGB32)
    image.save(str(tmp_path / "b"), "BMP")
    assert read(str(tmp_path / "b")).isNull()


def test_a_file_that_says_it_is_huge_is_not_decoded(tmp_path):
    header = b"\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0"
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    (tmp_path / "huge").write_bytes(data + struct.pack(">I", zlib.crc32(chunk)))
    assert read(str(tmp_path / "huge")).isNull()


def test_a_lost_file_has_words_in_its_place(qtbot, transcript, blue, tmp_path):
    lost = ShownPicture(str(tmp_path / "none"), 600, 400)
    transcript.set_turns([user(1, "plot it"), drawn(2, lost)])
    height = picture_in_view(transcript).box.height
    waiting = transcript.grab().toImage()
    after = see(qtbot, transcript)
    assert picture_in_view(transcript).box.height == height == 400
    place = QRect(middle(transcript) - QPoint(120, 15), middle(transcript) + QPoint(120, 15))
    assert after.copy(place) != waiting.copy(place), "there are words now"


def test_the_box_stays_the_same_while_the_answer_grows(qtbot, transcript, blue):
    transcript.set_turns([user(1, "go"), drawn(2, blue, text="", status="streaming")])
    before = picture_in_view(transcript).box
    transcript.add_text("This is **it**.")
    transcript.flush()
    assert picture_in_view(transcript).box is before


def test_a_click_opens_and_the_small_buttons_copy_and_save(qtbot, transcript, blue):
    for turns in ([user(1, "plot it"), drawn(2, blue)], [], [user(1, "plot it"), drawn(2, blue)]):
        transcript.set_turns(turns)  # the second time with handles that were something else
        see(qtbot, transcript)
    with qtbot.waitSignal(transcript.picture_opened) as asked:
        click(transcript, "open_picture")
    assert asked.args == [blue.path]
    with qtbot.assertNotEmitted(transcript.picture_opened):
        with qtbot.waitSignal(transcript.picture_copy_asked) as asked:
            click(transcript, "copy_picture")
        assert asked.args == [blue.path]
        with qtbot.waitSignal(transcript.picture_save_asked) as asked:
            click(transcript, "save_picture")
        assert asked.args == [blue.path, "sin x"]


def test_a_tiny_picture_has_its_buttons_beside_it(qtbot, transcript, tmp_path):
    transcript.set_turns([user(1, "plot it"), drawn(2, stored(tmp_path / "a", 20, 10))])
    with qtbot.waitSignal(transcript.picture_copy_asked):
        click(transcript, "copy_picture")


def test_the_keyboard_opens_saves_and_copies(qtbot, transcript, blue):
    transcript.set_turns([user(1, "plot it"), drawn(2, blue)])
    transcript.setFocus()
    hover(transcript, control(transcript, "open_picture"))
    for name, signal in (
        ("fold_tool", None),
        ("open_picture", transcript.picture_opened),
        ("copy_picture", transcript.picture_copy_asked),
        ("save_picture", transcript.picture_save_asked),
    ):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused.objectName() == name and focused.accessibleName()
        if signal:
            with qtbot.waitSignal(signal):
                QTest.keyClick(focused, Qt.Key.Key_Return)


def test_the_menu_over_a_picture_has_all_three(qtbot, transcript, blue):
    transcript.set_turns([user(1, "plot it"), drawn(2, blue)])
    point = middle(transcript)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, point, transcript.viewport().mapToGlobal(point)
    )
    QApplication.sendEvent(transcript.viewport(), event)
    menu = transcript.findChild(QMenu)
    actions = {action.text(): action for action in menu.actions()}
    for words, signal in (
        ("Open the picture", transcript.picture_opened),
        ("Save the picture as…", transcript.picture_save_asked),
        ("Copy the picture", transcript.picture_copy_asked),
    ):
        with qtbot.waitSignal(signal):
            actions[words].trigger()
    menu.close()


def test_pictures_are_shown_in_the_dark_and_at_any_width(qtbot, transcript, blue):
    transcript.set_theme(DARK)
    transcript.resize(300, 700)
    transcript.set_turns([user(1, "plot it"), drawn(2, blue)])
    assert see(qtbot, transcript).pixelColor(middle(transcript)) == BLUE
    assert picture_in_view(transcript).box.area.width() <= transcript.column.width()


# what becomes of the file


@pytest.fixture
def files(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    return PictureFiles(page)


def save(qtbot, files, picture, target):
    """Choose target in the dialog; the dialog, which may still be asking."""
    files.save(picture.path, picture.title)
    dialog = files.parent().findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("sin x.png")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.selectFile(str(target))
    return dialog


def test_a_picture_is_saved_with_a_suffix(qtbot, files, blue, tmp_path):
    dialog = save(qtbot, files, blue, tmp_path / "curve")
    with qtbot.waitSignal(files.notice, timeout=60_000) as told:
        dialog.accept()
    assert told.args[0].message == "Picture saved."
    assert read(str(tmp_path / "curve.png")).pixelColor(9, 9) == BLUE


def test_a_file_is_not_written_over_before_the_person_agrees(qtbot, files, blue, tmp_path):
    target = tmp_path / "mine.png"
    target.write_text("mine")
    dialog = save(qtbot, files, blue, target)
    asked = []

    def refuse():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        box.button(QMessageBox.StandardButton.No).click()

    QTimer.singleShot(0, refuse)
    dialog.accept()
    assert asked and target.read_text() == "mine"
    dialog.close()


def test_a_folder_that_cannot_be_written_is_said(qtbot, files, blue, tmp_path):
    with qtbot.waitSignal(files.notice, timeout=60_000) as told:
        files._save_as(blue.path, str(tmp_path / "no" / "x.png"))
    assert told.args[0].kind == "error" and told.args[0].hint


def test_a_picture_is_copied(qtbot, files, blue):
    with qtbot.waitSignal(files.notice, timeout=60_000) as told:
        files.copy(blue.path)
    assert told.args[0].message == "Picture copied."
    assert QGuiApplication.clipboard().image().pixelColor(5, 5) == BLUE


def test_copying_a_lost_picture_says_so(qtbot, files, tmp_path):
    with qtbot.waitSignal(files.notice, timeout=60_000) as told:
        files.copy(str(tmp_path / "none"))
    assert told.args[0].kind == "error"


def test_a_copy_with_a_suffix_is_opened_and_goes_with_the_program(qtbot, files, blue, monkeypatch):
    opened = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    files.open(blue.path)
    qtbot.waitUntil(lambda: bool(opened), timeout=60_000)
    path = opened[0].toLocalFile()
    assert path.endswith("9f2c41aa.png") and path != blue.path
    assert read(path).pixelColor(5, 5) == BLUE
    shiboken6.delete(files)
    assert not Path(path).parent.exists()
