"""What a key event of Qt says: which key of ours it is, on which side, with what held."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.hotkeys.keys import ALONE, ALT, CODES, CTRL, MODIFIERS, SHIFT, SUPER, Code, Key

# 0x100 in a scan code of Windows: the right one of two keys
SCAN_WINDOWS = {"Right Ctrl": 0x11D, "Right Alt": 0x138, "Right Super": 0x15C}
M, K = Qt.KeyboardModifier, Qt.Key
HELD = {CTRL: M.ControlModifier, ALT: M.AltModifier, SHIFT: M.ShiftModifier, SUPER: M.MetaModifier}
if sys.platform == "darwin":  # Qt calls Command Control there
    HELD |= {CTRL: M.MetaModifier, SUPER: M.ControlModifier}
MODIFIER_KEYS = {
    K.Key_Control: CTRL,
    K.Key_Alt: ALT,
    K.Key_AltGr: ALT,
    K.Key_Shift: SHIFT,
    K.Key_Meta: SUPER,
    K.Key_Super_L: SUPER,
    K.Key_Super_R: SUPER,
}
if sys.platform == "darwin":
    MODIFIER_KEYS |= {K.Key_Control: SUPER, K.Key_Meta: CTRL}
PAD = {K.Key_Enter: K.Key_Return}  # the other of two keys that do the same


def code_of(event: QKeyEvent) -> Code | None:
    """None for a key that has no name here, as the left Ctrl."""
    for one in ALONE:
        if event.nativeVirtualKey() and _is_native(event, one):
            return one
    if event.key() in MODIFIER_KEYS:
        return None
    wanted = int(PAD.get(Qt.Key(event.key()), event.key()))
    return next((one for one in CODES.values() if one.qt == wanted), None)


def _is_native(event: QKeyEvent, code: Code) -> bool:
    if sys.platform == "win32":
        scanned = event.nativeScanCode() == SCAN_WINDOWS[code.name]
        return scanned or event.nativeVirtualKey() == code.windows
    native = code.macos if sys.platform == "darwin" else code.x11
    return event.nativeVirtualKey() == native


def held_with(event: QKeyEvent) -> tuple[str, ...]:
    """The modifiers of ours that are held while this key goes down."""
    return tuple(one for one in MODIFIERS if event.modifiers() & HELD[one])


def modifier_of(event: QKeyEvent) -> str:
    """Which modifier this key is, left or right; "" for another key."""
    return MODIFIER_KEYS.get(event.key(), "")  # type: ignore[call-overload]


def key_of(event: QKeyEvent) -> Key | None:
    """The whole combination that a press makes."""
    code = code_of(event)
    if code is None:
        return None
    return Key(() if code.kind == "alone" else held_with(event), code)


def others_held(event: QKeyEvent) -> bool:
    """For a modifier that goes down: whether another kind of modifier is held already."""
    own = modifier_of(event)
    return any(one != own for one in held_with(event))
