"""What a conversation waits for: long texts to read, formulas, colours of code, pictures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from shiboken6 import isValid

from app.background import Task
from app.views.transcript import highlight, markdown
from app.views.transcript.attached import AttachedBox
from app.views.transcript.code import CodeBox
from app.views.transcript.formula import Formulas
from app.views.transcript.highlight import Highlighter, Key
from app.views.transcript.offthread import background
from app.views.transcript.pictures import Key as PictureKey
from app.views.transcript.pictures import PictureBox, Pictures
from app.views.transcript.row import Row

if TYPE_CHECKING:
    from app.views.transcript.page import Page


GATHER_MS = 40  # formulas drawn in this time appear together


class Pending(QObject):
    def __init__(self, page: "Page") -> None:
        super().__init__(page)
        self._page = page
        self.formulas = Formulas(self._drawings_ready)
        self.highlighter = Highlighter(self._colors_ready)
        self.pictures = Pictures(self._picture_ready)
        self._reading = QTimer(self, interval=0, singleShot=True)
        self._reading.timeout.connect(self._read_on)
        self._placing = QTimer(self, interval=GATHER_MS, singleShot=True)
        self._placing.timeout.connect(self._place_drawings)
        self.destroyed.connect(self.formulas.stop)
        self.destroyed.connect(self.highlighter.stop)
        self.destroyed.connect(self.pictures.stop)

    @property
    def busy(self) -> bool:
        waits = self._reading.isActive() or self._placing.isActive()
        return waits or self.formulas.busy or self.highlighter.busy or self.pictures.busy

    def warm(self) -> None:
        """Load what reads markdown and colours code, beside the GUI thread."""
        background().run(_warm, _warmed, _not_warmed)

    def read_soon(self) -> None:
        if self._page.stack.unread is not None:
            self._reading.start()

    @Slot()
    def _read_on(self) -> None:
        """Read one more slice of a long text that is in view."""
        number = self._page.stack.unread
        if number is not None:
            self._page.change(number, self._read_window)

    def _read_window(self, row: Row) -> None:
        row.read_on(self._page.kit, self._page.stack.width)

    def _drawings_ready(self) -> None:
        if isValid(self) and not self._placing.isActive():
            self._placing.start()

    @Slot()
    def _place_drawings(self) -> None:
        """Formulas were drawn: whatever waits for one is laid out again."""
        for row in self._page.stack.open_rows():
            for box in row.boxes or ():
                if box.waits:
                    box.document, box.width = None, -1
        self._page.settle()
        self._page.viewport().update()

    def _colors_ready(self, key: Key) -> None:
        if not isValid(self):
            return
        room = self._page.viewport()
        for shown in self._page.stack.shown:
            if isinstance(shown.box, CodeBox) and shown.box.take_colors(key):
                room.update(0, shown.y, room.width(), shown.box.height)

    def _picture_ready(self, key: PictureKey) -> None:
        if not isValid(self):
            return
        room = self._page.viewport()
        for shown in self._page.stack.shown:
            if isinstance(shown.box, PictureBox | AttachedBox) and shown.box.shows(key):
                room.update(0, shown.y, room.width(), shown.box.height)


def _warm(_task: Task) -> None:
    markdown.warm()
    highlight.color("python", "", "a = 1")


def _warmed(_result: object) -> None:
    return None


def _not_warmed(error: Exception) -> None:
    raise error  # a part of Parley is missing
