"""A grid of cards of variants."""

from PySide6.QtCore import Signal, Slot

from app.controllers.shown_variants import ShownVariant
from app.views.in_view import InView
from app.views.variants.card import HEIGHT, VariantCard

BETWEEN = 12  # two cards, pixels
NARROW = 330  # a card is never narrower


class Cards(InView):
    opened = Signal(str)
    used = Signal(str)
    menu_asked = Signal(str, object)
    removed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._across = 1

    def _new(self, one: ShownVariant) -> VariantCard:
        made = VariantCard(one, self)
        made.opened.connect(self.opened)
        made.used.connect(self.used)
        made.menu_asked.connect(self.menu_asked)
        made.removed.connect(self.removed)
        made.stepped.connect(self._step)
        return made

    def _renew(self, made: VariantCard, one: ShownVariant) -> None:
        made.show_variant(one)

    def _lay_out(self) -> None:
        self._across = max(1, min(2, (self.width() + BETWEEN) // (NARROW + BETWEEN)))
        rows = -(-len(self._shown) // self._across)
        self.setFixedHeight(max(0, rows * (HEIGHT + BETWEEN) - BETWEEN))

    def _put(self, made: VariantCard, place: int) -> None:
        wide = (self.width() - BETWEEN * (self._across - 1)) // self._across
        x = place % self._across * (wide + BETWEEN)
        made.setGeometry(x, self._top(place), wide, HEIGHT)

    def _top(self, place: int) -> int:
        return place // self._across * (HEIGHT + BETWEEN)

    @Slot(int, int)
    def _step(self, right: int, down: int) -> None:
        self._step_from(self.sender(), right + down * self._across)
