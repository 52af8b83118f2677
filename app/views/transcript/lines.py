"""Thin boxes: the action row, notes, the mark of what the model no longer sees, waiting."""

from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPen

from app.controllers.shown import ShownTurn
from app.views import icons
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.style import Style, crisp

BUTTON, ICON = 30, 16
MIDDLE = Qt.AlignmentFlag.AlignVCenter
CUT_WORDS = "The model no longer sees what is above this line"

_ANSWER = (
    ("copy", "Copy the answer", "copy"),
    ("read_aloud", "Read aloud", "speaker"),
    ("regenerate", "Answer again", "refresh-cw"),
    ("delete", "Delete the answer", "trash-2"),
)
_ASKED = (
    ("edit", "Edit what you said", "pencil"),
    ("copy", "Copy what you said", "copy"),
    ("read_aloud", "Read aloud", "speaker"),
    ("delete", "Delete from here on", "trash-2"),
)
_SAID = (  # of what was spoken and is kept as sound
    ("hear", "Hear what you said", "play"),
    ("transcribe", "Transcribe it again", "mic"),
)
_STOP = ("stop_reading", "Stop reading", "square")
_PICTURES = {name: picture for name, _, picture in (*_ANSWER, *_ASKED, *_SAID, _STOP)}


class ActionBox(Box):
    """What can be done with a turn, its versions, and the facts of an answer."""

    def __init__(self, turn: ShownTurn, aloud: bool = False) -> None:
        super().__init__(6)
        self.turn, self.aloud = turn, aloud
        self._controls: list[Control] = []
        self._pages: QRect | None = None  # of "2 / 3"
        self._facts: QRect | None = None

    @property
    def _quiet(self) -> bool:
        return self.turn.plain or self.turn.status in ("waiting", "streaming")

    def estimate(self, style: Style, width: int) -> int:
        return BUTTON

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, BUTTON
        self._controls, self._pages, self._facts = [], None, None
        if self._quiet:
            return
        mine = self.turn.role == "user"
        actions = self._actions()
        pages = ceil(QFontMetricsF(style.caption).horizontalAdvance(self._pages_words())) + 6
        several = self.turn.versions > 1
        wide = len(actions) * BUTTON + (several and 2 * 24 + pages)
        x = width - wide if mine else -7
        for name, words, _ in actions:
            self._controls.append(Control(name, words, QRect(x, 0, BUTTON, BUTTON)))
            x += BUTTON
        if several:
            x = self._add_pages(x if mine else x + 4, pages)
        if self.turn.facts:
            room = max(40, width - x - 8)
            wide = ceil(QFontMetricsF(style.caption).horizontalAdvance(self.turn.facts)) + 16
            self._facts = QRect(x + 4, 2, min(room, wide), BUTTON - 4)
            words = f"Facts about this answer: {self.turn.facts}"
            self._controls.append(Control("details", words, self._facts))

    def _actions(self) -> list[tuple[str, str, str]]:
        made = list(_SAID) if self.turn.sound else []
        for action in _ASKED if self.turn.role == "user" else _ANSWER:
            if action[0] != "read_aloud":
                made.append(action)
            elif self.turn.text.strip():
                made.append(_STOP if self.aloud else action)
        return made

    def _pages_words(self) -> str:
        return f"{self.turn.version} / {self.turn.versions}"

    def _add_pages(self, x: int, wide: int) -> int:
        """Two arrows with the number of the version between them; where they end."""
        version, versions = self.turn.version, self.turn.versions
        if version > 1:
            words = f"Earlier version, {version - 1} of {versions}"
            self._controls.append(Control("version", words, QRect(x, 3, 24, 24), -1, 7))
        self._pages = QRect(x + 24, 0, wide, BUTTON)
        if version < versions:
            words = f"Later version, {version + 1} of {versions}"
            area = QRect(x + 24 + wide, 3, 24, 24)
            self._controls.append(Control("version", words, area, 1, 7))
        return x + 48 + wide

    def controls(self) -> list[Control]:
        return self._controls

    def paint(self, canvas: Canvas) -> None:
        if self._quiet:
            return
        if self._pages:
            canvas.painter.setFont(canvas.style.caption)
            centre = Qt.AlignmentFlag.AlignCenter
            canvas.text(QRectF(self._pages), self._pages_words(), "muted", centre)
        seen = self.turn.role != "user" or canvas.active or self.aloud
        for control in self._controls:
            if control.name == "details":
                self._paint_facts(canvas)
            elif control.name == "version":
                self._paint_icon(canvas, control, "-left" if control.value == -1 else "-right")
            elif seen:
                self._paint_icon(canvas, control)

    def _paint_icon(self, canvas: Canvas, control: Control, way: str = "") -> None:
        name = f"chevron{way}" if way else _PICTURES[control.name]
        ratio = canvas.painter.device().devicePixelRatioF()
        theme = canvas.style.theme
        color = theme.accent if control.name == "stop_reading" else theme.muted
        drawing = icons.pixmap(name, color, ICON, ratio)
        corner = control.rect.center() - QPoint(ICON // 2 - 1, ICON // 2 - 1)
        canvas.painter.drawPixmap(corner, drawing)

    def _paint_facts(self, canvas: Canvas) -> None:
        assert self._facts is not None
        font = canvas.style.caption
        canvas.painter.setFont(font)
        area = QRectF(self._facts).adjusted(8, 0, -8, 0)
        words = QFontMetricsF(font).elidedText(
            self.turn.facts, Qt.TextElideMode.ElideRight, area.width() + 1
        )
        canvas.text(area, words, "muted", MIDDLE)


class NoteBox(Box):
    """A quiet line about how the answer ended."""

    def __init__(self, words: str, style: Style) -> None:
        super().__init__(style.block_gap)
        self.words = words

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, 22

    def paint(self, canvas: Canvas) -> None:
        font = canvas.style.small
        canvas.painter.setFont(font)
        ratio = canvas.painter.device().devicePixelRatioF()
        drawing = icons.pixmap("info", canvas.style.theme.muted, 15, ratio)
        canvas.painter.drawPixmap(QPoint(0, 3), drawing)
        words = QFontMetricsF(font).elidedText(
            self.words, Qt.TextElideMode.ElideRight, self.width - 26
        )
        canvas.text(QRectF(24, 0, self.width - 24, 22), words, "muted", MIDDLE)


class MarkBox(Box):
    """A quiet line with words in it, above a turn."""

    def __init__(self, words: str) -> None:
        super().__init__(4)
        self.words = self.identity = words

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, 40

    def paint(self, canvas: Canvas) -> None:
        font = canvas.style.caption
        canvas.painter.setFont(font)
        metrics = QFontMetricsF(font)
        words = metrics.elidedText(self.words, Qt.TextElideMode.ElideRight, self.width - 48)
        wide = ceil(metrics.horizontalAdvance(words)) + 24
        canvas.painter.setPen(QPen(canvas.style.color("border_strong"), 1))
        y = crisp(0, 12).y()
        side = max(0.0, (self.width - wide) / 2)
        canvas.painter.drawLine(QPointF(0, y), QPointF(side, y))
        canvas.painter.drawLine(QPointF(self.width - side, y), QPointF(self.width, y))
        area = QRectF(0, 0, self.width, 25)
        canvas.text(area, words, "muted", Qt.AlignmentFlag.AlignCenter)


class CutBox(MarkBox):
    """The mark above the first turn the model still sees."""

    def __init__(self) -> None:
        super().__init__(CUT_WORDS)


class ChangedBox(MarkBox):
    """The mark above the first turn another variant answers."""


class RuleBox(Box):
    def __init__(self, nest: str, style: Style) -> None:
        super().__init__(style.block_gap)
        self.copied_as = "———"
        self._left = style.indent_of(nest)

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, style.px

    def paint(self, canvas: Canvas) -> None:
        y = crisp(0, self.height / 2).y()
        canvas.painter.setPen(QPen(canvas.style.color("border_strong"), 1))
        canvas.painter.drawLine(QPointF(self._left, y), QPointF(self.width, y))


class WaitingBox(Box):
    """Three calm dots before the first word."""

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, style.line

    def paint(self, canvas: Canvas) -> None:
        painter = canvas.painter
        painter.setPen(Qt.PenStyle.NoPen)
        for dot in range(3):
            color = canvas.style.color("muted")
            away = abs((canvas.phase * 3 - dot + 1.5) % 3 - 1.5)  # from the dot that is lit
            color.setAlphaF(0.3 + 0.6 * max(0.0, 1 - away))
            painter.setBrush(color)
            painter.drawEllipse(QPointF(6 + dot * 14, self.height / 2), 3.5, 3.5)


class UnreadBox(Box):
    """Stands for text that is read soon."""

    characters = 0

    def estimate(self, style: Style, width: int) -> int:
        lines = self.characters * style.letter / max(60, width)
        return min(200_000, ceil(lines) * style.line)

    def lay_out(self, style: Style, width: int) -> None:
        self.width = -1  # never settled: it goes away
        self.height = self.estimate(style, width)

    def paint(self, canvas: Canvas) -> None:
        canvas.painter.setFont(canvas.style.small)
        canvas.text(QRectF(0, 0, 200, 24), "…", "muted", MIDDLE)


class MoreBox(Box):
    """The button below the shown part of a huge text."""

    def __init__(self, left: int, style: Style) -> None:
        super().__init__(style.block_gap)
        kilobytes = left // 1024
        size = f"{kilobytes / 1024:.1f} MB" if kilobytes > 999 else f"{max(1, kilobytes)} kB"
        self.words = f"Show more ({size} left)"
        self._area = QRect()

    def lay_out(self, style: Style, width: int) -> None:
        wide = ceil(QFontMetricsF(style.small).horizontalAdvance(self.words)) + 32
        self._area = QRect(0, 0, wide, 34)
        self.width, self.height = width, 34

    def controls(self) -> list[Control]:
        return [Control("more", self.words, self._area, None, 10)]

    def paint(self, canvas: Canvas) -> None:
        area = QRectF(self._area)
        canvas.painter.setFont(canvas.style.small)
        canvas.card(area, "raised", "border_strong", 10)
        canvas.text(area, self.words, "text", Qt.AlignmentFlag.AlignCenter)
