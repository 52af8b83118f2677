"""A small drawing in one colour of the theme, in line with words."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel

from app.views import icons, style
from app.views.controls import THEME_EVENT


class Mark(QLabel):
    def __init__(self, picture: str, color: str, side: int = 16) -> None:
        super().__init__()
        self._picture, self._color, self._side = picture, color, side
        self.setFixedWidth(side)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._draw()

    def _draw(self) -> None:
        color = getattr(style.current(), self._color)
        dpr = self.devicePixelRatioF()
        self.setPixmap(icons.pixmap(self._picture, color, self._side, dpr))
