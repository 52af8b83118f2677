"""A picture of the screen through the desktop's portal, the only way there is on Wayland.

The desktop shows its own tool, in which the person chooses what of the screen it is.
"""

import itertools
import os
from pathlib import Path
from typing import Any

from jeepney import DBusAddress
from PySide6.QtCore import QObject, QUrl, Slot

from app.background import Background, Task
from app.hotkeys.bus import Bus
from app.hotkeys.portal import MISSING, PATH, REFUSED, REQUEST, SERVICE
from app.screenshot.system import Screenshot

SCREENSHOT = "org.freedesktop.portal.Screenshot"
LARGEST = 60 * 1024 * 1024  # bytes of the file it gives
NONE_HERE = "This desktop takes no pictures of the screen for programs."
FAILED = "Your desktop could not take a picture of the screen."
UNREADABLE = "The picture your desktop took could not be read."


class PortalScreenshot(Screenshot):
    def __init__(self, bus: Bus, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus, self._background = bus, background
        bus.setParent(self)
        bus.ready.connect(self._on_ready)
        bus.heard.connect(self._on_heard)
        bus.lost.connect(self._on_lost)
        self._connected = False
        self._numbers = itertools.count(1)
        self._waits = ""  # path of the request that is not answered yet; "-" before it has one

    def take(self) -> None:
        if self._waits:
            return  # the desktop's tool is open already
        self._waits = "-"
        if self._connected:
            self._ask()
        else:
            self._bus.connect_to()

    def stop(self) -> None:
        self._waits = ""
        self._bus.close()

    @Slot()
    def _on_ready(self) -> None:
        self._connected = True
        watched = "org.freedesktop.DBus"
        self._bus.listen(watched, watched, about=SERVICE)
        self._bus.listen(SERVICE, REQUEST)
        if self._waits:
            self._ask()

    def _ask(self) -> None:
        token = f"parley_shot_{os.getpid()}_{next(self._numbers)}"
        sender = self._bus.name.lstrip(":").replace(".", "_")
        self._waits = f"{PATH}/request/{sender}/{token}"
        options = {"handle_token": ("s", token), "interactive": ("b", True)}
        address = DBusAddress(PATH, SERVICE, SCREENSHOT)
        self._bus.call(address, "Screenshot", "sa{sv}", ("", options), self._replied)

    def _replied(self, reply: tuple[Any, ...] | None, error: str) -> None:
        if not self._waits:
            return
        if reply is None:
            missing = error.rpartition(".")[2] in MISSING
            self._end(NONE_HERE if missing else FAILED)
        else:
            self._waits = reply[0]  # older portals name it themselves

    @Slot(str, str, object)
    def _on_heard(self, name: str, path: str, body: tuple[Any, ...]) -> None:
        if name == f"{REQUEST}.Response" and path == self._waits:
            self._on_response(*body)
        gone = name == "org.freedesktop.DBus.NameOwnerChanged" and body[0] == SERVICE
        if gone and not body[2] and self._waits:
            self._end(FAILED)

    def _on_response(self, code: int, results: dict[str, Any]) -> None:
        self._waits = ""
        url = QUrl(results.get("uri", ("s", ""))[1])
        if code == REFUSED:
            self.left.emit()
        elif code or not url.isLocalFile():
            self.fail(FAILED)
        else:
            file = Path(url.toLocalFile())
            self._background.run(lambda task: _whole(file, task), self.taken.emit, self._unreadable)

    def _unreadable(self, error: Exception) -> None:
        self.fail(UNREADABLE)

    @Slot()
    def _on_lost(self) -> None:
        self._connected = False
        if self._waits:
            self._end(NONE_HERE)

    def _end(self, words: str) -> None:
        self._waits = ""
        self.fail(words)


def _whole(file: Path, _task: Task) -> bytes:
    """The desktop's file stays where the desktop keeps it."""
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    if not data or len(data) > LARGEST:
        raise OSError(f"{len(data)} bytes")
    return data
