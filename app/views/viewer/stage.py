"""One picture, as large as there is room: zoomed, moved about, and a part of it chosen."""

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.background import Task
from app.controllers.shown import Part
from app.views import icons, style
from app.views.transcript.offthread import background
from app.views.transcript.pictures import RADIUS, Key, Pictures, read_preview
from app.views.viewer import selected

EDGE = 24  # around the picture while all of it is in view
STEP, MOST = 1.25, 8.0  # one step of zooming; how much larger than the file at most
REST_MS = 140  # after this it is painted as well as can be
BY_KEY = 48  # pixels an arrow key moves the picture, a tenth of it the box
ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
DIM = QColor(10, 10, 16, 130)


class Stage(QWidget):
    """Shows only previews that Parley made itself; they are read beside the GUI thread."""

    part_changed = Signal()
    asked = Signal()  # about the part: Enter
    turned = Signal(int)  # to another picture, -1 or +1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path, self._size, self._sign = "", QSizeF(), "image"
        self._whole: QImage | None = None  # None while it is read
        self._reading: Task | None = None
        self._fitting = Pictures(self._on_fitting)
        self.zoom = 1.0  # of what fits
        self._middle = QPointF(0.5, 0.5)  # the place of the picture in the middle, in shares
        self.part: Part | None = None
        self.choosing = False  # a drag chooses a part also while zoomed
        self._by_tab = False  # the keyboard came by Tab: a ring tells
        self._drag: tuple[str, QPointF, QRectF] | None = None  # what, from where, box at that time
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.destroyed.connect(self._fitting.stop)

    def show_picture(self, path: str, size: QSizeF, sign: str) -> None:
        """size in pixels of the file it was made from; sign: an icon where there is no picture."""
        self._path, self._size, self._sign = path, size, sign
        self._whole, self.part, self._drag = None, None, None
        if self._reading:
            self._reading.cancel()
        if path:
            self._reading = background().run(lambda _: read_preview(path), self._read, _failed)
        self.fit()
        self.part_changed.emit()

    def _read(self, picture: QImage) -> None:
        if isValid(self):
            self._whole = picture
            self.update()

    def _on_fitting(self, key: Key) -> None:
        if isValid(self):
            self.update()

    @property
    def busy(self) -> bool:
        return bool(self._path) and self._whole is None

    # where it is

    @property
    def fitted(self) -> QRectF:
        """Where the picture is while all of it is in view; never larger than the file."""
        room = QRectF(self.rect()).adjusted(EDGE, 8, -EDGE, -8)
        size = QSizeF(self._size) if not self._size.isEmpty() else QSizeF(4, 3) * 80
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        whole = QRectF(0, 0, max(1.0, round(size.width())), max(1.0, round(size.height())))
        whole.moveCenter(room.center())
        whole.moveTo(round(whole.left()), round(whole.top()))
        return whole

    @property
    def area(self) -> QRectF:
        """Where the picture is now."""
        fitted = self.fitted
        if self.zoom <= 1.0:
            return fitted
        made = QRectF(0, 0, fitted.width() * self.zoom, fitted.height() * self.zoom)
        room = QRectF(self.rect())
        left = room.center().x() - self._middle.x() * made.width()
        top = room.center().y() - self._middle.y() * made.height()
        if made.width() <= room.width():
            left = room.center().x() - made.width() / 2
        else:
            left = max(room.right() - made.width(), min(room.left(), left))
        if made.height() <= room.height():
            top = room.center().y() - made.height() / 2
        else:
            top = max(room.bottom() - made.height(), min(room.top(), top))
        made.moveTo(left, top)
        return made

    @property
    def _most(self) -> float:
        return max(MOST, MOST * self._size.width() / max(1.0, self.fitted.width()))

    @Slot()
    def fit(self) -> None:
        self.zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self._moved()

    @Slot()
    def closer(self) -> None:
        self.zoom_by(STEP, QRectF(self.rect()).center())

    @Slot()
    def farther(self) -> None:
        self.zoom_by(1 / STEP, QRectF(self.rect()).center())

    def zoom_by(self, factor: float, about: QPointF) -> None:
        """The place under about stays there."""
        before = self.area
        x = (about.x() - before.left()) / before.width()
        y = (about.y() - before.top()) / before.height()
        self.zoom = max(1.0, min(self._most, self.zoom * factor))
        if self.zoom < 1.01:
            self.zoom = 1.0
        fitted, room = self.fitted, QRectF(self.rect()).center()
        wide, tall = fitted.width() * self.zoom, fitted.height() * self.zoom
        self._middle = QPointF(x + (room.x() - about.x()) / wide, y + (room.y() - about.y()) / tall)
        self._settle()

    def _move_by(self, distance: QPointF) -> None:
        area = self.area
        self._middle -= QPointF(distance.x() / area.width(), distance.y() / area.height())
        self._settle()

    def _settle(self) -> None:
        """The middle is where it really is: no way to go beyond the edge and back."""
        area, room = self.area, QRectF(self.rect()).center()
        self._middle = QPointF(
            (room.x() - area.left()) / area.width(), (room.y() - area.top()) / area.height()
        )
        self._moved()

    def _moved(self) -> None:
        self._rest.start()
        self.update()
        self.part_changed.emit()  # what stands beside the part goes with it

    # the part

    @property
    def box(self) -> QRectF | None:
        """The chosen part on the screen."""
        return selected.placed(self.part, self.area) if self.part else None

    def choose(self, box: QRectF | None) -> None:
        self.part = selected.shares(box, self.area) if box is not None else None
        self.update()
        self.part_changed.emit()

    def choose_middle(self) -> None:
        """A part to begin with, for the keyboard."""
        area = self.area.intersected(QRectF(self.rect()))
        box = QRectF(0, 0, area.width() * selected.FIRST, area.height() * selected.FIRST)
        box.moveCenter(area.center())
        self.choose(box)

    # keys

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        tab = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_tab = event.reason() in tab
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        if key in ARROWS:
            self._on_arrow(ARROWS[Qt.Key(key)], bool(held & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turned.emit(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.closer()
        elif key == Qt.Key.Key_Minus:
            self.farther()
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_B and self._whole is not None:
            self.choose_middle() if self.part is None else self.choose(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.part:
            self.asked.emit()
        else:
            super().keyPressEvent(event)

    def _on_arrow(self, way: QPointF, shift: bool) -> None:
        box = self.box
        if box is not None:
            change = selected.grown if shift else selected.moved
            self.choose(change(box, way * (BY_KEY / 6), self.area))
        elif self.zoom > 1.0:
            self._move_by(way * -BY_KEY)
        elif way.x():
            self.turned.emit(int(way.x()))

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point, area = event.position(), self.area
        middle = event.button() == Qt.MouseButton.MiddleButton
        if not middle and event.button() != Qt.MouseButton.LeftButton:
            return
        box = self.box
        if middle:
            self._drag = ("move", point, QRectF())
        elif box is not None and (corner := selected.corner_at(box, point)) >= 0:
            opposite = selected.corners(box)[(corner + 2) % 4]
            self._drag = ("choose", opposite, box)
        elif box is not None and box.contains(point):
            self._drag = ("shift", point, box)
        elif self.zoom > 1.0 and not self.choosing:
            self._drag = ("move", point, QRectF())
        elif area.adjusted(-EDGE, -EDGE, EDGE, EDGE).contains(point):
            self._drag = ("choose", point, QRectF())
        self._show_cursor(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._drag is None:
            self._show_cursor(point)
            return
        what, start, box = self._drag
        if what == "move":
            self._move_by(point - start)
            self._drag = (what, point, box)
        elif what == "shift":
            self.choose(selected.moved(box, point - start, self.area))
        elif self._whole is not None and not self._whole.isNull():
            self.choose(selected.around(start, point, self.area))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        box = self.box
        small = box is not None and min(box.width(), box.height()) < selected.LEAST
        still = drag is not None and drag[0] == "choose" and drag[1] == event.position()
        if box is not None and (small or still):
            self.choose(None)
        self._show_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.part:
            return
        if self.zoom > 1.0:
            self.fit()
        else:
            self.zoom_by(2 * STEP, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.pixelDelta().y() or event.angleDelta().y() / 2
        self.zoom_by(STEP ** (turned / 60), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        zooms = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == zooms:
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def _show_cursor(self, point: QPointF) -> None:
        box, shape = self.box, Qt.CursorShape.ArrowCursor
        if box is not None and (corner := selected.corner_at(box, point)) >= 0:
            falls = corner % 2 == 0
            shape = Qt.CursorShape.SizeFDiagCursor if falls else Qt.CursorShape.SizeBDiagCursor
        elif box is not None and box.contains(point):
            shape = Qt.CursorShape.SizeAllCursor
        elif self.zoom > 1.0 and not self.choosing:
            held = self._drag is not None
            shape = Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor
        elif self.area.contains(point):
            shape = Qt.CursorShape.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_picture(painter)
            if self.part:
                self._paint_part(painter)
            if self.hasFocus() and self._by_tab:
                painter.setPen(QPen(style.current().color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.area.adjusted(-4, -4, 4, 4), RADIUS + 4, RADIUS + 4)

    def _paint_picture(self, painter: QPainter) -> None:
        area, ratio = self.area, self.devicePixelRatioF()
        picture = None
        if self.zoom <= 1.0 and self._path:
            key = Key(self._path, ceil(area.width()), ceil(area.height()), ratio, True)
            picture = self._fitting.get(key)
        whole = self._whole
        if picture is not None and not picture.isNull():
            painter.drawImage(area, picture)
        elif whole is not None and not whole.isNull():
            calm = not self._rest.isActive() and self._drag is None
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, calm)
            painter.drawImage(area, whole)
        else:
            self._paint_sign(painter, area)

    def _paint_sign(self, painter: QPainter, area: QRectF) -> None:
        """While it is read, and for what is no picture."""
        theme = style.current()
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
        if not self.busy:
            drawing = icons.pixmap(self._sign, theme.muted, 64, self.devicePixelRatioF())
            painter.drawPixmap(area.center() - QPointF(32, 32), drawing)

    def _paint_part(self, painter: QPainter) -> None:
        box = self.box
        assert box is not None
        outside = QPainterPath()
        round_ = RADIUS if self.zoom <= 1.0 else 0
        outside.addRoundedRect(self.area.intersected(QRectF(self.rect())), round_, round_)
        inside = QPainterPath()
        inside.addRect(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DIM)
        painter.drawPath(outside.subtracted(inside))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("white"), 3))
        painter.drawRect(box)
        painter.setPen(QPen(style.current().color("accent"), 1.5))
        painter.drawRect(box)
        painter.setBrush(QColor("white"))
        for corner in selected.corners(box):
            painter.drawEllipse(corner, 5, 5)


def _failed(error: Exception) -> None:
    raise error  # a file that cannot be read is an empty picture; this is a mistake of ours
