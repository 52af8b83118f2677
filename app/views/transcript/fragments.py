"""Inline code and links in a document: a pill is painted behind the one, Tab reaches the other."""

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QTextBlock, QTextDocument, QTextLine

from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.document import PILL
from app.views.transcript.style import CODE
from app.views.transcript.times import told

BESIDE = 2  # pixels a mark reaches beyond its word


class Fragments:
    """Found anew after every layout; all rectangles are in the coordinates of the document."""

    def __init__(self) -> None:
        self.links: list[Control] = []
        self._pills: list[QRectF] = []

    def find(self, document: QTextDocument) -> None:
        self.links, self._pills = [], []
        block = document.begin()
        while block.isValid():
            self._find_in(document, block)
            block = block.next()

    def _find_in(self, document: QTextDocument, block: QTextBlock) -> None:
        """Fragments with the same address, or of code, that touch are one."""
        metrics = QFontMetricsF(document.defaultFont())
        runs: list[tuple[int, int, str]] = []  # start, end, address; "" for code
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            form = fragment.charFormat()
            if form.isAnchor() or form.hasProperty(CODE):
                start = fragment.position() - block.position()
                address = form.anchorHref() if form.isAnchor() else ""
                if runs and runs[-1][1:] == (start, address):
                    start = runs.pop()[0]
                metrics = QFontMetricsF(form.font())
                end = fragment.position() - block.position() + fragment.length()
                runs.append((start, end, address))
            iterator += 1
        for start, end, address in runs:
            rects = rects_of(document, block, start, end)
            if address:
                self._add_link(rects, block.text()[start:end], address)
            else:
                self._add_pills(rects, metrics)

    def _add_pills(self, rects: list[QRectF], metrics: QFontMetricsF) -> None:
        for place, rect in enumerate(rects):
            rect.setTop(rect.bottom() - metrics.height())  # a formula may make the line higher
            last = place == len(rects) - 1  # with the room behind the last character
            self._pills.append(rect.adjusted(1 - PILL, -1, -1 if last else 1, 1))

    def _add_link(self, rects: list[QRectF], text: str, address: str) -> None:
        if rects:
            area = rects[0].toAlignedRect().adjusted(-3, -1, 3, 1)
            words = f"Link: {text}" if text == address else f"Link: {text}, {address}"
            words = told(address) or words
            self.links.append(Control("link", words, area, address, 5))

    def paint_pills(self, canvas: Canvas) -> None:
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        canvas.painter.setBrush(canvas.style.color("inline_code"))
        for pill in self._pills:
            canvas.painter.drawRoundedRect(pill, 5, 5)


def rects_of(document: QTextDocument, block: QTextBlock, start: int, end: int) -> list[QRectF]:
    """The rectangles that characters start to end of a block cover, one a line."""
    origin = document.documentLayout().blockBoundingRect(block).topLeft()
    layout = block.layout()
    rects = []
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        first = max(start, line.textStart())
        last = min(end, line.textStart() + line.textLength())
        if first < last:
            left, right = x_of(line, first), x_of(line, last)
            height = line.ascent() + line.descent()
            rect = QRectF(min(left, right), line.y(), abs(right - left), height)
            rects.append(rect.translated(origin))
    return rects


def x_of(line: QTextLine, place: int) -> float:
    found: Any = line.cursorToX(place)  # PySide returns the place it used as well
    return float(found[0] if isinstance(found, tuple) else found)


def word_rects(box: Box, start: int, end: int) -> list[QRectF]:
    """What the characters of a box cover, in its document's coordinates, with a little room."""
    document = box.document
    if document is None:
        return []
    block = document.findBlock(start)
    at = block.position()
    rects = rects_of(document, block, start - at, min(end - at, block.length() - 1))
    return [rect.adjusted(-BESIDE, -1, BESIDE, 1) for rect in rects]


def paint_mark(canvas: Canvas, box: Box) -> None:
    """A light behind the word that is being spoken."""
    if canvas.spoken:
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        canvas.painter.setBrush(canvas.style.color("spoken"))
        for rect in word_rects(box, *canvas.spoken):
            canvas.painter.drawRoundedRect(rect.translated(box.at), 5, 5)
