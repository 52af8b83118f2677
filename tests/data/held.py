"""A program with one window on a real X server, which prints what it gets.

"parley": the talk key as Parley has it, above a field to type in. The name of the key, and whether
it works in other programs, are further arguments; lines on its input are new names of the key.
"other": any other program; prints the keys its window sees.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app import settings
from app.background import Background
from app.controllers.preferences import PreferencesController
from app.hotkeys.global_key import GlobalKey, system_key
from app.hotkeys.talk_key import TalkKey


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201


class Field(QLineEdit):
    def keyPressEvent(self, event) -> None:
        say("key", hex(event.nativeVirtualKey()), int(event.modifiers().value))
        super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        say("front")


def talk_key(name: str, anywhere: bool, owner: QObject, folder: str) -> TalkKey:
    chosen = settings.Chosen()
    chosen.voice.talk_key, chosen.app.talk_anywhere = name, anywhere
    preferences = PreferencesController(chosen, Path(folder) / "settings.json", "llama_cpp", owner)
    made = TalkKey(GlobalKey(system_key(Background(owner), {})), preferences, owner)
    made.pressed.connect(lambda: say("pressed"))
    made.over.connect(say)
    made.changed.connect(lambda: say("words", made.everywhere.words))

    def rename() -> None:
        if line := sys.stdin.readline().strip():
            preferences.set_voice("talk_key", line)

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, owner)
    notifier.activated.connect(rename)
    say("words", made.everywhere.words)
    return made


def on_state(state: Qt.ApplicationState) -> None:
    if state != Qt.ApplicationState.ApplicationActive:
        say("back")


def main() -> None:
    what, *rest = sys.argv[1:]
    qt = QApplication(sys.argv[:1])
    field = Field()
    field.setWindowTitle(what)
    field.resize(300, 40)
    field.show()
    field.activateWindow()
    with TemporaryDirectory() as folder:
        kept = talk_key(rest[0], rest[1] == "anywhere", qt, folder) if what == "parley" else None
        qt.applicationStateChanged.connect(on_state)  # after the talk key, which has done its part
        qt.exec()
        if kept:
            kept.stop()


if __name__ == "__main__":
    main()
