"""The page of servers that may answer in place of a model from here."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.controllers.models import ModelController
from app.controllers.server import ServerController
from app.controllers.shown import ShownModel
from app.views.card import Card, headed
from app.views.controls import Button, column, label, row
from app.views.page import Page
from app.views.server_row import AddServer, ServerRow

ABOUT = (
    "Use a model that runs elsewhere: on another computer of yours, or in another program on "
    "this one. llama-server, Ollama, LM Studio and vLLM speak the same protocol. What you write is "
    "then sent there; beyond this computer Parley opens the network seal for this one address and "
    "logs what leaves. Each server is asked what it can do, or tried with a question of two words."
)
NOTHING = "None yet."


class ServerPage(Page):
    def __init__(self, server: ServerController, models: ModelController) -> None:
        self._server, self._models = server, models
        self.rows: dict[str, ServerRow] = {}
        self.card, self.nothing = Card(), label(NOTHING, "soft")
        self.add = Button("Add a server…", picture="plus")
        self.panel = AddServer(server)
        self.words = label("", "soft", wrap=True)
        self.starter = Button("Use the starter")
        inside = QWidget()
        about = label(ABOUT, "soft", wrap=True)
        below = QWidget()
        below.setLayout(row(self.add, None))
        listed = headed("Your servers", self.nothing, self.card, self.panel, below)
        self.now = QWidget()
        line = row(self.words, self.starter)
        line.setStretch(0, 1)
        self.now.setLayout(line)
        inside.setLayout(column(about, 16, listed, self.now, gap=8))
        super().__init__("Servers", inside)
        self.add.clicked.connect(self._open)
        self.panel.closed.connect(self._closed)
        self.starter.clicked.connect(models.open_starter)
        server.changed.connect(self._on_change)
        models.changed.connect(self._on_model)
        self.refresh()
        self._on_model(models.model)

    def enter(self) -> None:
        super().enter()
        self.refresh()
        self._on_model(self._models.model)

    @Slot()
    def refresh(self) -> None:
        """Rows that stay keep the keyboard, and stay unfolded."""
        shown = {one.key: one for one in self._server.rows()}
        if list(shown) != list(self.rows):
            unfolded = [key for key, one in self.rows.items() if not one.inside.isHidden()]
            self.rows = {key: ServerRow(self._server, one) for key, one in shown.items()}
            self.card.show_rows(list(self.rows.values()))
            for key in unfolded:
                self.rows[key].fold() if key in shown else None
        for key, one in shown.items():
            self.rows[key].show_server(one)
        self.nothing.setVisible(not shown and self.panel.isHidden())

    @Slot()
    def _on_change(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot()
    def _open(self) -> None:
        self.add.hide()
        self.panel.open_panel()
        self.refresh()

    @Slot()
    def _closed(self) -> None:
        self.add.show()
        self.add.setFocus()
        self.refresh()

    @Slot(object)
    def _on_model(self, model: ShownModel) -> None:
        self.words.setText(f"Answers now: {model.name} · {model.words}")
        self.starter.setVisible(bool(self._models.server))
