"""A soft card of rows with fine lines between them, and the heading above it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.views.controls import column, label, row
from app.views.facts import empty

SIDE = 20  # space left and right of what a row holds


class Card(QFrame):
    def __init__(self, rows: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self.setObjectName("card")
        self._inside = column(margins=(0, 4, 0, 4), gap=0)
        self.setLayout(self._inside)
        self.rules: list[QFrame] = []  # one above each row but the first
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[QWidget]) -> None:
        empty(self._inside)
        self.rules = []
        for one in rows:
            self._put(one)
        if self.parentWidget() or not rows:  # without one it would be shown as a window
            self.setVisible(bool(rows))

    def add_row(self, one: QWidget) -> None:
        """One more below the others."""
        self._put(one)
        one.show()  # a layout does so in a later turn
        if self.parentWidget():
            self.show()

    def _put(self, one: QWidget) -> None:
        if self._inside.count():
            rule = QFrame()
            rule.setObjectName("rule")
            self.rules.append(rule)
            self._inside.addLayout(row(rule, margins=(SIDE, 0, SIDE, 0)))
        self._inside.addWidget(one)


def headed(title: str, *parts: QWidget) -> QVBoxLayout:
    """A heading and what stands below it, with room before the next one."""
    heading = row(label(title, "section"), margins=(4, 0, 0, 0))
    return column(heading, *parts, margins=(0, 0, 0, 20), gap=8)
