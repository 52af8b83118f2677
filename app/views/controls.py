"""The small parts every page is made of: labels, buttons, switches, segments, soft cards."""

from typing import Any

from PySide6.QtCore import (
    Property,
    QEasingCurve,
    QEvent,
    QPropertyAnimation,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.views import icons, style

THEME_EVENT = QEvent.Type.PaletteChange  # what a widget hears when the theme changes
GAP = 6  # between the icon of a button and its words
Margins = tuple[int, int, int, int]
NONE: Margins = (0, 0, 0, 0)


def label(text: str, role: str = "", wrap: bool = False) -> QLabel:
    """Plain text, never markup; role picks its size and colour in the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def row(
    *parts: QWidget | QLayout | int | None, margins: Margins = NONE, gap: int = 8
) -> QHBoxLayout:
    """A row of widgets and layouts; a number is that much space, None takes what is left."""
    return _fill(QHBoxLayout(), parts, margins, gap)


def column(
    *parts: QWidget | QLayout | int | None, margins: Margins = NONE, gap: int = 8
) -> QVBoxLayout:
    return _fill(QVBoxLayout(), parts, margins, gap)


def _fill(layout: Any, parts: tuple[Any, ...], margins: Margins, gap: int) -> Any:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    assert isinstance(layout, QBoxLayout)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)
    return layout


def restyle(widget: QWidget, **properties: str) -> None:
    """Set properties the style sheet asks about, and have it look again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Button(QPushButton):
    """A button with words; kind is primary, quiet, link, pill, status or "" (see sheet.py).

    Clicking does not take the keyboard away from where the person writes.
    """

    def __init__(self, text: str, kind: str = "", picture: str = "", color: str = "") -> None:
        super().__init__(text)
        self._picture, self._color, self._drawn = picture, color or "text_2", ("", "")
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(16 + GAP, 16))
        self._draw()

    def show_picture(self, picture: str, color: str = "") -> None:
        self._picture, self._color = picture, color or self._color
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._draw()

    def _draw(self) -> None:
        wanted = (self._picture, getattr(style.current(), self._color))
        if self._picture and wanted != self._drawn:
            self._drawn = wanted
            self.setIcon(icons.icon(*wanted, 16, gap=GAP))


class IconButton(QToolButton):
    """A square button that is only a drawing; its name is spoken and shown as a tooltip."""

    def __init__(
        self, picture: str, name: str, keys: str = "", side: int = 36, color: str = "text_2"
    ) -> None:
        super().__init__()
        self._picture, self._color, self._drawn = picture, color, ("", "")
        self.setFixedSize(side, side)
        drawn = 18 if side >= 32 else min(16, side - 6)
        self.setIconSize(QSize(drawn, drawn))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.rename(name, keys)
        self._draw()

    def rename(self, name: str, keys: str = "") -> None:
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  ({keys})" if keys else name)

    def show_picture(self, picture: str, color: str = "") -> None:
        self._picture, self._color = picture, color or self._color
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._draw()

    def _draw(self) -> None:
        wanted = (self._picture, getattr(style.current(), self._color))
        if wanted != self._drawn:
            self._drawn = wanted
            self.setIcon(icons.icon(*wanted, self.iconSize().width()))


class Switch(QAbstractButton):
    """On or off. The knob slides unless movement is off."""

    moves = True  # set from the setting "motion", for all switches

    def __init__(self, on: bool, name: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(name)
        self.setFixedSize(44, 26)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._place = 1.0 if on else 0.0
        self._slide = QPropertyAnimation(self, b"place", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.toggled.connect(self._move)

    def _get_place(self) -> float:
        return self._place

    def _set_place(self, place: float) -> None:
        self._place = place
        self.update()

    place = Property(float, _get_place, _set_place)

    @Slot(bool)
    def _move(self, on: bool) -> None:
        self._slide.stop()
        self._slide.setDuration(120 if Switch.moves and self.isVisible() else 0)
        self._slide.setEndValue(1.0 if on else 0.0)
        self._slide.start()

    def hitButton(self, pos: Any) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = style.current()
        track = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent if self.isChecked() else theme.muted))
            painter.drawRoundedRect(track, 11, 11)
            painter.setBrush(QColor(theme.on_accent if self.isChecked() else theme.background))
            painter.drawEllipse(
                QRectF(track.left() + 3 + 18 * self._place, track.top() + 3, 16, 16)
            )
            if self.hasFocus():
                painter.setPen(QPen(QColor(theme.text), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)


class Segments(QFrame):
    """A few choices side by side; the arrow keys move between them."""

    chosen = Signal(str)

    def __init__(self, choices: tuple[str, ...], value: str, name: str) -> None:
        super().__init__()
        self.setObjectName("segments")
        self.setAccessibleName(name)
        self._buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        for choice in choices:
            button = Button(choice[:1].upper() + choice[1:], "segment")
            button.setAccessibleName(f"{name}: {choice}")
            button.setCheckable(True)
            button.setChecked(choice == value)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button)
            self._buttons[choice] = button
        self.setLayout(row(*self._buttons.values(), margins=(3, 3, 3, 3), gap=2))
        self.setFixedHeight(34)
        self._group.buttonToggled.connect(self._tell)

    def button(self, choice: str) -> Button:
        return self._buttons[choice]

    def show_value(self, value: str) -> None:
        self._buttons[value].setChecked(True)

    @Slot(QAbstractButton, bool)
    def _tell(self, button: QAbstractButton, on: bool) -> None:
        if on:
            self.chosen.emit(next(k for k, b in self._buttons.items() if b is button))


class DropDown(QComboBox):
    """One of many choices, with an arrow in the colour of the theme."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            arrow = icons.pixmap(
                "chevron-down", style.current().muted, 16, self.devicePixelRatioF()
            )
            painter.drawPixmap(self.width() - 26, (self.height() - 16) // 2, arrow)


class Menu(QMenu):
    """A menu with round corners where the system can draw them."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        if QGuiApplication.platformName() != "xcb":  # bare X11 would show black corners
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
            self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
            self.setProperty("rounded", "true")


class SoftCard(QFrame):
    """A rounded surface with a soft shadow.

    Painted by hand: Qt's shadow effect draws every child again at each keystroke.
    """

    MARGIN = (14, 8, 14, 18)  # room for the shadow around the surface

    def __init__(self, radius: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._radius, self._strong = radius, False
        self.setContentsMargins(*self.MARGIN)

    def set_strong(self, strong: bool) -> None:
        """A strong card has an edge in the accent colour: the keyboard is in it."""
        if strong != self._strong:
            self._strong = strong
            self.update()

    def surface(self) -> QRectF:
        left, top, right, bottom = self.MARGIN
        return QRectF(self.rect()).adjusted(left + 0.5, top + 0.5, -right - 0.5, -bottom - 0.5)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, inside = style.current(), self.surface()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            shade = QColor(10, 10, 40 if theme.name == "light" else 0, max(1, theme.shadow // 10))
            painter.setBrush(shade)
            for spread in range(12, 0, -1):
                grown = inside.adjusted(-spread, 3 - spread * 0.5, spread, 3 + spread)
                round_ = self._radius + spread
                painter.drawRoundedRect(grown, round_, round_)
            edge = theme.accent if self._strong else theme.border_strong
            painter.setPen(QPen(QColor(edge), 1.5 if self._strong else 1))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(inside, self._radius, self._radius)
