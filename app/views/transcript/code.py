"""The box of a code block: a card with the language, a copy button and coloured code."""

from math import ceil
from time import monotonic

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QTextCharFormat, QTextCursor, QTextLayout

from app.views import icons
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.document import plain_document
from app.views.transcript.highlight import Highlighter, Key, Line, Run
from app.views.transcript.pieces import Code
from app.views.transcript.style import Style

HEADER, PADDING = 38, 16
AGAIN = 0.25  # seconds between two colourings of code that is being written
RADIUS = 12


class CodeBox(Box):
    """One part of a code block; a long block has several, drawn as one card."""

    def __init__(self, piece: Code, style: Style, highlighter: Highlighter) -> None:
        super().__init__(0 if piece.joined else style.block_gap + 2)
        self.piece = piece
        self.last = True  # the card ends with this part
        self.context = ""  # the code before this part, for its colours
        self.growing = False  # being written: coloured now and then
        self._style = style
        self._highlighter = highlighter
        self._shown = ""  # the code in the document
        self._colored_at = 0.0
        self._colored = ""
        self._lines: list[Line] = []  # the colours in the document

    def estimate(self, style: Style, width: int) -> int:
        letters = max(20, int((width - 2 * PADDING) / (style.px * 0.52)))
        lines = sum(1 + len(line) // letters for line in self.piece.text.split("\n"))
        return lines * style.code_line + self._frame()

    def _frame(self) -> int:
        return (0 if self.piece.joined else HEADER) + (PADDING if self.last else 0)

    def lay_out(self, style: Style, width: int) -> None:
        left = style.indent_of(self.piece.nest)
        if self.document is None:
            self.document = plain_document(self.piece.text, style.code, style.code_leading)
            self._shown = self.piece.text
            self._colored, self._colored_at, self._lines = "", 0.0, []
        self.document.setTextWidth(max(80, width - left - 2 * PADDING))
        self.at = QPoint(left + PADDING, 0 if self.piece.joined else HEADER)
        leading = style.code_leading if self.last else 0
        self.height = ceil(self.document.size().height()) - leading + self._frame()
        self.width = width
        self.color()

    def update(self, piece: Code) -> None:
        """Show a newer state of the same code; what was only added is only appended."""
        added = piece.text[len(self._shown) :]
        appendable = (
            self.document is not None
            and piece.text.startswith(self._shown)
            and (piece.language, piece.nest) == (self.piece.language, self.piece.nest)
        )
        self.piece = piece
        self.width = -1
        if not appendable:
            self.release()
            return
        assert self.document is not None
        cursor = QTextCursor(self.document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(added)
        self._shown = piece.text

    def color(self) -> None:
        """Colour the code, or ask for its colours; while it is written not at every word."""
        if self.document is None or self._colored == self._shown:
            return
        if self.growing and monotonic() - self._colored_at < AGAIN:
            return
        self._colored_at = monotonic()
        found = self._highlighter.get((self.piece.language, self.context, self._shown))
        if found is not None:
            self._apply(found, self._shown)

    def take_colors(self, key: Key) -> bool:
        """Use the colours that were found, if they are of (the beginning of) this code."""
        language, context, text = key
        if self.document is None or (language, context) != (self.piece.language, self.context):
            return False
        if not self._shown.startswith(text) or len(text) <= len(self._colored):
            return False
        self._apply(self._highlighter.get(key) or [], text)
        return True

    def _apply(self, lines: list[Line], text: str) -> None:
        assert self.document is not None
        self._colored = text
        once = QTextCursor(self.document)
        once.beginEditBlock()  # one layout for all lines
        for number, line in enumerate(lines):
            if number >= len(self._lines) or self._lines[number] != line:
                block = self.document.findBlockByNumber(number)
                block.layout().setFormats([_range(self._style, run) for run in line])
                self.document.markContentsDirty(block.position(), block.length())
        once.endEditBlock()
        self._lines = lines

    def controls(self) -> list[Control]:
        if self.piece.joined:
            return []
        return [Control("copy_code", "Copy code", self._copy_rect(), self)]

    def _copy_rect(self) -> QRect:
        return QRect(self.width - 82, 6, 74, HEADER - 10)

    def paint(self, canvas: Canvas) -> None:
        painter, style = canvas.painter, canvas.style
        left = style.indent_of(self.piece.nest)
        card = QRectF(left, 0, self.width - left, self.height)
        painter.save()
        clip = QPainterPath()
        clip.addRect(card)
        painter.setClipPath(clip, Qt.ClipOperation.IntersectClip)
        if self.piece.joined:
            card.setTop(-2 * RADIUS)
        if not self.last:
            card.setBottom(self.height + 2 * RADIUS)
        canvas.card(card, "code", "border", RADIUS)
        painter.restore()
        if not self.piece.joined:
            self._paint_header(canvas, left)
        self.draw_document(canvas)

    def _paint_header(self, canvas: Canvas, left: int) -> None:
        painter, style = canvas.painter, canvas.style
        painter.setFont(style.caption)
        middle = Qt.AlignmentFlag.AlignVCenter
        label = QRectF(left + PADDING, 2, self.width - left - 120, HEADER - 2)
        canvas.text(label, self.piece.language or "text", "muted", middle)
        copy = QRectF(self._copy_rect())
        ratio = painter.device().devicePixelRatioF()
        drawing = icons.pixmap("copy", style.theme.muted, 14, ratio)
        painter.drawPixmap(copy.topLeft().toPoint() + QPoint(9, 7), drawing)
        canvas.text(copy.adjusted(29, 0, 0, 0), "Copy", "muted", middle)


_FORMATS: dict[tuple[str, str], QTextCharFormat] = {}


def _range(style: Style, run: Run) -> QTextLayout.FormatRange:
    start, length, kind = run
    key = (style.theme.name, kind)
    if key not in _FORMATS:
        form = _FORMATS[key] = QTextCharFormat()
        form.setForeground(QColor(style.syntax(kind)))
        if kind.startswith("Comment"):
            form.setFontItalic(True)
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, _FORMATS[key]
    return made
