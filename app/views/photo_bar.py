"""Below the grid: what is chosen, and what can be done with it."""

from PySide6.QtWidgets import QFrame

from app.controllers.shown import ShownPhoto
from app.views.controls import Button, IconButton, column, row
from app.views.facts import Elided


class PhotoBar(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName("The chosen photo")
        self.name, self.words = Elided("", "strong"), Elided("", "second")
        self.open = IconButton("external-link", "Open", "Enter")
        self.folder = IconButton("folder-open", "Show in its folder")
        self.like = Button("More like this", picture="scan-search")
        self.ask = Button("Ask about it", "primary")
        told = column(self.name, self.words, gap=1)
        line = row(told, self.open, self.folder, 4, self.like, self.ask, margins=(16, 9, 9, 9))
        line.setStretch(0, 1)
        self.setLayout(line)

    def show_photo(self, one: ShownPhoto, count: int) -> None:
        """count is how many are chosen; one of them is one."""
        many = count > 1
        self.name.setText(f"{count:,} photos" if many else one.name)
        where = [one.words, one.folder] if one.there else ["Away", one.words, one.folder]
        self.words.setText("" if many else "   ".join(part for part in where if part))
        self.name.setToolTip("" if many else one.path)
        self.words.setVisible(not many)
        self.ask.setText("Ask about them" if many else "Ask about it")
        self.ask.setAccessibleName(self.ask.text())
        for button in (self.open, self.folder, self.like):
            button.setVisible(not many)
            button.setEnabled(one.there or button is self.like)
        self.ask.setEnabled(one.there)
