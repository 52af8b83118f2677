"""A sheet in the middle of the window, before anything is done; Esc or a click beside it closes."""

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views.controls import SoftCard
from app.views.popover import EDGE, Popover


class Sheet(Popover):
    """Dims the window around it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)

    def open_sheet(self) -> None:
        self.open_at(self._window)

    def place(self) -> None:
        self.setGeometry(self._window.rect())
        left, top, right, bottom = SoftCard.MARGIN
        wanted = self._wanted()
        width = min(wanted.width(), self.width() - 2 * EDGE + left + right)
        height = min(wanted.height(), self.height() - 2 * EDGE + top + bottom)
        x, y = (self.width() - width) // 2, (self.height() - height) // 2
        self.card.setGeometry(x, y, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(10, 10, 20, 110))
