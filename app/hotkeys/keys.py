"""Keys by name: what each is called, its number on every system, and which may be the talk key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Qt

K = Qt.Key
NO = -1  # this system has no such key
CTRL, ALT, SHIFT, SUPER = "Ctrl", "Alt", "Shift", "Super"
MODIFIERS = (CTRL, ALT, SHIFT, SUPER)  # in the order they are written
RIGHT_CTRL = "Right Ctrl"


class Code(NamedTuple):
    """One key. qt is Qt's number, x11 a keysym, windows a VK_ code, macos a key code."""

    name: str
    qt: int
    x11: int
    windows: int
    macos: int
    portal: str  # its keysym's name, as the portal's shortcuts are written
    kind: str  # "alone": a modifier of its own; "plain": does nothing in a text; "typing"


def _code(name: str, qt: Qt.Key, x11: int, windows: int, macos: int, portal: str, kind: str):
    return Code(name, int(qt), x11, windows, macos, portal, kind)


ALONE = (
    _code(RIGHT_CTRL, K.Key_Control, 0xFFE4, 0xA3, 0x3E, "Control_R", "alone"),
    _code("Right Alt", K.Key_Alt, 0xFFEA, 0xA5, 0x3D, "Alt_R", "alone"),
    _code("Right Super", K.Key_Super_R, 0xFFEC, 0x5C, 0x36, "Super_R", "alone"),
)
F_MACOS = (0x7A, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6D, 0x67, 0x6F)
F_MACOS += (0x69, 0x6B, 0x71, 0x6A, 0x40, 0x4F, 0x50, 0x5A)
PLAIN = (
    *(
        Code(f"F{n + 1}", int(K.Key_F1) + n, 0xFFBE + n, 0x70 + n, macos, f"F{n + 1}", "plain")
        for n, macos in enumerate((*F_MACOS, NO, NO, NO, NO))
    ),
    _code("Pause", K.Key_Pause, 0xFF13, 0x13, NO, "Pause", "plain"),
    _code("Scroll Lock", K.Key_ScrollLock, 0xFF14, 0x91, NO, "Scroll_Lock", "plain"),
    _code("Insert", K.Key_Insert, 0xFF63, 0x2D, 0x72, "Insert", "plain"),
)
LETTERS_MACOS = (0x00, 0x0B, 0x08, 0x02, 0x0E, 0x03, 0x05, 0x04, 0x22, 0x26, 0x28, 0x25, 0x2E)
LETTERS_MACOS += (0x2D, 0x1F, 0x23, 0x0C, 0x0F, 0x01, 0x11, 0x20, 0x09, 0x0D, 0x07, 0x10, 0x06)
DIGITS_MACOS = (0x1D, 0x12, 0x13, 0x14, 0x15, 0x17, 0x16, 0x1A, 0x1C, 0x19)
TYPING = (
    _code("Space", K.Key_Space, 0x20, 0x20, 0x31, "space", "typing"),
    _code("Tab", K.Key_Tab, 0xFF09, 0x09, 0x30, "Tab", "typing"),
    _code("Enter", K.Key_Return, 0xFF0D, 0x0D, 0x24, "Return", "typing"),
    _code("Esc", K.Key_Escape, 0xFF1B, 0x1B, 0x35, "Escape", "typing"),
    _code("Backspace", K.Key_Backspace, 0xFF08, 0x08, 0x33, "BackSpace", "typing"),
    _code("Del", K.Key_Delete, 0xFFFF, 0x2E, 0x75, "Delete", "typing"),
    _code("Home", K.Key_Home, 0xFF50, 0x24, 0x73, "Home", "typing"),
    _code("End", K.Key_End, 0xFF57, 0x23, 0x77, "End", "typing"),
    _code("Page Up", K.Key_PageUp, 0xFF55, 0x21, 0x74, "Page_Up", "typing"),
    _code("Page Down", K.Key_PageDown, 0xFF56, 0x22, 0x79, "Page_Down", "typing"),
    _code("Left", K.Key_Left, 0xFF51, 0x25, 0x7B, "Left", "typing"),
    _code("Up", K.Key_Up, 0xFF52, 0x26, 0x7E, "Up", "typing"),
    _code("Right", K.Key_Right, 0xFF53, 0x27, 0x7C, "Right", "typing"),
    _code("Down", K.Key_Down, 0xFF54, 0x28, 0x7D, "Down", "typing"),
    *(
        Code(chr(65 + n), 65 + n, 97 + n, 65 + n, macos, chr(97 + n), "typing")
        for n, macos in enumerate(LETTERS_MACOS)
    ),
    *(
        Code(str(n), 48 + n, 48 + n, 48 + n, macos, str(n), "typing")
        for n, macos in enumerate(DIGITS_MACOS)
    ),
)
CODES = {one.name: one for one in (*ALONE, *PLAIN, *TYPING)}
ALIASES = {"Control": CTRL, "Strg": CTRL, "Meta": SUPER, "Win": SUPER, "Cmd": SUPER, "Option": ALT}

