"""The page on which the person names a server that answers in place of a model from here."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.controllers.models import ModelController
from app.controllers.server import ServerController
from app.controllers.shown import ShownModel
from app.views.controls import Button, column, label, row
from app.views.options_form import OptionsForm
from app.views.page import Page

ABOUT = (
    "Use a model that runs elsewhere: on another computer of yours, or in another program on "
    "this one. llama-server, Ollama, LM Studio and vLLM speak the same protocol. What you write is "
    "then sent there; beyond this computer Parley opens the network seal for this one address and "
    "logs what leaves."
)


class ServerPage(Page):
    def __init__(self, server: ServerController, models: ModelController) -> None:
        self.form = OptionsForm(server.options(), server.set, "Server")
        self.use = Button("Use this server", "primary")
        self.words = label("", "soft", wrap=True)
        inside = QWidget()
        about = label(ABOUT, "soft", wrap=True)
        inside.setLayout(column(about, 16, self.form, row(self.use, None), self.words, gap=8))
        super().__init__("Use a server", inside)
        self._server, self._models = server, models
        self.use.clicked.connect(self._use)
        models.changed.connect(self._on_model)
        self._on_model(models.model)

    @Slot()
    def _use(self) -> None:
        self._server.use()

    @Slot(object)
    def _on_model(self, model: ShownModel) -> None:
        self.words.setText(
            f"{model.name}: {model.words}" if self._models.server else f"In use: {model.name}"
        )
