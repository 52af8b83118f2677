"""What every way to a picture of the screen is, and which one this session has."""

import os
import sys
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.background import Background
from app.controllers.shown import Notice

OWN_KEY = "Take it with your desktop's own key, and paste it into the message."


class Screenshot(QObject):
    """take() ends with taken, failed, or, when the person thinks better of it, left."""

    taken = Signal(object)  # bytes of a picture file, or a QImage
    failed = Signal(object)  # Notice
    left = Signal()

    def take(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """At the end of the program."""

    def fail(self, words: str, hint: str = OWN_KEY) -> None:
        self.failed.emit(Notice(words, hint, kind="error"))


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
    from app.screenshot.region import RegionScreenshot

    return RegionScreenshot(parent)
