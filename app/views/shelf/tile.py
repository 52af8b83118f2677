"""A drawing on a soft rounded square, as lists of programs show them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views import icons, style


class Tile(QWidget):
    def __init__(self, picture: str, side: int = 44, *, loud: bool = False) -> None:
        """loud: in the accent colour, for where the ground is soft already."""
        super().__init__()
        self._picture, self._loud = picture, loud
        self.setFixedSize(side, side)

    def show_picture(self, picture: str) -> None:
        if picture != self._picture:
            self._picture = picture
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, side = style.current(), self.width()
        drawn = side // 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent" if self._loud else "accent_soft"))
            painter.drawRoundedRect(self.rect(), side * 0.27, side * 0.27)
            place = (side - drawn) // 2
            color = theme.on_accent if self._loud else theme.soft_text
            picture = icons.pixmap(self._picture, color, drawn, self.devicePixelRatioF())
            painter.drawPixmap(place, place, picture)
