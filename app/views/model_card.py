"""The card "What is running": the two files a model is, and what can be done with it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.controllers.models import ModelController
from app.controllers.running import RunningController
from app.controllers.server import ServerController
from app.controllers.shown import ShownModel
from app.views.controls import Button, IconButton, column, label, row
from app.views.facts import empty, facts_grid
from app.views.popover import Fitted, Popover
from app.views.running_now import RunningNow

WIDTH = 420  # of the facts
LOADED = ("loading", "ready", "busy")
Facts = Sequence[tuple[str, str]]


def rule() -> QFrame:
    made = QFrame()
    made.setObjectName("rule")
    return made


class ModelCard(Popover):
    open_asked = Signal()  # let the person choose a file
    shelf_asked = Signal()  # the page of all models

    def __init__(
        self,
        models: ModelController,
        running: RunningController,
        server: ServerController,
        parent: QWidget,
    ) -> None:
        super().__init__("What is running", parent)
        self._models, self._running, self._server = models, running, server
        self.now, self._rule = RunningNow(running), rule()
        self.close_button = IconButton("x", "Close", "Esc", 32)
        self.find_other = Button("Find other models…", picture="shelf")
        self.open_other = Button("Open a file…", picture="folder-open")
        self.starter = Button("Use the starter")
        self.release = Button("Give memory back", picture="hard-drive")
        self._facts = QVBoxLayout()
        self._recent = QVBoxLayout()
        self._shown: Facts | None = None
        self._lay_out()
        self.close_button.clicked.connect(self.close_panel)
        self.find_other.clicked.connect(self._find_other)
        self.open_other.clicked.connect(self._open_other)
        self.starter.clicked.connect(self._use_starter)
        self.release.clicked.connect(models.release)
        models.changed.connect(self._on_changed)
        self.now.grown.connect(self._on_now)
        self.closed.connect(running.rest)

    def _lay_out(self) -> None:
        head = row(label("What is running", "title"), None, self.close_button)
        self._facts.setSpacing(8)
        self._recent.setSpacing(0)
        inside = QWidget()
        inside.setLayout(column(self._facts, self._rule, self.now, self._recent, gap=12))
        buttons = row(self.find_other, self.open_other, None)
        below = row(self.release, self.starter, None)
        self.card.setLayout(
            column(head, Fitted(inside, WIDTH), buttons, below, gap=12, margins=(20, 14, 12, 16))
        )

    def open_at(self, anchor: QWidget) -> None:
        self._fill_recent()
        self.show_model(self._models.model)
        self._running.watch()
        super().open_at(anchor)

    @Slot(object)
    def _on_changed(self, model: ShownModel) -> None:
        if self.isVisible():  # filling it takes 5 ms, and each question changes the state twice
            self.show_model(model)

    @Slot()
    def _on_now(self) -> None:
        if self.isVisible():
            self._show_now()

    def _show_now(self) -> None:
        """What is known of this moment; its place in the card grows with it."""
        some = any(value for _, value in self._running.facts)
        for one in (self._rule, self.now):
            one.setVisible(some)
        if self.isVisible():
            QTimer.singleShot(0, self.place)

    def show_model(self, model: ShownModel) -> None:
        self.release.setEnabled(model.state in LOADED)
        self.starter.setVisible(not model.starter)
        self._show_now()
        facts = (("Model", model.name), ("State", model.words), *model.facts)
        if facts != self._shown:
            self._shown = facts
            self._fill_facts(facts)

    def _fill_facts(self, facts: Facts) -> None:
        """Weights and runner stand apart: a model is these two files."""
        empty(self._facts)
        at = next((i for i, (name, _) in enumerate(facts) if name == "Runner"), len(facts))
        self._facts.addLayout(facts_grid(facts[:at]))
        if at < len(facts):
            self._facts.addWidget(rule())
            self._facts.addLayout(facts_grid(facts[at:]))
        if self.isVisible():
            QTimer.singleShot(0, self.place)  # when the new rows have been shown

    def _fill_recent(self) -> None:
        empty(self._recent)
        recent = self._models.recent()[:5]
        if recent:
            self._recent.addWidget(label("Opened before", "section"))
        for name, path in recent:
            button = Button(name, "link")
            button.setToolTip(path)
            button.setProperty("path", path)
            button.clicked.connect(self._open_recent)
            self._recent.addLayout(row(button, None))
        self._fill_servers()

    def _fill_servers(self) -> None:
        """Those that do not answer now."""
        servers = [one for one in self._server.rows() if not one.in_use]
        if servers:
            self._recent.addWidget(label("Your servers", "section"))
        for one in servers:
            button = Button(f"Use {one.name}", "link")
            button.setToolTip(one.place)
            button.setProperty("key", one.key)
            button.clicked.connect(self._use_server)
            self._recent.addLayout(row(button, None))

    @Slot()
    def _use_server(self) -> None:
        key = self.sender().property("key")
        self.close_panel()
        self._server.use(key)

    @Slot()
    def _open_recent(self) -> None:
        path = self.sender().property("path")
        self.close_panel()
        self._models.open_file(str(Path(path)))

    @Slot()
    def _find_other(self) -> None:
        self.close_panel()
        self.shelf_asked.emit()

    @Slot()
    def _open_other(self) -> None:
        self.close_panel()
        self.open_asked.emit()

    @Slot()
    def _use_starter(self) -> None:
        self.close_panel()
        self._models.open_starter()
