"""A transcript to test, and hands for it: places of words, clicks, drags."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.controllers.shown import ShownTurn

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def user(key, text, **more):
    return ShownTurn(key, "user", text, **more)


def answer(key, text="", **more):
    return ShownTurn(key, "assistant", text, **more)


def conversation(turns):
    """So many turns, of different heights."""
    return [
        user(n, f"Question {n}?")
        if n % 2 == 0
        else answer(n, f"Answer {n}. " * (1 + n % 37) + f"\n\n- point {n}\n- more")
        for n in range(turns)
    ]


def shown_with(transcript, words):
    """The box in view that shows words, and where they begin in its document."""
    for shown in transcript.stack.shown:
        if shown.box.document is not None:
            place = shown.box.document.toPlainText().find(words)
            if place >= 0:
                return shown, place
    raise AssertionError(f"{words!r} is not in view")


def place_of(transcript, words, after=False):
    """The point of the viewport before (or after) the first character of words."""
    shown, start = shown_with(transcript, words)
    start += len(words) if after else 0
    cursor = QTextCursor(shown.box.document)
    cursor.setPosition(start)
    block = cursor.block()
    line = block.layout().lineForTextPosition(start - block.position())
    x = line.cursorToX(start - block.position())
    x = x[0] if isinstance(x, tuple) else x
    area = shown.box.document.documentLayout().blockBoundingRect(block)
    point = QPointF(area.left() + x, area.top() + line.y() + line.height() / 2)
    corner = shown.box.at + QPoint(transcript.column.x(), shown.y)
    return (point + QPointF(corner)).toPoint() + QPoint(-1 if after else 1, 0)


def drag(transcript, start, end):
    """Press, move and release the left button; end may be outside the viewport."""
    room = transcript.viewport()
    QTest.mousePress(room, LEFT, NONE, start)
    for point in (start + QPoint(3, 0), end):
        _send_move(room, point)
    QTest.mouseRelease(room, LEFT, NONE, end)


def hold(transcript, start, end):
    """Press and move, and keep the button down."""
    QTest.mousePress(transcript.viewport(), LEFT, NONE, start)
    _send_move(transcript.viewport(), end)


def hover(transcript, point):
    QTest.mouseMove(transcript.viewport(), point)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(transcript.viewport().mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        NONE,
    )
    QApplication.sendEvent(transcript.viewport(), event)


def _send_move(room, point):
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(room.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        LEFT,
        NONE,
    )
    QApplication.sendEvent(room, event)


def control(transcript, name, row=None, number=0):
    """The middle of a control that is in view, as a point of the viewport."""
    found = [
        (shown, each)
        for shown in transcript.stack.shown
        if row is None or shown.row == row
        for each in shown.box.controls()
        if each.name == name
    ]
    shown, each = found[number]
    return each.rect.center() + QPoint(transcript.column.x(), shown.y)


def click(transcript, name, row=None, number=0):
    """Click a control as the mouse does: on the button that stands over it."""
    point = control(transcript, name, row, number)
    hover(transcript, point)
    target = transcript.viewport().childAt(point) or transcript.viewport()
    QTest.mouseClick(target, LEFT, NONE, target.mapFrom(transcript.viewport(), point))


def boxes_in_view(transcript):
    return {id(shown.box): shown.y for shown in transcript.stack.shown}
