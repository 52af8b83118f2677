"""The line above the cards: a field to search with, and the ways to a new variant."""

from PySide6.QtWidgets import QWidget

from app.views.controls import Button, row
from app.views.search_field import SearchField

FIELD = "Search variants"


class ToolLine(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.field = SearchField(FIELD)
        self.field.setMinimumWidth(150)
        self.compare = Button("Compare two", "quiet", "columns-2")
        self.bring = Button("Import…", picture="download")
        self.bring.setAccessibleName("Import variants from files")
        self.new = Button("New variant", "primary", "plus", "on_accent")
        line = row(self.field, self.compare, self.bring, self.new, gap=8)
        line.setStretch(0, 1)
        self.setLayout(line)
