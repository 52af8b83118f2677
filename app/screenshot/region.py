"""A part of the screens, drawn by the person on a darkened picture of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMargins, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from app.background import Background
from app.screenshot.system import Screenshot

LEAST = 6  # pixels; less was a click
AROUND = QMargins(90, 60, 90, 60)  # the region with its edge and its size in words
DIM = QColor(12, 12, 20, 120)
PILL = QColor(16, 16, 22, 215)
HINT = "Drag over a part of the screen  ·  Enter takes all of it  ·  Esc leaves"
BLANK = "The screen could not be seen."
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True)
class Shot:
    """What one screen shows."""

    geometry: QRect  # of the screen, as the desktop counts
    picture: QImage

    @property
    def ratio(self) -> float:
        """Pixels of the picture for each the desktop counts."""
        return self.picture.width() / max(1, self.geometry.width())


def grab() -> list[Shot]:
    found = [Shot(screen.geometry(), screen.grabWindow(0).toImage()) for screen in _screens()]
    return [shot for shot in found if not shot.picture.isNull()]


def _screens() -> Sequence[QScreen]:
    return QGuiApplication.screens()


def cut(shots: Sequence[Shot], region: QRect) -> QImage:
    """The region at the full resolution of its finest screen; empty where it is on none."""
    inside = [shot for shot in shots if shot.geometry.intersects(region)]
    if not inside:
        return QImage()
    ratio = max(shot.ratio for shot in inside)
    made = QImage(
        round(region.width() * ratio), round(region.height() * ratio), QImage.Format.Format_RGB32
    )
    made.fill(Qt.GlobalColor.black)
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for shot in inside:
            part = region.intersected(shot.geometry)
            painter.drawImage(
                _scaled(part.translated(-region.topLeft()), ratio),
                shot.picture,
                _scaled(part.translated(-shot.geometry.topLeft()), shot.ratio),
            )
    return made


def _scaled(area: QRect, ratio: float) -> QRectF:
    return QRectF(area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio)


class RegionScreenshot(Screenshot):
    def __init__(
        self,
        background: Background,
        parent: QObject | None = None,
        look: Callable[[], list[Shot]] = grab,
    ) -> None:
        super().__init__(parent)
        self._background, self._look = background, look
        self._shots: list[Shot] = []
        self.sheets: list[Sheet] = []
        self._start: QPoint | None = None
        self._region = QRect()

    def take(self) -> None:
        if self.sheets:
            return
        self._shots = self._look()
        if not self._shots:
            self.fail(BLANK)
            return
        self._start, self._region = None, QRect()
        for shot in self._shots:
            sheet = Sheet(shot)
            sheet.pressed.connect(self._on_press)
            sheet.moved.connect(self._on_move)
            sheet.released.connect(self._on_release)
            sheet.accepted.connect(self._on_all)
            sheet.left.connect(self._on_left)
            self.sheets.append(sheet)
            sheet.appear()
        self.sheets[0].activateWindow()
        self.sheets[0].setFocus()

    def stop(self) -> None:
        for sheet in self.sheets:
            sheet.hide()
            sheet.deleteLater()
        self.sheets = []

    def _on_press(self, point: QPoint) -> None:
        self._start = point
        self._show(QRect())

    def _on_move(self, point: QPoint) -> None:
        if self._start is not None:
            self._show(QRect(self._start, point).normalized())

    def _on_release(self, point: QPoint) -> None:
        self._on_move(point)
        self._start = None
        if min(self._region.width(), self._region.height()) >= LEAST:
            self._end(self._region)
        else:
            self._show(QRect())

    def _on_all(self, screen: QRect) -> None:
        self._end(screen)

    def _on_left(self) -> None:
        self.stop()
        self._shots = []
        self.left.emit()

    def _show(self, region: QRect) -> None:
        self._region = region
        for sheet in self.sheets:
            sheet.show_region(region)

    def _end(self, region: QRect) -> None:
        self.stop()
        shots, self._shots = self._shots, []
        self._background.run(lambda _: cut(shots, region), self._cut, self._not_cut)

    def _cut(self, picture: QImage) -> None:
        if picture.isNull():
            self.fail(BLANK)
        else:
            self.taken.emit(picture)

    def _not_cut(self, error: Exception) -> None:
        self.fail(BLANK)


class Sheet(QWidget):
    """Lies over one screen and shows it as it was, darkened but for the region."""

    pressed = Signal(QPoint)  # as the desktop counts
    moved = Signal(QPoint)
    released = Signal(QPoint)
    accepted = Signal(QRect)  # all of this screen
    left = Signal()

    def __init__(self, shot: Shot) -> None:
        super().__init__(
            None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self._shot, self._region = shot, QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setWindowTitle("Parley: a part of the screen")
        self.setAccessibleName(HINT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGeometry(shot.geometry)

    def appear(self) -> None:
        self.showFullScreen()
        self.setGeometry(self._shot.geometry)
        self.raise_()

    def show_region(self, region: QRect) -> None:
        """region as the desktop counts. Only what changes is painted."""
        before, self._region = self._region, region
        if before.isEmpty() or region.isEmpty():
            self.update()
        else:
            for each in (before, region):
                self.update(each.translated(-self._shot.geometry.topLeft()) + AROUND)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self._there(event))
        else:
            self.left.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.moved.emit(self._there(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit(self._there(event))

    def _there(self, event: QMouseEvent) -> QPoint:
        return event.position().toPoint() + self._shot.geometry.topLeft()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTER:
            self.accepted.emit(self._shot.geometry)

    def closeEvent(self, event) -> None:
        super().closeEvent(event)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        region = self._region.translated(-self._shot.geometry.topLeft())
        with QPainter(self) as painter:
            painter.setClipRegion(event.region())
            painter.drawImage(QRectF(self.rect()), self._shot.picture)
            painter.save()
            if not region.isEmpty():
                painter.setClipRegion(event.region().subtracted(region))
            painter.fillRect(self.rect(), DIM)
            painter.restore()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if region.isEmpty():
                self._paint_pill(painter, HINT, QPointF(self.width() / 2, 56))
            else:
                painter.setPen(QPen(QColor("white"), 1.5))
                painter.drawRect(QRectF(region).adjusted(-0.5, -0.5, 0.5, 0.5))
                self._paint_size(painter, region)

    def _paint_size(self, painter: QPainter, region: QRect) -> None:
        ratio = self._shot.ratio
        words = f"{round(region.width() * ratio):,} × {round(region.height() * ratio):,}"
        below = region.bottom() + 22
        y = below if below < self.height() - 12 else region.bottom() - 22
        self._paint_pill(painter, words, QPointF(region.center().x(), y))

    def _paint_pill(self, painter: QPainter, words: str, middle: QPointF) -> None:
        metrics = QFontMetricsF(painter.font())
        wide, tall = metrics.horizontalAdvance(words) + 28, metrics.height() + 12
        area = QRectF(middle.x() - wide / 2, middle.y() - tall / 2, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(area, tall / 2, tall / 2)
        painter.setPen(QColor("white"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), words)
