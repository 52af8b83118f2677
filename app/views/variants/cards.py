"""A grid of cards that are made when they come into view: hundreds of variants cost nothing."""

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.controllers.shown_variants import ShownVariant
from app.views.variants.card import HEIGHT, VariantCard
from app.views.variants.entering import reveal

BETWEEN = 12  # two cards, pixels
NARROW = 330  # a card is never narrower
AHEAD = 240  # pixels below what is seen that are made, too
BUDGET = 0.003  # seconds of the processor for one go


class Cards(QWidget):
    opened = Signal(str)
    used = Signal(str)
    menu_asked = Signal(str, object)
    removed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._variants: Sequence[ShownVariant] = ()
        self._made: dict[str, VariantCard] = {}
        self._across = 1
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make)

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self._variants]

    def card(self, key: str) -> VariantCard | None:
        """The card of a variant, where it was made already."""
        return self._made.get(key)

    def show_variants(self, variants: Sequence[ShownVariant]) -> None:
        """Cards that stay keep the keyboard."""
        self._variants = variants
        wanted = {one.key: one for one in variants}
        for key in [key for key in self._made if key not in wanted]:
            gone = self._made.pop(key)
            gone.hide()
            gone.deleteLater()
        for key, one in self._made.items():
            one.show_variant(wanted[key])
        self._place()

    def _place(self) -> None:
        self._across = max(1, min(2, (self.width() + BETWEEN) // (NARROW + BETWEEN)))
        rows = -(-len(self._variants) // self._across)
        self.setFixedHeight(max(0, rows * (HEIGHT + BETWEEN) - BETWEEN))
        for place, one in enumerate(self._variants):
            if made := self._made.get(one.key):
                self._put(made, place)
        self._soon.start()

    def _put(self, one: VariantCard, place: int) -> None:
        wide = (self.width() - BETWEEN * (self._across - 1)) // self._across
        x = place % self._across * (wide + BETWEEN)
        one.setGeometry(x, self._top(place), wide, HEIGHT)

    def _top(self, place: int) -> int:
        return place // self._across * (HEIGHT + BETWEEN)

    @Slot()
    def _make(self) -> None:
        """Cards from the first to the last that is seen, so that Tab goes through them in order."""
        until, start = self.visibleRegion().boundingRect().bottom() + AHEAD, time.thread_time()
        if until <= AHEAD:
            return  # nothing of it is seen
        fresh = False
        for place, one in enumerate(self._variants):
            if self._top(place) > until:
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
            self._order_tab()

    def _new(self, one: ShownVariant) -> VariantCard:
        made = VariantCard(one, self)
        made.opened.connect(self.opened)
        made.used.connect(self.used)
        made.menu_asked.connect(self.menu_asked)
        made.removed.connect(self.removed)
        made.stepped.connect(self._step)
        return made

    def _order_tab(self) -> None:
        """Tab goes through the cards where they stand, though they were made last."""
        before = self._halt_before()
        for one in self._variants:
            if made := self._made.get(one.key):
                for stop in made.stops():
                    if before:
                        QWidget.setTabOrder(before, stop)
                    before = stop

    def _halt_before(self) -> QWidget | None:
        """Where Tab halts before it comes to the first card."""
        before = self.previousInFocusChain()
        while before and before is not self:
            halts = before.focusPolicy() & Qt.FocusPolicy.TabFocus
            if halts and not self.isAncestorOf(before):
                return before
            before = before.previousInFocusChain()
        return None

    @Slot(int, int)
    def _step(self, right: int, down: int) -> None:
        sender, keys = self.sender(), self.keys
        here = next((p for p, key in enumerate(keys) if self._made.get(key) is sender), -1)
        there = here + right + down * self._across
        if here >= 0 and 0 <= there < len(keys) and (one := self._made.get(keys[there])):
            one.body.setFocus()
            reveal(one)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._soon.start()  # something of it has come into view

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._place()
