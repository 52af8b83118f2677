"""The card with all facts of one answer."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.controls import IconButton, column, label, row
from app.views.facts import empty, facts_grid
from app.views.popover import Fitted, Popover

WIDTH = 400


class AnswerCard(Popover):
    def __init__(self, parent: QWidget) -> None:
        super().__init__("About this answer", parent)
        self._facts = QVBoxLayout()
        self._facts.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setLayout(self._facts)
        self.close_button = IconButton("x", "Close", "Esc", 32)
        head = row(label("About this answer", "title"), None, self.close_button)
        self.card.setLayout(column(head, Fitted(inside, WIDTH), margins=(20, 14, 12, 16), gap=12))
        self.close_button.clicked.connect(self.close_panel)

    def show_facts(self, rows: tuple[tuple[str, str], ...], anchor: QWidget) -> None:
        empty(self._facts)
        self._facts.addLayout(facts_grid(rows))
        self.open_at(anchor)
