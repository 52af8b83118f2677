"""The list of conversations on screen: painted rows, renamed in place, driven by keys or mouse."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.controllers.shown import ShownConversation
from app.views import icons, style
from app.views.controls import Menu
from app.views.conversation_rows import SHOWN, ConversationRows
from app.views.list_rows import paint_ground
from app.views.theme import text_font

HEADING, ROW, FOUND = 36, 38, 58  # heights
MORE = 32  # width of the place where "…" is
MARK = "\u2060"  # stands before and after found words in a snippet, see app/store/search.py
Index = QModelIndex | QPersistentModelIndex


class ConversationPainter(QStyledItemDelegate):
    """Draws headings and conversations; knows which one is open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.open: int | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        shown = index.data(SHOWN)
        if shown is None:
            return QSize(100, HEADING)
        return QSize(100, FOUND if shown.snippet else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = index.data(SHOWN)
        if shown is None:
            self._paint_heading(painter, option.rect, index.data())
        else:
            self._paint_row(painter, option, shown)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setFont(text_font(12, QFont.Weight.DemiBold))
        painter.setPen(style.current().color("muted"))
        place = rect.adjusted(12, 10, -12, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, shown: ShownConversation
    ) -> None:
        is_open = shown.id == self.open
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_ground(painter, option, is_open)
        inside = option.rect.adjusted(12, 0, -12, 0)
        if hovered or shown.pinned:
            inside.setRight(inside.right() - 24)
            picture = "ellipsis" if hovered else "pin"
            self._paint_picture(painter, picture, inside.right() + 8, option.rect.center().y())
        self._paint_words(painter, inside, shown, is_open)

    def _paint_words(
        self, painter: QPainter, place: QRect, shown: ShownConversation, is_open: bool
    ) -> None:
        theme = style.current()
        font = text_font(14, QFont.Weight.Medium if is_open else QFont.Weight.Normal)
        line = place.adjusted(0, 8, 0, -28) if shown.snippet else place
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(font)
        painter.setPen(theme.color("soft_text" if is_open else "text"))
        title = QFontMetrics(font).elidedText(shown.title, elide, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
        if shown.snippet:
            base = theme.color("text_2" if is_open else "muted")
            self._paint_snippet(painter, place.adjusted(0, 28, 0, -8), shown.snippet, base)

    def _paint_snippet(self, painter: QPainter, place: QRect, snippet: str, base: QColor) -> None:
        """The line around what was found; the found words stand out."""
        x, middle = place.left(), Qt.AlignmentFlag.AlignVCenter
        for count, piece in enumerate(snippet.replace("\n", " ").split(MARK)):
            found = count % 2 == 1
            font = text_font(12, QFont.Weight.DemiBold if found else QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(style.current().color("text") if found else base)
            room = place.right() - x
            text = QFontMetrics(font).elidedText(piece, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRect(x, place.top(), room, place.height()), middle, text)
            x += QFontMetrics(font).horizontalAdvance(text)
            if text != piece:
                break

    def _paint_picture(self, painter: QPainter, name: str, x: int, y: int) -> None:
        dpr = painter.device().devicePixelRatioF() if painter.device() else 1.0
        drawing = icons.pixmap(name, style.current().muted, 16, dpr)
        painter.drawPixmap(x, y - 7, drawing)

    # Renaming in place

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setProperty("kind", "row")
        field.setAccessibleName("New title")
        field.setMaxLength(200)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if not editor.isModified():  # a list told anew must not wipe what is being typed
            editor.setText(index.data())
            editor.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect.adjusted(0, 2, 0, -2))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.text().strip() not in ("", index.data()):
            model.setData(index, editor.text().strip())


class ConversationList(QListView):
    opened = Signal(int)
    pin_asked = Signal(int, bool)
    delete_asked = Signal(int)

    def __init__(self, rows: ConversationRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painter = ConversationPainter(self)
        self.setModel(rows)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Conversations")
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.activated.connect(self._open)

    def show_open(self, conversation: int | None) -> None:
        """Mark the conversation that is on the page and bring it into view."""
        if conversation == self._painter.open:
            return
        self._painter.open = conversation
        row = self.rows.row_of(conversation)
        if row >= 0:
            index = self.rows.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self.viewport().update()

    @property
    def rows(self) -> ConversationRows:
        rows = self.model()
        assert isinstance(rows, ConversationRows)
        return rows

    @property
    def chosen(self) -> ShownConversation | None:
        """The one the keyboard is on."""
        return self.currentIndex().data(SHOWN) if self.currentIndex().isValid() else None

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if shown := index.data(SHOWN):
            self.opened.emit(shown.id)

    def menu_for(self, index: QModelIndex) -> Menu | None:
        """What can be done with one conversation."""
        shown = index.data(SHOWN)
        if shown is None:
            return None
        self.setCurrentIndex(index)
        menu, color = Menu(parent=self), style.current().text_2
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pin = "pin-off" if shown.pinned else "pin"
        entries = (
            ("pencil", "Rename\tF2", self.rename_chosen),
            (pin, "Unpin" if shown.pinned else "Pin", self.pin_chosen),
            ("trash-2", "Delete\tDel", self.delete_chosen),
        )
        for picture, text, slot in entries:
            menu.addAction(icons.icon(picture, color, 16), text, slot)
        return menu

    @Slot()
    def rename_chosen(self) -> None:
        if self.chosen:
            self.edit(self.currentIndex())

    @Slot()
    def pin_chosen(self) -> None:
        if self.chosen:
            self.pin_asked.emit(self.chosen.id, not self.chosen.pinned)

    @Slot()
    def delete_chosen(self) -> None:
        if self.chosen:
            self.delete_asked.emit(self.chosen.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_F2:
                self.rename_chosen()
            case Qt.Key.Key_Delete:
                self.delete_chosen()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._open(self.currentIndex())
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.data(SHOWN):
            if event.position().x() > self.visualRect(index).right() - MORE:
                self._open_menu(index, event.globalPosition().toPoint())
                return
            super().mousePressEvent(event)
            self._open(index)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        spot = self.visualRect(index).bottomLeft() if by_key else event.pos()
        self._open_menu(index, self.viewport().mapToGlobal(spot))

    def _open_menu(self, index: QModelIndex, spot: QPoint) -> None:
        if menu := self.menu_for(index):
            menu.popup(spot)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()
