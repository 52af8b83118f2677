"""The key on macOS: a listening event tap, which the person has to permit in the settings."""

import ctypes
from ctypes import CFUNCTYPE, c_bool, c_int64, c_uint32, c_uint64, c_void_p
from typing import Any, NamedTuple

from PySide6.QtCore import QObject

from app.hotkeys.keys import CODES, MASKS_MACOS, Key
from app.hotkeys.system import BIND, Hold, SystemKey

KEY_DOWN, FLAGS_CHANGED = 10, 12
SWITCHED_OFF = (0xFFFFFFFE, 0xFFFFFFFF)  # the system ended the tap: too slow, or by the person
KEYCODE, REPEATS = 9, 8  # fields of a keyboard event
SESSION, AT_HEAD, LISTEN_ONLY, COMBINED = 1, 0, 1, 0
ALL_MASKS = sum(MASKS_MACOS.values())
KEYS = 128
ASK = (
    "macOS lets a program see keys in other programs only with your permission, which is given in "
    "System Settings, Privacy & Security, Input Monitoring."
)
Callback = CFUNCTYPE(c_void_p, c_void_p, c_uint32, c_void_p, c_void_p)


class Libraries(NamedTuple):
    """ApplicationServices and CoreFoundation, with the types of the calls we make."""

    graphics: Any
    foundation: Any


def libraries() -> Libraries:
    frameworks = "/System/Library/Frameworks"
    graphics = ctypes.CDLL(f"{frameworks}/ApplicationServices.framework/ApplicationServices")
    foundation = ctypes.CDLL(f"{frameworks}/CoreFoundation.framework/CoreFoundation")
    for call, result, arguments in (
        (graphics.CGPreflightListenEventAccess, c_bool, []),
        (graphics.CGRequestListenEventAccess, c_bool, []),
        (
            graphics.CGEventTapCreate,
            c_void_p,
            [c_uint32, c_uint32, c_uint32, c_uint64, Callback, c_void_p],
        ),
        (graphics.CGEventTapEnable, None, [c_void_p, c_bool]),
        (graphics.CGEventGetIntegerValueField, c_int64, [c_void_p, c_uint32]),
        (graphics.CGEventGetFlags, c_uint64, [c_void_p]),
        (graphics.CGEventSourceKeyState, c_bool, [c_uint32, ctypes.c_uint16]),
        (foundation.CFMachPortCreateRunLoopSource, c_void_p, [c_void_p, c_void_p, ctypes.c_long]),
        (foundation.CFRunLoopGetMain, c_void_p, []),
        (foundation.CFRunLoopAddSource, None, [c_void_p, c_void_p, c_void_p]),
        (foundation.CFMachPortInvalidate, None, [c_void_p]),
        (foundation.CFRelease, None, [c_void_p]),
    ):
        call.restype, call.argtypes = result, arguments
    return Libraries(graphics, foundation)


class MacKey(SystemKey):
    """Events come on the main thread, whose run loop Qt runs."""

    def __init__(self, calls: Libraries | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = calls or libraries()
        self._key: Key | None = None
        self._front, self._tap, self._source = False, None, None
        self._before: frozenset[int] = frozenset()
        self._callback = Callback(self._on_event)  # must live as long as the tap
        self._hold = Hold(self._look, self)
        self._hold.over.connect(self.over)

    def watch(self, key: Key, agreed: bool) -> None:
        """The system shows its own question once; later the person finds it in the settings."""
        self._hold.end()
        self._key = key
        graphics = self._calls.graphics
        permitted = graphics.CGPreflightListenEventAccess() or (
            agreed and graphics.CGRequestListenEventAccess()
        )
        if permitted and (self._tap or self._make_tap()):
            self.say(True, f"{key.name} works while another program is in front, too.")
        else:
            words = f"{ASK} Until then the key works only in Parley's window. {BIND}"
            self.say(False, words, must_ask=not agreed)

    def leave(self) -> None:
        self._hold.end()
        self._key = None
        self._end_tap()
        self.say(False, "")

    def set_front(self, front: bool) -> None:
        self._front = front

    def down(self, key: Key) -> bool | None:
        return self._is_down(key.code.macos)

    def _make_tap(self) -> bool:
        graphics, foundation = self._calls
        wanted = 1 << KEY_DOWN | 1 << FLAGS_CHANGED
        self._tap = graphics.CGEventTapCreate(
            SESSION, AT_HEAD, LISTEN_ONLY, wanted, self._callback, None
        )
        if not self._tap:
            return False
        modes = c_void_p.in_dll(foundation, "kCFRunLoopCommonModes")
        self._source = foundation.CFMachPortCreateRunLoopSource(None, self._tap, 0)
        foundation.CFRunLoopAddSource(foundation.CFRunLoopGetMain(), self._source, modes)
        graphics.CGEventTapEnable(self._tap, True)
        return True

    def _end_tap(self) -> None:
        if self._tap is None:
            return
        foundation = self._calls.foundation
        foundation.CFMachPortInvalidate(self._tap)
        foundation.CFRelease(self._source)
        foundation.CFRelease(self._tap)
        self._tap = self._source = None

    def _on_event(self, proxy: Any, kind: int, event: Any, about: Any) -> Any:
        graphics = self._calls.graphics
        if kind in SWITCHED_OFF:
            graphics.CGEventTapEnable(self._tap, True)
        elif self._key and not self._front and not self._hold.on:
            code = graphics.CGEventGetIntegerValueField(event, KEYCODE)
            repeats = kind == KEY_DOWN and graphics.CGEventGetIntegerValueField(event, REPEATS)
            flags = graphics.CGEventGetFlags(event) & ALL_MASKS
            if code == self._key.code.macos and not repeats and self._fits(kind, flags):
                self._begin()
        return event

    def _fits(self, kind: int, flags: int) -> bool:
        """A lone modifier comes as a change of the flags, and goes as one, too."""
        assert self._key
        if not self._key.alone:
            return kind == KEY_DOWN and flags == self._key.mask(MASKS_MACOS)
        one_flag = flags != 0 and flags & (flags - 1) == 0
        return kind == FLAGS_CHANGED and one_flag

    def _begin(self) -> None:
        assert self._key
        self._before = self._keys_down() | {self._key.code.macos}
        self._hold.begin()
        self.pressed.emit()

    def _look(self) -> tuple[bool, bool, bool]:
        assert self._key
        others = bool(self._keys_down() - self._before)
        escape = self._is_down(CODES["Esc"].macos)
        return self._is_down(self._key.code.macos), others, escape

    def _keys_down(self) -> frozenset[int]:
        return frozenset(code for code in range(KEYS) if self._is_down(code))

    def _is_down(self, code: int) -> bool:
        return bool(self._calls.graphics.CGEventSourceKeyState(COMBINED, code))
