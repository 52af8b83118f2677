"""Pictures of the screen: a region drawn over it, and the portal, played by a stand-in."""

import shutil
import sys

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.screenshot.region import BLANK, RegionScreenshot, Shot, cut
from app.screenshot.system import OWN_KEY
from app.screenshot.ways import screenshot
from tests.ui.attached import Attached

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
RED, BLUE = QColor("#c02020"), QColor("#2040c0")
needs_bus = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("dbus-daemon"), reason="no bus to start here"
)


@pytest.fixture
def attaching(qapp):
    return Attached()


def screen(geometry, color, ratio=1.0):
    wide, tall = round(geometry.width() * ratio), round(geometry.height() * ratio)
    picture = QImage(wide, tall, QImage.Format.Format_RGB32)
    picture.fill(color)
    picture.setDevicePixelRatio(ratio)
    return Shot(geometry, picture)


@pytest.fixture
def two(qapp):
    """A screen, and a twice as dense one to its right."""
    left = screen(QRect(0, 0, 400, 300), RED)
    return [left, screen(QRect(400, 0, 300, 300), BLUE, 2.0)]


class Seen:
    def __init__(self, source):
        self.taken, self.failed, self.left = [], [], 0
        source.taken.connect(self.taken.append)
        source.failed.connect(self.failed.append)
        source.left.connect(self._count)

    def _count(self):
        self.left += 1


@pytest.fixture
def region(qtbot, background, two):
    made = RegionScreenshot(background, look=lambda: two)
    yield made
    made.stop()


def test_a_region_on_one_screen_has_its_pixels(two):
    picture = cut(two, QRect(500, 100, 50, 40))
    assert (picture.width(), picture.height()) == (100, 80)
    assert picture.pixelColor(50, 40) == BLUE


def test_a_region_over_both_screens_is_put_together(two):
    picture = cut(two, QRect(350, 100, 100, 50))
    assert (picture.width(), picture.height()) == (200, 100)
    assert picture.pixelColor(40, 50) == RED and picture.pixelColor(160, 50) == BLUE


def test_a_region_on_no_screen_is_empty(two):
    assert cut(two, QRect(5000, 0, 10, 10)).isNull()


def test_what_is_drawn_is_taken(qtbot, region):
    seen = Seen(region)
    region.take()
    assert len(region.sheets) == 2
    first = region.sheets[0]
    QTest.mousePress(first, LEFT, NONE, QPoint(100, 50))
    QTest.mouseMove(first, QPoint(200, 150))
    QTest.mouseRelease(first, LEFT, NONE, QPoint(420, 150))  # on the other screen
    assert not region.sheets
    qtbot.waitUntil(lambda: bool(seen.taken))
    (picture,) = seen.taken
    assert picture.width() == pytest.approx(321 * 2, abs=2)
    assert picture.pixelColor(20, 20) == RED
    assert picture.pixelColor(picture.width() - 4, 20) == BLUE


