"""The one model that is recommended for this computer, with a button to fetch or use it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame

from app.controllers.shown import ShownShelfModel
from app.views.controls import Button, column, label, row
from app.views.shelf.fit_line import FitLine
from app.views.shelf.tile import Tile

TITLE = "Recommended for this computer"
MORE = "All models"
VERBS = {"offered": "Fetch", "here": "Use"}  # by the state of the model
WIDE = 104  # of the buttons


class Offer(QFrame):
    fetched = Signal(str)  # key
    used = Signal(str)
    more_asked = Signal()  # for the page of all models

    def __init__(self, caption: str = TITLE, *, with_more: bool = False) -> None:
        super().__init__()
        self.setObjectName("offer")
        self.setAccessibleName(TITLE)
        self.model: ShownShelfModel | None = None
        self.title, self.words = label("", "title", wrap=True), label("", "second", wrap=True)
        self.takes = label("", "caption")
        self.fit = FitLine()
        self.action, self.more = Button("Fetch", "get"), Button(MORE, "link")
        self.action.setProperty("tone", "strong")
        self.action.setFixedWidth(WIDE)
        self.takes.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        about = column(
            label(caption, "badge_line", wrap=True), 2, self.title, self.words, self.fit, gap=3
        )
        right = column(4, self.action, self.takes, *([self.more] if with_more else []), None, gap=4)
        tile = column(2, Tile("sparkles", loud=True), None, gap=0)
        line = row(tile, about, right, margins=(20, 16, 20 if with_more else 44, 16), gap=16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.action.clicked.connect(self._act)
        self.more.clicked.connect(self.more_asked)
        self.hide()

    def show_model(self, one: ShownShelfModel | None) -> None:
        """Nothing is shown where there is no model to recommend, or it is in use already."""
        self.model = one if one and one.state in VERBS and not one.in_use else None
        if one := self.model:
            verb = VERBS[one.state]
            self.action.setText(verb)
            self.action.setAccessibleName(f"{verb} {one.title}, {one.size}")
            self.title.setText(one.title)
            self.words.setText(one.words)
            self.takes.setText(one.size)
            self.fit.show_fit(one.fit, one.fit_words)
        self.setVisible(self.model is not None)

    @Slot()
    def _act(self) -> None:
        if one := self.model:
            (self.used if one.state == "here" else self.fetched).emit(one.key)
