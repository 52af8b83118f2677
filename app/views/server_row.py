"""One server: how it is, and unfolded what it can do and what may be changed about it."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.controllers.server import ServerController
from app.controllers.shown import ShownServer
from app.views.controls import Button, IconButton, column, label, restyle, row
from app.views.facts import Elided, empty, facts_grid
from app.views.option_controls import Calm, Line, OneOf
from app.views.tool_rows import Drawing

SENSES = ("found out", "yes", "no")
FIRST = "The first it offers"
INDENT = (52, 0, 20, 16)


class ServerRow(QFrame):
    def __init__(self, server: ServerController, shown: ShownServer) -> None:
        super().__init__()
        self._server, self.key = server, shown.key
        self._shown: ShownServer | None = None
        self.name = label(shown.name, "strong")
        self.place = Elided(shown.place, "code")
        self.words = label("", "second", wrap=True)
        self.use = Button("Use")
        self.more = IconButton("chevron-right", f"Show more of {shown.name}", side=32)
        self._make_inside(shown)
        words = column(self.name, self.place, self.words, gap=2)
        line = row(Drawing("globe"), words, self.use, self.more, gap=12)
        line.setContentsMargins(20, 12, 20, 12)
        line.setStretch(1, 1)
        self.setLayout(column(line, self.inside, gap=0))
        self.use.clicked.connect(self._use)
        self.more.clicked.connect(self.fold)
        self.show_server(shown)

    def _make_inside(self, shown: ShownServer) -> None:
        self.facts, self.model = QVBoxLayout(), QVBoxLayout()
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.title = Line(shown.name, "Name", False)
        self.pictures = OneOf(SENSES, shown.pictures, "Sees pictures")
        self.sounds = OneOf(SENSES, shown.sounds, "Hears sounds")
        self.secret = Line("", "Key", True)
        self.where = label("", "second", wrap=True)
        self.ask = Button("Ask again what it can do", "link")
        self.remove = Button("Forget this server", "link")
        self.inside = QWidget()
        keys = column(label("Key", "value"), self.where, gap=1)
        key_line = row(keys, self.secret, gap=16)
        key_line.setStretch(0, 1)
        parts = (
            *(self.facts, 4, self.model, named("Name", self.title), key_line),
            *(named("Sees pictures", self.pictures), named("Hears sounds", self.sounds)),
            *(self.problem, row(self.ask, self.remove, None)),
        )
        self.inside.setLayout(column(*parts, margins=INDENT, gap=8))
        self.inside.hide()
        self.title.chosen.connect(self._setter("name"))
        self.pictures.chosen.connect(self._setter("pictures"))
        self.sounds.chosen.connect(self._setter("sounds"))
        self.secret.chosen.connect(self._keep_secret)
        self.ask.clicked.connect(self._ask)
        self.remove.clicked.connect(self._remove)

    def show_server(self, shown: ShownServer) -> None:
        """What did not change stays, and keeps the keyboard."""
        before, self._shown = self._shown, shown
        self.name.setText(shown.name)
        self.place.setText(shown.place)
        self.words.setText(shown.words)
        role = "danger" if shown.trouble else "second"
        if self.words.property("role") != role:
            restyle(self.words, role=role)
        self.use.setText("In use" if shown.in_use else "Use")
        self.use.setAccessibleName(f"{self.use.text()}: {shown.name}")
        self.use.setEnabled(not shown.in_use)
        self.ask.setEnabled(not shown.asking)
        self.ask.setAccessibleName(f"Ask again: {shown.name}")
        self.remove.setAccessibleName(f"Forget {shown.name}")
        kept = shown.key_words or (
            "A key is kept." if shown.has_key else "Only if it asks for one."
        )
        self.where.setText(kept)
        if before is None or before.facts != shown.facts:
            empty(self.facts)
            self.facts.addLayout(facts_grid(shown.facts))
        if before is None or (before.models, before.model) != (shown.models, shown.model):
            self._show_models(shown)

    def _show_models(self, shown: ShownServer) -> None:
        """A choice where it says what it has, else a line to write in."""
        empty(self.model)
        control: QWidget
        if shown.models:
            offered = dict.fromkeys((FIRST, *shown.models, *filter(None, (shown.model,))))
            control = Calm(tuple(offered), "Model")
            control.setCurrentText(shown.model or FIRST)
            control.textActivated.connect(self._choose_model)
        else:
            control = Line(shown.model, "Model", False)
            control.chosen.connect(self._choose_model)
        self.model.addLayout(named("Model", control))

    def _setter(self, field: str) -> Callable[[object], None]:
        def take(value: object) -> None:
            self._say(self._server.set(self.key, field, str(value)))

        return take

    @Slot(str)
    @Slot(object)
    def _choose_model(self, value: str) -> None:
        self._say(self._server.set(self.key, "model", "" if value == FIRST else value))

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    @Slot()
    def fold(self) -> None:
        shown = self.inside.isHidden()
        self.inside.setVisible(shown)
        self.more.show_picture("chevron-down" if shown else "chevron-right")
        self.more.rename(f"Show {'less' if shown else 'more'} of {self.name.text()}")

    @Slot()
    def _use(self) -> None:
        self._server.use(self.key)

    @Slot()
    def _ask(self) -> None:
        self._server.look(self.key)

    @Slot()
    def _remove(self) -> None:
        self._server.forget(self.key)

    @Slot(object)
    def _keep_secret(self, secret: str) -> None:
        """The field does not keep it: it lies in the store of keys."""
        self._server.set_key(self.key, secret)
        self.secret.show_value("")


class AddServer(QFrame):
    """The panel in which a server is named."""

    closed = Signal()

    def __init__(self, server: ServerController) -> None:
        super().__init__()
        self._server = server
        self.setObjectName("card")
        self.address = Line("", "Address", False)
        self.address.field.setPlaceholderText("http://127.0.0.1:8080/v1")
        self.title = Line("", "Name", False)
        self.title.field.setPlaceholderText("As you like to call it")
        self.secret = Line("", "Key", True)
        self.secret.field.setPlaceholderText("Only if it asks for one")
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.add = Button("Add", "primary")
        self.cancel = Button("Cancel", "quiet")
        fields = (named("Address", self.address), named("Name", self.title))
        parts = (label("Add a server", "title"), *fields, named("Key", self.secret), self.problem)
        buttons = row(self.add, self.cancel, None)
        self.setLayout(column(*parts, 4, buttons, margins=(20, 16, 20, 18), gap=10))
        self.add.clicked.connect(self._add)
        self.address.field.returnPressed.connect(self._add)
        self.cancel.clicked.connect(self.close_panel)
        self.hide()

    def open_panel(self) -> None:
        for one in (self.address, self.title, self.secret):
            one.show_value("")
        self.problem.hide()
        self.show()
        self.address.field.setFocus()

    @Slot()
    def close_panel(self) -> None:
        self.hide()
        self.closed.emit()

    @Slot()
    def _add(self) -> None:
        told = (one.field.text() for one in (self.address, self.title, self.secret))
        problem = self._server.add(*told)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if not problem:
            self.secret.show_value("")
            self.close_panel()


def named(name: str, control: QWidget):
    line = row(label(name, "value"), control, gap=16)
    line.setStretch(0, 1)
    return line
