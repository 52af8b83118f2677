"""Cards inside an answer: its thoughts, and what went wrong."""

from math import ceil

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from app.controllers.shown import ShownError
from app.views import icons
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.document import paint_in, plain_document
from app.views.transcript.source import clean
from app.views.transcript.style import Style

HEAD = 36  # height of a folded card
RADIUS = 12
MIDDLE = Qt.AlignmentFlag.AlignVCenter


def paint_icon(canvas: Canvas, name: str, role: str, x: float, y: float, size: int = 16) -> None:
    ratio = canvas.painter.device().devicePixelRatioF()
    color = getattr(canvas.style.theme, role)
    canvas.painter.drawPixmap(QPoint(round(x), round(y)), icons.pixmap(name, color, size, ratio))


class ThoughtBox(Box):
    """The line above what the model thought before it answered; its parts follow unfolded."""

    def __init__(self, text: str, seconds: int | None, thinking: bool, unfolded: bool) -> None:
        super().__init__(0)
        self._text, self._seconds = text, seconds
        self.thinking, self.unfolded = thinking, unfolded
        self._wide = 0  # to the end of the words

    @property
    def words(self) -> str:
        if self.thinking:
            return "Thinking…"
        if self._seconds is None:
            return "Thoughts"
        return f"Thought for {max(1, self._seconds)} s"

    def estimate(self, style: Style, width: int) -> int:
        return HEAD

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, HEAD
        self._wide = ceil(QFontMetricsF(style.small).horizontalAdvance(self.words)) + 24

    def controls(self) -> list[Control]:
        words = f"{self.words}, {'unfolded' if self.unfolded else 'folded'}"
        area = QRect(-8, 2, self._wide + 38, HEAD - 4)
        return [Control("fold_thought", words, area, None, 9)]

    def paint(self, canvas: Canvas) -> None:
        painter, style = canvas.painter, canvas.style
        paint_icon(canvas, "brain", "accent" if self.thinking else "muted", 0, (HEAD - 16) / 2)
        painter.setFont(style.small)
        canvas.text(QRectF(24, 0, self._wide, HEAD), self.words, "text_2", MIDDLE)
        chevron = "chevron-down" if self.unfolded else "chevron-right"
        paint_icon(canvas, chevron, "muted", self._wide + 6, (HEAD - 16) / 2)
        if self.thinking and not self.unfolded:
            self._paint_last_line(canvas, self._wide + 38)

    def _paint_last_line(self, canvas: Canvas, x: float) -> None:
        """What is being thought just now, in one quiet line."""
        style = canvas.style
        canvas.painter.setFont(style.caption)
        line = clean(self._text[-400:]).strip().rpartition("\n")[2]
        room = self.width - x - 4
        words = QFontMetricsF(style.caption).elidedText(line, Qt.TextElideMode.ElideLeft, room)
        canvas.text(QRectF(x, 0, room, HEAD), words, "muted", MIDDLE)


class ThoughtPart(Box):
    """A part of the thoughts, unfolded."""

    def __init__(self, text: str) -> None:
        super().__init__(0)
        self.source = text

    def estimate(self, style: Style, width: int) -> int:
        letters = max(10, int(width / style.letter))
        return sum(1 + len(line) // letters for line in self.source.split("\n")) * style.line

    def lay_out(self, style: Style, width: int) -> None:
        if self.document is None:
            self.document = plain_document(self.source, style.small, style.code_leading)
            paint_in(self.document, style.color("text_2"))
        self.document.setTextWidth(width - 24)
        self.at = QPoint(24, 0)
        self.width, self.height = width, ceil(self.document.size().height())

    def paint(self, canvas: Canvas) -> None:
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        canvas.painter.setBrush(canvas.style.color("border_strong"))
        canvas.painter.drawRect(QRectF(7, 0, 2, self.height))
        self.draw_document(canvas)


class ErrorBox(Box):
    """What did not work, what to do, and the two things that can be done about it."""

    def __init__(self, error: ShownError, style: Style) -> None:
        super().__init__(style.block_gap)
        self.error = error
        self._buttons: list[Control] = []

    def estimate(self, style: Style, width: int) -> int:
        return 3 * style.line + 60

    def lay_out(self, style: Style, width: int) -> None:
        if self.document is None:
            lines = [clean(self.error.message[:2000]), clean(self.error.hint[:2000])]
            text = "\n".join(line for line in lines if line)
            self.document = plain_document(text, style.body, style.code_leading)
            if self.error.hint:
                paint_in(self.document, style.color("text_2"), lines[0].count("\n") + 1)
        self.document.setTextWidth(width - 44 - 18)
        self.at = QPoint(44, 14)
        self.width = width
        bottom = 14 + ceil(self.document.size().height()) + 4
        self._buttons = []
        x = 44
        for name, words in (("retry", "Try again"), ("error_details", "Copy details")):
            wide = ceil(QFontMetricsF(style.small).horizontalAdvance(words)) + 28
            self._buttons.append(Control(name, words, QRect(x, bottom, wide, 32), None, 9))
            x += wide + 8
        self.height = bottom + 32 + 14

    def controls(self) -> list[Control]:
        return self._buttons

    def paint(self, canvas: Canvas) -> None:
        style = canvas.style
        canvas.card(QRectF(0, 0, self.width, self.height), "surface", "danger", 14)
        paint_icon(canvas, "circle-alert", "danger", 16, 16, 18)
        self.draw_document(canvas)
        canvas.painter.setFont(style.small)
        for control in self._buttons:
            area = QRectF(control.rect)
            canvas.card(area, "raised", "border_strong", 9)
            canvas.text(area, control.words, "text", Qt.AlignmentFlag.AlignCenter)
