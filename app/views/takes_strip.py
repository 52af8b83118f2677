"""Sound of the person above the message: hear it, have it written down, or drop it."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from app.controllers.keeping import Keeping
from app.controllers.shown import ShownTake
from app.views.controls import Button, IconButton, label, row

MOST = 4  # chips; more would push the message away


class TakesStrip(QWidget):
    def __init__(self, keeping: Keeping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeping = keeping
        self._shown: list[ShownTake] = []
        self._chips = QVBoxLayout()
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(6)
        self.setLayout(self._chips)
        keeping.changed.connect(self.show_takes)
        self.show_takes()

    @Slot()
    def show_takes(self) -> None:
        shown = self._keeping.shown()
        if shown == self._shown and self._chips.count():
            return
        self._shown = shown
        empty(self._chips)
        for take in shown[:MOST]:
            self._chips.addWidget(self._chip(take), 0, Qt.AlignmentFlag.AlignLeft)
        if len(shown) > MOST:
            self._chips.addWidget(label(f"and {len(shown) - MOST} more", "second"))
        self.setVisible(bool(shown))

    def _chip(self, take: ShownTake) -> QFrame:
        chip, keeping, key = QFrame(), self._keeping, take.key
        chip.setObjectName("take")
        chip.setProperty("tone", "" if take.written else "warn")
        hear = "Stop" if take.playing else "Hear it"
        play = IconButton("square" if take.playing else "play", hear, side=28)
        drop = IconButton("x", "Drop this sound", side=28, color="muted")
        play.clicked.connect(partial(keeping.hear, key))
        drop.clicked.connect(partial(keeping.remove, key))
        parts = [play, label(take.words, "second")]
        if not take.written:
            write = Button("Transcribe it", "link")
            write.setAccessibleName(f"Transcribe it: {take.words}")
            write.clicked.connect(partial(keeping.transcribe, key))
            parts.append(write)
        chip.setLayout(row(*parts, drop, margins=(4, 2, 4, 2), gap=4))
        return chip


def empty(layout: QLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
