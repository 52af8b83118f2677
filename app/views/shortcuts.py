"""The page of shortcuts, made from the window's actions and the keys of its parts."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.preferences import PreferencesController
from app.views.controls import column, label, row
from app.views.facts import empty
from app.views.page import Page
from app.views.slices import later

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


def talking(key: str) -> Rows:
    return (
        ("Talk while it is held", (key,)),
        ("Listen until the next tap", (f"{key}, tapped",)),
        ("Drop what you are saying", ("Esc",)),
    )


class ShortcutsPage(Page):
    def __init__(self, actions: Iterable[QAction], preferences: PreferencesController) -> None:
        groups: dict[str, list[tuple[str, Sequence[str]]]] = {}
        for action in actions:
            keys = [
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            ]
            if keys:
                groups.setdefault(action.data(), []).append((action.text(), keys[:1]))
        self._talking = Section("Talking")
        self._talking.show_rows(talking(preferences.voice.talk_key))
        others = {
            "While writing": WRITING,
            "What is attached": CHIPS,
            "A picture in view": LOOKING,
            "In the list of conversations": LIST,
            "While finding": FINDING,
        }
        before, after = (
            {Section(title): rows for title, rows in some.items()} for some in (groups, others)
        )
        inside = QWidget()
        inside.setLayout(column(*before, self._talking, *after, gap=0))
        super().__init__("Shortcuts", inside)
        for one, rows in (before | after).items():
            later(one, one.pieces(rows))
        preferences.voice_changed.connect(self._on_voice)

    @Slot(str, str)
    def _on_voice(self, name: str, value: str) -> None:
        if name == "talk_key":
            self._talking.show_rows(talking(value))


class Section(QWidget):
    """A heading and a card with a line for each shortcut."""

    def __init__(self, title: str) -> None:
        super().__init__()
        card = QFrame()
        card.setObjectName("card")
        self._lines = column(margins=(20, 8, 20, 8), gap=0)
        card.setLayout(self._lines)
        heading = row(label(title, "section"), margins=(4, 0, 0, 0))
        self.setLayout(column(heading, card, margins=(0, 0, 0, 20), gap=8))

    def pieces(self, rows: Rows) -> list[Callable[[], None]]:
        """Each makes a line more."""
        return [partial(self._add, words, keys) for words, keys in rows]

    def show_rows(self, rows: Rows) -> None:
        empty(self._lines)
        for piece in self.pieces(rows):
            piece()

    def _add(self, words: str, keys: Sequence[str]) -> None:
        line = QWidget()
        line.setLayout(row(label(words), None, *(caps(key) for key in keys), margins=(0, 7, 0, 7)))
        line.setAccessibleName(f"{words}: {' or '.join(keys)}")
        self._lines.addWidget(line)


def caps(keys: str) -> QWidget:
    """The keys of one shortcut, each on its own cap."""
    names = keys.replace("++", "+plus").split("+")
    whole = QWidget()
    shown = [label("+" if name == "plus" else name, "key") for name in names]
    for cap in shown:
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
    whole.setLayout(row(*shown, gap=4))
    return whole
