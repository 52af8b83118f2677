"""The face of a variant: its picture, its emoji, or its first letter, on its colour."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QIcon,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from app.controllers.shown_variants import ShownVariant
from app.views import icons
from app.views.theme import text_font

ROUND = 0.27  # of the side
COLOURS = ("#5450d6", "#0f7490", "#16713f", "#b35309", "#b0387c", "#2457c5", "#8250c4", "#8a5a2b")


def colour_of(name: str, chosen: str = "") -> QColor:
    """The colour a variant chose, else one that its name always gets."""
    made = QColor(chosen)
    return (
        made if chosen and made.isValid() else QColor(COLOURS[sum(map(ord, name)) % len(COLOURS)])
    )


def paint(painter: QPainter, box: QRectF, one: ShownVariant, dpr: float = 1.0) -> None:
    """Paint a variant's face into a square box."""
    side = box.width()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if not one.key and not one.picture and not one.emoji:
        painter.drawPixmap(box.toRect(), icons.app_pixmap(round(side), dpr))
    elif (picture := scaled(one.picture, round(side), dpr)) is not None:
        paint_picture(painter, box, picture)
    else:
        _paint_sign(painter, box, one)
    painter.restore()


def paint_picture(painter: QPainter, box: QRectF, picture: QPixmap) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    around = QPainterPath()
    around.addRoundedRect(box, box.width() * ROUND, box.width() * ROUND)
    painter.setClipPath(around)
    painter.drawPixmap(box.topLeft(), picture)


def _paint_sign(painter: QPainter, box: QRectF, one: ShownVariant) -> None:
    side, colour = box.width(), colour_of(one.name, one.colour)
    ground = QLinearGradient(box.topLeft(), box.bottomRight())
    ground.setColorAt(0, colour.lighter(122))
    ground.setColorAt(1, colour)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, side * ROUND, side * ROUND)
    sign = sign_of(one)
    light = colour.lightnessF() > 0.72
    painter.setPen(QColor("#1b1c24" if light else "#ffffff"))
    size = 0.52 if sign == one.emoji else 0.46
    painter.setFont(text_font(round(side * size), QFont.Weight.DemiBold))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)


def sign_of(one: ShownVariant) -> str:
    """Its emoji where this system has letters for it, else its first letter."""
    if one.emoji and drawable(one.emoji):
        return one.emoji
    return next((letter.upper() for letter in one.name if letter.isalnum()), "?")


@lru_cache(256)
def drawable(emoji: str) -> bool:
    return QFontMetrics(QFont()).inFontUcs4(ord(emoji[0]))


@lru_cache(256)
def scaled(path: str, side: int, dpr: float) -> QPixmap | None:
    """A small picture Parley made itself, filling a square; None where there is none."""
    if not path or not Path(path).is_file():
        return None
    whole = QPixmap(path)
    return None if whole.isNull() else filling(whole, side, dpr)


def filling(whole: QPixmap, side: int, dpr: float) -> QPixmap:
    """Scaled until it fills a square, and cut there."""
    pixels = round(side * dpr)
    fill, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode
    large = whole.scaled(QSize(pixels, pixels), fill, smooth.SmoothTransformation)
    left, top = (large.width() - pixels) // 2, (large.height() - pixels) // 2
    made = large.copy(left, top, pixels, pixels)
    made.setDevicePixelRatio(dpr)
    return made


def icon(one: ShownVariant, side: int = 18, gap: int = 0) -> QIcon:
    """The face for buttons and menus, with gap space to its right."""
    drawn = QPixmap(QSize(side + gap, side) * 2)
    drawn.setDevicePixelRatio(2.0)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        paint(painter, QRectF(QPointF(0, 0), QSize(side, side).toSizeF()), one, 2.0)
    return QIcon(drawn)


class Portrait(QWidget):
    def __init__(self, one: ShownVariant, side: int = 44) -> None:
        super().__init__()
        self._one, self._pixmap = one, QPixmap()
        self.setFixedSize(side, side)

    def show_pixmap(self, picture: QPixmap) -> None:
        """A picture Parley made itself, in place of the variant's own."""
        self._pixmap = filling(picture, self.width(), self.devicePixelRatioF())
        self.update()

    def show_variant(self, one: ShownVariant) -> None:
        self._one = one
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            box = QRectF(self.rect())
            if self._pixmap.isNull():
                paint(painter, box, self._one, self.devicePixelRatioF())
            else:
                paint_picture(painter, box, self._pixmap)
