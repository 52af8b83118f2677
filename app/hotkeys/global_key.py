"""The key in every program, by whichever way this system has."""

import os
import sys
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.background import Background
from app.hotkeys import keys
from app.hotkeys.system import BIND, SystemKey

ONLY_WINDOW = "On this system the key works only in Parley's window."
OFF = "The key works only in Parley's window, as you chose."


class NoSystemKey(SystemKey):
    """There is no way here that we know of."""

    def watch(self, key: keys.Key, agreed: bool) -> None:
        self.say(False, f"{ONLY_WINDOW} {BIND}")


class GlobalKey(QObject):
    """The same signals as a SystemKey."""

    pressed = Signal()
    over = Signal(str)
    changed = Signal()

    def __init__(self, system: SystemKey, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._system = system
        system.setParent(self)
        system.pressed.connect(self.pressed)
        system.over.connect(self.over)
        system.changed.connect(self.changed)
        self._on = False

    @property
    def words(self) -> str:
        """Does it work, and if not why, for people."""
        return self._system.words if self._on else OFF

    @property
    def works(self) -> bool:
        return self._on and self._system.works

    @property
    def must_ask(self) -> bool:
        """The system would ask the person first, who has not agreed to be asked."""
        return self._on and self._system.must_ask

    def set_key(self, name: str, on: bool, agreed: bool) -> None:
        """Take the key of this name from now on, or none; agreed as in SystemKey.watch."""
        key = keys.parse(name)
        self._on = on and key is not None
        if key is not None and on:
            self._system.watch(key, agreed)
        else:
            self._system.leave()
        self.changed.emit()

    def down(self, key: keys.Key) -> bool | None:
        return self._system.down(key)

    def set_front(self, front: bool) -> None:
        self._system.set_front(front)

    def stop(self) -> None:
        self._system.stop()


def system_key(background: Background, environ: Mapping[str, str] = os.environ) -> SystemKey:
    """The way this session has. Quick: nothing is asked that could keep us waiting."""
    platform = QGuiApplication.platformName()
    wayland = environ.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_DISPLAY" in environ
    if platform == "windows":
        from app.hotkeys.windows import WindowsKey

        return WindowsKey()
    if platform == "cocoa":
        from app.hotkeys.macos import MacKey

        return MacKey()
    if sys.platform == "linux" and (platform.startswith("wayland") or wayland):
        from app.hotkeys.bus import Bus
        from app.hotkeys.portal import PortalKey

        return PortalKey(Bus(environ.get("DBUS_SESSION_BUS_ADDRESS", ""), background))
    if platform == "xcb":
        from app.hotkeys.x11 import X11Key

        return X11Key()
    return NoSystemKey()
