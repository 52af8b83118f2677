"""The sheet before a variant is taken in: its size, what it wants, what could not come along."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.controllers.shown_variants import ShownImport, ShownVariant
from app.views.controls import Button, IconButton, column, label, row
from app.views.facts import Elided, empty
from app.views.popover import Fitted
from app.views.variants.differences import Differences
from app.views.variants.fields import Box
from app.views.variants.mark import Mark
from app.views.variants.portrait import Portrait
from app.views.variants.sheet import Sheet
from app.views.variants.wishes import WishRow
from app.views.variants.words import counted

TITLE = "Take this variant in?"
UPDATE = "Take these changes in?"
WIDTH = 540
SAME = "The same variant is here already; only what it may do can be another."
WANTS = "It wants to"
CALM = "It wants nothing but to talk."
LEFT_OUT = "Left out, or carried over in another way"
CHANGES = "What changes"
TOLD = "What it tells the model"
HEIGHT = 9  # lines of the instructions


class ImportSheet(Sheet):
    """One after the other, where several came at once."""

    taken = Signal(str, set, bool)  # key of the import, keys of granted wishes, as a copy
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(TITLE, parent)
        self._waiting: list[ShownImport] = []
        self._total = 0
        self.shown: ShownImport | None = None
        self.rows: list[WishRow] = []
        self.title, self.count = label("", "title"), label("", "caption")
        self.close_button = IconButton("x", "Not now", "Esc", 32)
        self.take, self.leave = Button("Take it in", "primary"), Button("Not now", "quiet")
        self.both = Button("Keep both")
        self.both.setAccessibleName("Keep the one that is here, and take this one in beside it")
        self.told = Button("Read what it tells the model", "link")
        self._body = QVBoxLayout()
        self._body.setSpacing(14)
        self._top = QVBoxLayout()
        self._lay_out()
        self.close_button.clicked.connect(self.close_panel)
        self.leave.clicked.connect(self._refuse)
        self.take.clicked.connect(self._take)
        self.both.clicked.connect(self._take_copy)
        self.told.clicked.connect(self._tell)
        self.closed.connect(self._refuse_rest)

    def _lay_out(self) -> None:
        head = row(self.title, self.count, None, self.close_button, gap=10)
        inside = QWidget()
        inside.setLayout(column(self._body, gap=0))
        buttons = row(self.told, None, self.leave, self.both, self.take, gap=8)
        parts = (head, self._top, Fitted(inside, WIDTH), buttons)
        self.card.setLayout(column(*parts, margins=(22, 16, 16, 18), gap=14))

    def offer(self, imports: tuple[ShownImport, ...]) -> None:
        """Ask about each; those that came before are asked about first."""
        self._waiting += imports
        self._total += len(imports)
        if self.shown is None and self._waiting:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._total, self.shown = 0, None
            self.close_panel()
            return
        self.shown = self._waiting.pop(0)
        self._show(self.shown)
        if self.isHidden():
            self.open_sheet()
        else:
            QTimer.singleShot(0, self.place)
        self.take.setFocus()

    def _show(self, one: ShownImport) -> None:
        update = bool(one.replaces)
        self.title.setText(UPDATE if update else TITLE)
        self.setAccessibleName(self.title.text())
        number = self._total - len(self._waiting)
        self.count.setText(f"{number} of {self._total}" if self._total > 1 else "")
        self.take.setText("Take the changes in" if update else "Take it in")
        self.both.setVisible(update)
        self.told.setVisible(bool(one.variant.instructions))
        self._show_top(one)
        empty(self._body)
        if one.variant.line:
            self._body.addWidget(label(one.variant.line, "soft", wrap=True))
        if update and not one.differences:
            self._section("", self._list((SAME,)))
        if one.differences:
            self._section(CHANGES, Differences(one.differences))
        self._show_wishes(one)
        if one.left_out:
            self._section(LEFT_OUT, self._list(one.left_out))

    def _show_top(self, one: ShownImport) -> None:
        empty(self._top)
        look = one.variant.look
        face = Portrait(
            ShownVariant("-", one.variant.name, colour=look.colour, emoji=look.emoji), 52
        )
        if (picture := pixmap_of(one.picture)) is not None:
            face.show_pixmap(picture)
        said = (one.size, one.format, one.variant.author, one.variant.licence)
        words = label(" · ".join(part for part in said if part), "second", wrap=True)
        line = row(face, column(Elided(one.variant.name, "heading"), words, gap=2), gap=14)
        line.setStretch(1, 1)
        self._top.addLayout(line)

    def _show_wishes(self, one: ShownImport) -> None:
        self.rows = [WishRow(wish) for wish in one.wishes]
        if not self.rows:
            self._section("", self._list((CALM,), "circle-check", "ok"))
            return
        card = QFrame()
        card.setObjectName("card")
        lines = column(margins=(0, 4, 0, 4), gap=0)
        for place, made in enumerate(self.rows):
            if place:
                rule = QFrame()
                rule.setObjectName("rule")
                lines.addLayout(row(rule, margins=(20, 0, 20, 0)))
            lines.addWidget(made)
        card.setLayout(lines)
        self._section(WANTS, card)

    def _section(self, title: str, part: QWidget) -> None:
        if title:
            self._body.addLayout(column(label(title, "section"), part, gap=6))
        else:
            self._body.addWidget(part)

    @staticmethod
    def _list(words: tuple[str, ...], picture: str = "info", color: str = "muted") -> QWidget:
        made = QWidget()
        lines = column(gap=6)
        for one in words:
            line = row(Mark(picture, color, 15), label(one, "second", wrap=True), gap=8)
            line.setStretch(1, 1)
            lines.addLayout(line)
        made.setLayout(lines)
        made.setAccessibleName(counted(len(words), "entry"))
        return made

    # What the person does

    @Slot()
    def _take(self) -> None:
        self._take_in(as_copy=False)

    @Slot()
    def _take_copy(self) -> None:
        self._take_in(as_copy=True)

    def _take_in(self, as_copy: bool) -> None:
        if one := self.shown:
            granted = {line.key for line in self.rows if line.switch.isChecked()}
            self.taken.emit(one.key, granted, as_copy)
            self._next()

    @Slot()
    def _refuse(self) -> None:
        if one := self.shown:
            self.refused.emit(one.key)
            self._next()

    @Slot()
    def _refuse_rest(self) -> None:
        """Esc: nothing of what was shown or still waits is taken in."""
        for one in (*([self.shown] if self.shown else []), *self._waiting):
            self.refused.emit(one.key)
        self._waiting, self._total, self.shown = [], 0, None

    @Slot()
    def _tell(self) -> None:
        """Its instructions, to read."""
        assert self.shown
        self.told.hide()
        box = Box(TOLD, lines=HEIGHT)
        box.setReadOnly(True)
        box.show_value(self.shown.variant.instructions)
        self._section(TOLD, box)
        box.setFocus(Qt.FocusReason.TabFocusReason)
        QTimer.singleShot(0, self.place)


def pixmap_of(picture: bytes) -> QPixmap | None:
    """picture: a PNG or JPEG Parley made itself."""
    made, form = QPixmap(), "PNG" if picture.startswith(b"\x89PNG") else "JPEG"
    return made if picture and made.loadFromData(picture, form) else None
