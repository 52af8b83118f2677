"""How the open model is doing at this moment: rows that change under the person's eyes."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from app.controllers.running import USED, RunningController
from app.views.controls import column, label, row
from app.views.facts import LABEL_WIDTH

STEPS = 1000


class RunningNow(QWidget):
    grown = Signal()  # it has other rows now

    def __init__(self, running: RunningController) -> None:
        super().__init__()
        self._running = running
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName(USED)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._rows = {name: self._row(place, name) for place, (name, _) in self._facts()}
        self.setLayout(self._grid)
        running.changed.connect(self.show_facts)
        self.show_facts()

    def value(self, name: str) -> str:
        """What stands beside a label; "" where nothing does."""
        return self._rows[name][1].text()

    def _facts(self) -> list[tuple[int, tuple[str, str]]]:
        return list(enumerate(self._running.facts))

    def _row(self, place: int, name: str):
        told, value = label(name, "second"), label("", "value")
        self._grid.addWidget(told, place, 0, Qt.AlignmentFlag.AlignTop)
        if name == USED:
            self._grid.addLayout(column(value, row(self.bar), gap=5), place, 1)
        else:
            self._grid.addWidget(value, place, 1)
        return told, value

    @Slot()
    def show_facts(self) -> None:
        others = False
        for name, words in self._running.facts:
            told, value = self._rows[name]
            value.setText(words)
            for one in (told, value, *([self.bar] if name == USED else [])):
                if one.isVisibleTo(self) != bool(words):
                    one.setVisible(bool(words))
                    others = True
        self.bar.setValue(round(STEPS * self._running.share))
        self.bar.setAccessibleDescription(self.value(USED))
        if others:
            self.grown.emit()
