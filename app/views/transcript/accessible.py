"""What a screen reader gets: the conversation as a list of turns it can read one by one."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget

from app.controllers.shown import ShownQuestion, ShownTool, ShownTurn
from app.views.attachments.groups import spoken
from app.views.transcript.found import TITLE, found_in
from app.views.transcript.pieces import words
from app.views.transcript.question import plainly
from app.views.transcript.reader import Reader
from app.views.transcript.source import clean

if TYPE_CHECKING:
    from app.views.transcript.view import Transcript

NAMES = {"user": "You", "assistant": "Parley"}
LONGEST = 12_000  # characters of one turn


def plain(turn: ShownTurn) -> str:
    """The text without the signs of markdown."""
    text = clean(turn.text[:LONGEST])
    if turn.role == "user":
        return text
    reader = Reader(text)
    reader.read_slice()
    return "\n".join(words(piece) for piece in reader.pieces)


def spoken_turn(turn: ShownTurn) -> str:
    """A turn as one reads it aloud."""
    name = NAMES.get(turn.role, turn.role)
    parts = [f"{name}: {plain(turn)}", *(spoken(one) for one in turn.attachments)]
    if not turn.text and turn.status == "waiting":
        parts = [f"{name} is about to answer"]
    if turn.cut:
        parts.insert(0, "The model no longer sees what is above.")
    if turn.changed:
        parts.insert(0, f"{turn.changed}.")
    for tool in turn.tools:
        parts += _spoken_tool(tool)
    if found := found_in(turn.attachments):
        parts.append(f"{TITLE}: {found[:LONGEST]}")
    if turn.note:
        parts.append(turn.note)
    if turn.error:
        parts.append(f"{turn.error.message} {turn.error.hint}".strip())
    return "\n".join(parts)


def _spoken_tool(tool: ShownTool) -> list[str]:
    pictures = [f"Picture: {picture.title or 'without a title'}" for picture in tool.pictures]
    if not (asked := tool.question):
        return [f"Used {tool.title}: {tool.result[:500]}", *pictures]
    return [spoken_question(asked), *pictures]


def spoken_question(asked: ShownQuestion) -> str:
    parts = [asked.words, *asked.where, asked.what[:LONGEST], asked.warning]
    return "\n".join(plainly(part) for part in parts if part)


class AccessibleTurn(QAccessibleInterface):
    def __init__(self, transcript: "Transcript", row: int) -> None:
        super().__init__()
        self._transcript, self._row = transcript, row

    def isValid(self) -> bool:
        return self._row < len(self._transcript.stack.rows)

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> Any:
        return self._transcript.window().windowHandle()

    def parent(self) -> Any:
        return QAccessible.queryAccessibleInterface(self._transcript)

    def child(self, index: int) -> Any:
        return None

    def childAt(self, x: int, y: int) -> Any:
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def focusChild(self) -> Any:
        return None

    def relations(self, match: Any = None) -> Any:
        return []

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Name and self.isValid():
            return spoken_turn(self._transcript.stack.rows[self._row].turn)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        return None

    def rect(self) -> QRect:
        """On the screen; empty while the turn is out of view."""
        return self._transcript.turn_area(self._row)

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.readOnly = state.focusable = state.selectable = True
        state.offscreen = self.rect().isEmpty()
        state.focused = self._transcript.hasFocus() and self._row == self._transcript.current
        return state


class AccessibleTranscript(QAccessibleWidget):
    """The list; behind the turns comes the viewport with the buttons of the current turn."""

    def __init__(self, transcript: "Transcript") -> None:
        super().__init__(transcript, QAccessible.Role.List, "Conversation")
        self._transcript = transcript
        self._turns: dict[int, AccessibleTurn] = {}

    def childCount(self) -> int:
        return len(self._transcript.stack.rows) + 1

    def child(self, index: int) -> Any:
        rows = len(self._transcript.stack.rows)
        if index == rows:
            return QAccessible.queryAccessibleInterface(self._transcript.viewport())
        if not 0 <= index < rows:
            return None
        if index not in self._turns:
            made = self._turns[index] = AccessibleTurn(self._transcript, index)
            QAccessible.registerAccessibleInterface(made)
        return self._turns[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        for index, turn in self._turns.items():
            if turn is child:
                return index
        return len(self._transcript.stack.rows) if child.object() else -1

    def childAt(self, x: int, y: int) -> Any:
        point = self._transcript.viewport().mapFromGlobal(QRect(x, y, 1, 1).topLeft())
        shown = self._transcript.shown_at(point.y())
        return self.child(shown.row) if shown else None

    def focusChild(self) -> Any:
        current = self._transcript.current
        return self.child(current) if self._transcript.hasFocus() and current >= 0 else None


_MADE: dict[int, AccessibleTranscript] = {}  # Qt keeps no reference to what the factory makes
_KIND: list[type] = []


def _factory(_name: str, owner: QObject | None) -> QAccessibleInterface | None:
    if owner is None or not isinstance(owner, tuple(_KIND)):
        return None
    made = _MADE[id(owner)] = AccessibleTranscript(owner)  # type: ignore[arg-type]
    owner.destroyed.connect(partial(_MADE.pop, id(owner), None))
    return made


def install(kind: type) -> None:
    """Have Qt ask here for the interface of every widget of this kind."""
    if kind not in _KIND:
        _KIND.append(kind)
        QAccessible.installFactory(_factory)


def tell(owner: QObject, kind: QAccessible.Event, row: int = -1) -> None:
    """Tell screen readers that something happened to the list, or to a turn in it."""
    if QAccessible.isActive():
        event = QAccessibleEvent(owner, kind)
        if row >= 0:
            event.setChild(row)
        QAccessible.updateAccessibility(event)
