"""Parley's own icon as a widget."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views import icons


class Badge(QWidget):
    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            drawing = icons.app_pixmap(self.width(), self.devicePixelRatioF())
            painter.drawPixmap(0, 0, drawing)
