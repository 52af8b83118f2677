"""The box of a table: rows with fine lines between them; a wide table scrolls sideways."""

from dataclasses import replace as replaced
from math import ceil

from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainterPath,
    QPen,
    QTextBlockFormat,
    QTextCursor,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)

from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.document import OBJECT, SafeDocument, SpanWriter, spacing
from app.views.transcript.formula import Formulas
from app.views.transcript.fragments import Fragments
from app.views.transcript.pieces import Span, Table, spoken
from app.views.transcript.style import Style

PAD_X, PAD_Y = 14, 9
NARROWEST, WIDEST = 56, 420  # pixels of a column
BAR = 10  # room for the bar that scrolls sideways
RADIUS = 12

_ALIGNMENTS = {
    "right": Qt.AlignmentFlag.AlignRight,
    "center": Qt.AlignmentFlag.AlignHCenter,
}


class TableBox(Box):
    def __init__(self, piece: Table, style: Style, formulas: Formulas) -> None:
        super().__init__(0 if piece.joined else style.block_gap + 2)
        self.piece = piece
        self.last = True
        self.lead: TableBox = self  # the first part of this table: widths are found there
        self.columns: list[int] = []  # their widths
        self.shift = 0  # pixels the table is scrolled sideways; kept in its first part
        self._formulas = formulas
        self._left = 0
        self._fitted = -1
        self._built_for: list[int] | None = None
        self._fragments = Fragments()
        self._lines: list[int] = []  # where a row ends
        self._sources: list[str] = []

    @property
    def rows(self) -> tuple[tuple[tuple[Span, ...], ...], ...]:
        return self.piece.rows[1:] if self.piece.joined else self.piece.rows

    def estimate(self, style: Style, width: int) -> int:
        return len(self.rows) * (style.line + 2 * PAD_Y)

    @property
    def full_width(self) -> int:
        return sum(self.columns) + 1

    @property
    def farthest(self) -> int:
        """How far it can be scrolled sideways."""
        return max(0, self.full_width - (self.width - self._left))

    def scroll(self, pixels: int) -> bool:
        """Scroll sideways; whether it moved."""
        before = self.lead.shift
        self.lead.shift = max(0, min(self.farthest, before + pixels))
        return self.lead.shift != before

    def widths(self, style: Style, width: int) -> list[int]:
        if not self.columns or self._fitted != width:
            self.columns = fit(self._wishes(style), width)
            self._fitted = width
        return self.columns

    def lay_out(self, style: Style, width: int) -> None:
        self._left = style.indent_of(self.piece.nest)
        columns = self.lead.widths(style, width - self._left)
        if columns is not self._built_for or self.document is None:
            self.columns = self._built_for = columns
            self._build(style)
        assert self.document is not None
        self.document.setTextWidth(self.full_width)
        self.width = width
        self._find_lines()
        self._fragments.find(self.document)
        scrolls = self.last and self.farthest
        self.height = ceil(self.document.size().height()) + (BAR if scrolls else 0)

    def update(self, piece: Table) -> None:
        self.piece = piece
        self.document, self.width = None, -1
        self.columns = []

    def _wishes(self, style: Style) -> list[int]:
        """The width each column would like to have."""
        wishes = [NARROWEST] * len(self.piece.alignments)
        metrics = QFontMetricsF(style.body)
        for row in self.piece.rows[:60]:
            for column, cell in enumerate(row[: len(wishes)]):
                text = spoken(cell)
                longest = max((len(line), line) for line in text.split("\n"))[1][:120]
                wide = ceil(metrics.horizontalAdvance(longest) * 1.04) + 2 * PAD_X + 2
                wishes[column] = max(wishes[column], min(WIDEST, wide))
        return wishes

    def _build(self, style: Style) -> None:
        made = SafeDocument(style.body)
        cursor = QTextCursor(made)
        cursor.beginEditBlock()
        table = cursor.insertTable(max(1, len(self.rows)), len(self.columns), self._format())
        writer = SpanWriter(made, style, self._formulas)
        for number, row in enumerate(self.rows):
            heading = number == 0 and not self.piece.joined
            for column, cell in enumerate(row[: len(self.columns)]):
                place = self._prepare(table, number, column, style.code_leading)
                if heading:
                    cell = tuple(replace(span, bold=True) for span in cell)
                writer.write(place, cell, 0, heading)
        cursor.endEditBlock()
        self._sources, self.waits = writer.sources, writer.waits
        # Qt keeps an empty paragraph after a table
        after = QTextCursor(made)
        after.movePosition(QTextCursor.MoveOperation.End)
        tiny = QTextBlockFormat()
        tiny.setLineHeight(0, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        after.setBlockFormat(tiny)
        self.document = made

    def _format(self) -> QTextTableFormat:
        made = QTextTableFormat()
        made.setBorder(0)
        made.setCellSpacing(0)
        made.setCellPadding(0)
        made.setMargin(0)
        made.setColumnWidthConstraints(
            [QTextLength(QTextLength.Type.FixedLength, wide) for wide in self.columns]
        )
        return made

    def _prepare(self, table: QTextTable, row: int, column: int, leading: int) -> QTextCursor:
        """Set up a cell; the cursor that writes into it."""
        place = table.cellAt(row, column)
        form = place.format().toTableCellFormat()
        form.setLeftPadding(PAD_X)
        form.setRightPadding(PAD_X)
        form.setTopPadding(PAD_Y)
        form.setBottomPadding(PAD_Y - leading)
        place.setFormat(form)
        cursor = place.firstCursorPosition()
        block = spacing(leading)
        if alignment := _ALIGNMENTS.get(self.piece.alignments[column]):
            block.setAlignment(alignment)
        cursor.setBlockFormat(block)
        return cursor

    def _find_lines(self) -> None:
        """Where each row ends: below the tallest of its cells."""
        assert self.document is not None
        table = self._table()
        layout = self.document.documentLayout()
        self._lines = []
        for row in range(table.rows()):
            bottom = 0.0
            for column in range(table.columns()):
                block = table.cellAt(row, column).lastCursorPosition().block()
                bottom = max(bottom, layout.blockBoundingRect(block).bottom())
            self._lines.append(round(bottom + PAD_Y))

    def _table(self) -> QTextTable:
        assert self.document is not None
        frame = self.document.rootFrame().childFrames()[0]
        assert isinstance(frame, QTextTable)
        return frame

    def text(self, start: int = 0, end: int | None = None) -> str:
        """As copied: cells apart by tabs, rows by lines, formulas as LaTeX."""
        if self.document is None:
            return ""
        last = self.length() if end is None else end
        table = self._table()
        sources = iter(self._sources)
        rows = []
        for row in range(table.rows()):
            cells = []
            for column in range(table.columns()):
                cell = table.cellAt(row, column)
                whole = super().text(cell.firstPosition(), cell.lastPosition())
                formulas = [next(sources) for _ in range(whole.count(OBJECT))]
                first, final = max(start, cell.firstPosition()), min(last, cell.lastPosition())
                if first <= final:
                    cells.append(self._part(cell.firstPosition(), first, final, formulas))
            if cells:
                rows.append("\t".join(cells))
        return "\n".join(rows)

    def _part(self, begin: int, start: int, end: int, formulas: list[str]) -> str:
        """Characters of the cell that begins at begin, with its formulas."""
        text = super().text(start, end)
        for source in formulas[super().text(begin, start).count(OBJECT) :]:
            text = text.replace(OBJECT, source, 1)
        return text

    def controls(self) -> list[Control]:
        shift = QPoint(self._left - self.lead.shift, 0)
        return [replaced(link, rect=link.rect.translated(shift)) for link in self._fragments.links]

    def paint(self, canvas: Canvas) -> None:
        painter, style = canvas.painter, canvas.style
        self.at = QPoint(self._left - self.lead.shift, 0)
        bottom = self._lines[-1] if self._lines else self.height
        width = min(self.full_width, self.width - self._left)
        frame = QRectF(self._left, 0, width, bottom)
        inside = QPainterPath()
        inside.addRect(frame)
        card = QRectF(frame)
        if self.piece.joined:
            card.setTop(-2 * RADIUS)
        if not self.last:
            card.setBottom(bottom + 2 * RADIUS)
        painter.save()
        painter.setClipPath(inside, Qt.ClipOperation.IntersectClip)
        canvas.card(card, "background", "border", RADIUS)
        if not self.piece.joined:
            self._paint_heading(canvas, card)
        painter.setPen(QPen(style.color("border"), 1))
        for line in self._lines[:-1] if self.last else self._lines:
            painter.drawLine(round(frame.left()) + 1, line, round(frame.right()) - 2, line)
        painter.translate(self.at)
        self._fragments.paint_pills(canvas)
        painter.translate(-self.at)
        if canvas.selected:  # not the empty paragraphs around the table
            start, end = canvas.selected
            canvas.selected = max(1, start), min(end, self.length() - 1)
        self.draw_document(canvas, canvas.clip.intersected(frame))
        painter.restore()
        if self.last and self.farthest:
            self._paint_bar(canvas)

    def _paint_heading(self, canvas: Canvas, card: QRectF) -> None:
        painter = canvas.painter
        rounded = QPainterPath()
        rounded.addRoundedRect(card.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
        heading = QPainterPath()
        heading.addRect(card.left(), 0, card.width(), self._lines[0] if self._lines else 0)
        painter.fillPath(rounded.intersected(heading), canvas.style.color("code"))

    def bar_rect(self) -> QRect:
        """The handle of the bar below a wide table."""
        visible = self.width - self._left
        size = max(40, visible * visible // max(1, self.full_width))
        x = self._left + (visible - size) * self.lead.shift // max(1, self.farthest)
        return QRect(x, self.height - 6, size, 5)

    def _paint_bar(self, canvas: Canvas) -> None:
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        canvas.painter.setBrush(canvas.style.color("border_strong"))
        canvas.painter.drawRoundedRect(QRectF(self.bar_rect()), 2.5, 2.5)


def fit(wishes: list[int], width: int) -> list[int]:
    """Widths of columns: their wishes if these fit, else the wide ones shrink, never too far."""
    if sum(wishes) <= width:
        return wishes
    least = [min(wish, 110) for wish in wishes]
    spare = width - sum(least)
    if spare <= 0:
        return least
    wanted = sum(wish - low for wish, low in zip(wishes, least, strict=True))
    return [low + (wish - low) * spare // wanted for wish, low in zip(wishes, least, strict=True)]
