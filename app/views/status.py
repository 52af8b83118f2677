"""The line at the bottom of the window: the model and its speed, and that nothing leaves."""

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.controllers.models import ModelController
from app.controllers.shown import ShownModel
from app.views import icons, style
from app.views.controls import Button, label, row
from app.views.facts import Elided
from app.views.model_dot import ModelButton

HEIGHT = 34


class StatusBar(QFrame):
    model_asked = Signal(object)  # the widget to open the card beside

    def __init__(self, models: ModelController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setFixedHeight(HEIGHT)
        self.model = ModelButton("status")
        self.words = Elided("", "caption")
        self.warning = Button("Not fully guarded", "status", "triangle-alert", "warn")
        self.warning.setProperty("tone", "warn")
        self._lock = QLabel()
        self.promise = label("Nothing leaves this computer", "caption")
        parts = (self.model, self.words, self.warning, 8, self._lock, self.promise)
        self.setLayout(row(*parts, margins=(10, 0, 16, 0), gap=6))
        self.model.asked.connect(self.model_asked)
        self.warning.clicked.connect(self._ask)
        models.changed.connect(self.show_model)
        self.show_model(models.model)
        self._draw()

    @Slot(object)
    def show_model(self, model: ShownModel) -> None:
        self.model.show_model(model)
        self.words.setText(model.words)
        self.warning.setVisible(bool(model.warning))
        self.warning.setToolTip(model.warning)
        self.warning.setAccessibleName(f"Warning: {model.warning}")

    @Slot()
    def _ask(self) -> None:
        self.model_asked.emit(self.warning)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        lock = icons.pixmap("lock", style.current().muted, 14, self.devicePixelRatioF())
        self._lock.setPixmap(lock)
