"""Notifications on the desktop, outside the window."""

import itertools
import sys
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

PORTAL = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
INTERFACE, METHOD = "org.freedesktop.portal.Notification", "AddNotification"
SHOWN_MS = 20_000


class Notifications(QObject):
    """Through the desktop's portal where there is one, else from an icon beside the clock.

    The portal, because org.freedesktop.Notifications wants an unsigned number, which QtDBus
    cannot send from Python.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._numbers = itertools.count(1)
        self._tray: QSystemTrayIcon | None = None
        self._answers: set[QObject] = set()

    @Slot(str, str)
    def show(self, title: str, text: str) -> None:
        QApplication.alert(self._window)
        if not (sys.platform == "linux" and self._by_portal(title, text)):
            self._by_tray(title, text)

    def _by_portal(self, title: str, text: str) -> bool:
        """False where there is no bus; what the portal refuses is shown by the tray later."""
        with suppress(ImportError):
            from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

            bus = QDBusConnection.sessionBus()
            if not bus.isConnected():
                return False
            message = QDBusMessage.createMethodCall(*PORTAL, INTERFACE, METHOD)
            about = {"title": title, "body": text, "priority": "high"}
            message.setArguments([f"reminder-{next(self._numbers)}", about])
            answer = QDBusPendingCallWatcher(bus.asyncCall(message), self)
            self._answers.add(answer)
            answer.finished.connect(partial(self._on_answer, answer, title, text))
            return True
        return False

    def _on_answer(self, answer: QObject, title: str, text: str) -> None:
        self._answers.discard(answer)
        if answer.isError():  # type: ignore[attr-defined]
            self._by_tray(title, text)
        answer.deleteLater()

    def _by_tray(self, title: str, text: str) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.setToolTip("Parley")
            self._tray.messageClicked.connect(self._window.activateWindow)
        self._tray.show()
        self._tray.showMessage(title, text, self._window.windowIcon(), SHOWN_MS)
        QTimer.singleShot(SHOWN_MS, self._tray.hide)
