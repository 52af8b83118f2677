"""A chip: one thing that goes with the message, what became of it, and the way to let it go."""

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.controllers.shown import ShownAttachment
from app.views import icons, style
from app.views.attachments.groups import icon_of, spoken, title_of
from app.views.controls import Button, IconButton, Switch
from app.views.theme import Theme, text_font
from app.views.transcript.pictures import RADIUS as ROUND
from app.views.transcript.pictures import Key, Pictures

PADDING, THUMB, GAP = 6, 48, 10
HIGH = THUMB + 2 * PADDING
LEAST, MOST = 72, 168  # pixels of its words
CROSS = 24  # side of the button that removes it
RADIUS = 16
BADGE = 18  # of the sign in the corner of the thumbnail
MIDDLE = Qt.AlignmentFlag.AlignVCenter
WAITS = ("reading", "looking")


class Chip(QAbstractButton):
    """Painted by hand. Enter and a click open it, Del and its cross remove it."""

    opened = Signal(str)  # keys of what is shown
    removed = Signal(str)
    retried = Signal(str)
    went = Signal(int)  # the keyboard goes to the chip before (-1) or after it (1)

    def __init__(self, shown: ShownAttachment, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown, self._pictures = shown, pictures
        self.phase = 0.0  # of what turns while it is read, 0 to 1
        self._name_font = text_font(13, QFont.Weight.DemiBold)
        self._words_font = text_font(12)
        self.setObjectName("chip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.again, self.cross = Button("Retry", "link"), IconButton("x", "Remove", side=CROSS)
        for button, verb in ((self.again, self._retry), (self.cross, self._remove)):
            button.setParent(self)
            button.clicked.connect(verb)
        self.clicked.connect(self._open)
        self.become(shown)

    def become(self, shown: ShownAttachment) -> None:
        """Show a newer state of the same thing."""
        self.shown = shown
        self.cross.rename("Remove", "Del")
        title = title_of(shown)
        self.cross.setAccessibleName(f"Remove {title}")
        self.again.setAccessibleName(f"Retry {title}")
        self.again.setVisible(self.failed)
        ready = " Ready." if shown.state == "ready" else ""
        self.setAccessibleName(f"{spoken(shown)}.{ready}")
        about = (title, shown.words, shown.hint)
        self.setToolTip("\n".join(part for part in about if part))
        self.setFixedSize(self.sizeHint())
        self.cross.move(self.width() - PADDING - CROSS, (HIGH - CROSS) // 2)
        self.again.adjustSize()
        self.again.move(self.cross.x() - self.again.width(), (HIGH - self.again.height()) // 2)
        self.update()

    @property
    def waits(self) -> bool:
        return self.shown.state in WAITS

    @property
    def failed(self) -> bool:
        return self.shown.state == "failed"

    def sizeHint(self) -> QSize:
        name = QFontMetricsF(self._name_font).horizontalAdvance(title_of(self.shown))
        words = QFontMetricsF(self._words_font).horizontalAdvance(self.shown.words)
        wide = max(LEAST, min(MOST, ceil(max(name, words)) + 2))
        again = self.again.sizeHint().width() if self.failed else 0
        return QSize(PADDING + THUMB + GAP + wide + 4 + again + CROSS + PADDING, HIGH)

    # what the person does

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self.shown.key)

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.shown.key)

    @Slot()
    def _retry(self) -> None:
        self.retried.emit(self.shown.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._remove()
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.went.emit(-1 if event.key() == Qt.Key.Key_Left else 1)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.went.emit(0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    # how it looks

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = style.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_ground(painter, theme)
            self._paint_thumb(painter, theme)
            self._paint_badge(painter, theme)
            self._paint_words(painter, theme)

    def _paint_ground(self, painter: QPainter, theme: Theme) -> None:
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover" if self.underMouse() else "chip"))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
        if self.hasFocus() or self.failed:
            edge = theme.color("accent" if self.hasFocus() else "danger")
            painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, RADIUS, RADIUS)

    def _paint_thumb(self, painter: QPainter, theme: Theme) -> None:
        area, ratio = QRectF(PADDING, PADDING, THUMB, THUMB), self.devicePixelRatioF()
        key = Key(self.shown.preview, THUMB, THUMB, ratio, True)
        picture = self._pictures.get(key) if self.shown.preview else None
        if picture is not None and not picture.isNull():
            painter.drawImage(area, picture)
            edge = theme.color("text")
            edge.setAlphaF(0.12)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft"))
        painter.drawRoundedRect(area, ROUND, ROUND)
        drawing = icons.pixmap(icon_of(self.shown), theme.soft_text, 22, ratio)
        painter.drawPixmap(area.center() - QPointF(11, 11), drawing)

    def _paint_badge(self, painter: QPainter, theme: Theme) -> None:
        """In the corner of the thumbnail: a ring while it is read, then a tick."""
        edge = PADDING + THUMB - BADGE + 3
        area = QRectF(edge, edge, BADGE, BADGE)
        painter.setPen(QPen(theme.color("hover" if self.underMouse() else "chip"), 2))
        colors = {"ready": theme.ok, "failed": theme.danger}
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(area)
        inside = area.adjusted(3.5, 3.5, -3.5, -3.5)
        if self.waits:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("border_strong"), 2))
            painter.drawEllipse(inside)
            pen = QPen(theme.color("accent"), 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            start = 90 - (self.phase if Switch.moves else 0.0) * 360
            painter.drawArc(inside, round(start * 16), -110 * 16)
            return
        name = "check" if self.shown.state == "ready" else "circle-alert"
        side = 12 if name == "check" else 16
        drawing = icons.pixmap(
            name, colors.get(self.shown.state, theme.muted), side, self.devicePixelRatioF()
        )
        painter.drawPixmap(area.center() - QPointF(side / 2, side / 2), drawing)

    def _paint_words(self, painter: QPainter, theme: Theme) -> None:
        left = PADDING + THUMB + GAP
        right = (self.again if self.failed else self.cross).x() - 4
        for text, font, role, y in (
            (title_of(self.shown), self._name_font, "text", HIGH / 2 - 19),
            (self.shown.words, self._words_font, "danger" if self.failed else "text_2", HIGH / 2),
        ):
            way = Qt.TextElideMode.ElideMiddle if role == "text" else Qt.TextElideMode.ElideRight
            shown = QFontMetricsF(font).elidedText(text, way, right - left)
            painter.setFont(font)
            painter.setPen(theme.color(role))
            painter.drawText(QRectF(left, y, right - left, 19), int(MIDDLE), shown)
