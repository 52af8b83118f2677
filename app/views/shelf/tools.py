"""The line above the shelf: what a model is for, and a field to search with."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.views.controls import Segments, row
from app.views.search_field import SearchField
from app.views.shelf.words import SEGMENTS

FIELD = "Search models"


class ToolLine(QWidget):
    job_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.jobs = Segments(tuple(SEGMENTS), "talk", "What the model is for")
        self.field = SearchField(FIELD)
        self.field.setMinimumWidth(150)
        line = row(self.jobs, self.field, gap=16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.jobs.chosen.connect(self._tell)

    def show_job(self, job: str) -> None:
        self.jobs.show_value(next(name for name, one in SEGMENTS.items() if one == job))

    @Slot(str)
    def _tell(self, name: str) -> None:
        self.job_chosen.emit(SEGMENTS[name])
