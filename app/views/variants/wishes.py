"""What a variant wants, each with a switch: nothing of it happens before the person says so."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.shown_variants import ShownWish
from app.views.controls import Switch, column, label, row
from app.views.variants.section import FieldCard

TITLE = "What you allow it"


class WishRow(QFrame):
    granted = Signal(str, bool)  # key of the wish

    def __init__(self, wish: ShownWish) -> None:
        super().__init__()
        self.key = wish.key
        self.switch = Switch(wish.possible and wish.granted, wish.words)
        self.switch.setEnabled(wish.possible)
        about = column(label(wish.words, "value", wrap=True), gap=2)
        if wish.trouble:
            about.addWidget(label(wish.trouble, "caption", wrap=True))
        line = row(about, self.switch, margins=(20, 9, 18, 9), gap=16)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.switch.clicked.connect(self._tell)

    @Slot(bool)
    def _tell(self, on: bool) -> None:
        self.granted.emit(self.key, on)


class Wishes(QWidget):
    """Those of one that is here, as they are granted now; nothing where it wants nothing."""

    granted = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, WishRow] = {}
        self._shown: list[ShownWish] = []  # as if none were granted
        self.card = FieldCard()
        heading = label(TITLE, "section")
        heading.setContentsMargins(4, 0, 0, 0)
        self.setLayout(column(heading, self.card, margins=(0, 0, 0, 20), gap=8))
        self.hide()

    def show_wishes(self, wishes: Sequence[ShownWish]) -> None:
        """Rows that stay keep the keyboard."""
        plain = [ShownWish(one.key, one.words, False, one.possible, one.trouble) for one in wishes]
        if plain != self._shown:
            self._shown = plain
            self.card.clear()
            self.rows = {one.key: self.card.add(WishRow(one)) for one in wishes}
            for made in self.rows.values():
                made.granted.connect(self.granted)
        for one in wishes:
            self.rows[one.key].switch.setChecked(one.possible and one.granted)
        self.setVisible(bool(wishes))
