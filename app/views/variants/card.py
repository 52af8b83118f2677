"""A card of the page Variants, painted in one piece, with its button and its menu."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.controllers.shown_variants import ShownVariant
from app.views import icons, style
from app.views.controls import Button, IconButton, restyle
from app.views.shelf.body import LEADING, broken, write
from app.views.theme import text_font
from app.views.variants import portrait
from app.views.variants.words import MARKS, NOTHING, caption, duels, score, spoken

HEIGHT = 204
SIDE, TOP = 18, 18
FACE = 44
LEFT = SIDE + FACE + 14  # of the name
NAME, SMALL, LINE, CHIP = 22, 18, 19, 22  # heights
FOOT = 50  # of the button with the room below it
WIDE = 84  # of the button
MARK = 14
BETWEEN = 6  # two chips
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CardBody(QAbstractButton):
    """All of a card but its buttons; a click or Enter opens it."""

    stepped = Signal(int, int)  # the keyboard goes so many cards right, and down
    menu_asked = Signal()
    remove_asked = Signal()

    def __init__(self, one: ShownVariant, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_variant(one)

    def show_variant(self, one: ShownVariant) -> None:
        self._one = one
        self.setAccessibleName(spoken(one))
        self.setAccessibleDescription("Press to open it")
        self.setToolTip(one.trouble or one.line)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if step := STEPS.get(Qt.Key(key)):
            self.stepped.emit(*step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ground(painter)
            face = QRectF(SIDE, TOP, FACE, FACE)
            portrait.paint(painter, face, self._one, self.devicePixelRatioF())
            self._paint_name(painter)
            self._paint_line(painter)
            self._paint_touches(painter)
            self._paint_score(painter)

    def _paint_ground(self, painter: QPainter) -> None:
        theme, box = style.current(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lit = self.underMouse() or self.isDown()
        if self.hasFocus():
            pen = QPen(theme.color("accent"), 2)
        else:
            pen = QPen(theme.color("border_strong" if lit else "border"), 1)
        painter.setPen(pen)
        glow = "panel" if theme.name == "light" else "raised"
        painter.setBrush(theme.color(glow if lit else "surface"))
        painter.drawRoundedRect(box, 14, 14)

    def _paint_name(self, painter: QPainter) -> None:
        one, theme = self._one, style.current()
        wide, y = self.width() - LEFT - SIDE - 34, TOP + 2
        badge = self._badge()
        room = wide - (badge_width(badge) + 8 if badge else 0)
        font = text_font(15, QFont.Weight.DemiBold)
        end = write(painter, QRect(LEFT, y, room, NAME), one.name, font, theme.text)
        if badge:
            paint_badge(painter, QRect(end + 8, y + 2, badge_width(badge), 18), badge)
        below = QRect(LEFT, y + NAME, self.width() - LEFT - SIDE, SMALL)
        write(painter, below, caption(one), text_font(12), theme.muted)

    def _badge(self) -> str:
        one = self._one
        return "Update" if one.update else "Default" if one.default else ""

    def _paint_line(self, painter: QPainter) -> None:
        wide, y = self.width() - 2 * SIDE, TOP + FACE + 12
        painter.setFont(text_font(13))
        painter.setPen(style.current().color("text_2"))
        for text in broken(self._one.line, wide, 2):
            painter.drawText(QRect(SIDE, y, wide, LINE), LEADING, text)
            y += LINE

    def _paint_touches(self, painter: QPainter) -> None:
        """Chips with what it may touch; those that do not fit are counted."""
        one, theme, y = self._one, style.current(), TOP + FACE + 12 + 2 * LINE + 10
        if one.trouble:
            drawn = icons.pixmap("triangle-alert", theme.warn, MARK, self.devicePixelRatioF())
            painter.drawPixmap(SIDE, y + (CHIP - MARK) // 2, drawn)
            place = QRect(SIDE + MARK + 6, y, self.width() - 2 * SIDE - MARK - 6, CHIP)
            write(painter, place, one.trouble, text_font(12), theme.warn)
            return
        paint_chips(painter, one.touches or (NOTHING,), SIDE, y, self.width() - SIDE)

    def _paint_score(self, painter: QPainter) -> None:
        one, theme = self._one, style.current()
        kind, words = score(one)
        picture, color = MARKS[kind]
        wide = self.width() - SIDE - WIDE - SIDE - 10
        y = self.height() - FOOT
        own = duels(one)
        top = y if own else y + 8
        drawn = icons.pixmap(picture, getattr(theme, color), MARK, self.devicePixelRatioF())
        painter.drawPixmap(SIDE, top + 2, drawn)
        place = QRect(SIDE + MARK + 6, top, wide - MARK - 6, SMALL)
        write(painter, place, words, text_font(12), theme.text_2)
        if own:
            place = QRect(SIDE + MARK + 6, y + SMALL, wide - MARK - 6, SMALL)
            write(painter, place, own, text_font(12), theme.muted)


def badge_width(words: str) -> int:
    return QFontMetrics(text_font(11, QFont.Weight.DemiBold)).horizontalAdvance(words) + 16


def paint_badge(painter: QPainter, box: QRect, words: str) -> None:
    theme = style.current()
    update = words == "Update"
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent_soft" if update else "ok_soft"))
    painter.drawRoundedRect(box, 9, 9)
    painter.setFont(text_font(11, QFont.Weight.DemiBold))
    painter.setPen(theme.color("soft_text" if update else "ok"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def paint_chips(painter: QPainter, words: tuple[str, ...], left: int, top: int, right: int) -> None:
    """As many as fit between left and right, and how many more there are."""
    theme, font = style.current(), text_font(11, QFont.Weight.Medium)
    metrics, x = QFontMetrics(font), left
    painter.setFont(font)
    for place, one in enumerate(words):
        rest = len(words) - place - 1
        more = metrics.horizontalAdvance(f"+{rest}") + 8 + BETWEEN if rest else 0
        wide = metrics.horizontalAdvance(one) + 16
        room = right - x - more
        if wide > room and place:
            painter.setPen(theme.color("muted"))
            painter.drawText(QRect(x, top, 60, CHIP), LEADING, f"+{rest + 1}")
            return
        box = QRect(x, top, min(wide, room), CHIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("chip"))
        painter.drawRoundedRect(box, 7, 7)
        painter.setPen(theme.color("text_2"))
        shown = metrics.elidedText(one, Qt.TextElideMode.ElideRight, box.width() - 14)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        x += box.width() + BETWEEN


class VariantCard(QWidget):
    opened = Signal(str)  # key
    used = Signal(str)
    menu_asked = Signal(str, object)  # key, the widget it opens at
    removed = Signal(str)
    stepped = Signal(int, int)

    def __init__(self, one: ShownVariant, parent: QWidget) -> None:
        super().__init__(parent)
        self.variant = one
        self.body = CardBody(one, self)
        self.action = Button("Use", "get")
        self.action.setParent(self)
        self.more = IconButton("ellipsis", "More", side=30, color="muted")
        self.more.setParent(self)
        self.body.clicked.connect(self._open)
        self.body.stepped.connect(self.stepped)
        self.body.menu_asked.connect(self._ask)
        self.body.remove_asked.connect(self._remove)
        self.action.clicked.connect(self._use)
        self.more.clicked.connect(self._ask)
        self._show_buttons()

    def show_variant(self, one: ShownVariant) -> None:
        if one != self.variant:
            self.variant = one
            self.body.show_variant(one)
            self._show_buttons()

    def stops(self) -> list[QWidget]:
        """Where Tab halts, in order."""
        return [self.body, self.action, self.more]

    def _show_buttons(self) -> None:
        one = self.variant
        words = "In use" if one.in_use else "Use"
        self.action.setText(words)
        self.action.setEnabled(not one.in_use)
        self.action.setAccessibleName(f"{words} in this conversation: {one.name}")
        self.more.rename(f"More about {one.name}")
        if self.action.property("tone") != (tone := "used" if one.in_use else ""):
            restyle(self.action, tone=tone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.body.setGeometry(0, 0, self.width(), self.height())
        self.action.setGeometry(self.width() - SIDE - WIDE, self.height() - FOOT, WIDE, 32)
        self.more.move(self.width() - SIDE - 24, TOP - 6)

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self.variant.key)

    @Slot()
    def _use(self) -> None:
        self.used.emit(self.variant.key)

    @Slot()
    def _ask(self) -> None:
        self.menu_asked.emit(self.variant.key, self.more)

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.variant.key)
