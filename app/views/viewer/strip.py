"""The pictures of a turn in a line, below the one that is looked at."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.controllers.shown import ShownAttachment
from app.views import icons, style
from app.views.attachments.groups import icon_of, mark_of
from app.views.theme import text_font
from app.views.transcript.pictures import RADIUS, Key, Pictures

WIDE, HIGH, BETWEEN, EDGE = 76, 56, 8, 4
PILL = QColor(16, 16, 22, 190)


class Strip(QWidget):
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[ShownAttachment] = ()
        self._at = 0
        self._pictures = Pictures(self._on_picture)
        self.setFixedHeight(HIGH + 2 * EDGE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.destroyed.connect(self._pictures.stop)

    def show_items(self, items: Sequence[ShownAttachment], at: int) -> None:
        self._items, self._at = items, at
        self.setVisible(len(items) > 1)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HIGH + 2 * EDGE)

    def area(self, place: int) -> QRectF:
        """In the middle while all fit; else the one that is looked at is in the middle."""
        step = WIDE + BETWEEN
        whole = step * len(self._items) - BETWEEN
        left = (self.width() - whole) / 2
        if whole > self.width():
            left = self.width() / 2 - self._at * step - WIDE / 2
            left = max(self.width() - whole - EDGE, min(EDGE, left))
        return QRectF(round(left) + place * step, EDGE, WIDE, HIGH)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place in range(len(self._items)):
            if self.area(place).contains(event.position()):
                self.chosen.emit(place)
                return

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        there = self._at - (1 if turned > 0 else -1)
        if turned and 0 <= there < len(self._items):
            self.chosen.emit(there)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, ratio = style.current(), self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(text_font(11))
            for place, one in enumerate(self._items):
                area = self.area(place)
                if not area.intersects(QRectF(self.rect())):
                    continue
                key = Key(one.preview, WIDE, HIGH, ratio, True)
                picture = self._pictures.get(key) if one.preview else None
                painter.setOpacity(1.0 if place == self._at else 0.72)
                if picture is not None and not picture.isNull():
                    painter.drawImage(area, picture)
                else:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(theme.color("chip"))
                    painter.drawRoundedRect(area, RADIUS, RADIUS)
                    drawing = icons.pixmap(icon_of(one), theme.muted, 20, ratio)
                    painter.drawPixmap(area.center() - QPointF(10, 10), drawing)
                self._paint_mark(painter, area, mark_of(one))
                painter.setOpacity(1.0)
                if place == self._at:
                    painter.setPen(QPen(theme.color("accent"), 2.5))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRoundedRect(area.adjusted(-2, -2, 2, 2), RADIUS + 2, RADIUS + 2)

    def _paint_mark(self, painter: QPainter, area: QRectF, mark: str) -> None:
        if not mark:
            return
        words = painter.fontMetrics().elidedText(mark, Qt.TextElideMode.ElideRight, WIDE - 20)
        wide = painter.fontMetrics().horizontalAdvance(words) + 10
        pill = QRectF(area.left() + 4, area.bottom() - 20, wide, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, 8, 8)
        painter.setPen(QColor("white"))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)

    def _on_picture(self, key: Key) -> None:
        if isValid(self):
            self.update()
