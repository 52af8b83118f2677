"""The mouse over the conversation: selecting, links, sideways bars, and what is hovered."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QToolTip

from app.views.transcript.handles import in_plain_words
from app.views.transcript.selection import Place
from app.views.transcript.stack import Shown
from app.views.transcript.table import TableBox
from app.views.transcript.times import told

if TYPE_CHECKING:
    from app.views.transcript.interactive import InteractivePage

ADDRESS = 300  # characters of an address in a tooltip
AUTO_SCROLL_MS = 30
WORD = QTextCursor.SelectionType.WordUnderCursor
PARAGRAPH = QTextCursor.SelectionType.BlockUnderCursor


class Pointer(QObject):
    def __init__(self, page: "InteractivePage") -> None:
        super().__init__(page)
        self._page = page
        self._dragging = False
        self._pressed_link = ""
        self._pressed_at = QPoint()
        self._sideways: tuple[TableBox, int, int] | None = None  # table, x and shift at the press
        self._last = QPointF()
        self._double_clicked = 0  # when, in milliseconds of the event clock
        self._scrolling = QTimer(self, interval=AUTO_SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll_on)

    # what Qt tells

    def press(self, event: QMouseEvent) -> None:
        page = self._page
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position()
        self.hover(point)
        shown = page.shown_at(point.y())
        if shown is None:
            return
        self._pressed_at, self._last = point.toPoint(), point
        if self._press_bar(shown, point):
            return
        self._pressed_link = shown.box.link_at(page.inside(shown, point))
        place = self._place(shown, point)
        self._set_current(shown.row)
        if self._is_triple(event):
            page.selection.select_around(place, PARAGRAPH)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and page.selection.anchor:
            page.selection.select(page.selection.anchor, place)
        else:
            page.selection.select(place, place)
        self._dragging = True
        page.viewport().update()

    def move(self, event: QMouseEvent) -> None:
        point = event.position()
        self._last = point
        if self._sideways:
            self._drag_bar(point)
        elif self._dragging and event.buttons() & Qt.MouseButton.LeftButton:
            self._extend(point)
            outside = not 0 <= point.y() < self._page.viewport().height()
            if outside != self._scrolling.isActive():
                self._scrolling.start() if outside else self._scrolling.stop()
        else:
            self.hover(point)

    def release(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        self._scrolling.stop()
        self._dragging, self._sideways = False, None
        still = (point - self._pressed_at).manhattanLength() < QApplication.startDragDistance()
        link, self._pressed_link = self._pressed_link, ""
        if event.button() != Qt.MouseButton.LeftButton or not still:
            return
        if link and self._page.selection.ends is None:
            self._page.follow_link(link)
            return
        self._click_control(point)

    def double(self, event: QMouseEvent) -> None:
        shown = self._page.shown_at(event.position().y())
        if shown and event.button() == Qt.MouseButton.LeftButton:
            self._page.selection.select_around(self._place(shown, event.position()), WORD)
            self._double_clicked = event.timestamp()
            self._pressed_at = event.position().toPoint()
            self._page.viewport().update()

    def point_at(self, place: QPoint) -> None:
        """A menu is asked for here: the turn below becomes the current one."""
        if shown := self._page.shown_at(place.y()):
            self._set_current(shown.row)

    def leave(self) -> None:
        self._set_hovered(-1)

    def hover(self, point: QPointF) -> None:
        """Show what can be done here: the cursor, the buttons of the turn, where a link leads."""
        page = self._page
        shown = page.shown_at(point.y())
        if shown is None:
            return
        self._set_hovered(shown.row)
        inside = page.inside(shown, point)
        link = shown.box.link_at(inside)
        if link:
            cursor = Qt.CursorShape.PointingHandCursor
        elif shown.box.is_text_at(inside):
            cursor = Qt.CursorShape.IBeamCursor
        else:
            cursor = Qt.CursorShape.ArrowCursor
        if page.viewport().cursor().shape() != cursor:
            page.viewport().setCursor(cursor)
        if link != page.hovered_link:
            page.hovered_link = link
            where = page.viewport().mapToGlobal(point.toPoint())
            if link:
                words = told(link) or link[:ADDRESS]
                QToolTip.showText(where, in_plain_words(words), page.viewport())
            else:
                QToolTip.hideText()

    # selecting

    def _is_triple(self, event: QMouseEvent) -> bool:
        near = (event.position().toPoint() - self._pressed_at).manhattanLength() < 8
        waited = event.timestamp() - self._double_clicked
        return bool(self._double_clicked) and near and waited < QApplication.doubleClickInterval()

    def _place(self, shown: Shown, point: QPointF) -> Place:
        return Place(shown.row, shown.index, shown.box.place_at(self._page.inside(shown, point)))

    def _extend(self, point: QPointF) -> None:
        page = self._page
        y = max(0.0, min(point.y(), page.viewport().height() - 1.0))
        shown = page.shown_at(y)
        anchor = page.selection.anchor
        if shown and anchor:
            page.selection.select(anchor, self._place(shown, QPointF(point.x(), y)))
            page.viewport().update()

    @Slot()
    def _scroll_on(self) -> None:
        """The mouse is held above or below the conversation: go on that way."""
        y, height = self._last.y(), self._page.viewport().height()
        distance = y if y < 0 else y - height
        self._page.scroll_by(int(max(-60, min(60, distance / 2))) or (1 if y >= height else -1))
        self._extend(self._last)

    # everything else that can be pressed

    def _press_bar(self, shown: Shown, point: QPointF) -> bool:
        box = shown.box
        if not isinstance(box, TableBox) or not box.farthest or not box.last:
            return False
        inside = self._page.inside(shown, point).toPoint()
        if not box.bar_rect().adjusted(0, -4, 0, 4).contains(inside):
            return False
        self._sideways = (box, inside.x(), box.lead.shift)
        return True

    def _drag_bar(self, point: QPointF) -> None:
        assert self._sideways
        box, start, shift = self._sideways
        x = point.x() - self._page.column.x()
        travelled = (x - start) * box.full_width / max(1, box.width)
        box.scroll(round(shift + travelled) - box.lead.shift)
        self._page.viewport().update()

    def _click_control(self, point: QPoint) -> None:
        """A click that came without hovering first."""
        for handle in self._page.handles.over(point):
            if not handle.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents):
                handle.click()
                return

    def _set_hovered(self, row: int) -> None:
        if row != self._page.hovered:
            self._page.hovered = row
            self._page.place_children()
            self._page.viewport().update()

    def _set_current(self, row: int) -> None:
        if row != self._page.current:
            self._page.current = row
            self._page.place_children()
