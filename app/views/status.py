"""The line at the bottom of the window: the model and its speed, and what may leave."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.models import ModelController
from app.controllers.seal import SealController
from app.controllers.shown import ShownModel
from app.views.controls import Button, row
from app.views.facts import Elided
from app.views.model_dot import ModelButton
from app.views.seal import SealButton

HEIGHT = 34


class StatusBar(QFrame):
    model_asked = Signal(object)  # the widget to open the card beside
    seal_asked = Signal(object)

    def __init__(
        self, models: ModelController, seal: SealController, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setFixedHeight(HEIGHT)
        self.model = ModelButton("status")
        self.words = Elided("", "caption")
        self.warning = Button("Not fully guarded", "status", "triangle-alert", "warn")
        self.warning.setProperty("tone", "warn")
        self.seal = SealButton(seal)
        parts = (self.model, self.words, self.warning, 8, self.seal)
        self.setLayout(row(*parts, margins=(10, 0, 10, 0), gap=6))
        self.model.asked.connect(self.model_asked)
        self.warning.clicked.connect(self._ask)
        self.seal.clicked.connect(self._ask_seal)
        models.changed.connect(self.show_model)
        self.show_model(models.model)

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

    @Slot()
    def _ask_seal(self) -> None:
        self.seal_asked.emit(self.seal)
