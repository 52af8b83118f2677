"""The field a message is written in: it grows with the words, and Enter sends them."""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QWidget

from app.views.attachments.pasted import droppable, files_in, has_picture, picture_in
from app.views.long_lines import LongLines
from app.views.theme import text_font

MOST_LINES = 10
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MessageEdit(LongLines):
    sent = Signal()
    files_given = Signal(list)  # list[Path], dropped or pasted
    picture_given = Signal(object)  # Given, pasted or dropped without a file
    left = Signal()  # the keyboard went elsewhere
    entered = Signal()
    recall_asked = Signal()  # Up in an empty field

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_sends = True
        self._composing = False  # an input method is in the middle of a word
        self.setAccessibleName("Message")
        self.setPlaceholderText("Ask anything")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(4)
        self.set_text_size(15)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    @property
    def composing(self) -> bool:
        return self._composing

    def set_text_size(self, px: int) -> None:
        self.setFont(text_font(px))
        self.document().setDefaultFont(text_font(px))
        self._fit()

    def replace(self, text: str) -> None:
        """Other words in place of what stands there; Ctrl+Z brings the old ones back."""
        self.selectAll()
        self.insert(text)

    @Slot()
    def _fit(self) -> None:
        """As high as its lines, up to ten; then it scrolls."""
        lines = self.blockCount()
        if lines < MOST_LINES:  # wrapped lines count too
            lines = round(self.document().documentLayout().documentSize().height())
        line = self.fontMetrics().lineSpacing()
        margin = 2 * round(self.document().documentMargin())
        self.setFixedHeight(max(1, min(lines, MOST_LINES)) * line + margin)
        on = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(on if lines > MOST_LINES else off)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            nothing = not self.document().isUndoAvailable()
            if nothing and event.matches(QKeySequence.StandardKey.Undo):
                event.ignore()  # so that the window takes back the last deletion instead
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not self._composing:
            self._enter(event)
        elif event.key() == Qt.Key.Key_Up and self.document().isEmpty():
            self.recall_asked.emit()
        else:
            super().keyPressEvent(event)

    def _enter(self, event: QKeyEvent) -> None:
        held = event.modifiers()
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        if control or (self.enter_sends and not held & Qt.KeyboardModifier.ShiftModifier):
            self.sent.emit()
        else:
            self.insert("\n")

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._composing = False
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or source.hasText() or has_picture(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if files := files_in(source):
            self.files_given.emit(files)
            return
        address = source.hasUrls()  # of a picture on a page: the picture itself is meant
        picture = picture_in(source) if address or not source.text().strip() else None
        if picture is not None:
            self.picture_given.emit(picture)
        elif source.hasText():
            self.insert(source.text())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Words are dropped here; files and pictures anywhere on the window."""
        if droppable(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)
