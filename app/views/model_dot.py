"""The coloured dot that tells a model's state, and the pill in the head that carries it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap

from app.controllers.shown import ShownModel
from app.views import icons, style
from app.views.controls import Button

COLORS = {"ready": "ok", "busy": "accent", "loading": "warn", "failed": "danger"}
DOT = QSize(16, 16)


def dot(state: str) -> QIcon:
    """A dot in the colour of a model's state."""
    drawn = QPixmap(DOT * 2)
    drawn.setDevicePixelRatio(2.0)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(style.current(), COLORS.get(state, "muted"))))
        painter.drawEllipse(QRectF(4, 4, 8, 8))
    return QIcon(drawn)


class ModelButton(Button):
    """Names the model that is open; a click asks what is running."""

    asked = Signal(object)  # the button itself, for the panel to open beside

    def __init__(self, kind: str) -> None:
        self._kind, self._name, self._state = kind, "", "none"
        super().__init__("", kind)
        self.clicked.connect(self._ask)

    def show_model(self, model: ShownModel) -> None:
        self._name, self._state = model.name or "No model", model.state
        self.setAccessibleName(f"Model: {self._name}, {model.words}. What is running")
        self.setToolTip(f"{self._name}: {model.words}" if model.words else self._name)
        self._draw()

    def _draw(self) -> None:
        if self._name:
            font = self.fontMetrics()
            self.setText(font.elidedText(self._name, Qt.TextElideMode.ElideRight, 220))
            self.setIcon(dot(self._state))
            self.setIconSize(DOT)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._kind == "pill":
            with QPainter(self) as painter:
                down = icons.pixmap(
                    "chevron-down", style.current().muted, 14, self.devicePixelRatioF()
                )
                painter.drawPixmap(self.width() - 24, (self.height() - 14) // 2, down)

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(self)
