"""What every system's way to a key has in common, and how a held key is watched."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.hotkeys.keys import Key

COMMAND = "parley talk"
BIND = f"In your desktop's settings you can give the command “{COMMAND}” a key of its own."
MOMENT = 0.6  # seconds in which another key makes a shortcut of it
WATCH_MS = 15  # a hold is looked at so often
RELEASED = "released"
LOST = "lost"  # nobody sees the key any more
SHORTCUT = "shortcut"  # another key came at once: nothing was meant to be said
CANCELLED = "cancelled"  # Esc: what was said is not wanted


class SystemKey(QObject):
    """One way to know of a key while another program is in front."""

    pressed = Signal()
    over = Signal(str)  # how the hold ended: one of the four below
    changed = Signal()  # words or works

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.works = False
        self.words = ""  # for people: does it work, if not why, and what then
        self.must_ask = False  # the system would ask the person, who has not agreed to that yet

    def watch(self, key: Key, agreed: bool) -> None:
        """Tell of this key from now on, in place of the one before.

        agreed: the system may put its own question to the person.
        """
        raise NotImplementedError

    def leave(self) -> None:
        """Give the key back to the other programs."""

    def down(self, key: Key) -> bool | None:
        """Whether the key is really down now; None where nobody knows."""
        return None

    def set_front(self, front: bool) -> None:
        """Whether a window of Parley has the keyboard."""

    def stop(self) -> None:
        """For good."""
        self.leave()

    def say(self, works: bool, words: str, must_ask: bool = False) -> None:
        if (works, words, must_ask) != (self.works, self.words, self.must_ask):
            self.works, self.words, self.must_ask = works, words, must_ask
            self.changed.emit()


class Hold(QObject):
    """From press to release of one key, seen by looking at what is down.

    look answers (the key is down, any other key or button is, Esc is); it costs under a
    millisecond and is asked every WATCH_MS while the key is held.
    """

    over = Signal(str)
    up = Signal()  # the key, which may be later than over

    def __init__(self, look: Callable[[], tuple[bool, bool, bool]], parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._began, self._told = look, 0.0, False
        self._timer = QTimer(self, interval=WATCH_MS)
        self._timer.timeout.connect(self._watch)

    @property
    def on(self) -> bool:
        return self._timer.isActive()

    def begin(self) -> None:
        self._began, self._told = time.monotonic(), False
        self._timer.start()

    def end(self) -> None:
        """The key is no longer ours to watch."""
        if self.on:
            self._tell(LOST)
            self._finish()

    @Slot()
    def _watch(self) -> None:
        down, others, escape = self._look()
        if escape:
            self._tell(CANCELLED)
        elif others and time.monotonic() - self._began < MOMENT:
            self._tell(SHORTCUT)
        if not down:
            self._tell(RELEASED)
            self._finish()

    def _tell(self, how: str) -> None:
        """Once for each hold."""
        if not self._told:
            self._told = True
            self.over.emit(how)

    def _finish(self) -> None:
        self._timer.stop()
        self.up.emit()
