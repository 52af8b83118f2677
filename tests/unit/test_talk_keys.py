"""Names and numbers of keys, and which may be the talk key."""

import pytest

from app.hotkeys.keys import CODES, MASKS_MACOS, MASKS_WINDOWS, MASKS_X11, NO, parse, trouble

SHORTCUTS = {"Ctrl+N": "New conversation", "F1": "Help", "Ctrl+Shift+T": "Tools"}


@pytest.mark.parametrize(
    "name",
    ["Right Ctrl", "F8", "Ctrl+Alt+Space", "Pause", "Scroll Lock", "Ctrl+Shift+F12", "Super+T"],
)
def test_a_name_is_read_and_written_alike(name):
    assert parse(name).name == name


@pytest.mark.parametrize(
    ("written", "name"),
    [("alt+ctrl+space", "Ctrl+Alt+Space"), ("Meta+f9", "Super+F9"), ("right ctrl", "Right Ctrl")],
)
def test_other_spellings(written, name):
    assert parse(written).name == name


@pytest.mark.parametrize(
    "name", ["", "+", "Ctrl", "Ctrl+", "Ctrl+Right Ctrl", "Hyper+A", "F25", "ß"]
)
def test_what_is_no_key(name):
    assert parse(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("A", "needed for writing"),
        ("Shift+A", "needed for writing"),
        ("Space", "needed for writing"),
        ("Esc", "needed for writing"),
        ("Ctrl+N", "“New conversation”"),
        ("F1", "“Help”"),
        ("F2", "renames"),
        ("Ctrl+C", "used in texts"),
        ("Ctrl+Shift+Left", "used in texts"),
        ("Ctrl+Alt+Del", "belongs to the system"),
        ("Alt+F4", "closes windows"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(name, why):
    words = trouble(parse(name), SHORTCUTS, "linux")
    assert why in words and ("Take" in words or "Add" in words)


@pytest.mark.parametrize(
    "name", ["Right Ctrl", "Right Alt", "F8", "Pause", "Ctrl+Alt+Space", "Ctrl+J"]
)
def test_keys_that_may_be(name):
    assert trouble(parse(name), SHORTCUTS, "linux") == ""


def test_a_system_may_lack_a_key():
    assert "no Pause" in trouble(parse("Pause"), {}, "darwin")
    assert "needed for writing" in trouble(parse("Alt+E"), {}, "darwin")  # it writes é there
    assert trouble(parse("Alt+E"), {}, "linux") == ""


def test_the_numbers_of_the_systems():
    """Some of each kind, as the headers of the systems have them."""
    numbers = {n: (one.x11, one.windows, one.macos) for n, one in CODES.items()}
    assert numbers["Right Ctrl"] == (
        0xFFE4,
        0xA3,
        0x3E,
    )  # XK_Control_R, VK_RCONTROL, kVK_RightControl
    assert numbers["F8"] == (0xFFC5, 0x77, 0x64)
    assert numbers["F20"] == (0xFFD1, 0x83, 0x5A)
    assert numbers["F24"] == (0xFFD5, 0x87, NO)
    assert numbers["Space"] == (0x20, 0x20, 0x31)
    assert numbers["A"] == (0x61, 0x41, 0x00) and numbers["Z"] == (0x7A, 0x5A, 0x06)
    assert numbers["M"] == (0x6D, 0x4D, 0x2E) and numbers["0"] == (0x30, 0x30, 0x1D)
    for place in range(3):
        known = [one[place] for one in numbers.values() if one[place] != NO]
        assert len(set(known)) == len(known)


def test_modifiers_on_every_system():
    key = parse("Ctrl+Alt+Shift+Super+F8")
    assert key.mask(MASKS_X11) == 4 | 8 | 1 | 64
    assert key.mask(MASKS_WINDOWS) == 2 | 1 | 4 | 8
    assert key.mask(MASKS_MACOS) == 0x1E0000
    assert key.trigger == "CTRL+ALT+SHIFT+LOGO+F8" and parse("Right Ctrl").trigger == "Control_R"
