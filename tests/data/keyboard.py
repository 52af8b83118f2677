"""A keyboard that types into an X server, and a screen in memory to type into."""

import ctypes
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import (
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_size_t,
    c_ubyte,
    c_uint,
    c_uint16,
    c_void_p,
)

from app.hotkeys.xcb import Cookie, Display

PRESS, RELEASE, BUTTON_PRESS, BUTTON_RELEASE, MOTION = 2, 3, 4, 5, 6
FAKE_INPUT = 2  # request of the extension XTEST
SYMBOLS = {
    "Right Ctrl": 0xFFE4, "Left Ctrl": 0xFFE3, "Alt": 0xFFE9, "Shift": 0xFFE1, "Num Lock": 0xFF7F,
    "Esc": 0xFF1B, "Space": 0x20, "F8": 0xFFC5, "F9": 0xFFC6, "Pause": 0xFF13, "c": 0x63, "x": 0x78,
    "Caps Lock": 0xFFE5, "Enter": 0xFF0D, "n": 0x6E,
}  # fmt: skip
SHIFTED = '?!:"()'
STEPS, STEP = 12, 0.03  # of the mouse on its way with a file, seconds


class Vector(Structure):
    _fields_ = [("base", c_void_p), ("length", c_size_t)]


class Protocol(Structure):
    _fields_ = [("count", c_size_t), ("ext", c_void_p), ("opcode", c_ubyte), ("isvoid", c_ubyte)]


class Keyboard(Display):
    """Presses and releases as the hardware would, through the extension XTEST."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        xcb = self._xcb
        xcb.xcb_query_extension.restype = Cookie
        xcb.xcb_query_extension.argtypes = [c_void_p, c_uint16, c_char_p]
        xcb.xcb_query_extension_reply.restype = c_void_p
        xcb.xcb_query_extension_reply.argtypes = [c_void_p, Cookie, c_void_p]
        xcb.xcb_send_request.argtypes = [c_void_p, c_int, c_void_p, POINTER(Protocol)]
        told = self._reply(
            "xcb_query_extension_reply", xcb.xcb_query_extension(self._c, 5, b"XTEST")
        )
        assert told[8], "this X server has no XTEST"
        self._opcode = told[9]

    def press(self, *names: str) -> None:
        for name in names:
            self._fake(PRESS, self.keycode(SYMBOLS[name]))

    def release(self, *names: str) -> None:
        for name in names:
            self._fake(RELEASE, self.keycode(SYMBOLS[name]))

    def click(self, x: int, y: int) -> None:
        self._fake(MOTION, 0, x, y)
        self._fake(BUTTON_PRESS, 1)
        self._fake(BUTTON_RELEASE, 1)

    def type(self, text: str) -> None:
        for letter in text:
            key = self.keycode(ord(letter.lower()))
            shifted = letter.isupper() or letter in SHIFTED
            if shifted:
                self.press("Shift")
            self._fake(PRESS, key)
            self._fake(RELEASE, key)
            if shifted:
                self.release("Shift")

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """As slowly as a hand, so that the programs below can follow."""
        self._fake(MOTION, 0, *start)
        self._fake(BUTTON_PRESS, 1)
        for n in range(1, STEPS + 1):
            x, y = (a + (b - a) * n // STEPS for a, b in zip(start, end, strict=True))
            self._fake(MOTION, 0, x, y)
            time.sleep(STEP)
        time.sleep(10 * STEP)
        self._fake(BUTTON_RELEASE, 1)

    def take_all(self) -> None:
        """Grab the keyboard, as a menu or a locked screen does: nobody else hears of a key."""
        self._xcb.xcb_grab_keyboard.restype = Cookie
        self._xcb.xcb_grab_keyboard.argtypes = [c_void_p, c_ubyte, c_uint, c_uint, c_ubyte, c_ubyte]
        self._xcb.xcb_grab_keyboard(self._c, 0, self.root, 0, 1, 1)
        self.keys_down()

    def give_all(self) -> None:
        self._xcb.xcb_ungrab_keyboard.argtypes = [c_void_p, c_uint]
        self._xcb.xcb_ungrab_keyboard(self._c, 0)
        self.keys_down()

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        assert detail or kind == MOTION, "there is no such key on this keyboard"
        body = struct.pack("BBHBBHII8xhh7xB", 0, FAKE_INPUT, 9, kind, detail, 0, 0, 0, x, y, 0)
        kept = ctypes.create_string_buffer(body, len(body))
        vectors = (Vector * 4)()  # libxcb wants room for two in front
        vectors[2] = Vector(ctypes.cast(kept, c_void_p), len(body))
        first = ctypes.byref(vectors, 2 * ctypes.sizeof(Vector))
        self._xcb.xcb_send_request(self._c, 0, first, Protocol(1, None, self._opcode, 1))
        self.keys_down()  # a round trip: the server has it


@contextmanager
def screen() -> Iterator[str]:
    """The name of a display in memory, until the end."""
    said, told = os.pipe()
    command = ["Xvfb", "-displayfd", str(told), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with (
        os.fdopen(said) as number,
        subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL) as server,
    ):
        os.close(told)
        yield f":{number.readline().strip()}"
        server.terminate()
