"""The window, from start to end: the only file that knows every part and every page."""

import json
import logging
import os
import sys
import time
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from app import garbage, paths, reports
from app.controllers.arrivals import COMMANDS, TALKING
from app.controllers.shown import Notice
from app.given import Application
from app.hotkeys.global_key import GlobalKey, system_key
from app.hotkeys.system import CANCELLED, LOST, RELEASED, SHORTCUT
from app.hotkeys.talk_key import TalkKey
from app.instance import Instance
from app.notifications import Notifications
from app.opening import open_with_system
from app.parts import Parts, build
from app.views import fonts, style
from app.views.window import MainWindow
from engines.errors import ParleyError

log = logging.getLogger(__name__)


class Opening(QObject):
    """What happens after the first paint, so that nothing of it delays the window."""

    def __init__(self, window: MainWindow, parts: Parts, args: Namespace) -> None:
        super().__init__(window)
        self._window, self._parts, self._args = window, parts, args
        self._opened = False
        self._early = [absolute(args.files)]  # words that came before there was a conversation
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._open)
        return False

    @Slot()
    def _open(self) -> None:
        if told := os.environ.get("PARLEY_FIRST_FRAME"):  # for tests/benchmarks/window.py
            Path(told).write_text(str(time.monotonic()))
        self._parts.history.refresh()
        self._parts.chat.new()
        self._parts.start_engines(self._args.model or "")
        self._parts.tidy()
        self._opened = True
        for words in self._early:
            self._parts.arrivals.take(words)
        garbage.keep_all()

    @Slot(object)
    def take(self, words: list[str]) -> None:
        """What a second start hands over."""
        if self._opened:
            self._parts.arrivals.take(words)
        else:
            self._early.append(words)


class Reports(QObject):
    """Shows errors nobody expected as a notice, on the GUI thread."""

    def __init__(self, parts: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        reports.catch_unexpected(self._show)

    def _show(self, trace: str) -> None:
        words = "Something went wrong inside Parley."
        hint = "What you wrote is kept. If it happens again, copy the details and report it."
        notice = Notice(words, hint, reports.details(trace), kind="error")
        self._parts.background.deliver(lambda: self._parts.chat.notice.emit(notice))


def run(args: Namespace) -> int:
    """Show the window until it is closed. Returns the exit code of the program."""
    qt = Application(sys.argv[:1])
    garbage.Garbage(qt)
    qt.setApplicationName("parley")
    qt.setApplicationDisplayName("Parley")
    qt.setDesktopFileName("org.parley.Parley")
    folders = paths.folders(args.data_dir).make()
    state = folders.state
    reports.start_log(folders.logs)
    instance = Instance(state, qt)
    try:
        if not instance.first():
            instance.hand_over(absolute([*args.files, *([args.model] if args.model else [])]))
            return 0
        parts = build(args, qt)
    except ParleyError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return 1
    fonts.load_fonts(paths.resource("fonts"))
    style.Look(qt, parts.preferences, qt)
    window = MainWindow(parts, paths.resource(""))
    window.restore_state(read_state(state / "window.json"))
    instance.received.connect(partial(come_forward, window))
    Reports(parts, qt)
    parts.acting.open_with = open_with_system
    parts.photos.open_with = open_with_system
    parts.reminders.due.connect(Notifications(window).show)
    key = talk_by_key(parts, qt)
    opening = Opening(window, parts, args)
    instance.received.connect(opening.take)
    qt.given.connect(opening.take)
    window.show()
    code = qt.exec()
    key.stop()
    (state / "window.json").write_text(json.dumps(window.save_state()))
    parts.stop()
    instance.close()
    return code


def talk_by_key(parts: Parts, parent: QObject) -> TalkKey:
    """The talk key does with the microphone what the button does."""
    everywhere = GlobalKey(system_key(parts.background))
    key, talk = TalkKey(everywhere, parts.preferences, parent), parts.talk
    endings = {
        RELEASED: talk.release,
        LOST: talk.lose,
        SHORTCUT: talk.take_back,
        CANCELLED: talk.cancel,
    }
    parts.voicing.use_key(key)
    key.pressed.connect(talk.press)
    key.over.connect(lambda how: endings[how]())
    return key


def come_forward(window: MainWindow, words: list[str]) -> None:
    """Whoever only talks does not want another window in front."""
    if not words or not set(words) <= set(TALKING):
        window.come_forward()


def absolute(words: list[str]) -> list[str]:
    """Files by their whole path, because the first start has its own working folder."""
    return [
        one if one in COMMANDS or not Path(one).exists() else str(Path(one).absolute())
        for one in words
    ]


def read_state(path: Path) -> dict[str, Any]:
    """Where the window was; it may be lost without harm."""
    try:
        state = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}
