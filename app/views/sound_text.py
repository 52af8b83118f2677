"""The text of a sound file: paragraphs, and in the margin when each of them is said.

Qt's plain text lays out only what is seen, so hours of text cost no more than a page. Text is
put in a part at a time, because a long one would stop the window for a moment.
"""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from time import perf_counter

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.controllers.subtitles import Line, begins_paragraph, clock, joint
from app.views import style
from app.views.theme import text_font

MARGIN = 70  # width of the place where times stand
BETWEEN = 7  # size of the letters of the empty line between two paragraphs
SLICE = 0.003  # seconds of putting in, then the window gets its turn
PLAY_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Times(QWidget):
    """The margin. A click on a time asks to hear it from there."""

    def __init__(self, text: "SoundText") -> None:
        super().__init__(text)
        self._text = text
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(MARGIN, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = style.current()
            painter.setFont(text_font(12))
            for block, top in self._text.seen():
                playing = block.blockNumber() == 2 * self._text.playing
                painter.setPen(theme.color("link" if playing else "muted"))
                height = painter.fontMetrics().height()
                place = QRect(0, top + self._text.drop(), MARGIN - 20, height)
                seconds = self._text.start_of(block)
                painter.drawText(place, Qt.AlignmentFlag.AlignRight, clock(seconds or 0.0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._text.can_play and self._text.time_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        self.setToolTip("Hear it from here" if over else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        seconds = self._text.time_at(event.position().toPoint())
        if seconds is not None and event.button() == Qt.MouseButton.LeftButton:
            self._text.time_asked.emit(seconds)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._text.wheelEvent(event)


class SoundText(QPlainTextEdit):
    time_asked = Signal(float)  # seconds from the start of the file

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName("What is said")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(4)
        self.can_play = False
        self.playing = -1  # the paragraph that is heard
        self._starts: list[float] = []  # of the paragraphs
        self._letters = 0  # of the last one
        self._written: list[str] = []  # all of the text, as it was put in
        self._before: Line | None = None
        self._waiting: deque[Line] = deque()
        self._matches: list[tuple[int, int]] = []  # of what is sought, in letters
        self._searched, self._at = "", 0
        self._times = Times(self)
        self._more = QTimer(self, interval=0, singleShot=True)
        self._more.timeout.connect(self._put_in)
        self.setViewportMargins(MARGIN, 0, 12, 0)
        self.updateRequest.connect(self._on_update)

    @property
    def complete(self) -> bool:
        """Everything that was given is in the text."""
        return not self._waiting

    def set_lines(self, lines: Iterable[Line]) -> None:
        self._more.stop()
        self.clear()
        self._starts, self._letters, self._before, self._written = [], 0, None, []
        self.playing = -1
        self._waiting = deque(lines)
        self._put_in()

    def add_lines(self, lines: Iterable[Line]) -> None:
        self._waiting += lines
        self._put_in()

    def set_text_size(self, size: int) -> None:
        self.setFont(text_font(size))
        self._times.update()

    def show_playing(self, seconds: float) -> None:
        """Mark the paragraph that is heard; below 0: none is."""
        playing = self.paragraph_at(seconds) if seconds >= 0 else -1
        if playing != self.playing:
            self.playing = playing
            self._times.update()

    def paragraph_at(self, seconds: float) -> int:
        """Its number; before the first one begins it is that one."""
        return max(0, bisect_right(self._starts, seconds + 0.05) - 1)

    # Putting text in

    @Slot()
    def _put_in(self) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() and bool(self._starts)
        until = perf_counter() + SLICE
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        while self._waiting and perf_counter() < until:
            self._write(cursor, self._waiting.popleft())
        cursor.endEditBlock()
        if at_end and not self.textCursor().hasSelection():
            bar.setValue(bar.maximum())
        if self._waiting:
            self._more.start()

    def _write(self, cursor: QTextCursor, line: Line) -> None:
        before = self._before
        if before is None or begins_paragraph(self._letters, before, line):
            if before is not None:
                cursor.insertBlock(QTextBlockFormat(), small())
                cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
                self._written.append("\n\n")
            self._starts.append(line.start)
            text = line.text
            self._letters = len(text)
        else:
            text = joint(before.text, line.text) + line.text
            self._letters += len(text)
        cursor.insertText(text, QTextCharFormat())
        self._written.append(text)
        self._before = line

    # Finding

    def selected_text(self) -> str:
        return self.textCursor().selection().toPlainText()

    def find(self, text: str) -> int:  # type: ignore[override]  # Qt's own steps from match to match
        """How often text occurs, whatever the case of its letters; the first is selected."""
        self._searched, self._at = "".join(self._written), 0
        whole = self._searched.lower()  # many times faster than a pattern that ignores the case
        if len(whole) != len(self._searched):  # a letter that is two when it is small
            whole = self._searched
        found = re.finditer(re.escape(text.lower()), whole) if text else ()
        self._matches = [one.span() for one in found]
        self._show_match()
        return len(self._matches)

    def find_step(self, way: int) -> int:
        self._at = (self._at + way) % len(self._matches)
        self._show_match()
        return self._at + 1

    def clear_find(self) -> None:
        self._matches, self._searched = [], ""
        cursor = self.textCursor()
        cursor.clearSelection()
        self.setTextCursor(cursor)

    def _show_match(self) -> None:
        if self._matches:
            first, last = (self._place(one) for one in self._matches[self._at])
            cursor = self.textCursor()
            cursor.setPosition(first)
            cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
            self.centerCursor()

    def _place(self, letters: int) -> int:
        """Where Qt sees what stands after so many letters: rare ones count twice there."""
        return len(self._searched[:letters].encode("utf-16-le")) // 2

    # Times

    def seen(self) -> list[tuple[QTextBlock, int]]:
        """The paragraphs on screen with their top."""
        found, block = [], self.firstVisibleBlock()
        place = self.blockBoundingGeometry(block).translated(self.contentOffset())
        while block.isValid() and place.top() <= self.viewport().height():
            if self.start_of(block) is not None:
                found.append((block, round(place.top())))
            block = block.next()
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return found

    def start_of(self, block: QTextBlock) -> float | None:
        """When a paragraph is said; None for the space between two."""
        number, odd = divmod(block.blockNumber(), 2)
        return self._starts[number] if not odd and number < len(self._starts) else None

    def drop(self) -> int:
        """Pixels by which times stand lower than the top of the text, to share its first line."""
        return max(0, self.fontMetrics().ascent() - self._times.fontMetrics().ascent()) + 1

    def time_at(self, place: QPoint) -> float | None:
        line = self.fontMetrics().lineSpacing()
        for block, top in self.seen():
            if top <= place.y() <= top + line:
                return self.start_of(block)
        return None

    # What Qt tells

    def event(self, event: QEvent) -> bool:
        """Copying is of this text while the keyboard is here, not of the conversation."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            wanted = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
            if any(event.matches(one) for one in wanted):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter hears the paragraph the cursor is in."""
        seconds = self.start_of(self.textCursor().block())
        if event.key() in PLAY_KEYS and self.can_play and seconds is not None:
            self.time_asked.emit(seconds)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._times.setGeometry(inside.left(), inside.top(), MARGIN, inside.height())

    @Slot(QRect, int)
    def _on_update(self, _rect: QRect, _dy: int) -> None:
        self._times.update()


def small() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFontPointSize(BETWEEN)
    return made
