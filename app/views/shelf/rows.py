"""A card of models, one row each."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame

from app.controllers.shown import ShownShelfModel
from app.views.in_view import InView
from app.views.shelf.body import SIDE, height_of
from app.views.shelf.model_row import ModelRow

EDGE = 5  # above the first row and below the last


class Rows(InView):
    """Rows that stay keep their details, too."""

    used = Signal(str)
    fetched = Signal(str, str)
    removed = Signal(str)
    opened = Signal(str)
    asked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setObjectName("card")
        self._tops: list[int] = []
        self._rules: list[QFrame] = []

    def show_all(self, shown: Sequence[ShownShelfModel]) -> None:
        if shown != self._shown:
            super().show_all(shown)

    def _new(self, one: ShownShelfModel) -> ModelRow:
        made = ModelRow(one, self)
        made.used.connect(self.used)
        made.fetched.connect(self.fetched)
        made.removed.connect(self.removed)
        made.opened.connect(self.opened)
        made.asked.connect(self.asked)
        made.grown.connect(self._place)
        made.stepped.connect(self._step)
        return made

    def _renew(self, made: ModelRow, one: ShownShelfModel) -> None:
        made.show_model(one)

    def _lay_out(self) -> None:
        width, y, self._tops = self.width(), EDGE, []
        for one in self._shown:
            self._tops.append(y)
            made = self._made.get(one.key)
            y += made.height_at(width) if made else height_of(one, width)
        self.setFixedHeight(y + EDGE)

    def _top(self, place: int) -> int:
        return self._tops[place]

    def _put(self, made: ModelRow, place: int) -> None:
        below = self._tops[place + 1] if place + 1 < len(self._tops) else self.height() - EDGE
        made.setGeometry(1, self._tops[place], self.width() - 2, below - self._tops[place])

    def _arranged(self) -> None:
        """A fine line above each made row but the first."""
        tops = [t for t, one in zip(self._tops, self._shown, strict=True) if one.key in self._made]
        while len(self._rules) < len(tops) - 1:
            rule = QFrame(self)
            rule.setObjectName("rule")
            rule.show()
            self._rules.append(rule)
        for place, rule in enumerate(self._rules):
            rule.setVisible(place + 1 < len(tops))
            if place + 1 < len(tops):
                rule.setGeometry(SIDE, tops[place + 1], self.width() - 2 * SIDE, 1)

    @Slot(int)
    def _step(self, by: int) -> None:
        self._step_from(self.sender(), by)
