"""Shelves of variants, and what stands on them: the foot of the page Variants."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app.controllers.shown_variants import ShownOffer, ShownVariantShelf
from app.views.card import Card, headed
from app.views.controls import Button, column, label, restyle, row
from app.views.facts import Elided
from app.views.folder_dialog import choose_folder
from app.views.shelf.tile import Tile
from app.views.tool_rows import Drawing

TITLE = "A folder with variants"
ABOUT = (
    "A shelf is a folder, or a web address with a list of variants. An address is asked only when "
    "you press Look, and the request stands in the log of what left this computer."
)
ADDRESS = "https://… or a folder"
MARGINS = (20, 12, 20, 12)
VERBS = {  # by the state of an offer: words, whether it can be pressed
    "offered": ("Look at it", True),
    "fetching": ("Fetching…", False),
    "here": ("Here", False),
    "changed": ("See changes", True),
}


class OfferRow(QFrame):
    fetched = Signal(str)  # key

    def __init__(self, one: ShownOffer) -> None:
        super().__init__()
        self._key = one.key
        words, can = VERBS.get(one.state, VERBS["offered"])
        self.get = Button(words, "get")
        self.get.setAccessibleName(f"{words}: {one.name}, {one.size}")
        self.get.setEnabled(can)
        restyle(self.get, tone="used" if one.state == "here" else "")
        self.get.setFixedWidth(112)
        said = " · ".join(part for part in (one.shelf, one.size) if part)
        about = column(label(one.name, "strong"), label(one.line, "second", wrap=True), gap=2)
        about.addWidget(label(said, "caption"))
        line = row(Tile("sparkles", 36), about, self.get, margins=MARGINS, gap=14)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.get.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.fetched.emit(self._key)


class OffersSection(QWidget):
    fetched = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.card = Card()
        self._shown: Sequence[ShownOffer] = ()
        self._heading = label("On your shelves", "section")
        self._heading.setContentsMargins(4, 0, 0, 0)
        self._heading.hide()
        self.setLayout(column(self._heading, self.card, margins=(0, 0, 0, 20), gap=8))

    def show_offers(self, offers: Sequence[ShownOffer]) -> None:
        if offers != self._shown:
            self._shown = offers
            rows = [OfferRow(one) for one in offers]
            for one in rows:
                one.fetched.connect(self.fetched)
            self.card.show_rows(rows)
            self._heading.setVisible(bool(offers))


class ShelfRow(QFrame):
    forgotten = Signal(str)  # place

    def __init__(self, one: ShownVariantShelf) -> None:
        super().__init__()
        self._place = one.place
        self.forget = Button("Remove", "link")
        self.forget.setAccessibleName(f"Remove the shelf {one.title}")
        words = label(one.words, "second" if one.there else "danger")
        head = row(label(one.title, "strong"), words, None, gap=10)
        web = one.place.startswith(("http://", "https://"))
        picture = Drawing("globe" if web else "folder-open" if one.there else "hard-drive")
        about = column(head, Elided(one.place, "second"), gap=2)
        line = row(picture, about, self.forget, margins=MARGINS, gap=16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.forget.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.forgotten.emit(self._place)


class ShelvesSection(QWidget):
    added = Signal(str)  # a folder or an address
    forgotten = Signal(str)
    look_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card = Card()
        self.add = Button("Add a folder…", picture="plus")
        self.look = Button("Look", picture="refresh-cw")
        self.look.setAccessibleName("Look at the shelves now")
        self.field = QLineEdit()
        self.field.setPlaceholderText(ADDRESS)
        self.field.setAccessibleName("Address of a shelf")
        self.field.setMinimumWidth(200)
        self.enter = Button("Add", "get")
        self.enter.setAccessibleName("Add the shelf at this address")
        self.enter.setEnabled(False)
        self._shown: Sequence[ShownVariantShelf] = ()
        about, below = label(ABOUT, "second", wrap=True), QWidget()
        about.setContentsMargins(4, 0, 0, 0)
        line = row(self.add, self.field, self.enter, self.look, gap=8)
        line.setStretch(1, 1)
        below.setLayout(line)
        self.setLayout(headed("Shelves", about, self.card, below))
        self.add.clicked.connect(self._choose)
        self.look.clicked.connect(self.look_asked)
        self.field.textChanged.connect(self._on_text)
        self.field.returnPressed.connect(self._take)
        self.enter.clicked.connect(self._take)

    def show_shelves(self, shelves: Sequence[ShownVariantShelf]) -> None:
        if shelves != self._shown:
            self._shown = shelves
            rows = [ShelfRow(one) for one in shelves]
            for one in rows:
                one.forgotten.connect(self.forgotten)
            self.card.show_rows(rows)
        self.look.setVisible(bool(shelves))

    @Slot()
    def _choose(self) -> None:
        choose_folder(self, TITLE, self.added.emit)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.enter.setEnabled(bool(text.strip()))

    @Slot()
    def _take(self) -> None:
        if place := self.field.text().strip():
            self.added.emit(place)
            self.field.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.field.hasFocus() and self.field.text():
            self.field.clear()
        else:
            super().keyPressEvent(event)
