"""A tool inside an answer: its line, its code and result unfolded, its question, its pictures."""

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from app.controllers.shown import ShownTool
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.cards import HEAD, MIDDLE, RADIUS, paint_icon
from app.views.transcript.code import CodeBox
from app.views.transcript.document import paint_in, plain_document
from app.views.transcript.highlight import Highlighter
from app.views.transcript.pictures import PictureBox, Pictures
from app.views.transcript.pieces import Code
from app.views.transcript.question import question_boxes
from app.views.transcript.source import clean, cut_lines
from app.views.transcript.style import Style

LONGEST, LINES = 8000, 160  # characters and lines that are shown of what a tool got and answered
GAP = 6


def bounded(text: str) -> str:
    """The beginning of text, if there is more than is shown."""
    shown = clean(text[:LONGEST])
    stop = cut_lines(shown, 0, len(shown), LINES)
    return shown[:stop] + "\n…" if stop < len(shown) or len(text) > LONGEST else shown


class ToolBox(Box):
    """One use of a tool: what it was asked and what came back."""

    def __init__(self, tool: ShownTool, number: int, above: int, unfolded: bool) -> None:
        super().__init__(above)
        self.tool, self.unfolded = tool, unfolded
        self.number = number

    @property
    def words(self) -> str:
        running = ", waits for your answer" if self.tool.question else ", is running"
        state = ", did not work" if self.tool.error else "" if self.tool.result else running
        return f"Tool {self.tool.title}{state}, {'unfolded' if self.unfolded else 'folded'}"

    def body(self) -> str:
        asked = clean(self.tool.arguments[:LONGEST])
        return "\n".join(part for part in (asked, bounded(self.tool.result)) if part)

    @property
    def _has_body(self) -> bool:
        return self.unfolded and not self.tool.code  # code has boxes of its own

    def estimate(self, style: Style, width: int) -> int:
        return HEAD + (self._has_body and self.body().count("\n") * style.code_line + 30)

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, HEAD
        if not self._has_body:
            self.document = None
            return
        if self.document is None:
            self.document = plain_document(self.body(), style.code, style.code_leading)
        self.document.setTextWidth(width - 2 * 16)
        self.at = QPoint(16, HEAD + 2)
        self.height = HEAD + 2 + ceil(self.document.size().height()) + 8

    def controls(self) -> list[Control]:
        return [
            Control("fold_tool", self.words, QRect(0, 0, self.width, HEAD), self.number, RADIUS)
        ]

    def paint(self, canvas: Canvas) -> None:
        painter, style, tool = canvas.painter, canvas.style, self.tool
        canvas.card(QRectF(0, 0, self.width, self.height), "panel", "border", RADIUS)
        paint_icon(canvas, "wrench", "danger" if tool.error else "accent", 12, (HEAD - 16) / 2)
        painter.setFont(style.strong)
        metrics = QFontMetricsF(style.strong)
        name = metrics.elidedText(tool.title, Qt.TextElideMode.ElideRight, self.width / 3)
        wide = metrics.horizontalAdvance(name)
        canvas.text(QRectF(38, 0, wide + 4, HEAD), name, "text", MIDDLE)
        self._paint_summary(canvas, 38 + wide + 12)
        chevron = "chevron-down" if self.unfolded else "chevron-right"
        paint_icon(canvas, chevron, "muted", self.width - 28, (HEAD - 16) / 2)
        self.draw_document(canvas)

    def _paint_summary(self, canvas: Canvas, x: float) -> None:
        """The arguments, and the result at the right end while folded."""
        style, tool = canvas.style, self.tool
        painter = canvas.painter
        painter.setFont(style.code)
        metrics = QFontMetricsF(style.code)
        room = self.width - x - 40
        result = "" if self.unfolded else clean(tool.result[:300]).strip().partition("\n")[0]
        if not tool.result:
            result = "waits for you" if tool.question else "…"
        shown = metrics.elidedText(result, Qt.TextElideMode.ElideRight, room * 0.5)
        taken = metrics.horizontalAdvance(shown)
        role = "danger" if tool.error else "text_2"
        right = Qt.AlignmentFlag.AlignRight | MIDDLE
        canvas.text(QRectF(x, 0, room, HEAD), shown, role, right)
        if not self.unfolded:
            given = tool.code.lstrip().partition("\n")[0] if tool.code else tool.arguments
            asked = " ".join(clean(given[:300]).split())
            asked = metrics.elidedText(asked, Qt.TextElideMode.ElideRight, room - taken - 16)
            canvas.text(QRectF(x, 0, room - taken, HEAD), asked, "muted", MIDDLE)


class ToolCode(CodeBox):
    """The Python a tool was given."""

    def __init__(self, tool: ShownTool, number: int, style: Style, highlighter: Highlighter):
        super().__init__(Code(bounded(tool.code.strip("\n")), "python"), style, highlighter)
        self.above = GAP
        self.whole = tool.code
        self.identity = ("tool code", number, tool.code)


class ToolResult(Box):
    """What came of the code above it."""

    def __init__(self, tool: ShownTool, number: int) -> None:
        super().__init__(GAP)
        self.source, self._error = bounded(tool.result), tool.error
        self.identity = ("tool result", number, tool.result, tool.error)

    def estimate(self, style: Style, width: int) -> int:
        return (1 + self.source.count("\n")) * style.code_line + 24

    def lay_out(self, style: Style, width: int) -> None:
        if self.document is None:
            self.document = plain_document(self.source, style.code, style.code_leading)
            paint_in(self.document, style.color("danger" if self._error else "text"))
        self.document.setTextWidth(width - 2 * 16)
        self.at = QPoint(16, 12)
        self.width = width
        self.height = 12 + ceil(self.document.size().height()) - style.code_leading + 12

    def paint(self, canvas: Canvas) -> None:
        canvas.card(QRectF(0, 0, self.width, self.height), "panel", "border", RADIUS)
        self.draw_document(canvas)


def tool_boxes(
    tool: ShownTool,
    number: int,
    unfolded: frozenset[object],
    style: Style,
    highlighter: Highlighter,
    pictures: Pictures,
) -> Iterator[Box]:
    """All boxes of one use of a tool, from top to bottom."""
    yield ToolBox(tool, number, GAP, number in unfolded)
    if tool.code and number in unfolded:
        yield ToolCode(tool, number, style, highlighter)
        if tool.result:
            yield ToolResult(tool, number)
    if tool.question:
        yield from question_boxes(tool.question, number, ("question", number) in unfolded)
    for place, picture in enumerate(tool.pictures):
        yield PictureBox(picture, (number, place), pictures)
