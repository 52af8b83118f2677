"""The box of paragraphs, headings, lists and quotes."""

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTextBlock

from app.views.transcript.box import Box, Canvas, Control, first_line
from app.views.transcript.document import OBJECT, gap_above, prose_document
from app.views.transcript.formula import Formulas
from app.views.transcript.fragments import Fragments, paint_mark
from app.views.transcript.pieces import Paragraph, Prose
from app.views.transcript.style import Style


class ProseBox(Box):
    def __init__(self, piece: Prose, style: Style, formulas: Formulas) -> None:
        first = piece.paragraphs[0]
        above = max(0, gap_above(first, style) + style.leading) if piece.joined else style.block_gap
        super().__init__(round(style.px * 1.6) if first.heading else above)
        self.piece = piece
        self._formulas = formulas
        self._sources: list[str] = []
        self._fragments = Fragments()

    def estimate(self, style: Style, width: int) -> int:
        lines = 0
        for paragraph in self.piece.paragraphs:
            size = sum(len(span.text) for span in paragraph.spans)
            lines += 1 + int(size * style.letter // max(60, width))
        return lines * style.line

    def lay_out(self, style: Style, width: int) -> None:
        if self.document is None:
            made = prose_document(self.piece.paragraphs, style, self._formulas)
            self.document, writer = made
            self._sources, self.waits = writer.sources, writer.waits
        self.document.setTextWidth(width)
        self.height = ceil(self.document.size().height()) - style.leading
        self.width = width
        if any(span.code or span.link for line in self.piece.paragraphs for span in line.spans):
            self._fragments.find(self.document)

    def update(self, piece: Prose) -> None:
        """Show a newer state of the same paragraphs."""
        self.piece = piece
        self.document, self.width = None, -1

    def _blocks(self) -> list[QTextBlock]:
        assert self.document is not None
        return [self.document.findBlockByNumber(n) for n in range(self.document.blockCount())]

    def controls(self) -> list[Control]:
        return self._fragments.links

    def paint(self, canvas: Canvas) -> None:
        self._fragments.paint_pills(canvas)
        paint_mark(canvas, self)
        self._paint_containers(canvas)
        self.draw_document(canvas)

    def _paint_containers(self, canvas: Canvas) -> None:
        """Markers of lists and bars of quotes."""
        assert self.document is not None
        previous = ""
        bottom = 0.0
        for paragraph, block in zip(self.piece.paragraphs, self._blocks(), strict=False):
            if not paragraph.nest:
                previous = ""
                continue
            area = self.document.documentLayout().blockBoundingRect(block)
            mirrored = block.textDirection() == Qt.LayoutDirection.RightToLeft
            if "q" in paragraph.nest:
                top = bottom if paragraph.nest.startswith(previous or " ") else area.top()
                last = min(area.bottom(), self.height)
                self._paint_bars(canvas, paragraph.nest, top, last, mirrored)
            if paragraph.marker:
                self._paint_marker(canvas, paragraph, block, mirrored)
            previous, bottom = paragraph.nest, area.bottom()

    def _paint_bars(
        self, canvas: Canvas, nest: str, top: float, bottom: float, mirrored: bool
    ) -> None:
        style = canvas.style
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        canvas.painter.setBrush(style.color("border_strong"))
        for place, level in enumerate(nest[:10]):
            if level == "q":
                x = style.indent_of(nest[:place]) + 1
                x = self.width - x - 3 if mirrored else x
                canvas.painter.drawRect(QRectF(x, top, 3, bottom - top))

    def _paint_marker(
        self, canvas: Canvas, paragraph: Paragraph, block: QTextBlock, mirrored: bool
    ) -> None:
        assert self.document is not None
        style, painter = canvas.style, canvas.painter
        line, baseline = first_line(self.document, block)
        edge = style.indent_of(paragraph.nest)
        edge = self.width - edge if mirrored else edge
        marker = paragraph.marker
        if marker in ("[ ]", "[x]"):
            side = round(style.px * 0.95)
            x = edge + 8 if mirrored else edge - side - 8
            middle = baseline - style.x_height / 2 - 1
            paint_task(painter, style, QRectF(x, round(middle - side / 2), side, side), marker)
        elif marker in "•◦▪":
            radius = style.px * (0.17 if marker == "•" else 0.16)
            x = edge + 14 if mirrored else edge - 14
            paint_bullet(painter, style, QPointF(x, baseline - style.x_height / 2), radius, marker)
        else:
            painter.setFont(style.body)
            painter.setPen(style.color("text_2"))
            wide = QFontMetricsF(style.body).horizontalAdvance(marker)
            x = edge + 8 if mirrored else max(0.0, edge - 8 - wide)
            painter.drawText(QPointF(x, baseline), marker)

    def text(self, start: int = 0, end: int | None = None) -> str:
        """As copied: markers before the lines, LaTeX in place of formulas."""
        plain = super().text(start, end)
        if self.document is None:
            return plain
        last = self.length() if end is None else min(end, self.length())
        before = super().text(0, start).count(OBJECT)
        for source in self._sources[before:]:
            plain = plain.replace(OBJECT, source, 1)
        return self._with_markers(plain, start, last)

    def _with_markers(self, plain: str, start: int, end: int) -> str:
        assert self.document is not None
        lines = []
        pieces = plain.split("\n")
        taken = 0
        for number, paragraph in enumerate(self.piece.paragraphs):
            block = self.document.findBlockByNumber(number)
            first, last = block.position(), block.position() + block.length() - 1
            if last < start or first > end:
                continue
            inner = super().text(max(first, start), min(last, end)).count("\n") + 1
            text = "\n".join(pieces[taken : taken + inner])
            taken += inner
            if paragraph.marker and start <= first:
                depth = max(0, paragraph.nest.count("l") - 1)
                text = f"{'  ' * depth}{paragraph.marker} {text}"
            if lines and paragraph.loose and not paragraph.marker:
                lines.append("")
            lines.append(text)
        return "\n".join(lines)


def paint_task(painter: QPainter, style: Style, rect: QRectF, marker: str) -> None:
    """The box of a task, ticked or not."""
    painter.save()
    done = marker == "[x]"
    painter.setPen(QPen(style.color("accent" if done else "muted"), 1.4))
    painter.setBrush(style.color("accent") if done else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if done:
        pen = QPen(style.color("on_accent"), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        x, y, side = rect.x(), rect.y(), rect.width()
        points = ((0.25, 0.53), (0.43, 0.7), (0.75, 0.32))
        painter.drawPolyline([QPointF(x + a * side, y + b * side) for a, b in points])
    painter.restore()


def paint_bullet(
    painter: QPainter, style: Style, middle: QPointF, radius: float, marker: str
) -> None:
    color = style.color("text_2")
    if marker == "◦":
        painter.setPen(QPen(color, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, radius, radius)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if marker == "▪":
        painter.drawRect(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius))
    else:
        painter.drawEllipse(middle, radius, radius)
