"""The microphone button: held to talk, tapped to keep listening; it shows how loud it is."""

import time

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton

from app.controllers.preferences import PreferencesController
from app.controllers.talk import TalkController
from app.views import icons, style
from app.views.controls import Menu, Switch
from app.views.level import CALM, loudness

SIDE, ICON = 48, 20
FALLS = 0.75  # of the level shown, with each new one
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
NAMES = {
    "off": "Talking does not work now",
    "idle": "Hold to talk",
    "opening": "Opening the microphone",
    "listening": "Listening",
    "finishing": "Hold to talk",
    "waiting": "Interrupt and talk",
}
HANDS_FREE = "Hands-free"
AT_ONCE = "Send what I said at once"


class MicButton(QAbstractButton):
    likely = Signal()  # the person is about to talk

    def __init__(self, talk: TalkController, preferences: PreferencesController) -> None:
        super().__init__()
        self._talk, self._preferences = talk, preferences
        self._held = False
        self._level = 0.0
        self._shown = 0.0  # when a level was drawn last
        self.setObjectName("mic")
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(talk.toggle)  # only a screen reader clicks; hands hold or tap
        self.likely.connect(talk.prepare)
        talk.state_changed.connect(self.show_state)
        talk.stays.connect(self.show_state)
        talk.level.connect(self._on_level)
        preferences.voice_changed.connect(self.show_state)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        talk = self._talk
        name = NAMES[talk.state]
        if talk.staying and talk.state in ("opening", "listening"):
            name = "Stop listening"
        keys = self._preferences.voice.talk_key
        self.setAccessibleName(name)
        self.setAccessibleDescription(self._how(keys))
        self.setToolTip(f"{name}  ({keys})\n{self._how(keys)}" if keys else name)
        if talk.state != "listening":
            self._level = 0.0
        self.update()

    def _how(self, keys: str) -> str:
        if self._talk.why:
            return self._talk.why
        if self._talk.hands_free:
            return "Hands-free is on. A tap or Esc ends it."
        also = f" {keys} does the same." if keys else ""
        return f"Hold it while you speak, or tap it to begin and to end.{also}"

    @Slot(float)
    def _on_level(self, level: float) -> None:
        self._level = max(loudness(level), self._level * FALLS)
        now = time.monotonic()
        if Switch.moves or now - self._shown >= CALM:
            self._shown = now
            self.update()

    # held and let go

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._hold()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand may slip while it holds."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._hold()
        elif event.key() in ENTER:
            self._talk.toggle()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._let_go()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._lose()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._lose()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._lose()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.likely.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.likely.emit()

    def _hold(self) -> None:
        self._held = True
        self._talk.press()
        self.update()

    def _let_go(self) -> None:
        if self._held:
            self._held = False
            self._talk.release()
            self.update()

    def _lose(self) -> None:
        if self._held:
            self._held = False
            self._talk.lose()

    # what can be chosen

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.make_menu()
        menu.popup(self.mapToGlobal(event.pos()))

    def make_menu(self) -> Menu:
        menu = Menu(parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        free, chosen = menu.addAction(HANDS_FREE), self._preferences.settings
        free.setCheckable(True)
        free.setChecked(self._talk.hands_free)
        free.toggled.connect(self._talk.set_hands_free)
        once = menu.addAction(AT_ONCE)
        once.setCheckable(True)
        once.setChecked(chosen.send_spoken)
        once.toggled.connect(self._send_at_once)
        return menu

    @Slot(bool)
    def _send_at_once(self, on: bool) -> None:
        self._preferences.set("send_spoken", on)

    # how it looks

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, state = style.current(), self._talk.state
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            ground = theme.hover if self.underMouse() and state == "idle" else theme.accent_soft
            painter.setBrush(QColor(theme.chip if state == "off" else ground))
            painter.drawEllipse(whole)
            color = theme.muted if state == "off" else theme.soft_text
            if state == "listening":
                self._paint_level(painter, whole)
                color = theme.on_accent
            if self._talk.hands_free or state == "opening":
                self._paint_ring(painter, whole, theme.accent, 2)
            drawing = icons.pixmap("mic", color, ICON, self.devicePixelRatioF())
            corner = QPointF((SIDE - ICON) / 2, (SIDE - ICON) / 2)
            painter.drawPixmap(corner, drawing)
            if state == "off":
                painter.setPen(QPen(QColor(theme.muted), 2))
                painter.drawLine(QPointF(16, 16), QPointF(SIDE - 16, SIDE - 16))
            if self.hasFocus():
                self._paint_ring(painter, whole, theme.text, 2)

    def _paint_level(self, painter: QPainter, whole: QRectF) -> None:
        """A disc that grows with the voice; without movement an arc that fills."""
        theme, centre = style.current(), whole.center()
        level = self._level
        radius = 16 + 7 * level if Switch.moves else 17.0
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(centre, radius, radius)
        if not Switch.moves:
            painter.setPen(QPen(QColor(theme.accent), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawArc(whole.adjusted(2, 2, -2, -2), 90 * 16, -round(level * 360 * 16))

    def _paint_ring(self, painter: QPainter, whole: QRectF, color: str, width: int) -> None:
        painter.setPen(QPen(QColor(color), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(whole)
