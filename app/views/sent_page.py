"""The page that lists everything that left this computer."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.controllers.seal import SealController
from app.controllers.shown import ShownSent
from app.views.controls import column, label
from app.views.page import Page

COLUMNS = ("When", "Who", "Where to", "What", "Sent", "Received")
WIDTHS = (204, 120, 160, 0, 72, 80)
ABOUT = (
    "Everything that left this computer through Parley, the newest first. An entry is written "
    "before anything is sent."
)
NOTHING = "Nothing has left this computer."
PAGE = 200
HIGH, WIDEST = 420, 1000
Index = QModelIndex | QPersistentModelIndex


class SentModel(QAbstractTableModel):
    """Reads the log a part at a time, as the person scrolls."""

    def __init__(self, seal: SealController) -> None:
        super().__init__()
        self._seal = seal
        self._rows: list[ShownSent] = []
        self._all = False

    def refresh(self) -> None:
        self.beginResetModel()
        self._rows, self._all = list(self._seal.log(None, PAGE)), False
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._all and len(self._rows) >= PAGE

    def fetchMore(self, parent: Index) -> None:
        more = self._seal.log(self._rows[-1].key, PAGE)
        self._all = len(more) < PAGE
        if more:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(more) - 1)
            self._rows += more
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        one = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            what = " ".join(one.what.split())
            received = one.outcome or size_words(one.received)
            cells = (one.when, one.who, one.where, what, size_words(one.sent), received)
            return cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{one.who} to {one.where}, {one.when}\n{one.what[:2000]}"
        return None


class SentPage(Page):
    def __init__(self, seal: SealController) -> None:
        self.model = SentModel(seal)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("What left this computer")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for place, width in enumerate(WIDTHS):
            if width:
                self.table.setColumnWidth(place, width)
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(HIGH)
        self.nothing = label(NOTHING, "soft")
        inside = QWidget()
        about = label(ABOUT, "soft", wrap=True)
        inside.setLayout(column(about, 8, self.nothing, self.table, gap=8))
        super().__init__("What left this computer", inside)
        inside.setMaximumWidth(WIDEST)
        seal.changed.connect(self._on_seal)

    def enter(self) -> None:
        super().enter()
        self._refresh()

    @Slot(object)
    def _on_seal(self, _seal: object) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self.model.refresh()
        self.nothing.setVisible(self.model.rowCount() == 0)
        self.table.setVisible(self.model.rowCount() > 0)


def size_words(size: int) -> str:
    return f"{size:,} B" if size < 10_000 else f"{size / 1000:,.0f} kB"
