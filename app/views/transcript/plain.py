"""Boxes of plain text: what the person said, in a bubble, and text shown as it was written."""

from math import ceil

from PySide6.QtCore import QPoint, QRectF, Qt

from app.views.transcript.box import Box, Canvas
from app.views.transcript.document import plain_document
from app.views.transcript.fragments import paint_mark
from app.views.transcript.style import Style

SIDE, TOP_BOTTOM = 18, 11  # padding of the bubble
SHARE = 0.8  # of the column the bubble fills at most
RADIUS = 18


class BubbleBox(Box):
    """A part of what the person said; a long text has several, drawn as one bubble."""

    def __init__(self, text: str, first: bool, last: bool, halved: bool) -> None:
        super().__init__(0)
        self.source = text
        self.halved = halved  # its last line goes on in the next part
        self._first, self._last = first, last
        self._bubble = QRectF()

    def estimate(self, style: Style, width: int) -> int:
        letters = max(10, int((width * SHARE - 2 * SIDE) / style.letter))
        lines = sum(1 + len(line) // letters for line in self.source.split("\n"))
        return lines * style.line + TOP_BOTTOM * (self._first + self._last)

    def lay_out(self, style: Style, width: int) -> None:
        if self.document is None:
            self.document = plain_document(self.source, style.body, style.leading)
        widest = int(width * SHARE) - 2 * SIDE
        self.document.setTextWidth(widest)
        alone = self._first and self._last
        used = min(widest, ceil(self.document.idealWidth()) + 1) if alone else widest
        self.document.setTextWidth(used)
        above = TOP_BOTTOM if self._first else 0
        below = TOP_BOTTOM - style.leading if self._last else 0
        self.at = QPoint(width - used - SIDE, above)
        self.height = ceil(self.document.size().height()) + above + below
        self._bubble = QRectF(width - used - 2 * SIDE, 0, used + 2 * SIDE, self.height)
        self.width = width

    def paint(self, canvas: Canvas) -> None:
        painter = canvas.painter
        painter.save()
        painter.setClipRect(self._bubble, Qt.ClipOperation.IntersectClip)
        shape = QRectF(self._bubble)
        if not self._first:
            shape.setTop(-2 * RADIUS)
        if not self._last:
            shape.setBottom(self.height + 2 * RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(canvas.style.color("bubble"))
        painter.drawRoundedRect(shape, RADIUS, RADIUS)
        painter.restore()
        paint_mark(canvas, self)
        self.draw_document(canvas)
