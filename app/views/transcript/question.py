"""The card of a tool that asks first: what it wants, in full, and what the person may choose."""

import re
from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QTextCharFormat, QTextCursor

from app.controllers.shown import ShownQuestion
from app.views import icons
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.document import SafeDocument, paint_in, plain_document, spacing
from app.views.transcript.source import SHOWN, clean, cut_lines, cut_plain
from app.views.transcript.style import Style

RADIUS, PADDING = 14, 16
TEXT = 46  # pixels from the edge to the words, right of the icon
INSET = 12  # around the text that would be sent
FOLDED_LINES, FOLDED = 8, 560  # lines and characters before "Show all"
NEAR = 1.3  # so much more is not worth folding
GAP = 8  # between buttons
APART = 28  # at least, between the last button and the others

# What turns text around, or cannot be seen at all, could hide what is agreed to.
_HIDDEN = re.compile("[\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


def plainly(text: str) -> str:
    """text with every sign that hides something shown by its number."""
    return _HIDDEN.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", clean(text))


class _Slice(Box):
    """A part of the card; the parts of a card lie on each other and are drawn as one."""

    first = last = False

    def left(self, style: Style, width: int) -> int:
        """Where text and buttons begin: on a narrow card below the icon."""
        return TEXT if width > 26 * style.px else PADDING

    def paint_card(self, canvas: Canvas) -> None:
        painter = canvas.painter
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.width, self.height), Qt.ClipOperation.IntersectClip)
        shape = QRectF(0, 0, self.width, self.height)
        if not self.first:
            shape.setTop(-2 * RADIUS)
        if not self.last:
            shape.setBottom(self.height + 2 * RADIUS)
        canvas.card(shape, "surface", "border_strong", RADIUS)
        painter.restore()


class QuestionHead(_Slice):
    """What the tool wants, and where it would send something."""

    first = True

    def __init__(self, question: ShownQuestion) -> None:
        super().__init__(8)
        self.question = question
        self.identity = ("question", question.key, question.words, question.where)

    def estimate(self, style: Style, width: int) -> int:
        return 2 * PADDING + (1 + len(self.question.where)) * style.line

    def lay_out(self, style: Style, width: int) -> None:
        if self.document is None:
            self.document = self._write(style)
        self.document.setTextWidth(max(60, width - TEXT - PADDING))
        self.at = QPoint(TEXT, PADDING)
        self.width = width
        self.height = PADDING + ceil(self.document.size().height()) + 6

    def _write(self, style: Style) -> SafeDocument:
        made = SafeDocument(style.body)
        cursor = QTextCursor(made)
        cursor.setBlockFormat(spacing(style.code_leading))
        words, address = QTextCharFormat(), QTextCharFormat()
        words.setFont(style.heading_font(4))
        cursor.insertText(plainly(self.question.words).replace("\n", " "), words)
        address.setFont(style.code)
        address.setForeground(style.color("text_2"))
        for where in self.question.where:
            cursor.insertBlock()
            cursor.insertText(plainly(where).replace("\n", " "), address)
        return made

    def paint(self, canvas: Canvas) -> None:
        self.paint_card(canvas)
        style = canvas.style
        ratio = canvas.painter.device().devicePixelRatioF()
        size = 20
        drawing = icons.pixmap("message-circle-question-mark", style.theme.accent, size, ratio)
        middle = PADDING + QFontMetricsF(style.heading_font(4)).height() / 2
        canvas.painter.drawPixmap(QPoint(PADDING, round(middle - size / 2)), drawing)
        self.draw_document(canvas)


class QuestionText(_Slice):
    """A part of what would be sent, run or written, on a field of its own inside the card."""

    def __init__(self, text: str, begins: bool, ends: bool, halved: bool) -> None:
        super().__init__(0)
        self.source, self.halved = text, halved
        self.begins, self.ends = begins, ends  # the field
        self.fold = ""  # words on the button that unfolds it or folds it again
        self.value: object = None  # what is unfolded
        self._button = QRect()

    def estimate(self, style: Style, width: int) -> int:
        letters = max(10, int((width - TEXT - PADDING - 2 * INSET) / (style.px * 0.52)))
        lines = sum(1 + len(line) // letters for line in self.source.split("\n"))
        return lines * style.code_line + 2 * INSET

    def lay_out(self, style: Style, width: int) -> None:
        left = self.left(style, width)
        if self.document is None:
            self.document = plain_document(self.source, style.code, style.code_leading)
        self.document.setTextWidth(max(60, width - left - PADDING - 2 * INSET))
        above = 8 + INSET if self.begins else 0
        self.at = QPoint(left + INSET, above)
        bottom = above + ceil(self.document.size().height())
        if self.fold:
            metrics = QFontMetricsF(style.caption)
            wide = ceil(metrics.horizontalAdvance(self.fold)) + 20
            self._button = QRect(left + 2, bottom + 2, wide, ceil(metrics.height()) + 10)
            bottom = self._button.bottom() + 1 + 4
        elif self.ends:
            bottom += INSET - style.code_leading
        self.width, self.height = width, bottom

    def controls(self) -> list[Control]:
        return [Control("fold_question", self.fold, self._button, self.value)] if self.fold else []

    def paint(self, canvas: Canvas) -> None:
        self.paint_card(canvas)
        painter, style = canvas.painter, canvas.style
        left = self.left(style, self.width)
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.width, self.height), Qt.ClipOperation.IntersectClip)
        top = 8 if self.begins else -2 * RADIUS
        bottom = self.height if self.ends else self.height + 2 * RADIUS
        field = QRectF(left, top, self.width - left - PADDING, bottom - top)
        canvas.card(field, "code", "border", 10)
        painter.restore()
        self.draw_document(canvas)
        if self.fold:
            painter.setFont(style.caption)
            canvas.text(QRectF(self._button), self.fold, "link", Qt.AlignmentFlag.AlignCenter)


