"""The widget that shows a stack of rows: it scrolls, paints, and lays real buttons over them."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolButton, QWidget

from app.views import icons
from app.views.theme import Theme
from app.views.transcript.boxes import Kit
from app.views.transcript.finder import Finder
from app.views.transcript.handles import Handle, Handles, Wanted
from app.views.transcript.painting import Painting
from app.views.transcript.pending import Pending
from app.views.transcript.question import QuestionFoot, QuestionText
from app.views.transcript.row import Row
from app.views.transcript.selection import Selection
from app.views.transcript.spoken import Spoken
from app.views.transcript.stack import Shown, Stack
from app.views.transcript.style import COLUMN, MARGIN, Style
from app.views.transcript.table import TableBox

STEP = 56  # pixels an arrow key scrolls
WHEEL = 40  # pixels of one line of the wheel
KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
HANDLES = 80  # at most so many before links get none
BUTTON = 38  # the round button that leads to the newest text


class Page(QAbstractScrollArea):
    """Geometry; painting.py paints, interactive.py listens, view.py is what others call."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pending = Pending(self)
        pending = self.pending
        self.kit = Kit(Style(theme, 15), pending.formulas, pending.highlighter, pending.pictures)
        self.stack = Stack(self.kit)
        self.selection = Selection(self.stack)
        self.finder = Finder(self.stack)
        self.painting = Painting(self)
        self.spoken = Spoken(self)
        self.current = -1  # the turn whose buttons Tab reaches
        self.hovered = -1
        self.focus_shown = False  # the focus came by the keyboard
        self._following = False  # the scroll bar is being set, not moved
        self._value = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so it can be moved
        self.handles = Handles(self, self.viewport(), self.use)
        self.newest = self._make_newest()
        self.verticalScrollBar().valueChanged.connect(self._on_bar)

    def _make_newest(self) -> QToolButton:
        made = QToolButton(self.viewport())
        made.setObjectName("newest")
        made.setAccessibleName("Jump to the newest")
        made.setToolTip("Jump to the newest")
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setFixedSize(BUTTON, BUTTON)
        made.clicked.connect(self.jump_to_end)
        made.hide()
        return made

    @property
    def column(self) -> QRect:
        """Where the text stands in the viewport."""
        room = self.viewport().width()
        width = max(160, min(COLUMN, room - 2 * MARGIN))
        return QRect((room - width) // 2, 0, width, self.viewport().height())

    def settle(self) -> None:
        """Lay out what is in view and let the scroll bar and the buttons follow."""
        self.stack.settle()
        bar = self.verticalScrollBar()
        self._following = True
        bar.setRange(0, self.stack.maximum)
        bar.setPageStep(max(1, self.stack.view - STEP))
        bar.setSingleStep(WHEEL)
        bar.setValue(self.stack.value)
        self._value = bar.value()
        self._following = False
        self.pending.read_soon()
        self.place_children()

    def place_children(self) -> None:
        """Put buttons over the controls of the current and the hovered turn, and of questions."""
        rows = self.stack.rows
        wanted = []
        for shown in self.stack.shown:
            asks = isinstance(shown.box, QuestionText | QuestionFoot)
            if asks or shown.row in (self.current, self.hovered):
                corner = QPointF(self.column.x(), shown.y).toPoint()
                by_keyboard = asks or shown.row == self.current
                growing = rows[shown.row].growing
                for number, control in enumerate(shown.box.controls()):
                    if control.name == "link" and (growing or len(wanted) >= HANDLES):
                        continue  # the mouse needs none; Tab reaches links when they rest
                    key = (shown.index, number, control.name, control.value if asks else None)
                    turn = rows[shown.row].turn.key
                    wanted.append(Wanted(turn, key, control, corner, by_keyboard))
        self.handles.sync(wanted, self.kit.style.theme)
        growing = bool(rows) and rows[-1].growing
        room = self.viewport()
        self.newest.setVisible(growing and not self.stack.at_end)
        self.newest.move((room.width() - BUTTON) // 2, room.height() - BUTTON - 16)
        self.newest.raise_()
        self.painting.pulse(growing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.stack.resize(self.column.width(), self.viewport().height())
        self.settle()

    def shown_at(self, y: float) -> Shown | None:
        """The box in view at this height, the nearest one outside of all."""
        shown = self.stack.shown
        for place, each in enumerate(shown):
            if y < each.y + each.box.height or place == len(shown) - 1:
                return each
        return None

    def inside(self, shown: Shown, point: QPointF) -> QPointF:
        """A point of the viewport in the coordinates of a box."""
        return QPointF(point.x() - self.column.x(), point.y() - shown.y)

    def turn_area(self, row: int) -> QRect:
        """Where a turn is on the screen; empty while it is out of view."""
        boxes = [shown for shown in self.stack.shown if shown.row == row]
        if not boxes:
            return QRect()
        corner = self.viewport().mapToGlobal(QPointF(self.column.x(), boxes[0].y).toPoint())
        bottom = boxes[-1].y + boxes[-1].box.height
        return QRect(corner.x(), corner.y(), self.column.width(), bottom - boxes[0].y)

    @Slot(int)
    def _on_bar(self, value: int) -> None:
        if self._following:
            return
        self.spoken.follows = False
        distance = value - self._value
        if value >= self.verticalScrollBar().maximum():
            self.stack.at_end = True
        elif abs(distance) > 3 * self.stack.view or value <= 0:
            self.stack.scroll_to(value)
        else:
            self.stack.scroll_by(distance)
        self.settle()
        self.viewport().update()

    def scroll_by(self, pixels: int) -> None:
        self.spoken.follows = False
        self.stack.scroll_by(pixels)
        self.settle()
        self.viewport().update()

    def row_of(self, key: int) -> int:
        """The number of the turn with this key; the newest are looked at first. -1: none."""
        rows = self.stack.rows
        for number in range(len(rows) - 1, -1, -1):
            if rows[number].turn.key == key:
                return number
        return -1

    @Slot()
    def jump_to_end(self) -> None:
        self.spoken.follows = True
        self.stack.at_end = True
        self.settle()
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways over a wide table, else up and down."""
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        sideways = turned.x() or (turned.y() if shift else 0)
        shown = self.shown_at(event.position().y())
        if sideways and shown and isinstance(shown.box, TableBox):
            if shown.box.scroll(-sideways):
                self.viewport().update()
            event.accept()
            return
        super().wheelEvent(event)

    def change(self, number: int, operation: Callable[[Row], None]) -> None:
        """Change the boxes of a row; places in it stay the same places."""
        self.selection.follow(number, self.stack.change(number, operation))
        self.finder.forget(number)
        self.settle()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            self.painting.paint(painter, event.rect())

    def has_focus_inside(self) -> bool:
        focused = QApplication.focusWidget()
        return self.hasFocus() or (focused is not None and self.isAncestorOf(focused))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_shown = event.reason() in KEYBOARD
        in_view = list(self.stack.rows_in_view())
        if in_view and self.current not in in_view:
            self.current = in_view[-1]
            self.place_children()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def restyle(self, theme: Theme, px: int) -> None:
        self.kit.style = Style(theme, px)
        self.newest.setIcon(icons.icon("chevron-down", theme.text, 20))
        self.newest.setIconSize(QSize(20, 20))
        self.newest.setStyleSheet(
            f"QToolButton {{ background: {theme.raised}; border: 1px solid {theme.border_strong};"
            f" border-radius: 19px; padding: 0; }}"
            f" QToolButton:hover {{ background: {theme.hover}; }}"
            f" QToolButton:focus {{ border: 2px solid {theme.accent}; }}"
        )
        self.stack.restyle()
        self.settle()
        self.viewport().update()

    def use(self, handle: Handle) -> None:
        """A control was clicked."""
        raise NotImplementedError