def test_a_click_is_no_region_and_enter_takes_the_screen(qtbot, region):
    seen = Seen(region)
    region.take()
    qtbot.mouseClick(region.sheets[0], LEFT, NONE, QPoint(100, 50))
    assert not seen.taken and region.sheets
    qtbot.keyClick(region.sheets[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(seen.taken))
    assert (seen.taken[0].width(), seen.taken[0].height()) == (400, 300)


def test_esc_leaves_everything_as_it_was(qtbot, region):
    seen = Seen(region)
    region.take()
    qtbot.keyClick(region.sheets[1], Qt.Key.Key_Escape)
    assert seen.left == 1 and not seen.taken and not region.sheets
    region.take()
    assert len(region.sheets) == 2


def test_a_screen_nobody_may_see_is_told(qtbot, background):
    source = RegionScreenshot(background, look=list)
    seen = Seen(source)
    source.take()
    assert seen.failed[0].message == BLANK and seen.failed[0].hint == OWN_KEY


def test_the_region_is_lighter_than_the_rest(qtbot, region):
    region.take()
    sheet = region.sheets[0]
    QTest.mousePress(sheet, LEFT, NONE, QPoint(20, 20))
    QTest.mouseMove(sheet, QPoint(200, 150))
    picture = sheet.grab().toImage()
    assert picture.pixelColor(100, 100) == RED
    assert picture.pixelColor(300, 250).red() < RED.red()


def test_from_the_button_to_the_chip(qtbot, window, attaching):
    """The real screen, through the window's own button."""
    qtbot.mouseClick(window.page.composer.screenshot, LEFT)
    sheets = window.page.composer.giving._screenshot.sheets
    assert sheets
    qtbot.keyClick(sheets[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(attaching.asked))
    verb, data, name = attaching.asked[0]
    assert (verb, name) == ("take_picture", "Screenshot")
    assert QImage.fromData(data, "PNG").size() == window.screen().size()
    assert window.page.composer.edit.hasFocus()


# the portal

if sys.platform == "linux":
    from tests.ui.test_portal_key import address, bus, desktop  # noqa: F401  # fixtures


@pytest.fixture
def file(tmp_path, monkeypatch):
    made = tmp_path / "Screenshot 1.png"
    made.write_bytes(b"\x89PNG and what the desktop wrote")
    monkeypatch.setenv("PORTAL_PICTURE", QUrl.fromLocalFile(str(made)).toString())
    return made


@pytest.fixture
def portal(address, background):  # noqa: F811
    environ = {"XDG_SESSION_TYPE": "wayland", "DBUS_SESSION_BUS_ADDRESS": address}
    from app.hotkeys.bus import Bus
    from app.screenshot.portal import PortalScreenshot

    made = PortalScreenshot(Bus(environ["DBUS_SESSION_BUS_ADDRESS"], background), background)
    yield made
    made.stop()


@needs_bus
@pytest.mark.parametrize("manner", ["kind", "odd"])
def test_the_desktops_tool_gives_its_file(qtbot, portal, desktop, file, manner):  # noqa: F811
    seen = Seen(portal)
    desktop(manner)
    portal.take()
    portal.take()  # a second press while its tool is open
    qtbot.waitUntil(lambda: bool(seen.taken or seen.failed), timeout=60_000)
    assert seen.taken == [file.read_bytes()]
    portal.take()
    qtbot.waitUntil(lambda: len(seen.taken) == 2, timeout=60_000)


@needs_bus
def test_who_closes_the_desktops_tool_is_not_told_of_a_fault(
    qtbot,
    portal,
    desktop,
    file,  # noqa: F811
):
    seen = Seen(portal)
    desktop("refuses")
    portal.take()
    # what a Response of 1 says
    qtbot.waitUntil(lambda: bool(seen.left or seen.failed), timeout=60_000)
    assert seen.left == 1 and not seen.failed


@needs_bus
@pytest.mark.parametrize("manner", ["fails", "without"])
def test_a_desktop_that_cannot_is_told_with_the_way_out(
    qtbot,
    portal,
    desktop,
    file,
    manner,  # noqa: F811
):
    seen = Seen(portal)
    desktop(manner)
    portal.take()
    qtbot.waitUntil(lambda: bool(seen.failed), timeout=60_000)
    assert seen.failed[0].hint == OWN_KEY and not seen.taken


@needs_bus
def test_a_file_that_is_gone_is_told(qtbot, portal, desktop, file):  # noqa: F811
    seen = Seen(portal)
    desktop("kind")
    file.unlink()
    portal.take()
    qtbot.waitUntil(lambda: bool(seen.failed), timeout=60_000)
    assert "could not be read" in seen.failed[0].message


@needs_bus
def test_without_a_bus_it_says_so(qtbot, background, tmp_path):
    from app.hotkeys.bus import Bus
    from app.screenshot.portal import PortalScreenshot

    portal = PortalScreenshot(Bus(f"unix:path={tmp_path}/none", background), background)
    seen = Seen(portal)
    portal.take()
    qtbot.waitUntil(lambda: bool(seen.failed), timeout=60_000)
    assert seen.failed[0].hint == OWN_KEY


def test_the_way_follows_the_session(qapp, background):
    assert type(screenshot(background, {})).__name__ == "RegionScreenshot"
