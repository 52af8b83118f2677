"""The key on X11: asked of the server while no window of Parley has the keyboard."""

from PySide6.QtCore import QObject, QSocketNotifier, Slot

from app.hotkeys import xcb
from app.hotkeys.keys import CODES, MASKS_X11, Key
from app.hotkeys.system import BIND, Hold, SystemKey

GONE = "The screen does not answer, so the key works only in Parley's window."


class X11Key(SystemKey):
    """A passive grab. A lone modifier is passed on at once, so shortcuts with it go on working."""

    def __init__(self, display: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key: Key | None = None
        self._code, self._grabbed, self._front = 0, False, False
        self._display: xcb.Display | None = None
        self._before: frozenset[int] = frozenset()  # keys that were down when the key was pressed
        self._hold = Hold(self._look, self)
        self._hold.over.connect(self.over)
        self._hold.up.connect(self._on_up)
        try:
            self._display = xcb.Display(display)
        except xcb.NoDisplay:
            self.say(False, f"{GONE} {BIND}")
            return
        self._escape = self._display.keycode(CODES["Esc"].x11)
        self._notifier = QSocketNotifier(self._display.fileno, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def watch(self, key: Key, agreed: bool = True) -> None:
        self._give_back()
        self._key = key
        self._take()

    def leave(self) -> None:
        self._give_back()
        self._key = None
        if self._display:
            self.say(False, "")

    def set_front(self, front: bool) -> None:
        """The window sees its keys itself; a hold that runs is not cut."""
        self._front = front
        if front and not self._hold.on:
            self._give_back()
        elif not front and not self._grabbed:
            self._take()

    def down(self, key: Key) -> bool | None:
        if self._display is None or not (code := self._display.keycode(key.code.x11)):
            return None
        try:
            return code in self._display.keys_down()
        except xcb.NoDisplay:
            self._lost()
            return None

    def stop(self) -> None:
        self._hold.end()
        self._close()

    def _take(self) -> None:
        if self._key is None or self._display is None:
            return
        name = self._key.name
        self._code = self._display.keycode(self._key.code.x11)
        if not self._code:
            self.say(False, f"This keyboard has no {name}. Choose another key. {BIND}")
            return
        mode = xcb.SYNC if self._key.alone else xcb.ASYNC
        try:
            self._grabbed = self._display.grab(self._code, self._key.mask(MASKS_X11), mode)
        except xcb.NoDisplay:
            self._lost()
            return
        if self._grabbed:
            self.say(True, f"{name} works while another program is in front, too.")
        else:
            taken = f"Another program has taken {name} for itself. Choose another key."
            self.say(False, f"{taken} {BIND}")
        if self._front:  # it was only to see whether nobody else has it
            self._give_back()

    def _give_back(self) -> None:
        self._hold.end()
        if self._grabbed and self._display and self._key:
            self._display.ungrab(self._code, self._key.mask(MASKS_X11))
        self._grabbed = False

    @Slot()
    def _read(self) -> None:
        try:
            self._drain()
        except xcb.NoDisplay:
            self._lost()

    def _drain(self) -> None:
        assert self._display
        for event in self._display.events():
            if event.kind == xcb.MAPPING_NOTIFY:
                self._layout_changed()
            elif event.kind == xcb.KEY_PRESS and event.keycode == self._code and self._grabbed:
                self._on_press()

    def _on_press(self) -> None:
        assert self._key and self._display
        if self._key.alone:
            self._display.replay()
        if not self._hold.on:
            self._before = self._display.keys_down() | {self._code}
            self._hold.begin()
            self.pressed.emit()

    @Slot()
    def _on_up(self) -> None:
        if self._front:
            self._give_back()

    def _layout_changed(self) -> None:
        """The key may lie elsewhere now."""
        assert self._display
        self._display.read_keyboard()
        self._escape = self._display.keycode(CODES["Esc"].x11)
        if self._key and self._code != self._display.keycode(self._key.code.x11):
            self._give_back()
            self._take()

    def _look(self) -> tuple[bool, bool, bool]:
        try:
            assert self._display
            down = self._display.keys_down()
            others = bool(down - self._before) or self._display.button_down()
            self._drain()  # presses that repeat came before this answer
        except xcb.NoDisplay:
            self._lost()
            return False, False, False
        return self._code in down, others, self._escape in down

    def _lost(self) -> None:
        self._hold.end()
        self._close()
        self.say(False, f"{GONE} {BIND}")

    def _close(self) -> None:
        if self._display:
            self._grabbed = False
            self._notifier.setEnabled(False)
            self._display.close()
            self._display = None
