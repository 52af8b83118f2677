"""How a model fits this computer: a small mark and words."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from app.views import icons, style
from app.views.controls import THEME_EVENT, label, row
from app.views.shelf.words import MARKS

SIDE = 14


class FitLine(QWidget):
    def __init__(self, fit: str = "unknown", words: str = "") -> None:
        super().__init__()
        self._fit = fit
        self._mark = label("")
        self._mark.setFixedSize(SIDE, SIDE)
        self.words = label("", "second", wrap=True)
        line = row(self._mark, self.words, gap=6)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.show_fit(fit, words)

    def show_fit(self, fit: str, words: str) -> None:
        self._fit = fit
        said = words or MARKS[fit][2]
        self.words.setText(said)
        self.setVisible(bool(said)) if self.parentWidget() else None
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._draw()

    def _draw(self) -> None:
        picture, color, _ = MARKS[self._fit]
        drawn = icons.pixmap(
            picture, getattr(style.current(), color), SIDE, self.devicePixelRatioF()
        )
        self._mark.setPixmap(drawn)
