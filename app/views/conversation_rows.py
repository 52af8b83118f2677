"""The list of conversations as Qt's model sees it: headings and conversations, row by row."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.controllers.shown import ShownConversation

BATCH = 200  # rows laid out at once; the rest when the list is scrolled to its end
FITS = 30  # letters of a title that are always seen
SHOWN = Qt.ItemDataRole.UserRole  # the ShownConversation, or None for a heading
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Heading:
    text: str


Row = Heading | ShownConversation


class ConversationRows(QAbstractListModel):
    more_asked = Signal()  # everything known is shown and the end was reached
    renamed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._known: list[ShownConversation] = []
        self._rows: list[Row] = []
        self._used = 0  # how many of the known ones are among the rows
        self._asked_at = -1
        self._replacing = False  # the list may look for its end in the middle of a change

    def replace(self, known: list[ShownConversation]) -> None:
        """Show another list; rows that stay keep their place, selection and scroll position."""
        used = min(len(known), max(BATCH, self._used))
        self._replacing = True
        self._known, self._used = known, used
        self._become(with_headings(known[:used]))
        self._replacing = False

    def _become(self, rows: list[Row]) -> None:
        old, shared = self._rows, min(len(self._rows), len(rows))
        first = next((i for i in range(shared) if not same(old[i], rows[i])), shared)
        tail = 0
        while tail < shared - first and same(old[-1 - tail], rows[-1 - tail]):
            tail += 1
        if first < (end := len(old) - tail):
            self.beginRemoveRows(QModelIndex(), first, end - 1)
            self._rows = old[:first] + old[end:]
            self.endRemoveRows()
        if first < (end := len(rows) - tail):
            self.beginInsertRows(QModelIndex(), first, end - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        if rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def row_of(self, conversation: int | None) -> int:
        """Its row, -1 when it is not among those laid out."""
        found = (
            i
            for i, row in enumerate(self._rows)
            if isinstance(row, ShownConversation) and row.id == conversation
        )
        return next(found, -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if isinstance(row, Heading):
            return row.text if role in (Role.DisplayRole, Role.AccessibleTextRole) else None
        if role == SHOWN:
            return row
        if role in (Role.DisplayRole, Role.EditRole):
            return row.title
        if role == Role.ToolTipRole:
            return row.title if len(row.title) > FITS else None
        if role == Role.AccessibleTextRole:
            return f"{row.title}, pinned" if row.pinned else row.title
        return row.snippet if role == Role.AccessibleDescriptionRole else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        row = self._rows[index.row()]
        if isinstance(row, Heading):
            return False
        self.renamed.emit(row.id, value)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable | Qt.ItemFlag.ItemIsEditable

    def canFetchMore(self, parent: Index) -> bool:
        if self._replacing or self._used < BATCH:  # a short list is a whole one
            return False
        return self._used < len(self._known) or self._asked_at != len(self._known)

    def fetchMore(self, parent: Index) -> None:
        if self._used == len(self._known):
            self._asked_at = self._used  # once for this length: there may be no more
            self.more_asked.emit()
            return
        more = list(islice(self._known, self._used, self._used + BATCH))
        group = self._known[self._used - 1].group if self._used else ""
        rows = with_headings(more, group)
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
        self._rows = self._rows + rows
        self._used += len(more)
        self.endInsertRows()


def with_headings(known: list[ShownConversation], group: str = "") -> list[Row]:
    rows: list[Row] = []
    for conversation in known:
        if conversation.group != group:
            group = conversation.group
            rows.append(Heading(group))
        rows.append(conversation)
    return rows


def same(one: Row, other: Row) -> bool:
    """Whether two rows stand for the same thing, whatever it is called now."""
    if isinstance(one, ShownConversation) and isinstance(other, ShownConversation):
        return one.id == other.id
    return one == other
