"""The viewer: turning, zooming, and the box around the part that is asked about."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.controllers.shown import ShownAttachment
from tests.ui.attached import Attached, picture, preview
from tests.ui.transcripts import user

KEY, LEFT, NONE = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def attaching(qapp):
    return Attached()


@pytest.fixture
def jpeg(tmp_path):
    return preview(tmp_path / "3fa1", 1600, 1000)


@pytest.fixture
def looking(qtbot, window, jpeg):
    """Three pictures of a turn, the first in the viewer."""
    several = tuple(picture(str(n), jpeg, f"{n}.jpg") for n in range(3))
    window.page.transcript.set_turns([user(7, "Which?", attachments=several)])
    window.page.looking.open_turn(7, "0")
    qtbot.waitUntil(lambda: not window.page.looking.viewer.stage.busy)
    yield window.page.looking
    QGuiApplication.clipboard().clear()


@pytest.fixture
def viewer(looking):
    return looking.viewer


def at(stage, x, y):
    """A place of the picture, in shares, on the stage."""
    area = stage.area
    return QPoint(round(area.left() + x * area.width()), round(area.top() + y * area.height()))


def draw(stage, start, end):
    QTest.mousePress(stage, LEFT, NONE, start)
    QTest.mouseMove(stage, (start + end) / 2)
    QTest.mouseMove(stage, end)
    QTest.mouseRelease(stage, LEFT, NONE, end)


def near(found, expected):
    return found is not None and all(
        abs(a - b) < 0.01 for a, b in zip(found, expected, strict=True)
    )


def wheel(stage, spot, turned):
    event = QWheelEvent(
        QPointF(spot), QPointF(stage.mapToGlobal(spot)), QPoint(), QPoint(0, turned),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stage, event)


def test_it_covers_the_window_and_esc_brings_the_keyboard_back(qtbot, window, attaching, jpeg):
    attaching.show(picture("9", jpeg))
    chip = window.page.composer.chips.chips()[0]
    chip.setFocus()
    qtbot.keyClick(chip, KEY.Key_Return)
    viewer = window.page.looking.viewer
    assert viewer.isVisible() and viewer.geometry() == window.rect()
    assert viewer.stage.hasFocus() and viewer.shown.key == "9"
    qtbot.keyClick(viewer.stage, KEY.Key_Escape)
    assert not viewer.isVisible() and chip.hasFocus()


def test_it_paints_the_preview(qtbot, viewer):
    viewer.stage.grab()
    qtbot.waitUntil(lambda: not viewer.stage._fitting.busy)
    color = viewer.stage.grab().toImage().pixelColor(at(viewer.stage, 0.35, 0.5))
    assert color.red() > 180 and color.green() < 120  # the disc of the picture


def test_arrows_turn_to_the_other_pictures_and_stop_at_the_ends(qtbot, viewer):
    qtbot.keyClick(viewer.stage, KEY.Key_Left)
    assert viewer.shown.key == "0" and not viewer.earlier.isEnabled()
    qtbot.keyClick(viewer.stage, KEY.Key_Right)
    qtbot.mouseClick(viewer.later, LEFT)
    assert viewer.shown.key == "2" and not viewer.later.isEnabled()
    qtbot.mouseClick(viewer.strip, LEFT, NONE, viewer.strip.area(1).center().toPoint())
    assert viewer.shown.key == "1"


def test_a_drawn_box_becomes_a_question(qtbot, viewer, attaching, window):
    stage = viewer.stage
    draw(stage, at(stage, 0.25, 0.2), at(stage, 0.75, 0.6))
    qtbot.mouseClick(viewer.ask, LEFT)
    verb, turn, place, part = attaching.asked[0]
    assert (verb, turn, place) == ("ask_about", 7, "0") and near(part, (0.25, 0.2, 0.75, 0.6))
    assert not viewer.isVisible() and window.page.composer.edit.hasFocus()


def test_a_part_of_a_picture_in_the_message(qtbot, window, attaching, jpeg):
    attaching.show(picture("9", jpeg))
    qtbot.mouseClick(window.page.composer.chips.chips()[0], LEFT)
    viewer = window.page.looking.viewer
    qtbot.waitUntil(lambda: not viewer.stage.busy)
    draw(viewer.stage, at(viewer.stage, 0.9, 0.9), at(viewer.stage, 0.5, 0.5))
    qtbot.keyClick(viewer.stage, KEY.Key_Return)
    verb, key, part = attaching.asked[0]
    assert (verb, key) == ("box", "9") and near(part, (0.5, 0.5, 0.9, 0.9))


def test_a_box_drawn_beyond_the_edge_ends_at_it(viewer):
    stage = viewer.stage
    draw(stage, at(stage, 0.5, 0.5), QPoint(stage.width() - 1, stage.height() - 1))
    assert near(stage.part, (0.5, 0.5, 1.0, 1.0))


def test_a_click_is_no_box_and_drops_the_one_there_is(qtbot, viewer):
    stage = viewer.stage
    draw(stage, at(stage, 0.25, 0.2), at(stage, 0.5, 0.6))
    assert stage.part
    qtbot.mouseClick(stage, LEFT, NONE, at(stage, 0.8, 0.8))
    assert stage.part is None and viewer.isVisible()
    qtbot.mouseClick(stage, LEFT, NONE, at(stage, 0.8, 0.8))
    assert stage.part is None


def test_the_box_is_moved_and_pulled_by_a_corner(viewer):
    stage = viewer.stage
    draw(stage, at(stage, 0.2, 0.2), at(stage, 0.4, 0.4))
    draw(stage, at(stage, 0.3, 0.3), at(stage, 0.5, 0.4))
    assert near(stage.part, (0.4, 0.3, 0.6, 0.5))
    draw(stage, at(stage, 0.6, 0.5), at(stage, 0.9, 0.9))
    assert near(stage.part, (0.4, 0.3, 0.9, 0.9))
    draw(stage, at(stage, 0.4, 0.9), at(stage, 0.1, 0.5))  # the lower left one
    assert near(stage.part, (0.1, 0.3, 0.9, 0.5))


def test_a_box_by_the_keyboard_alone(qtbot, viewer, attaching):
    stage = viewer.stage
    qtbot.keyClick(stage, KEY.Key_B)
    assert near(stage.part, (0.25, 0.25, 0.75, 0.75))
    qtbot.keyClick(stage, KEY.Key_Right)
    left, top, right, bottom = stage.part
    assert left > 0.25 and abs(right - left - 0.5) < 0.01 and top == pytest.approx(0.25, abs=0.01)
    qtbot.keyClick(stage, KEY.Key_Down, SHIFT)
    assert stage.part[3] > bottom and stage.part[1] == pytest.approx(top, abs=0.01)
    for _ in range(200):
        qtbot.keyClick(stage, KEY.Key_Right)
    assert stage.part[2] == pytest.approx(1.0)
    qtbot.keyClick(stage, KEY.Key_Escape)
    assert stage.part is None and viewer.isVisible()
    qtbot.keyClick(stage, KEY.Key_B)
    qtbot.keyClick(stage, KEY.Key_Return)
    assert attaching.asked[0][0] == "ask_about"


def test_the_wheel_zooms_where_the_mouse_is(viewer):
    stage = viewer.stage
    wheel(stage, at(stage, 0.5, 0.5), 240)  # now it is larger than the window
    spot, before = at(stage, 0.4, 0.45), stage.zoom
    for _ in range(5):
        wheel(stage, spot, 120)
    assert stage.zoom > 2 * before
    away = at(stage, 0.4, 0.45) - spot
    assert away.manhattanLength() <= 3
    for _ in range(20):
        wheel(stage, spot, -120)
    assert stage.zoom == 1.0


def test_zooming_has_an_end_and_the_picture_no_way_out(qtbot, viewer):
    stage = viewer.stage
    for _ in range(60):
        qtbot.keyClick(stage, KEY.Key_Plus)
    most = stage.zoom
    qtbot.keyClick(stage, KEY.Key_Plus)
    assert stage.zoom == most
    for _ in range(400):
        qtbot.keyClick(stage, KEY.Key_Left)
    assert stage.area.left() == pytest.approx(0.0)
    qtbot.keyClick(stage, KEY.Key_0)
    assert stage.zoom == 1.0


def test_zoomed_a_drag_moves_and_in_choosing_it_chooses(qtbot, viewer):
    stage = viewer.stage
    for _ in range(4):
        qtbot.keyClick(stage, KEY.Key_Plus)
    before, middle = stage.area, stage.rect().center()
    draw(stage, middle, middle + QPoint(60, 40))
    assert stage.part is None
    assert stage.area.left() == pytest.approx(before.left() + 60, abs=1)
    qtbot.mouseClick(viewer.choose, LEFT)
    draw(stage, middle, middle + QPoint(60, 40))
    left, _, right, _ = stage.part
    assert (right - left) * stage.area.width() == pytest.approx(60, abs=2)


def test_a_double_click_comes_closer_and_goes_back(qtbot, viewer):
    stage = viewer.stage
    QTest.mouseDClick(stage, LEFT, NONE, at(stage, 0.5, 0.5))
    assert stage.zoom > 1
    QTest.mouseDClick(stage, LEFT, NONE, at(stage, 0.5, 0.5))
    assert stage.zoom == 1.0


def test_tab_stays_inside(qtbot, viewer):
    for _ in range(30):
        qtbot.keyClick(viewer.window().focusWidget(), KEY.Key_Tab)
        assert viewer.isAncestorOf(viewer.window().focusWidget())


def test_it_copies_and_saves_as_the_file_is(qtbot, viewer, window, jpeg, tmp_path):
    qtbot.keyClick(viewer.stage, KEY.Key_C, CONTROL)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().width() == 1600
    qtbot.mouseClick(viewer.save, LEFT)
    dialog = window.page.findChild(QFileDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.defaultSuffix() == "jpg" and dialog.selectedFiles()[0].endswith("0.jpg")
    target = tmp_path / "saved.jpg"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    qtbot.waitUntil(target.exists)
    assert QImage(str(target)).width() == 1600


def test_a_document_without_a_picture_shows_what_is_known(qtbot, window, attaching):
    attaching.show(ShownAttachment("3", "document", "terms.pdf", words="12 pages"))
    window.page.composer.chips.chips()[0].click()
    viewer = window.page.looking.viewer
    assert not viewer.save.isEnabled() and "12 pages" in viewer.stage.accessibleName()
    draw(viewer.stage, at(viewer.stage, 0.2, 0.2), at(viewer.stage, 0.8, 0.8))
    qtbot.keyClick(viewer.stage, KEY.Key_B)
    assert viewer.stage.part is None


def test_what_is_said_in_a_film_can_be_written_down(qtbot, window, attaching):
    attaching.show(ShownAttachment("3", "film", "goal.mp4", words="8 pictures"))
    window.page.composer.chips.chips()[0].click()
    qtbot.mouseClick(window.page.looking.viewer.write_down, LEFT)
    assert attaching.asked == [("write_down", "3")]


def test_another_conversation_closes_it(viewer, chat):
    chat.new()
    assert not viewer.isVisible()


def test_it_follows_the_window(qtbot, viewer, window):
    stage = viewer.stage
    draw(stage, at(stage, 0.2, 0.2), at(stage, 0.4, 0.4))
    window.resize(800, 560)
    qtbot.waitUntil(lambda: viewer.geometry() == window.rect())
    assert near(stage.part, (0.2, 0.2, 0.4, 0.4))
    assert viewer.rect().contains(viewer._card.geometry().center())
