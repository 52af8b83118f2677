"""A row of the shelf: a model, the one thing to do with it, and its details when asked."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.controllers.shown import ShownChoice, ShownShelfModel
from app.views.controls import Button, restyle
from app.views.shelf.body import RIGHT, SIDE, TOP, RowBody, height_of
from app.views.shelf.details import Details

WIDE = RIGHT - SIDE - 24  # of the button


class ModelRow(QWidget):
    used = Signal(str)  # key
    fetched = Signal(str, str)  # key, choice ("" for the one that fits best)
    removed = Signal(str)
    opened = Signal(str)  # its details are shown
    asked = Signal(str)  # which packings there are
    stepped = Signal(int)  # the keyboard wants one row up or down
    grown = Signal()  # it has another height now

    def __init__(self, one: ShownShelfModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = one
        self.body = RowBody(one)
        self.body.setParent(self)
        self.action = Button("", "get")
        self.action.setParent(self)
        self.details: Details | None = None
        self.body.clicked.connect(self._toggle)
        self.body.stepped.connect(self.stepped)
        self.action.clicked.connect(self._act)
        self._show_action()

    def show_model(self, one: ShownShelfModel) -> None:
        if one == self.model:
            return
        self.model = one
        self.body.show_model(one)
        self._show_action()
        if self.details:
            self.details.show_model(one)

    def wait(self) -> None:
        """The hub is being asked for its packings."""
        if self.details:
            self.details.wait()

    def show_choices(self, choices: Sequence[ShownChoice]) -> None:
        if self.details:
            self.details.show_choices(choices)

    @property
    def is_open(self) -> bool:
        return self.body.isChecked()

    def stops(self) -> list[QWidget]:
        """Where Tab halts, in order."""
        inside = self.details.findChildren(Button) if self.details else []
        return [self.body, self.action, *inside]

    def height_at(self, width: int) -> int:
        """The height it wants where it is so wide, in pixels."""
        closed = height_of(self.model, width)
        if self.details is None or not self.is_open:
            return closed
        return closed + self.details.height_at(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width()
        closed = height_of(self.model, width)
        self.body.setGeometry(0, 0, width, closed)
        self.action.setGeometry(width - RIGHT, TOP, WIDE, 32)
        if self.details:
            self.details.setGeometry(0, closed, width, max(0, self.height() - closed))

    def _show_action(self) -> None:
        """Use, Fetch, or in words why there is nothing to do."""
        one = self.model
        words, can = {
            "here": ("In use", False) if one.in_use else ("Use", True),
            "away": ("Use", False),
            "fetching": ("Fetching…", False),
        }.get(one.state, ("Fetch", True))
        self.action.setText(words)
        self.action.setEnabled(can)
        self.action.setAccessibleName(f"{words}: {one.title}")
        strong = False
        tone = "used" if one.in_use else "strong" if strong else ""
        if self.action.property("tone") != tone:
            restyle(self.action, tone=tone)

    @Slot()
    def _act(self) -> None:
        if self.model.state == "here":
            self.used.emit(self.model.key)
        else:
            self.fetched.emit(self.model.key, "")

    @Slot()
    def _toggle(self) -> None:
        if self.details is None:
            self.details = Details(self.model, self)
            self.details.fetched.connect(self._fetch)
            self.details.remove.clicked.connect(self._remove)
            self.details.relaid.connect(self.grown)
            self.details.ask.clicked.connect(self._ask)
        self.details.setVisible(self.is_open)
        self.grown.emit()
        if self.is_open:
            self.opened.emit(self.model.key)

    @Slot(str)
    def _fetch(self, choice: str) -> None:
        self.fetched.emit(self.model.key, choice)

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(self.model.key)

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.model.key)