MASKS_X11 = {SHIFT: 1, CTRL: 4, ALT: 8, SUPER: 64}
MASKS_WINDOWS = {ALT: 1, CTRL: 2, SHIFT: 4, SUPER: 8}
MASKS_MACOS = {SHIFT: 1 << 17, CTRL: 1 << 18, ALT: 1 << 19, SUPER: 1 << 20}
WORDS_PORTAL = {CTRL: "CTRL", ALT: "ALT", SHIFT: "SHIFT", SUPER: "LOGO"}

EDITING = ("A", "C", "V", "X", "Y", "Z", "Home", "End", "Left", "Right", "Up", "Down")
EDITING += ("Backspace", "Del", "Insert", "Enter", "Space", "Tab")
SYSTEMS = {  # combinations that belong to every desktop
    "Ctrl+Alt+Del": "Ctrl+Alt+Del belongs to the system.",
    "Alt+F4": "Alt+F4 closes windows.",
    "Alt+Tab": "Alt+Tab changes between windows.",
    "Shift+Insert": "Shift+Insert pastes.",
    "F2": "F2 renames a conversation.",
    "Shift+F10": "Shift+F10 opens the menu of what is selected.",
}


@dataclass(frozen=True)
class Key:
    """A key, with the modifiers that must be held with it."""

    modifiers: tuple[str, ...]
    code: Code

    @property
    def name(self) -> str:
        return "+".join((*self.modifiers, self.code.name))

    @property
    def alone(self) -> bool:
        """A modifier such as Right Ctrl: other programs go on using it in shortcuts."""
        return self.code.kind == "alone"

    def mask(self, masks: Mapping[str, int]) -> int:
        return sum(masks[one] for one in self.modifiers)

    @property
    def trigger(self) -> str:
        """As the GlobalShortcuts portal wants it: CTRL+ALT+space."""
        return "+".join((*(WORDS_PORTAL[one] for one in self.modifiers), self.code.portal))


def parse(name: str) -> Key | None:
    """The key of a name such as "Right Ctrl" or "Ctrl+Alt+Space"; None when there is none."""
    *held, last = (part.strip() for part in name.split("+"))
    code = next((one for one in CODES.values() if one.name.casefold() == last.casefold()), None)
    by_name = {one.casefold(): one for one in MODIFIERS}
    by_name |= {alias.casefold(): one for alias, one in ALIASES.items()}
    modifiers = {by_name.get(one.casefold(), "") for one in held}
    if code is None or "" in modifiers or (held and code.kind == "alone"):
        return None
    return Key(tuple(one for one in MODIFIERS if one in modifiers), code)


def trouble(key: Key, shortcuts: Mapping[str, str], system: str) -> str:
    """Why a key cannot be the talk key, in words; "" when it can.

    shortcuts: what keys do already in Parley, by their name; system as in sys.platform.
    """
    held = set(key.modifiers)
    types = held <= {SHIFT} or (system == "darwin" and held <= {SHIFT, ALT})
    if key.code.kind == "typing" and types:
        hint = "Add Ctrl and Alt, or take a key such as Right Ctrl, F8 or Pause."
        return f"{key.name} is needed for writing. {hint}"
    if words := SYSTEMS.get(key.name):
        return f"{words} Take another key."
    if does := shortcuts.get(key.name):
        return f"{key.name} already means “{does}” in Parley. Take another key."
    if CTRL in held and held <= {CTRL, SHIFT} and key.code.name in EDITING:
        return f"{key.name} is used in texts. Take another key."
    if _number(key, system) == NO:
        return f"The keyboards of this system have no {key.code.name}. Take another key."
    return ""


def _number(key: Key, system: str) -> int:
    if system == "win32":
        return key.code.windows
    return key.code.macos if system == "darwin" else key.code.x11
