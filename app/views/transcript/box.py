"""A box: one part of a turn, as high as it needs to be at the width of the column."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from app.views.transcript.document import draw
from app.views.transcript.style import Style


@dataclass(frozen=True)
class Control:
    """A place in a box that can be clicked, and that Tab reaches in the current turn."""

    name: str  # what it does: "copy", "fold", "link" …
    words: str  # what it is called on hovering and by a screen reader
    rect: QRect  # in the coordinates of its box
    value: object = None  # which link, which code, which way
    radius: int = 8


@dataclass(frozen=True)
class Mark:
    """A place the finder found in a document."""

    start: int
    end: int
    current: bool


@dataclass
class Canvas:
    """What a box paints with; the painter's origin is the upper left corner of the box."""

    painter: QPainter
    style: Style
    clip: QRectF
    selected: tuple[int, int] | None = None  # characters of the document
    marks: list[Mark] = field(default_factory=list)
    spoken: tuple[int, int] | None = None  # characters that are being spoken
    unheard: int | None = None  # from this character on nobody heard the words
    active: bool = False  # the turn is hovered or has the focus
    phase: float = 0.0  # of what pulses, 0 to 1

    def text(self, rect: QRectF, text: str, role: str, flags: Qt.AlignmentFlag) -> None:
        self.painter.setPen(self.style.color(role))
        self.painter.drawText(rect, int(flags), text)

    def card(self, rect: QRectF, fill: str, border: str, radius: float) -> None:
        self.painter.setPen(self.style.color(border))
        self.painter.setBrush(self.style.color(fill))
        self.painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class Box:
    """Subclasses say how they are laid out and painted; a document makes their text selectable."""

    copied_as = ""  # for a box whose words are not in a document
    waits = False  # for a formula that is being drawn: then it is laid out again
    identity: object = None  # all it shows: a box that shows the same is kept in its place

    def __init__(self, above: int = 0) -> None:
        self.above = above  # pixels between it and the box before it
        self.height = 0  # an estimate while stale
        self.width = -1  # it is laid out for; -1 while stale
        self.document: QTextDocument | None = None
        self.at = QPoint(0, 0)  # of the document inside the box

    @property
    def extent(self) -> int:
        return self.above + self.height

    def lay_out(self, style: Style, width: int) -> None:
        """Find the exact height at this width; builds the document when there is none."""
        raise NotImplementedError

    def paint(self, canvas: Canvas) -> None:
        raise NotImplementedError

    def estimate(self, style: Style, width: int) -> int:
        return style.line

    def release(self) -> None:
        """Give the document up; the height stays."""
        self.document = None

    def controls(self) -> list[Control]:
        return []

    def draw_document(self, canvas: Canvas, clip: QRectF | None = None) -> None:
        """Paint the document with what is selected and found in it."""
        if self.document is None:
            return
        painter = canvas.painter
        painter.save()
        painter.translate(self.at)
        area = (clip or canvas.clip).translated(-QPointF(self.at))
        draw(painter, self.document, canvas.style, area, self._selections(canvas))
        painter.restore()

    def _selections(self, canvas: Canvas) -> list[QAbstractTextDocumentLayout.Selection]:
        made = []
        if canvas.unheard is not None:
            soft = self._selection(
                canvas.unheard, self.length(), QColor(Qt.GlobalColor.transparent)
            )
            soft.format.setForeground(canvas.style.color("muted"))
            made.append(soft)
        for mark in canvas.marks:
            made.append(self._selection(mark.start, mark.end, canvas.style.found(mark.current)))
        if canvas.selected:
            made.append(self._selection(*canvas.selected, canvas.style.color("selection")))
        return made

    def _selection(
        self, start: int, end: int, color: QColor
    ) -> QAbstractTextDocumentLayout.Selection:
        assert self.document is not None
        last = self.document.characterCount() - 1
        made = QAbstractTextDocumentLayout.Selection()
        cursor = QTextCursor(self.document)
        cursor.setPosition(max(0, min(start, last)))
        cursor.setPosition(max(0, min(end, last)), QTextCursor.MoveMode.KeepAnchor)
        made.cursor = cursor
        made.format = QTextCharFormat()
        made.format.setBackground(color)
        return made

    def length(self) -> int:
        """The last place a selection can end at."""
        return self.document.characterCount() - 1 if self.document else 0

    def place_at(self, point: QPointF) -> int:
        """The place between characters nearest to a point of the box."""
        if self.document is None:
            return 0
        layout = self.document.documentLayout()
        return max(0, layout.hitTest(point - QPointF(self.at), Qt.HitTestAccuracy.FuzzyHit))

    def link_at(self, point: QPointF) -> str:
        if self.document is None:
            return ""
        return self.document.documentLayout().anchorAt(point - QPointF(self.at))

    def is_text_at(self, point: QPointF) -> bool:
        if self.document is None:
            return False
        area = QRectF(self.at.x(), self.at.y(), self.document.textWidth(), self.height)
        return area.contains(point)

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The characters between two places, as they are copied."""
        if self.document is None:
            return self.copied_as
        last = self.length()
        cursor = QTextCursor(self.document)
        cursor.setPosition(min(start, last))
        cursor.setPosition(last if end is None else min(end, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The upper and the lower edge of the lines with these characters."""
        if self.document is None:
            return 0, self.height
        edges = []
        for place in (start, max(start, end - 1)):
            block = self.document.findBlock(place)
            area = self.document.documentLayout().blockBoundingRect(block)
            line = block.layout().lineForTextPosition(place - block.position())
            top = area.top() + (line.y() if line.isValid() else 0)
            edges += [round(top), round(top + (line.height() if line.isValid() else 20))]
        return edges[0] + self.at.y(), edges[-1] + self.at.y()

    def caret(self) -> QRect:
        """Where the next character would stand: a rectangle one line high."""
        if self.document is None:
            return QRect(0, 0, 1, self.height)
        return caret_rect(self.document).translated(self.at)


def caret_rect(document: QTextDocument) -> QRect:
    block = document.lastBlock()
    area = document.documentLayout().blockBoundingRect(block)
    layout = block.layout()
    if not layout.lineCount():
        return QRect(area.toRect().topLeft(), area.toRect().bottomRight())
    line = layout.lineAt(layout.lineCount() - 1)
    found: Any = line.cursorToX(block.length() - 1)  # PySide returns the place it used as well
    x = float(found[0] if isinstance(found, tuple) else found)
    top = area.top() + line.y()
    return QRect(round(area.left() + x), round(top), 1, round(line.ascent() + line.descent()))


def first_line(document: QTextDocument, block: QTextBlock) -> tuple[QRectF, float]:
    """Where the first line of a block stands, and its baseline, in the document."""
    area = document.documentLayout().blockBoundingRect(block)
    layout = block.layout()
    if not layout.lineCount():
        return area, area.bottom()
    line = layout.lineAt(0)
    rect = line.rect().translated(area.topLeft())
    return rect, rect.top() + line.ascent()
