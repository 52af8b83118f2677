"""The grid of photos: a table of tiles of which only those on screen are ever asked about."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QUrl,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QLinearGradient,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.controllers.shown import ShownPhoto
from app.views import icons, style
from app.views.theme import text_font
from app.views.transcript.pictures import RADIUS, Key, Pictures

SIDE, GAP = 168, 8  # of a tile at least, and between two, in pixels
WAITING = 200  # pictures that are decoded before those that are out of sight are given up
SHOWN = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class PhotoRows(QAbstractTableModel):
    """Keys of photos, so many in a row as there is room for."""

    def __init__(self, photo: Callable[[int], ShownPhoto]) -> None:
        super().__init__()
        self._photo = photo
        self.keys: Sequence[int] = ()
        self.columns = 4

    def replace(self, keys: Sequence[int], columns: int) -> None:
        self.beginResetModel()
        self.keys, self.columns = keys, columns
        self.endResetModel()

    def key_at(self, index: Index) -> int | None:
        place = index.row() * self.columns + index.column()
        return self.keys[place] if index.isValid() and 0 <= place < len(self.keys) else None

    def place_at(self, place: int) -> QModelIndex:
        return self.index(place // self.columns, place % self.columns)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else -(-len(self.keys) // self.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else self.columns

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.key_at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        both = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return both | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        key = self.key_at(index)
        if key is None:
            return None
        if role == SHOWN:
            return self._photo(key)
        if role in (Role.DisplayRole, Role.AccessibleTextRole, Role.ToolTipRole):
            one = self._photo(key)
            if role == Role.ToolTipRole:
                return f"{one.name}\n{one.words}\n{one.folder}" if one.name else None
            away = "" if one.there else ", away"
            return f"{one.name}, {one.words}{away}" if one.name else "Photo"
        return None

    def tell(self, keys: set[int], first: int, last: int) -> None:
        """Something of these is known now; only rows between first and last are on screen."""
        for row in range(max(0, first), min(last, self.rowCount() - 1) + 1):
            part = self.keys[row * self.columns : (row + 1) * self.columns]
            if keys.intersection(part):
                self.dataChanged.emit(self.index(row, 0), self.index(row, self.columns - 1))

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[Any]) -> QMimeData:
        shown = [self.data(one, SHOWN) for one in indexes]
        made = QMimeData()
        made.setUrls([QUrl.fromLocalFile(one.path) for one in shown if one and one.path])
        return made


class PhotoPainter(QStyledItemDelegate):
    """A tile: the picture, its name while mouse or keyboard are on it, a ring when chosen."""

    def __init__(self, pictures: Pictures, view: "PhotoGrid") -> None:
        super().__init__(view)
        self._pictures, self._view = pictures, view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one = index.data(SHOWN)
        if one is None:
            return
        tile = option.rect.adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
        state, theme = option.state, style.current()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = self._view.hasFocus() and index == self._view.currentIndex()
        inside = tile.adjusted(5, 5, -5, -5) if chosen else tile
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not one.there:
            painter.setOpacity(0.4)
        self._paint_picture(painter, tile, inside, one)
        painter.setOpacity(1.0)
        if one.name and (state & QStyle.StateFlag.State_MouseOver or focused):
            self._paint_name(painter, inside, one.name)
        if not one.there:
            self._paint_away(painter, inside)
        if chosen or focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 3 if chosen else 2))
            ring = QRectF(tile).adjusted(1.5, 1.5, -1.5, -1.5)
            painter.drawRoundedRect(ring, RADIUS + 1, RADIUS + 1)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, tile: QRect, inside: QRect, one: ShownPhoto
    ) -> None:
        ratio = painter.device().devicePixelRatioF()
        picture = None
        if one.preview:
            key = Key(one.preview, tile.width(), tile.height(), ratio, True)
            picture = self._pictures.get(key)
        if picture is not None and not picture.isNull():
            painter.drawImage(QRectF(inside), picture)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.current().color("chip"))
        painter.drawRoundedRect(QRectF(inside), RADIUS, RADIUS)
        if one.name and (picture is not None or not one.preview):  # there is none to be waited for
            drawing = icons.pixmap("image", style.current().muted, 24, ratio)
            painter.drawPixmap(QPointF(inside.center()) - QPointF(12, 12), drawing)

    def _paint_name(self, painter: QPainter, tile: QRect, name: str) -> None:
        place = QRectF(tile).adjusted(0, tile.height() - 44, 0, 0)
        shade = QLinearGradient(place.topLeft(), place.bottomLeft())
        shade.setColorAt(0, QColor(0, 0, 0, 0))
        shade.setColorAt(1, QColor(0, 0, 0, 190))
        painter.save()
        painter.setClipRect(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRoundedRect(QRectF(tile), RADIUS, RADIUS)
        painter.restore()
        font = text_font(12, QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor("white"))
        words = place.adjusted(10, 0, -10, -8)
        middle = Qt.TextElideMode.ElideMiddle
        fitting = QFontMetrics(font).elidedText(name, middle, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, fitting)

    def _paint_away(self, painter: QPainter, tile: QRect) -> None:
        theme = style.current()
        badge = QRectF(tile.right() - 34, tile.top() + 8, 26, 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(badge, 13, 13)
        drawing = icons.pixmap("hard-drive", theme.text_2, 16, painter.device().devicePixelRatioF())
        painter.drawPixmap(badge.topLeft() + QPointF(5, 5), drawing)


class PhotoGrid(QTableView):
    opened = Signal(object)  # key, by Enter or a double click
    chosen = Signal()  # which ones are chosen
    menu_asked = Signal(object)  # where, on the screen
    left_above = Signal()  # Up in the first row

    def __init__(self, photo: Callable[[int], ShownPhoto]) -> None:
        super().__init__()
        self.rows = PhotoRows(photo)
        self._pictures = Pictures(self._on_picture)
        self.setModel(self.rows)
        self.setItemDelegate(PhotoPainter(self._pictures, self))
        self.setObjectName("photo_grid")
        self.setAccessibleName("Photos")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(48)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMinimumHeight(SIDE)
        self.doubleClicked.connect(self._on_double)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.selectionModel().selectionChanged.connect(self._on_selection)

    # What is shown

    def show_keys(self, keys: Sequence[int], top: bool) -> None:
        """top: from the beginning; else what is looked at stays where it is."""
        kept, at = self.chosen_keys(), self.verticalScrollBar().value()
        self.rows.replace(keys, self.rows.columns)
        self._size_tiles()
        if top:
            self.scrollToTop()
        else:
            self.verticalScrollBar().setValue(at)
            self._choose(kept)
        self.chosen.emit()

    def tell(self, keys: set[int]) -> None:
        first, last = self.seen()
        self.rows.tell(keys, first, last)

    def seen(self) -> tuple[int, int]:
        """First and last row on screen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), self.rows.rowCount() - 1 if last < 0 else last

    def chosen_keys(self) -> list[int]:
        """In the order of the grid."""
        indexes = sorted(self.selectedIndexes(), key=lambda one: (one.row(), one.column()))
        return [key for one in indexes if (key := self.rows.key_at(one)) is not None]

    @property
    def current_key(self) -> int | None:
        return self.rows.key_at(self.currentIndex())

    def enter(self) -> None:
        """Take the keyboard, on the first photo where none is chosen."""
        self.setFocus()  # Qt makes the first one current then, but does not choose it
        if self.rows.keys and not self.chosen_keys():
            here = self.currentIndex() if self.current_key else self.rows.place_at(0)
            choose = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(here, choose)

    def _choose(self, keys: Sequence[int]) -> None:
        """Those that are among the first rows; looking for all of 100,000 would take too long."""
        wanted = set(keys)
        near = range(min(len(self.rows.keys), 5_000)) if wanted else ()
        select = QItemSelectionModel.SelectionFlag.Select
        for place in near:
            if self.rows.keys[place] in wanted:
                index = self.rows.place_at(place)
                self.selectionModel().select(index, select)
                self.selectionModel().setCurrentIndex(
                    index, QItemSelectionModel.SelectionFlag.NoUpdate
                )

    def _size_tiles(self) -> None:
        width = self.viewport().width()
        columns = max(2, width // (SIDE + GAP))
        if columns != self.rows.columns:
            first = self.seen()[0] * self.rows.columns
            kept = self.chosen_keys()
            self.rows.replace(self.rows.keys, columns)
            self._choose(kept)
            if first < len(self.rows.keys):
                top = QAbstractItemView.ScrollHint.PositionAtTop
                self.scrollTo(self.rows.place_at(first), top)
        side = width // columns
        self.horizontalHeader().setDefaultSectionSize(side)
        self.verticalHeader().setDefaultSectionSize(side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_tiles()

    @Slot()
    def _on_scroll(self) -> None:
        if self._pictures.waiting > WAITING:
            self._pictures.stop()

    def _on_picture(self, _key: Key) -> None:
        self.viewport().update()

    @Slot()
    def _on_selection(self) -> None:
        self.chosen.emit()

    @Slot(QModelIndex)
    def _on_double(self, index: QModelIndex) -> None:
        if (key := self.rows.key_at(index)) is not None:
            self.opened.emit(key)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_key is not None:
            self.opened.emit(self.current_key)
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left_above.emit()
        else:
            super().keyPressEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Left and right go on in the next row, Home and End to the first and last photo."""
        here, count = self.currentIndex(), len(self.rows.keys)
        step = {
            QAbstractItemView.CursorAction.MoveLeft: -1,
            QAbstractItemView.CursorAction.MoveRight: 1,
        }
        place = here.row() * self.rows.columns + here.column() if here.isValid() else -1
        if not count:
            return QModelIndex()
        if action in step:
            return self.rows.place_at(min(max(place + step[action], 0), count - 1))
        if action == QAbstractItemView.CursorAction.MoveHome:
            return self.rows.place_at(0)
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return self.rows.place_at(count - 1)
        moved = super().moveCursor(action, modifiers)
        beyond = moved.row() * self.rows.columns + moved.column() >= count
        return self.rows.place_at(count - 1) if beyond else moved

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if self.rows.key_at(index) is None:
            return
        place = self.visualRect(index).center() if by_key else event.pos()
        self.menu_asked.emit(self.viewport().mapToGlobal(place))

    def sizeHint(self) -> QSize:
        return QSize(2 * SIDE, SIDE)
