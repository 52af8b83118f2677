"""The key while a window of Parley has the keyboard."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

from app.hotkeys.keys import Key
from app.hotkeys.strokes import key_of, modifier_of, others_held
from app.hotkeys.system import CANCELLED, LOST, MOMENT, RELEASED, SHORTCUT

CHECK_MS = 250  # a hold whose release was lost ends after so long
Type = QEvent.Type
KEYS = (Type.KeyPress, Type.ShortcutOverride)
POINTER = (Type.MouseButtonPress, Type.Wheel)


class WindowKey(QObject):
    """Sees the key events of whichever window has the keyboard, before its widgets do.

    Only while the key is held it looks at every event, for what makes a shortcut of it.
    """

    pressed = Signal()
    over = Signal(str)  # how: see app/hotkeys/system.py

    def __init__(self, down: Callable[[Key], bool | None], parent: QObject | None = None) -> None:
        """down tells whether a key is really down, or None."""
        super().__init__(parent)
        self._down = down
        self.key: Key | None = None
        self.paused = False  # while the person chooses another key
        self._held: Key | None = None
        self._began = 0.0
        self._window: QWindow | None = None
        self._check = QTimer(self, interval=CHECK_MS)
        self._check.timeout.connect(self._look)
        qt = QGuiApplication.instance()
        assert isinstance(qt, QGuiApplication)
        self._qt = qt
        qt.focusWindowChanged.connect(self._on_window)
        self._on_window(qt.focusWindow())

    @property
    def held(self) -> bool:
        return self._held is not None

    @Slot(object)
    def _on_window(self, window: QWindow | None) -> None:
        self._end(LOST)
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window.destroyed.disconnect(self._forget)
        self._window = window
        if window is not None:
            window.installEventFilter(self)
            window.destroyed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._window = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window and kind == Type.KeyPress:
            return self._on_press(event)  # type: ignore[arg-type]
        if watched is self._window and kind == Type.KeyRelease:
            return self._on_release(event)  # type: ignore[arg-type]
        if self._held and (kind in KEYS or kind in POINTER):
            self._on_other(event)
        return False

    def _on_press(self, event: QKeyEvent) -> bool:
        """True takes the event away from the window."""
        if self.key is None or self.paused:
            return False
        if self._held is None:
            wanted = key_of(event) == self.key and not event.isAutoRepeat()
            if not wanted or (self.key.alone and others_held(event)):
                return False
            self._begin()
        elif not self._is_own(event):
            return self._on_other(event)
        return not self.key.alone

    def _on_release(self, event: QKeyEvent) -> bool:
        if self._held is None:
            return False
        own = self._is_own(event)
        repeats = event.isAutoRepeat() or (
            own and self._down(self._held)
        )  # Qt does not always know
        if not repeats and (own or modifier_of(event) in self._held.modifiers):
            self._end(RELEASED)
        return own

    def _is_own(self, event: QKeyEvent) -> bool:
        key = key_of(event)
        return key is not None and self._held is not None and key.code == self._held.code

    def _on_other(self, event: QEvent) -> bool:
        """Another key or button: a shortcut when it comes early, Esc at any time."""
        escape = False
        if isinstance(event, QKeyEvent):
            if event.isAutoRepeat() or self._is_own(event) or modifier_of(event):
                return False
            escape = event.key() == Qt.Key.Key_Escape
        if escape:
            self._end(CANCELLED)
        elif time.monotonic() - self._began < MOMENT:
            self._end(SHORTCUT)
        return escape

    def _begin(self) -> None:
        self._held, self._began = self.key, time.monotonic()
        self._qt.installEventFilter(self)
        self._check.start()
        self.pressed.emit()

    def _end(self, how: str) -> None:
        if self._held is None:
            return
        self._held = None
        self._check.stop()
        self._qt.removeEventFilter(self)
        self.over.emit(how)

    def end(self) -> None:
        """The hold is over, as when the key is changed."""
        self._end(LOST)

    def stop(self) -> None:
        """For good."""
        self._qt.focusWindowChanged.disconnect(self._on_window)
        self._on_window(None)

    @Slot()
    def _look(self) -> None:
        if self._held and self._down(self._held) is False:
            self._end(LOST)
