"""How loud it was in the last moments, as small bars."""

import math
import time
from collections import deque

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views import style
from app.views.controls import Switch

BARS, WIDE, GAP, HIGH = 9, 3, 2, 18  # pixels
QUIETEST = 50.0  # decibels below the loudest: nothing is shown
OFTEN, CALM = 0.06, 0.25  # seconds between two levels; CALM while movement is off


def loudness(level: float) -> float:
    """0 to 1 as an ear hears it, from the loudest sample."""
    return min(1.0, max(0.0, 1 + 20 * math.log10(max(level, 1e-5)) / QUIETEST))


class LevelBars(QWidget):
    """The newest at the right; without movement a single row that fills."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(BARS * (WIDE + GAP) - GAP, HIGH)
        self._levels = deque([0.0] * BARS, BARS)
        self._loudest = self._told = 0.0

    @Slot(float)
    def show_level(self, level: float) -> None:
        self._loudest = max(self._loudest, loudness(level))
        now = time.monotonic()
        if now - self._told >= (OFTEN if Switch.moves else CALM):
            self._levels.append(self._loudest)
            self._loudest, self._told = 0.0, now
            self.update()

    def clear(self) -> None:
        self._levels.extend([0.0] * BARS)
        self._loudest = 0.0
        self.update()

    def heights(self) -> list[float]:
        """Of each bar, 0 to 1."""
        if Switch.moves:
            return list(self._levels)
        return [float(self._levels[-1] * BARS > place) for place in range(BARS)]

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.current().accent))
            for place, high in enumerate(self.heights()):
                tall = WIDE + high * (HIGH - WIDE)
                bar = QRectF(place * (WIDE + GAP), (HIGH - tall) / 2, WIDE, tall)
                painter.drawRoundedRect(bar, WIDE / 2, WIDE / 2)
