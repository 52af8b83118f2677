"""Questions with the answers one wants, as the editor shows them: a pair of boxes each."""

from msgspec.structs import replace
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.controllers.variant_data import Example
from app.views.controls import Button, IconButton, column, label, row
from app.views.entering import enter
from app.views.facts import empty
from app.views.variants.fields import MARGINS, Box


class ExampleBox(QFrame):
    changed = Signal()
    removed = Signal()

    def __init__(self, one: Example, number: int) -> None:
        super().__init__()
        self.example = one
        self.question = Box(f"Question {number}", "What the person says", 2)
        self.answer = Box(f"Answer {number}", "What it should answer", 3)
        self.remove = IconButton("trash-2", f"Remove example {number}", side=30, color="muted")
        self.question.show_value(one.question)
        self.answer.show_value(one.answer)
        head = row(label(f"Example {number}", "second"), None, self.remove)
        self.setLayout(column(head, self.question, self.answer, margins=(0, 0, 0, 6), gap=6))
        self.question.textChanged.connect(self._tell)
        self.answer.textChanged.connect(self._tell)
        self.remove.clicked.connect(self.removed)

    @Slot()
    def _tell(self) -> None:
        texts = {"question": self.question.text(), "answer": self.answer.text()}
        self.example = replace(self.example, **texts)
        self.changed.emit()


class ExamplesField(QFrame):
    edited = Signal(tuple)  # tuple[Example, ...]

    def __init__(self, title: str, help_text: str) -> None:
        super().__init__()
        self.boxes: list[ExampleBox] = []
        self._lines = QVBoxLayout()
        self.add = Button("Add an example", "link", "plus", "link")
        words = column(label(title, "strong"), label(help_text, "second", wrap=True), gap=2)
        self.setLayout(column(words, self._lines, row(self.add, None), margins=MARGINS, gap=8))
        self.add.clicked.connect(self._add)

    def values(self) -> tuple[Example, ...]:
        return tuple(one.example for one in self.boxes if one.example != Example("", ""))

    def show_value(self, examples: tuple[Example, ...]) -> None:
        if examples != self.values():
            empty(self._lines)
            self.boxes = []
            for one in examples:
                self._make(one)

    def _make(self, one: Example) -> ExampleBox:
        made = ExampleBox(one, len(self.boxes) + 1)
        made.changed.connect(self._tell)
        made.removed.connect(self._remove)
        self._lines.addWidget(made)
        self.boxes.append(made)
        return made

    @Slot()
    def _add(self) -> None:
        enter(self._make(Example("", "")).question)

    @Slot()
    def _remove(self) -> None:
        gone = self.sender()
        values = tuple(box.example for box in self.boxes if box is not gone)
        empty(self._lines)
        self.boxes = []
        for one in values:
            self._make(one)
        enter(self.boxes[-1].question if self.boxes else self.add)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.values())
