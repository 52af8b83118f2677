"""What a row of the shelf shows to those who ask: its packings, its facts, and how to remove it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.controllers.shown import ShownChoice, ShownShelfModel
from app.views.controls import Button, column, label, row
from app.views.facts import empty, facts_grid
from app.views.shelf.body import LEFT, SIDE
from app.views.shelf.fit_line import FitLine

PACKINGS = "One model comes in several packings: a smaller one takes less memory and errs more."
UNCHECKED = (
    "Its size and licence are asked for when you fetch it; nobody has fetched it with Parley yet."
)
ASKING = "Asking which packings there are…"
ASK = "Which packings are there?"
PACKED = ("talk", "see")  # jobs whose models come in packings


class ChoiceRow(QWidget):
    asked = Signal(str)  # key of the choice

    def __init__(self, one: ShownChoice, here: bool) -> None:
        super().__init__()
        self._key = one.key
        self.fetch = Button("Fetch", "get")
        self.fetch.setProperty("tone", "strong" if one.recommended else "")
        self.fetch.setFixedWidth(84)
        self.fetch.setEnabled(not here)
        self.fetch.setAccessibleName(f"Fetch {one.title}, {one.size}, {one.fit_words}")
        name = label(one.title, "strong")
        size = label(one.size, "second")
        best = [label("Recommended", "badge")] if one.recommended else []
        about = column(row(name, size, *best, None, gap=8), FitLine(one.fit, one.fit_words), gap=2)
        line = row(about, self.fetch, margins=(0, 8, 0, 8), gap=12)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.fetch.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.asked.emit(self._key)


class Details(QFrame):
    fetched = Signal(str)  # key of a choice
    relaid = Signal()  # it may want another height

    def __init__(self, one: ShownShelfModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model: ShownShelfModel | None = None
        self._choices: Sequence[ShownChoice] = ()
        self.note = label("", "second", wrap=True)
        self.packings = label(PACKINGS, "second", wrap=True)
        self.remove = Button("Remove", "quiet", "trash-2")
        self.ask = Button(ASK, "quiet", "globe")
        self.rows: list[ChoiceRow] = []
        self._asking = False
        self._lines, self._facts = QVBoxLayout(), QVBoxLayout()
        self._lines.setSpacing(0)
        foot = row(self.ask, self.remove, None)
        parts = (self.note, self.packings, self._lines, self._facts, foot)
        self.setLayout(column(*parts, margins=(LEFT, 2, SIDE, 18), gap=10))
        self.packings.hide()
        self.show_model(one)

    def show_model(self, one: ShownShelfModel) -> None:
        before, self._model = self._model, one
        self.remove.setVisible(one.removable)
        self.remove.setAccessibleName(f"Remove {one.title} from this computer")
        self.ask.setAccessibleName(f"{ASK} {one.title}")
        self._note()
        if before is None or before.facts != one.facts:
            empty(self._facts)
            self._facts.addLayout(facts_grid(one.facts))
        if before and (before.state == "offered") != (one.state == "offered"):
            self.show_choices(self._choices)

    def wait(self) -> None:
        """The hub is being asked for the packings."""
        self._asking = True
        self._note()

    def _note(self) -> None:
        one = self._model
        assert one
        unchecked = UNCHECKED if one.unchecked and one.state == "offered" else ""
        note = ASKING if self._asking else "" if self._choices else unchecked
        self.note.setText(note)
        self.note.setVisible(bool(note))
        known = self._choices or self._asking
        self.ask.setVisible(one.state == "offered" and one.job in PACKED and not known)

    def show_choices(self, choices: Sequence[ShownChoice]) -> None:
        """None where they could not be found out."""
        assert self._model
        self._choices, self._asking = choices, False
        empty(self._lines)
        self.rows = [ChoiceRow(one, self._model.state == "fetching") for one in choices]
        for one in self.rows:
            one.asked.connect(self.fetched)
            self._lines.addWidget(one)
        self.packings.setVisible(len(choices) > 1)
        self._note()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.relaid.emit()
        return super().event(event)

    def height_at(self, width: int) -> int:
        layout = self.layout()
        assert layout
        return layout.totalHeightForWidth(width)
