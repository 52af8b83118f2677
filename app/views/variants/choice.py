"""A line with a variant to choose: in the panel of the chip, and while @name is typed."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen

from app.controllers.shown_variants import ShownVariant
from app.views import icons, style
from app.views.line_button import LineButton
from app.views.shelf.body import write
from app.views.theme import text_font
from app.views.variants import portrait
from app.views.variants.words import spoken

HIGH, FACE, SIDE = 50, 32, 10


class VariantChoice(LineButton):
    def __init__(self, one: ShownVariant) -> None:
        super().__init__()
        self.variant = one
        self.lit = False  # the keyboard is elsewhere and means this one
        self.setFixedHeight(HIGH)
        self.setAccessibleName(spoken(one))

    def light(self, lit: bool) -> None:
        if lit != self.lit:
            self.lit = lit
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        one, theme, dpr = self.variant, style.current(), self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.underMouse() or self.lit or self.isDown():
                painter.setBrush(theme.color("hover"))
                painter.drawRoundedRect(box, 10, 10)
            if self.hasFocus():
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box, 10, 10)
            face = QRectF(SIDE, (HIGH - FACE) / 2, FACE, FACE)
            portrait.paint(painter, face, one, dpr)
            left = SIDE + FACE + 12
            wide = self.width() - left - 34
            name = text_font(14, QFont.Weight.DemiBold)
            line = one.trouble or one.line
            top = 7 if line else 15
            write(painter, QRect(left, top, wide, 19), one.name, name, theme.text)
            color = theme.warn if one.trouble else theme.muted
            write(painter, QRect(left, 26, wide, 17), line, text_font(12), color)
            if one.in_use:
                check = icons.pixmap("check", theme.ok, 16, dpr)
                painter.drawPixmap(self.width() - 27, (HIGH - 16) // 2, check)
