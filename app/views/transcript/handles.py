"""Real buttons over what can be clicked in the current and the hovered turn."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.views.theme import Theme
from app.views.transcript.box import Control


def in_plain_words(text: str) -> str:
    """text for a tooltip, which would take what looks like HTML for it and read its pictures."""
    return f"<qt>{escape(text)}</qt>"


class Handle(QAbstractButton):
    """Shows only that it is hovered or has the focus; the box below paints what it is."""

    used = Signal(object)  # itself

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.theme: Theme | None = None
        self.control: Control | None = None
        self.turn = -1  # key of its turn
        self.clicked.connect(self._tell)

    def become(self, control: Control, turn: int, theme: Theme, by_keyboard: bool) -> None:
        self.theme, self.turn = theme, turn
        if control != self.control:
            self.control = control
            self.setObjectName(control.name)
            self.setAccessibleName(control.words)
            silent = control.name in ("link", "details", "answer", "fold_question")
            self.setToolTip("" if silent else in_plain_words(control.words))
            through = control.name == "link"  # so that text with a link can be selected
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, through)
        policy = Qt.FocusPolicy.TabFocus if by_keyboard else Qt.FocusPolicy.NoFocus
        if self.focusPolicy() != policy and not self.hasFocus():
            self.setFocusPolicy(policy)

    @Slot()
    def _tell(self) -> None:
        self.used.emit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of two is no answer: a new question may stand where the first was."""
        if self.control is None or self.control.name != "answer":
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.theme is None or self.control is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            radius = self.control.radius
            if self.underMouse() or self.isDown():
                shade = self.theme.color("text")
                shade.setAlphaF(0.11 if self.isDown() else 0.06)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shade)
                painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
            if self.hasFocus():
                painter.setPen(QPen(self.theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)


@dataclass(frozen=True)
class Wanted:
    """A handle that should be there."""

    turn: int  # key of it
    key: tuple[object, ...]  # what it is in the turn: never another kind, nor another question
    control: Control
    corner: QPoint  # of its box in the viewport
    by_keyboard: bool

    @property
    def area(self) -> QRect:
        return self.control.rect.translated(self.corner)


class Handles:
    def __init__(self, owner: QWidget, viewport: QWidget, act: Callable[[Handle], None]) -> None:
        self._owner, self._viewport, self._act = owner, viewport, act
        self._used: dict[tuple[object, ...], Handle] = {}
        self._spare: list[Handle] = []
        self._order: list[Handle] = []
        self._syncing = False

    def sync(self, wanted: list[Wanted], theme: Theme) -> None:
        """Have exactly these handles, those that stay with the focus they have."""
        if self._syncing:
            return  # putting a handle away moved the focus
        self._syncing = True
        self._place(wanted, theme)
        self._syncing = False

    def _place(self, wanted: list[Wanted], theme: Theme) -> None:
        keys = {(want.turn, *want.key) for want in wanted}
        for key in [key for key in self._used if key not in keys]:
            self._put_away(self._used.pop(key))
        for want in wanted:
            key = (want.turn, *want.key)
            handle = self._used.get(key)
            if handle is None:
                handle = self._used[key] = self._spare.pop() if self._spare else self._make()
            handle.become(want.control, want.turn, theme, want.by_keyboard)
            if want.control.name == "open_picture":
                handle.lower()  # smaller buttons stand on it
            if handle.geometry() != want.area:
                handle.setGeometry(want.area)
            if handle.isHidden():
                handle.show()
        order = [self._used[want.turn, *want.key] for want in wanted if want.by_keyboard]
        if order != self._order:
            self._order = order
            for first, second in zip([self._owner, *order], order, strict=False):
                QWidget.setTabOrder(first, second)

    def over(self, point: QPoint) -> list[Handle]:
        return [handle for handle in self._used.values() if handle.geometry().contains(point)]

    def _make(self) -> Handle:
        made = Handle(self._viewport)
        made.used.connect(self._act)
        return made

    def _put_away(self, handle: Handle) -> None:
        if handle.hasFocus():
            self._owner.setFocus()
        handle.hide()
        self._spare.append(handle)
