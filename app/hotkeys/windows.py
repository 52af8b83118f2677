"""The key on Windows: RegisterHotKey for the press, the state of the keys for the release."""

import ctypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QCoreApplication, QObject, QTimer, Slot

from app.hotkeys.keys import CODES, MASKS_WINDOWS, Key
from app.hotkeys.system import BIND, Hold, SystemKey

NUMBER = 0x5041  # of our hot key; any below 0xC000
NO_REPEAT = 0x4000
WM_HOTKEY = 0x0312
TAKEN = 1409  # ERROR_HOTKEY_ALREADY_REGISTERED
DOWN = 0x8000
LOOK_MS = 40  # a lone modifier cannot be registered and is looked at so often
# Of the codes below 256: buttons of the mouse, then all keys but the names for "either side".
OTHERS = (1, 2, 4, *(code for code in range(8, 255) if code not in (0x10, 0x11, 0x12)))
SIDE = {0xA3: (0xA3,), 0xA5: (0xA5, 0xA2)}  # AltGr comes with a left Ctrl of its own


class HotKeys(QAbstractNativeEventFilter):
    """Hears of hot keys among the messages of Windows."""

    def __init__(self, pressed: Any) -> None:
        super().__init__()
        self._pressed = pressed

    def nativeEventFilter(self, kind: Any, message: Any) -> tuple[bool, int]:  # type: ignore[override]
        from ctypes import wintypes

        told = wintypes.MSG.from_address(int(message))
        if told.message == WM_HOTKEY and told.wParam == NUMBER:
            self._pressed()
            return True, 0
        return False, 0


class WindowsKey(SystemKey):
    def __init__(self, user32: Any = None, parent: QObject | None = None) -> None:
        """user32: the functions of the library of that name; of this system by default."""
        super().__init__(parent)
        self._user32 = user32 or ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined]
        self._key: Key | None = None
        self._front, self._registered, self._was_down = False, False, False
        self._before: frozenset[int] = frozenset()
        self._hold = Hold(self._look, self)
        self._hold.over.connect(self.over)
        self._watching = QTimer(self, interval=LOOK_MS)
        self._watching.timeout.connect(self._look_for_press)
        self._filter = HotKeys(self._press)
        qt = QCoreApplication.instance()
        assert qt is not None
        qt.installNativeEventFilter(self._filter)

    def watch(self, key: Key, agreed: bool = True) -> None:
        self._give_back()
        self._key = key
        self._take()

    def leave(self) -> None:
        self._give_back()
        self._key = None
        self.say(False, "")

    def set_front(self, front: bool) -> None:
        self._front = front
        self._give_back() if front and not self._hold.on else self._take()

    def down(self, key: Key) -> bool | None:
        return self._is_down(key.code.windows)

    def _take(self) -> None:
        if self._key is None or self._registered or self._watching.isActive():
            return
        name = self._key.name
        if self._key.alone:
            self._was_down = True  # only a press from now on counts
            if not self._front:
                self._watching.start()
        elif self._front and self.works:
            return
        elif not self._register(self._key):
            taken = f"Another program has taken {name} for itself. Choose another key."
            self.say(False, f"{taken} {BIND}")
            return
        self.say(True, f"{name} works while another program is in front, too.")

    def _register(self, key: Key) -> bool:
        mask = key.mask(MASKS_WINDOWS) | NO_REPEAT
        done = self._user32.RegisterHotKey(None, NUMBER, mask, key.code.windows)
        self._registered = bool(done)
        return self._registered

    def _give_back(self) -> None:
        self._hold.end()
        self._watching.stop()
        if self._registered:
            self._user32.UnregisterHotKey(None, NUMBER)
            self._registered = False

    @Slot()
    def _look_for_press(self) -> None:
        assert self._key
        down = self._is_down(self._key.code.windows)
        if down and not self._was_down:
            self._press()
        self._was_down = down

    def _press(self) -> None:
        if self._key is None or self._hold.on:
            return
        own = SIDE.get(self._key.code.windows, (self._key.code.windows,))
        self._before = self._keys_down() | frozenset(own)
        if self._key.alone and self._keys_down() - frozenset(own):
            return  # it ends a combination that is typed
        self._hold.begin()
        self.pressed.emit()

    def _look(self) -> tuple[bool, bool, bool]:
        assert self._key
        others = bool(self._keys_down() - self._before)
        escape = self._is_down(CODES["Esc"].windows)
        return self._is_down(self._key.code.windows), others, escape

    def _keys_down(self) -> frozenset[int]:
        return frozenset(code for code in OTHERS if self._is_down(code))

    def _is_down(self, code: int) -> bool:
        return bool(self._user32.GetAsyncKeyState(code) & DOWN)
