"""A row of colours to choose one from."""

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from app.views import icons, style
from app.views.controls import row
from app.views.variants.portrait import COLOURS

NAMES = ("Violet", "Teal", "Green", "Orange", "Pink", "Blue", "Purple", "Brown")
SIDE = 30


class Swatch(QAbstractButton):
    def __init__(self, colour: str, name: str) -> None:
        super().__init__()
        self.colour = colour
        self.setCheckable(True)
        self.setAccessibleName(f"Colour: {name}")
        self.setToolTip(name)
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.colour))
            painter.drawEllipse(box.adjusted(4, 4, -4, -4))
            if self.isChecked():
                drawn = icons.pixmap("check", "#ffffff", 14, self.devicePixelRatioF())
                painter.drawPixmap(8, 8, drawn)
            if self.hasFocus():
                painter.setPen(QPen(style.current().color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(box.adjusted(1, 1, -1, -1))


class Swatches(QWidget):
    chosen = Signal(str)  # "#rrggbb"

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.swatches = [Swatch(*both) for both in zip(COLOURS, NAMES, strict=True)]
        for one in self.swatches:
            self._group.addButton(one)
        self.setLayout(row(*self.swatches, None, gap=2))
        self._group.buttonClicked.connect(self._tell)

    def show_value(self, colour: str) -> None:
        self._group.setExclusive(False)
        for one in self.swatches:
            one.setChecked(one.colour == colour.lower())
        self._group.setExclusive(True)

    @Slot(QAbstractButton)
    def _tell(self, button: QAbstractButton) -> None:
        assert isinstance(button, Swatch)
        self.chosen.emit(button.colour)
