"""A card of models whose rows are made when they come into view: hundreds cost nothing."""

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.controllers.shown import ShownShelfModel
from app.views.shelf.body import SIDE, height_of
from app.views.shelf.model_row import ModelRow

AHEAD = 240  # pixels below what is seen that are made, too
BUDGET = 0.003  # seconds of the processor for one go
EDGE = 5  # above the first row and below the last


class Rows(QFrame):
    used = Signal(str)
    fetched = Signal(str, str)
    removed = Signal(str)
    opened = Signal(str)
    asked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(name)
        self._models: Sequence[ShownShelfModel] = ()
        self._made: dict[str, ModelRow] = {}
        self._tops: list[int] = []
        self._rules: list[QFrame] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make)

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self._models]

    def row(self, key: str) -> ModelRow | None:
        """The row of a model, where it was made already."""
        return self._made.get(key)

    def show_models(self, models: Sequence[ShownShelfModel]) -> None:
        """Rows that stay keep the keyboard, and their details."""
        if models == self._models:
            return
        self._models = models
        wanted = {one.key: one for one in models}
        for key in [key for key in self._made if key not in wanted]:
            gone = self._made.pop(key)
            gone.hide()
            gone.deleteLater()
        for key, one in self._made.items():
            one.show_model(wanted[key])
        self._place()

    @Slot()
    def _place(self) -> None:
        """Say how high it is, and give the rows that are made their places."""
        width, y, self._tops = self.width(), EDGE, []
        for one in self._models:
            self._tops.append(y)
            made = self._made.get(one.key)
            y += made.height_at(width) if made else height_of(one, width)
        self.setFixedHeight(y + EDGE)
        for place, one in enumerate(self._models):
            if made := self._made.get(one.key):
                self._put(made, place)
        self._draw_rules()
        self._soon.start()

    def _put(self, one: ModelRow, place: int) -> None:
        below = self._tops[place + 1] if place + 1 < len(self._tops) else self.height() - EDGE
        one.setGeometry(1, self._tops[place], self.width() - 2, below - self._tops[place])

    def _draw_rules(self) -> None:
        """A fine line above each made row but the first."""
        tops = [t for t, one in zip(self._tops, self._models, strict=True) if one.key in self._made]
        while len(self._rules) < len(tops) - 1:
            rule = QFrame(self)
            rule.setObjectName("rule")
            rule.show()
            self._rules.append(rule)
        for place, rule in enumerate(self._rules):
            rule.setVisible(place + 1 < len(tops))
            if place + 1 < len(tops):
                rule.setGeometry(SIDE, tops[place + 1], self.width() - 2 * SIDE, 1)

    @Slot()
    def _make(self) -> None:
        """Rows from the first to the last that is seen, so that Tab goes through them in order."""
        until, start = self.visibleRegion().boundingRect().bottom() + AHEAD, time.thread_time()
        if until <= AHEAD:
            return  # nothing of it is seen
        fresh = False
        for place, one in enumerate(self._models):
            if self._tops[place] > until:
                break
            if one.key not in self._made:
                if time.thread_time() - start > BUDGET:
                    self._soon.start()
                    break
                self._made[one.key] = self._new(one)
                self._put(self._made[one.key], place)
                self._made[one.key].show()
                fresh = True
        if fresh:
            self._draw_rules()
            self._order_tab()

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

    def _order_tab(self) -> None:
        """Tab goes through the rows where they stand, though they were made last."""
        before = self._halt_before()
        for one in self._models:
            if made := self._made.get(one.key):
                for stop in made.stops():
                    if before:
                        QWidget.setTabOrder(before, stop)
                    before = stop

    def _halt_before(self) -> QWidget | None:
        """Where Tab halts before it comes to the first row."""
        before = self.previousInFocusChain()
        while before and before is not self:
            halts = before.focusPolicy() & Qt.FocusPolicy.TabFocus
            if halts and not self.isAncestorOf(before):
                return before
            before = before.previousInFocusChain()
        return None

    @Slot(int)
    def _step(self, by: int) -> None:
        keys, sender = self.keys, self.sender()
        here = next((p for p, key in enumerate(keys) if self._made.get(key) is sender), -1)
        there = self._made.get(keys[here + by]) if 0 <= here + by < len(keys) else None
        if there:
            there.body.setFocus()
            self.reveal(there)

    def reveal(self, one: QWidget) -> None:
        """Scroll so far that it is seen whole."""
        area = self.parentWidget()
        while area and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area:
            area.ensureWidgetVisible(one, 0, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._soon.start()  # something of it has come into view

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._place()
