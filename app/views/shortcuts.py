"""The page of shortcuts, made from the window's actions and the keys of its parts."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.preferences import PreferencesController
from app.views.controls import column, label, row
from app.views.page import Page

Rows = Sequence[tuple[str, Sequence[str]]]  # what it does, the keys that do it

WRITING: Rows = (
    ("Send", ("Enter",)),
    ("New line", ("Shift+Enter",)),
    ("Be quiet, and stop the answer", ("Esc",)),
    ("Change your last question, in an empty message", ("Up",)),
    ("Take back typing; with nothing typed, the last deletion", ("Ctrl+Z",)),
)
CHIPS: Rows = (
    ("Reach the chips above the message", ("Shift+Tab",)),
    ("Move through them", ("Left", "Right")),
    ("Open", ("Enter",)),
    ("Remove", ("Del",)),
)
LOOKING: Rows = (
    ("Earlier and next picture", ("Left", "Right")),
    ("Larger, smaller, all of it", ("+", "-", "0")),
    ("Box around a part", ("B",)),
    ("Move the box", ("Arrows",)),
    ("Resize the box", ("Shift+Arrows",)),
    ("Ask about the part", ("Enter",)),
    ("Copy, save", ("Ctrl+C", "Ctrl+S")),
    ("Drop the box, close", ("Esc",)),
)
LIST: Rows = (
    ("Move through the conversations", ("Up", "Down")),
    ("Open", ("Enter",)),
    ("Rename", ("F2",)),
    ("Delete", ("Del",)),
    ("Everything else", ("Menu",)),
)
FINDING: Rows = (
    ("Later match", ("Enter",)),
    ("Earlier match", ("Shift+Enter",)),
    ("Close", ("Esc",)),
)


def shortcuts(actions: Iterable[QAction]) -> dict[str, str]:
    """What keys do already: {"Ctrl+N": "New conversation"}."""
    return {key.toString(): one.text() for one in actions for key in one.shortcuts()}


def talking(key: str) -> QWidget:
    rows: Rows = (
        ("Talk while it is held", (key,)),
        ("Listen until the next tap", (f"{key}, tapped",)),
        ("Drop what you are saying", ("Esc",)),
    )
    return section("Talking", rows)


class ShortcutsPage(Page):
    def __init__(self, actions: Iterable[QAction], preferences: PreferencesController) -> None:
        self._preferences = preferences
        self._talking = talking(preferences.voice.talk_key)
        groups: dict[str, list[tuple[str, Sequence[str]]]] = {}
        for action in actions:
            keys = [
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            ]
            if keys:
                groups.setdefault(action.data(), []).append((action.text(), keys[:1]))
        inside = QWidget()
        sections = [section(title, rows) for title, rows in groups.items()]
        sections += [
            self._talking,
            section("While writing", WRITING),
            section("What is attached", CHIPS),
            section("A picture in view", LOOKING),
            section("In the list of conversations", LIST),
            section("While finding", FINDING),
        ]
        inside.setLayout(column(*sections, gap=0))
        super().__init__("Shortcuts", inside)
        self._inside = inside
        preferences.voice_changed.connect(self._on_voice)

    @Slot(str, str)
    def _on_voice(self, name: str, value: str) -> None:
        if name == "talk_key":
            before, self._talking = self._talking, talking(value)
            layout = self._inside.layout()
            assert layout
            layout.replaceWidget(before, self._talking)
            before.deleteLater()


def section(title: str, rows: Rows) -> QWidget:
    card = QFrame()
    card.setObjectName("card")
    lines = column(margins=(20, 8, 20, 8), gap=0)
    for words, keys in rows:
        line = QWidget()
        line.setLayout(row(label(words), None, *(caps(key) for key in keys), margins=(0, 7, 0, 7)))
        line.setAccessibleName(f"{words}: {' or '.join(keys)}")
        lines.addWidget(line)
    card.setLayout(lines)
    whole = QWidget()
    heading = row(label(title, "section"), margins=(4, 0, 0, 0))
    whole.setLayout(column(heading, card, margins=(0, 0, 0, 20), gap=8))
    return whole


def caps(keys: str) -> QWidget:
    """The keys of one shortcut, each on its own cap."""
    names = keys.replace("++", "+plus").split("+")
    whole = QWidget()
    shown = [label("+" if name == "plus" else name, "key") for name in names]
    for cap in shown:
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
    whole.setLayout(row(*shown, gap=4))
    return whole
