"""What rows of lists have in common: the ground they stand on, and the mark of the keyboard."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.views import style

RADIUS = 10


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, chosen: bool) -> None:
    """Under the chosen row and the one below the mouse, and around the one with the keyboard."""
    theme, state = style.current(), option.state
    box = QRectF(option.rect).adjusted(0, 1, 0, -1)
    if chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft" if chosen else "hover"))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