class QuestionFoot(_Slice):
    """The warning, and a button for every choice; the last one stands apart at the right."""

    last = True

    def __init__(self, question: ShownQuestion) -> None:
        super().__init__(0)
        self.question = question
        self.identity = ("question foot", question)
        self._warning = QRectF()
        self._buttons: list[tuple[Control, str]] = []

    def estimate(self, style: Style, width: int) -> int:
        return 2 * style.line + 2 * PADDING

    def lay_out(self, style: Style, width: int) -> None:
        left = self.left(style, width)
        room = max(60, width - left - PADDING)
        bottom = 6
        if self.question.warning:
            bottom = self._lay_out_warning(style, left, room) + 6
        self.width = width
        self.height = self._lay_out_buttons(style, left, room, bottom + 8) + PADDING

    def _lay_out_warning(self, style: Style, left: int, room: int) -> int:
        if self.document is None:
            text = plainly(self.question.warning)
            self.document = plain_document(text, style.small, style.code_leading)
            paint_in(self.document, style.color("warn"))
        self.document.setTextWidth(max(40, room - 38 - INSET))
        self.at = QPoint(left + 38, 10 + 9)
        tall = ceil(self.document.size().height()) - style.code_leading
        self._warning = QRectF(left, 10, room, tall + 18)
        return ceil(self._warning.bottom())

    def _lay_out_buttons(self, style: Style, left: int, room: int, top: int) -> int:
        """From the left, as many in a line as fit; where they end."""
        metrics = QFontMetricsF(style.small)
        line = ceil(metrics.height())
        self._buttons = []
        x, y, tall = left, top, 0
        final = len(self.question.choices) - 1
        for number, (choice, words) in enumerate(self.question.choices):
            wide = min(room, ceil(metrics.horizontalAdvance(words)) + 30)
            inside = QRectF(0, 0, wide - 20, 10_000)
            needed = metrics.boundingRect(inside, int(_WRAPPED), words).height()
            apart = APART if number == final and x > left else 0
            if x > left and x + apart + wide > left + room:
                x, y, tall = left, y + tall + GAP, 0
            tall = max(tall, 34, line + 14, ceil(needed) + 14)
            place = left + room - wide if number == final else x
            spoken = f"{words}. {plainly(self.question.words)}"
            value = (self.question.key, choice)
            control = Control("answer", spoken, QRect(place, y, wide, tall), value, 10)
            self._buttons.append((control, words))
            x += wide + GAP
        return y + tall

    def controls(self) -> list[Control]:
        return [control for control, _ in self._buttons]

    def paint(self, canvas: Canvas) -> None:
        self.paint_card(canvas)
        painter, style = canvas.painter, canvas.style
        if self.question.warning:
            shade = QColor(style.color("warn"))
            shade.setAlphaF(0.10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            painter.drawRoundedRect(self._warning, 10, 10)
            ratio = painter.device().devicePixelRatioF()
            drawing = icons.pixmap("triangle-alert", style.theme.warn, 16, ratio)
            middle = self.at.y() + QFontMetricsF(style.small).height() / 2
            corner = QPoint(round(self._warning.x()) + INSET, round(middle - 8))
            painter.drawPixmap(corner, drawing)
            self.draw_document(canvas)
        painter.setFont(style.small)
        for control, words in self._buttons:
            area = QRectF(control.rect)
            canvas.card(area, "raised", "border_strong", 10)
            canvas.text(area.adjusted(10, 0, -10, 0), words, "text", _WRAPPED)


_WRAPPED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


def question_boxes(question: ShownQuestion, number: int, unfolded: bool) -> Iterator[Box]:
    """The card from top to bottom; number is of its tool."""
    yield QuestionHead(question)
    text = plainly(question.what[:SHOWN]).rstrip("\n")
    if (left := len(question.what) - SHOWN) > 0:
        text += f"\n… {left:,} more characters"
    stop = cut_lines(text, 0, len(text), FOLDED_LINES)
    short = text[:stop].rstrip() + "\n…" if stop <= FOLDED else text[:FOLDED] + "…"
    lines = text.count("\n") + 1
    long = len(text) > NEAR * FOLDED or lines > NEAR * FOLDED_LINES
    shown = text if unfolded or not long else short
    parts = cut_plain(shown)
    for place, (part, halved) in enumerate(parts):
        ends = place == len(parts) - 1
        box = QuestionText(part, place == 0, ends, halved)
        if long and ends:
            all_of_it = f"Show all {lines} lines" if lines > FOLDED_LINES else "Show all"
            box.fold, box.value = "Show less" if unfolded else all_of_it, ("question", number)
        box.identity = ("question text", question.key, place, part, box.begins, box.fold)
        yield box
    yield QuestionFoot(question)
