"""The ways of Windows and macOS to a key, with the system's own functions played by the test.

Neither was ever tried on the real thing; what is tested is what Parley does with what it is told.
"""

import ctypes
from types import SimpleNamespace

import pytest

from app.hotkeys.keys import parse
from app.hotkeys.macos import Libraries, MacKey
from app.hotkeys.windows import NO_REPEAT, WindowsKey


@pytest.fixture
def log():
    return []


def logged(key, log):
    key.pressed.connect(lambda: log.append("pressed"))
    key.over.connect(log.append)
    return key


class User32:
    """The keys of a computer that runs Windows."""

    def __init__(self):
        self.down, self.taken, self.registered = set(), set(), []

    def RegisterHotKey(self, window, number, mask, code):
        if (mask, code) in self.taken:
            return 0
        self.registered.append((mask, code))
        return 1

    def UnregisterHotKey(self, window, number):
        self.registered.pop()

    def GetAsyncKeyState(self, code):
        return -0x8000 if code in self.down else 0


@pytest.fixture
def user32():
    return User32()


@pytest.fixture
def on_windows(qapp, user32, log):
    key = logged(WindowsKey(user32), log)
    yield key
    key.stop()


def test_windows_registers_a_combination(qtbot, on_windows, user32, log):
    on_windows.watch(parse("Ctrl+Alt+Space"))
    assert user32.registered == [(2 | 1 | NO_REPEAT, 0x20)] and on_windows.works
    user32.down = {0xA2, 0xA4, 0x20}
    on_windows._press()  # what its filter does with WM_HOTKEY
    assert log == ["pressed"]
    user32.down = set()
    qtbot.waitUntil(lambda: log == ["pressed", "released"])
    on_windows.set_front(True)  # the window sees its keys itself
    assert user32.registered == []
    on_windows.set_front(False)
    on_windows.watch(parse("F8"))
    assert user32.registered == [(NO_REPEAT, 0x77)]


def test_windows_a_taken_combination_is_said(on_windows, user32):
    user32.taken = {(NO_REPEAT, 0x77)}
    on_windows.watch(parse("F8"))
    assert not on_windows.works and "Another program" in on_windows.words


def test_windows_looks_at_a_lone_modifier(qtbot, on_windows, user32, log):
    on_windows.watch(parse("Right Ctrl"))
    qtbot.wait(60)
    user32.down = {0xA3}
    qtbot.waitUntil(lambda: log == ["pressed"])
    user32.down = {0xA3, 0x43}  # a shortcut
    qtbot.waitUntil(lambda: log == ["pressed", "shortcut"])
    user32.down = set()
    qtbot.wait(60)
    user32.down = {0xA3}
    qtbot.waitUntil(lambda: log[2:] == ["pressed"])
    user32.down = set()
    qtbot.waitUntil(lambda: log[2:] == ["pressed", "released"])


class Mac:
    """What the two libraries of macOS say and do; events come from the test."""

    def __init__(self, permitted):
        self.permitted, self.asked, self.down, self.tapped = permitted, 0, set(), None
        self.event = (0, 0, 0)  # key code, repeats, flags
        self.graphics = SimpleNamespace(
            CGPreflightListenEventAccess=lambda: self.permitted,
            CGRequestListenEventAccess=self.request,
            CGEventTapCreate=self.tap,
            CGEventTapEnable=lambda tap, on: None,
            CGEventGetIntegerValueField=lambda event, field: self.event[0 if field == 9 else 1],
            CGEventGetFlags=lambda event: self.event[2],
            CGEventSourceKeyState=lambda state, code: code in self.down,
        )
        self.foundation = SimpleNamespace(
            CFMachPortCreateRunLoopSource=lambda *args: 2,
            CFRunLoopGetMain=lambda: 3,
            CFRunLoopAddSource=lambda *args: None,
            CFMachPortInvalidate=lambda tap: setattr(self, "tapped", None),
            CFRelease=lambda thing: None,
        )

    def request(self):
        self.asked += 1
        return self.permitted

    def tap(self, place, at, options, wanted, callback, about):
        assert (
            options == 1 and wanted == 1 << 10 | 1 << 12
        )  # it listens, and never takes a key away
        self.tapped = callback
        return 1

    def happens(self, kind, code, flags=0, repeats=0):
        self.event = (code, repeats, flags)
        self.tapped(None, kind, None, None)


@pytest.fixture
def mac(monkeypatch):
    made = Mac(permitted=True)
    monkeypatch.setattr(
        "app.hotkeys.macos.c_void_p",
        SimpleNamespace(in_dll=lambda library, name: ctypes.c_void_p(4)),
    )
    return made


@pytest.fixture
def on_macos(qapp, mac, log):
    key = logged(MacKey(Libraries(mac.graphics, mac.foundation)), log)
    yield key
    key.stop()


def test_macos_asks_only_when_the_person_agreed(on_macos, mac):
    mac.permitted = False
    on_macos.watch(parse("Right Ctrl"), agreed=False)
    assert on_macos.must_ask and mac.asked == 0 and "Input Monitoring" in on_macos.words
    on_macos.watch(parse("Right Ctrl"), agreed=True)
    assert mac.asked == 1 and not on_macos.works and "parley talk" in on_macos.words


def test_macos_a_lone_modifier(qtbot, on_macos, mac, log):
    on_macos.watch(parse("Right Ctrl"), agreed=False)
    assert on_macos.works
    mac.down = {0x3E}
    mac.happens(12, 0x3E, 1 << 18)
    assert log == ["pressed"]
    mac.down = set()
    mac.happens(12, 0x3E, 0)
    qtbot.waitUntil(lambda: log == ["pressed", "released"])
    mac.happens(12, 0x3E, 1 << 18 | 1 << 17)  # with Shift: something else
    assert len(log) == 2


def test_macos_a_combination_and_a_shortcut(qtbot, on_macos, mac, log):
    on_macos.watch(parse("Ctrl+Alt+Space"), agreed=False)
    mac.down = {0x31}
    mac.happens(10, 0x31, 1 << 18)  # not the whole of it
    mac.happens(10, 0x31, 1 << 18 | 1 << 19, repeats=1)
    assert log == []
    mac.happens(10, 0x31, 1 << 18 | 1 << 19)
    mac.down = {0x31, 0x08}
    qtbot.waitUntil(lambda: log == ["pressed", "shortcut"])
    on_macos.leave()
    assert mac.tapped is None
