"""The few calls of libxcb that a global key needs, on a connection of our own."""

import ctypes
import struct
from collections.abc import Iterator
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_ubyte, c_uint, c_uint16, c_void_p
from typing import NamedTuple

ASYNC, SYNC = 1, 0
REPLAY_KEYBOARD = 5
KEY_PRESS, MAPPING_NOTIFY = 2, 34
BUTTONS = 0x1F00  # of a pointer's state
NUM_LOCK, SCROLL_LOCK = 0xFF7F, 0xFF14
CAPS_LOCK = 2  # its mask; those of the other locks differ from server to server


class NoDisplay(Exception):
    """There is no X server, or it went away."""


class Cookie(Structure):
    _fields_ = [("sequence", c_uint)]


class Screens(Structure):
    _fields_ = [("data", c_void_p), ("rem", c_int), ("index", c_int)]


class Happened(NamedTuple):
    """An event: its kind, and the keycode of a key event."""

    kind: int
    keycode: int


class Display:
    """A connection to the X server. Raises NoDisplay, also later when the server has gone."""

    def __init__(self, name: str | None = None) -> None:
        self._xcb = _library()
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = [c_void_p]
        number = c_int()
        self._c = self._xcb.xcb_connect(name.encode() if name else None, byref(number))
        self._check()
        setup = self._xcb.xcb_get_setup(self._c)
        self._first, self._last = struct.unpack("34xBB", ctypes.string_at(setup, 36))
        screens = self._xcb.xcb_setup_roots_iterator(setup)
        for _ in range(number.value):
            self._xcb.xcb_screen_next(byref(screens))
        (self.root,) = struct.unpack("I", ctypes.string_at(screens.data, 4))
        self.read_keyboard()

    @property
    def fileno(self) -> int:
        return self._xcb.xcb_get_file_descriptor(self._c)

    def close(self) -> None:
        if self._c:
            self._xcb.xcb_disconnect(self._c)
            self._c = None

    def read_keyboard(self) -> None:
        """Learn which key has which symbol; anew when the layout changes."""
        count = self._last - self._first + 1
        cookie = self._xcb.xcb_get_keyboard_mapping(self._c, self._first, count)
        told = self._reply("xcb_get_keyboard_mapping_reply", cookie)
        per, length = told[1], struct.unpack_from("I", told, 4)[0]
        symbols = struct.unpack_from(f"{length}I", told, 32)
        self._symbols = [symbols[place * per : (place + 1) * per] for place in range(count)]
        told = self._reply(
            "xcb_get_modifier_mapping_reply", self._xcb.xcb_get_modifier_mapping(self._c)
        )
        each = told[1]
        masks = {code: 1 << (place // each) for place, code in enumerate(told[32:]) if code}
        locks = [self.keycode(symbol) for symbol in (NUM_LOCK, SCROLL_LOCK)]
        self._locks = [CAPS_LOCK, *{masks[code] for code in locks if code in masks}]

    def keycode(self, symbol: int) -> int:
        """The key that gives this symbol without Shift, or else with it; 0 when none does."""
        for column in range(max(map(len, self._symbols), default=0)):
            for place, symbols in enumerate(self._symbols):
                if symbols[column : column + 1] == (symbol,):
                    return self._first + place
        return 0

    def grab(self, keycode: int, mask: int, mode: int) -> bool:
        """Ask for a key whatever the locks are. False when another program has it."""
        cookies = [
            self._xcb.xcb_grab_key_checked(
                *(self._c, 0, self.root, mask | locks, keycode, ASYNC, mode)
            )
            for locks in self._combinations()
        ]
        errors = [self._xcb.xcb_request_check(self._c, cookie) for cookie in cookies]
        for error in filter(None, errors):
            self._free(error)
        self._check()
        if any(errors):
            self.ungrab(keycode, mask)
        return not any(errors)

    def ungrab(self, keycode: int, mask: int) -> None:
        for locks in self._combinations():
            self._xcb.xcb_ungrab_key(self._c, keycode, self.root, mask | locks)
        self._xcb.xcb_flush(self._c)

    def replay(self) -> None:
        """Let the press that was held up for us go on to the program it was meant for."""
        self._xcb.xcb_allow_events(self._c, REPLAY_KEYBOARD, 0)
        self._xcb.xcb_flush(self._c)

    def keys_down(self) -> frozenset[int]:
        told = self._reply("xcb_query_keymap_reply", self._xcb.xcb_query_keymap(self._c))
        bits = int.from_bytes(told[8:40], "little")
        return frozenset(code for code in range(256) if bits >> code & 1)

    def button_down(self) -> bool:
        told = self._reply(
            "xcb_query_pointer_reply", self._xcb.xcb_query_pointer(self._c, self.root)
        )
        return bool(struct.unpack_from("H", told, 24)[0] & BUTTONS)

    def events(self) -> Iterator[Happened]:
        while event := self._xcb.xcb_poll_for_event(self._c):
            kind, keycode = ctypes.string_at(event, 2)
            self._free(event)
            yield Happened(kind & 0x7F, keycode)
        self._check()

    def _combinations(self) -> Iterator[int]:
        for chosen in range(1 << len(self._locks)):
            yield sum(mask for place, mask in enumerate(self._locks) if chosen >> place & 1)

    def _reply(self, name: str, cookie: Cookie) -> bytes:
        reply = getattr(self._xcb, name)(self._c, cookie, None)
        if not reply:
            raise NoDisplay
        length = 32 + 4 * struct.unpack("4xI", ctypes.string_at(reply, 8))[0]
        told = ctypes.string_at(reply, length)
        self._free(reply)
        return told

    def _check(self) -> None:
        if self._xcb.xcb_connection_has_error(self._c):
            raise NoDisplay


def _library() -> ctypes.CDLL:
    """libxcb, which Qt itself needs to show a window. Raises NoDisplay."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        raise NoDisplay from error
    c = c_void_p
    for name, result, *arguments in (
        ("connect", c, c_char_p, POINTER(c_int)),
        ("disconnect", None, c),
        ("connection_has_error", c_int, c),
        ("get_file_descriptor", c_int, c),
        ("get_setup", c, c),
        ("setup_roots_iterator", Screens, c),
        ("screen_next", None, POINTER(Screens)),
        ("flush", c_int, c),
        ("poll_for_event", c, c),
        ("request_check", c, c, Cookie),
        ("get_keyboard_mapping", Cookie, c, c_ubyte, c_ubyte),
        ("get_modifier_mapping", Cookie, c),
        ("grab_key_checked", Cookie, c, c_ubyte, c_uint, c_uint16, c_ubyte, c_ubyte, c_ubyte),
        ("ungrab_key", Cookie, c, c_ubyte, c_uint, c_uint16),
        ("allow_events", Cookie, c, c_ubyte, c_uint),
        ("query_keymap", Cookie, c),
        ("query_pointer", Cookie, c, c_uint),
        *(
            (f"{asked}_reply", c, c, Cookie, c_void_p)
            for asked in (
                *("get_keyboard_mapping", "get_modifier_mapping"),
                *("query_keymap", "query_pointer"),
            )
        ),
    ):
        call = getattr(xcb, f"xcb_{name}")
        call.restype, call.argtypes = result, arguments
    return xcb
