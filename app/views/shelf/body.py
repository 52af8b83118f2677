"""What a row of the shelf shows, painted in one piece: a model, what it is for, how it fits."""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen

from app.controllers.shown import ShownShelfModel
from app.views import icons, style
from app.views.line_button import LineButton
from app.views.shelf.words import MARKS, PICTURES, line_of, spoken
from app.views.theme import text_font

SIDE, TOP = 20, 16
TILE, ROUND = 44, 12
LEFT = SIDE + TILE + 16  # of the words
RIGHT = 148  # kept free for the button and the chevron
TITLE, LINE, FIT = 21, 19, 18  # heights
MARK = 14
LONGEST = 2  # lines of the sentence
BADGE = "Recommended"
LEADING = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RowBody(LineButton):
    """All of a row but its button; a click, Enter or Space opens the details."""

    def __init__(self, one: ShownShelfModel) -> None:
        super().__init__()
        self.setCheckable(True)
        self.show_model(one)

    def show_model(self, one: ShownShelfModel) -> None:
        self._one = one
        self.setAccessibleName(spoken(one))
        self.setAccessibleDescription("Press to show or hide its details")
        self.setToolTip(one.words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, height_of(self._one, 400))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ground(painter)
            if self._one.state == "away":
                painter.setOpacity(0.55)
            self._paint_tile(painter)
            self._paint_words(painter)
            self._paint_size(painter)

    def _paint_ground(self, painter: QPainter) -> None:
        theme, box = style.current(), QRectF(self.rect()).adjusted(5, 3, -5, -3)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover" if self.isDown() else "panel"))
            painter.drawRoundedRect(box, 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        turned = "chevron-up" if self.isChecked() else "chevron-down"
        arrow = icons.pixmap(turned, theme.muted, 16, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - SIDE - 16, TOP + 7, arrow)

    def _paint_tile(self, painter: QPainter) -> None:
        theme, used = style.current(), self._one.in_use
        painter.setBrush(theme.color("accent" if used else "accent_soft"))
        painter.drawRoundedRect(SIDE, TOP, TILE, TILE, ROUND, ROUND)
        color = theme.on_accent if used else theme.soft_text
        dpr, inset = self.devicePixelRatioF(), (TILE - 22) // 2
        drawn = icons.pixmap(PICTURES[self._one.job], color, 22, dpr)
        painter.drawPixmap(SIDE + inset, TOP + inset, drawn)

    def _paint_words(self, painter: QPainter) -> None:
        one, theme = self._one, style.current()
        wide, y = self.width() - LEFT - RIGHT, TOP
        heading = text_font(15, QFont.Weight.DemiBold)
        room = wide - (badge_width() + 10 if one.recommended else 0)
        end = write(painter, QRect(LEFT, y, room, TITLE), one.title, heading, theme.text)
        if one.recommended:
            self._paint_badge(painter, end + 10, y)
        y += TITLE
        if one.words:
            lines = lines_of(one, wide)
            painter.setFont(text_font(13))
            painter.setPen(theme.color("text_2"))
            for text in broken(one.words, wide, lines):
                painter.drawText(QRect(LEFT, y, wide, LINE), LEADING, text)
                y += LINE
        self._paint_fit(painter, y + 3, wide)

    def _paint_badge(self, painter: QPainter, x: int, y: int) -> None:
        theme = style.current()
        box = QRect(x, y + 1, badge_width(), 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ok_soft"))
        painter.drawRoundedRect(box, 9.5, 9.5)
        painter.setFont(text_font(11, QFont.Weight.DemiBold))
        painter.setPen(theme.color("ok"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, BADGE)

    def _paint_fit(self, painter: QPainter, y: int, wide: int) -> None:
        one, theme, x = self._one, style.current(), LEFT
        picture, color, word = MARKS[one.fit]
        if said := one.fit_words or word:
            dpr = self.devicePixelRatioF()
            drawn = icons.pixmap(picture, getattr(theme, color), MARK, dpr)
            painter.drawPixmap(x, y + (FIT - MARK) // 2, drawn)
            ink = theme.text_2 if one.fit in ("fits", "unknown") else getattr(theme, color)
            place = QRect(x + MARK + 6, y, wide - MARK - 6, FIT)
            x = write(painter, place, said, text_font(13), ink) + 8
        rest = line_of(one)
        if rest and x < LEFT + wide - 60:
            shown = f"·  {rest}" if x > LEFT else rest
            write(painter, QRect(x, y, LEFT + wide - x, FIT), shown, text_font(13), theme.muted)

    def _paint_size(self, painter: QPainter) -> None:
        """Below the button, as on a price tag."""
        painter.setFont(text_font(12))
        painter.setPen(style.current().color("muted"))
        words = "Away" if self._one.state == "away" else self._one.size
        place = QRect(self.width() - RIGHT, TOP + 35, RIGHT - SIDE - 24, 18)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def write(painter: QPainter, place: QRect, text: str, font: QFont, color: str) -> int:
    """One line in a place, its end left out where it is too long. Returns where it ends."""
    painter.setFont(font)
    painter.setPen(color)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, LEADING, shown)
    return place.left() + metrics.horizontalAdvance(shown)


def badge_width() -> int:
    return QFontMetrics(text_font(11, QFont.Weight.DemiBold)).horizontalAdvance(BADGE) + 16


def broken(text: str, wide: int, lines: int) -> list[str]:
    """The text in that many lines; what does not fit into the last is left out."""
    metrics, made, rest = QFontMetrics(text_font(13)), [], text.split()
    while rest and len(made) < lines - 1:
        count = len(rest)
        while count > 1 and metrics.horizontalAdvance(" ".join(rest[:count])) > wide:
            count -= 1
        made.append(" ".join(rest[:count]))
        rest = rest[count:]
    if rest:
        made.append(metrics.elidedText(" ".join(rest), Qt.TextElideMode.ElideRight, wide))
    return made


def lines_of(one: ShownShelfModel, wide: int) -> int:
    """Lines its sentence takes."""
    if not one.words:
        return 0
    return min(LONGEST, max(1, ceil(_advance(one.words) / max(1, wide))))


@lru_cache(4096)
def _advance(text: str) -> int:
    """Measured once: hundreds of rows are placed anew with each change of the window's width."""
    return QFontMetrics(text_font(13)).horizontalAdvance(text)


def height_of(one: ShownShelfModel, width: int) -> int:
    """Of the closed row, in pixels."""
    told = bool(one.fit_words or MARKS[one.fit][2] or line_of(one))
    lines = lines_of(one, width - LEFT - RIGHT)
    inside = TITLE + LINE * lines + (FIT + 3 if told else 0)
    return max(inside, 53) + 2 * TOP
