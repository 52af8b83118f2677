"""Painting what is in view, and what pulses while an answer grows."""

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPen

from app.views.transcript.box import Canvas
from app.views.transcript.lines import WaitingBox
from app.views.transcript.prose import ProseBox
from app.views.transcript.spoken import unheard
from app.views.transcript.stack import Shown

if TYPE_CHECKING:
    from app.views.transcript.page import Page

PULSE_MS, PULSE_SECONDS = 66, 1.4
SOFT = 0.6  # opacity of code and tables nobody was told of
CARET = 8  # pixels the typing cursor is wide


@dataclass
class Glimpse:
    places: dict[int, tuple[int, int]]  # y and height of every box in view
    caret: QRect


class Painting(QObject):
    def __init__(self, page: "Page") -> None:
        super().__init__(page)
        self._page = page
        self.motion = True
        self._pulse = QTimer(self, interval=PULSE_MS)
        self._pulse.timeout.connect(self._beat)

    @property
    def _phase(self) -> float:
        return (monotonic() / PULSE_SECONDS) % 1.0 if self.motion else 0.5

    def pulse(self, growing: bool) -> None:
        moves = growing and self.motion and self._page.isVisible()
        if moves and not self._pulse.isActive():
            self._pulse.start()
        elif not moves:
            self._pulse.stop()

    def paint(self, painter: QPainter, area: QRect) -> None:
        page = self._page
        painter.fillRect(area, page.kit.style.color("background"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for shown in page.stack.shown:
            if shown.y <= area.bottom() and shown.y + shown.box.height >= area.top():
                self._paint_box(painter, shown, area)
        self._paint_caret(painter)
        self._paint_focus(painter)

    def _paint_box(self, painter: QPainter, shown: Shown, area: QRect) -> None:
        page = self._page
        x = page.column.x()
        painter.save()
        painter.translate(x, shown.y)
        canvas = Canvas(painter, page.kit.style, QRectF(area.translated(-x, -shown.y)))
        canvas.selected = page.selection.part(shown.row, shown.index, shown.box)
        if page.finder.sought:
            canvas.marks = page.finder.marks(shown.row, shown.index, shown.box)
        focused = shown.row == page.current and page.has_focus_inside()
        canvas.active = focused or shown.row == page.hovered
        canvas.phase = self._phase
        canvas.spoken = page.spoken.part(shown)
        self._soften(canvas, shown)
        shown.box.paint(canvas)
        painter.restore()

    def _soften(self, canvas: Canvas, shown: Shown) -> None:
        """What lies beyond the word at which the person interrupted is painted softer."""
        since = unheard(self._page.stack.rows[shown.row], shown.box)
        if isinstance(shown.box, ProseBox):
            canvas.unheard = since
        elif since == 0:
            canvas.painter.setOpacity(SOFT)

    def caret_area(self) -> QRect:
        """The typing cursor behind the last word of a growing answer; empty without one."""
        page = self._page
        rows = page.stack.rows
        if not rows or not rows[-1].growing or not rows[-1].turn.text:
            return QRect()
        body = rows[-1].last_of_body
        for shown in reversed(page.stack.shown):
            if shown.box is body:
                caret = shown.box.caret().translated(page.column.x(), shown.y)
                tall = page.kit.style.px + 3
                return QRect(caret.x() + 3, caret.center().y() - tall // 2 + 1, CARET, tall)
        return QRect()

    def _paint_caret(self, painter: QPainter) -> None:
        area = self.caret_area()
        if not area.isEmpty():
            color = self._page.kit.style.color("accent")
            color.setAlphaF(0.35 + 0.65 * abs(2 * self._phase - 1) if self.motion else 0.8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(area), 2.5, 2.5)

    def _paint_focus(self, painter: QPainter) -> None:
        """A ring around the current turn while the keyboard is in the conversation."""
        page = self._page
        boxes = [shown for shown in page.stack.shown if shown.row == page.current]
        if not (page.hasFocus() and page.focus_shown and boxes):
            return
        top, bottom = boxes[0].y, boxes[-1].y + boxes[-1].box.height
        ring = QRectF(page.column.x() - 14, top - 8, page.column.width() + 28, bottom - top + 10)
        painter.setPen(QPen(page.kit.style.color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(ring, 14, 14)

    def glimpse(self) -> Glimpse:
        """What is painted now, to repaint later only what differs."""
        places = {id(shown.box): (shown.y, shown.box.height) for shown in self._page.stack.shown}
        return Glimpse(places, self.caret_area())

    def repaint_since(self, before: Glimpse) -> None:
        """Repaint from the first box that changed; what only moved up is moved, not painted."""
        page, room = self._page, self._page.viewport()
        growing = page.stack.rows[-1].last_of_body
        moved: set[int] = set()
        for shown in page.stack.shown:
            y, height = before.places.get(id(shown.box), (0, -1))
            if height != shown.box.height or shown.box is growing:
                break
            moved.add(shown.y - y)
        else:
            room.update()
            return
        distance = moved.pop() if moved else 0
        if moved or distance > 0 or -distance > room.height() // 2:
            room.update()
            return
        if distance:
            room.scroll(0, distance, room.rect())
        room.update(room.rect().adjusted(0, max(0, shown.y - shown.box.above), 0, 0))
        room.update(before.caret.translated(0, distance).adjusted(-2, -2, 2, 2))

    @Slot()
    def _beat(self) -> None:
        """Repaint only what pulses."""
        page = self._page
        area = self.caret_area()
        if not area.isEmpty():
            page.viewport().update(area.adjusted(-1, -1, 1, 1))
        for shown in page.stack.shown:
            if isinstance(shown.box, WaitingBox):
                page.viewport().update(page.column.x(), shown.y, 60, shown.box.height)
