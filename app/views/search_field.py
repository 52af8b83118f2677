"""A field to search with."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from app.views import icons, style
from app.views.theme import text_font


class SearchField(QLineEdit):
    """A field with a magnifying glass, and the keys that lead to it while it is empty.

    Esc empties it, unless clears is False: then Esc is for whoever holds the field.
    """

    down = Signal()  # into the list below

    def __init__(self, words: str, keys: str = "", clears: bool = True) -> None:
        super().__init__()
        self._keys, self._clears = keys, clears
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setTextMargins(24, 0, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text() and self._clears:
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, middle = style.current(), self.height() // 2
        with QPainter(self) as painter:
            glass = icons.pixmap("search", theme.muted, 16, self.devicePixelRatioF())
            painter.drawPixmap(12, middle - 8, glass)
            if self._keys and not self.text() and not self.hasFocus():
                painter.setFont(text_font(12))
                painter.setPen(theme.color("muted"))
                place = QRectF(self.rect()).adjusted(0, 0, -12, 0)
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(place, right, self._keys)
