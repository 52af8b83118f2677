"""Which way to a picture of the screen this desktop has."""

import os
import sys
from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.background import Background
from app.screenshot.region import RegionScreenshot
from app.screenshot.system import Screenshot


def screenshot(
    background: Background, environ: Mapping[str, str] = os.environ, parent: QObject | None = None
) -> Screenshot:
    """Quick: nothing is asked yet."""
    platform = QGuiApplication.platformName()
    wayland = environ.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_DISPLAY" in environ
    if sys.platform == "linux" and (
        platform.startswith("wayland") or (wayland and platform == "xcb")
    ):
        from app.hotkeys.bus import Bus
        from app.screenshot.portal import PortalScreenshot

        address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
        return PortalScreenshot(Bus(address, background), background, parent)
    return RegionScreenshot(background, parent)
