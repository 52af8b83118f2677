"""The list of sound files: painted rows with how far each one is."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.controllers.shown import ShownSoundFile
from app.views import style
from app.views.list_rows import paint_ground
from app.views.theme import text_font

HEIGHT = 62
SHOWN = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class SoundFileRows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.files: list[ShownSoundFile] = []

    def replace(self, files: list[ShownSoundFile]) -> None:
        """Rows that stay keep their selection."""
        if [one.key for one in files] != [one.key for one in self.files]:
            self.beginResetModel()
            self.files = files
            self.endResetModel()
        else:
            self.files = files
            if files:
                self.dataChanged.emit(self.index(0), self.index(len(files) - 1))

    def row_of(self, key: int | None) -> int:
        return next((row for row, one in enumerate(self.files) if one.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self.files)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        one = self.files[index.row()]
        if role == SHOWN:
            return one
        if role == Role.DisplayRole:
            return one.name
        if role == Role.ToolTipRole:
            return one.path
        if role == Role.AccessibleTextRole:
            return f"{one.name}, {one.words}"
        return one.trouble if role == Role.AccessibleDescriptionRole else None


class SoundFilePainter(QStyledItemDelegate):
    """A name, words below it, and a line that grows with what is done."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one = index.data(SHOWN)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, chosen)
        inside = option.rect.adjusted(12, 9, -12, -9)
        weight = QFont.Weight.Medium if chosen else QFont.Weight.Normal
        middle, right = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        self._write(
            painter, inside, one.name, 14, weight, "soft_text" if chosen else "text", middle
        )
        color = "danger" if one.state == "failed" else "text_2" if chosen else "muted"
        below = inside.adjusted(0, 22, 0, 0)
        self._write(painter, below, one.words, 12, QFont.Weight.Normal, color, right)
        if one.state in ("writing", "held", "stopped") and one.share >= 0:
            self._paint_share(painter, option.rect, one)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        size: int,
        weight: QFont.Weight,
        color: str,
        elide: Qt.TextElideMode,
    ) -> None:
        font = text_font(size, weight)
        painter.setFont(font)
        painter.setPen(style.current().color(color))
        shown = QFontMetrics(font).elidedText(text, elide, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shown)

    def _paint_share(self, painter: QPainter, rect: QRect, one: ShownSoundFile) -> None:
        theme, line = style.current(), QRectF(rect).adjusted(12, HEIGHT - 9, -12, -6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border_strong"))
        painter.drawRoundedRect(line, 1.5, 1.5)
        line.setWidth(max(3.0, line.width() * one.share))
        painter.setBrush(theme.color("accent" if one.state == "writing" else "muted"))
        painter.drawRoundedRect(line, 1.5, 1.5)


class SoundFileList(QListView):
    chosen = Signal(object)  # key, or None when nothing is
    remove_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = SoundFileRows()
        self.setModel(self.rows)
        self.setItemDelegate(SoundFilePainter(self))
        self.setAccessibleName("Sound files")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.selectionModel().currentChanged.connect(self._on_current)

    @property
    def key(self) -> int | None:
        """Of the file that is looked at."""
        row = self.currentIndex().row()
        return self.rows.files[row].key if 0 <= row < len(self.rows.files) else None

    def show_files(self, files: list[ShownSoundFile]) -> None:
        """The file that is looked at stays it; where it is gone, the one in its place."""
        key, row = self.key, self.currentIndex().row()
        self.rows.replace(files)
        place = self.rows.row_of(key)
        if place < 0:
            place = min(max(row, 0), len(files) - 1)
        if place >= 0 and self.currentIndex().row() != place:
            self.setCurrentIndex(self.rows.index(place))
        elif not files:
            self.chosen.emit(None)

    def look_at(self, key: int) -> None:
        if (row := self.rows.row_of(key)) >= 0:
            self.setCurrentIndex(self.rows.index(row))

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.key is not None:
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)
