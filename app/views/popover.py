"""A panel over the page beside what opened it; Esc or a click elsewhere closes it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget
from shiboken6 import isValid

from app.views.controls import SoftCard

EDGE = 8  # the surface stays this far inside the window


class Popover(QWidget):
    """Covers the whole window, invisibly but for its card, so that clicks beside it close it."""

    closed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.card = SoftCard(16, self)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._anchor: QWidget | None = None
        self._before: QWidget | None = None  # where the keyboard was
        self.hide()

    def open_at(self, anchor: QWidget) -> None:
        """Open under anchor, or above it when it stands in the lower half of the window."""
        self._anchor, self._before = anchor, self._window.focusWidget()
        self._window.installEventFilter(self)
        self.show()
        self.raise_()
        self.place()
        self.setFocus()  # Tab leads on to the first control

    def close_panel(self) -> None:
        if not self.isHidden():
            self._window.removeEventFilter(self)
            had_keyboard = self._has_keyboard()
            self.hide()
            if had_keyboard and self._before is not None and isValid(self._before):
                self._before.setFocus()
            self.closed.emit()

    def place(self) -> None:
        """Cover the window, and put the card beside the anchor."""
        self.setGeometry(self._window.rect())
        if self._anchor is None:
            return
        left, top, right, bottom = SoftCard.MARGIN
        spot = QRect(self._anchor.mapTo(self._window, QPoint(0, 0)), self._anchor.size())
        wanted = self._wanted()
        width = min(wanted.width(), self.width() - 2 * EDGE + left + right)
        height = min(wanted.height(), self.height() - 2 * EDGE + top + bottom)
        under = spot.center().y() < self.height() / 2
        y = spot.bottom() + EDGE - top if under else spot.top() - EDGE + bottom - height
        on_right = spot.center().x() > self.width() / 2
        x = spot.right() + 1 + right - width if on_right else spot.left() - left
        x = max(EDGE - left, min(x, self.width() - EDGE + right - width))
        y = max(EDGE - top, min(y, self.height() - EDGE + bottom - height))
        self.card.setGeometry(x, y, width, height)

    def _wanted(self) -> QSize:
        """The card's size with everything that was added since the last event."""
        for part in self.card.findChildren(Fitted):
            part.updateGeometry()
        return self.card.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:  # of the window, while the panel is open
            self.place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the panel as long as it is open."""
        inside = [
            child
            for child in self.card.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus
            and child.isVisibleTo(self)
            and child.isEnabled()
        ]
        if inside:
            now = QApplication.focusWidget()
            here = inside.index(now) if now in inside else (-1 if forward else 0)
            step = 1 if forward else -1
            inside[(here + step) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return bool(inside)

    def _has_keyboard(self) -> bool:
        now = QApplication.focusWidget()
        return now is None or now is self or self.isAncestorOf(now)


class Fitted(QScrollArea):
    """Asks for the height of what is in it, and scrolls when it gets less."""

    BAR = 14  # room for the scroll bar

    def __init__(self, inside: QWidget, width: int) -> None:
        super().__init__()
        self._inside = inside
        inside.setFixedWidth(width - self.BAR)
        self.setFixedWidth(width)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(inside)

    def sizeHint(self) -> QSize:
        layout = self._inside.layout()
        assert layout is not None
        layout.activate()  # counts rows that were added since the last event
        height = layout.totalHeightForWidth(self._inside.width())
        return QSize(self.width(), max(height, self._inside.sizeHint().height()))
