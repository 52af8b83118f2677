"""What is being fetched: a row each with how far it is, and the ways to pause and to give up."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.controllers.shown import ShownFetch
from app.views.controls import Button, IconButton, column, label, row
from app.views.facts import Elided
from app.views.notice import announce
from app.views.shelf.tile import Tile

STEPS = 1000
SEEN = 3  # rows before the strip scrolls
MOVES = ("waiting", "asking", "fetching", "checking")  # states that go on by themselves
UNSURE = ("asking", "checking")  # of which nobody knows how long they take
PICTURES = {"done": "check", "failed": "circle-alert", "paused": "pause"}


class FetchRow(QWidget):
    paused = Signal(str)
    resumed = Signal(str)
    cancelled = Signal(str)
    dismissed = Signal(str)

    def __init__(self, one: ShownFetch) -> None:
        super().__init__()
        self._one = one
        self.tile = Tile("download", 36)
        self.title, self.words = Elided("", "strong"), label("", "second")
        self.trouble = label("", "danger", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.again = Button("Try again", "get")
        self.pause = IconButton("pause", "Pause", side=32)
        self.resume = IconButton("play", "Go on", side=32)
        self.cancel = IconButton("x", "Give up fetching it", side=32)
        self.dismiss = IconButton("x", "Take it off this list", side=32)
        head = row(self.title, self.words, gap=12)
        head.setStretch(0, 1)
        about = column(head, self.bar, self.trouble, gap=7)
        buttons = (self.again, self.pause, self.resume, self.cancel, self.dismiss)
        line = row(self.tile, about, *buttons, margins=(12, 8, 8, 8), gap=8)
        line.setStretch(1, 1)
        line.insertSpacing(1, 4)
        self.setLayout(line)
        self.pause.clicked.connect(self._pause)
        self.resume.clicked.connect(self._resume)
        self.again.clicked.connect(self._resume)
        self.cancel.clicked.connect(self._cancel)
        self.dismiss.clicked.connect(self._dismiss)
        self.show_fetch(one)

    def show_fetch(self, one: ShownFetch) -> None:
        before, self._one = self._one, one
        self.title.setText(one.title)
        self.title.setToolTip(one.title)
        self.words.setText(one.words)
        self.trouble.setText(f"{one.trouble} {one.hint}".strip())
        self.tile.show_picture(PICTURES.get(one.state, "download"))
        unsure = one.share < 0 or one.state in UNSURE
        self.bar.setRange(0, 0 if unsure and one.state in MOVES else STEPS)
        self.bar.setValue(round(STEPS * max(0.0, one.share)))
        self.bar.setAccessibleName(f"{one.title}: {one.words}")
        for widget, shown in self._when(one):
            if widget.isVisibleTo(self) != shown:
                widget.setVisible(shown)
        for button, verb in self._verbs():
            button.setAccessibleName(f"{verb}: {one.title}")
        if before.state != one.state and one.state in ("done", "failed"):
            announce(self, f"{one.title}: {one.words} {one.trouble} {one.hint}".strip())

    def _when(self, one: ShownFetch) -> tuple[tuple[QWidget, bool], ...]:
        state = one.state
        return (
            (self.bar, state in (*MOVES, "paused", "failed")),
            (self.trouble, bool(one.trouble)),
            (self.words, bool(one.words)),
            (self.again, state == "failed"),
            (self.pause, state in ("waiting", "fetching")),
            (self.resume, state == "paused"),
            (self.cancel, state in (*MOVES, "paused", "failed")),
            (self.dismiss, state == "done"),
        )

    def _verbs(self) -> tuple[tuple[QWidget, str], ...]:
        return (
            (self.again, "Try again"),
            (self.pause, "Pause"),
            (self.resume, "Go on"),
            (self.cancel, "Give up fetching"),
            (self.dismiss, "Take off this list"),
        )

    @Slot()
    def _pause(self) -> None:
        self.paused.emit(self._one.key)

    @Slot()
    def _resume(self) -> None:
        self.resumed.emit(self._one.key)

    @Slot()
    def _cancel(self) -> None:
        self.cancelled.emit(self._one.key)

    @Slot()
    def _dismiss(self) -> None:
        self.dismissed.emit(self._one.key)


class FetchStrip(QFrame):
    """All rows under each other; only a few are seen at once."""

    paused = Signal(str)
    resumed = Signal(str)
    cancelled = Signal(str)
    dismissed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName("What is being fetched")
        self.rows: dict[str, FetchRow] = {}
        self._inside, self._lines = QWidget(), QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._inside.setLayout(self._lines)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._inside)
        self.setLayout(column(self._area, margins=(5, 5, 5, 5), gap=0))
        self.hide()

    def show_fetches(self, fetches: Sequence[ShownFetch]) -> None:
        """Rows that stay keep the keyboard."""
        wanted = {one.key: one for one in fetches}
        for key in [key for key in self.rows if key not in wanted]:
            gone = self.rows.pop(key)
            self._lines.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for key, one in wanted.items():
            if key in self.rows:
                self.rows[key].show_fetch(one)
            else:
                self._add(one)
        self.setVisible(bool(fetches))
        seen = list(self.rows.values())[:SEEN]
        self._area.setFixedHeight(sum(one.sizeHint().height() for one in seen))

    def _add(self, one: ShownFetch) -> None:
        made = self.rows[one.key] = FetchRow(one)
        made.paused.connect(self.paused)
        made.resumed.connect(self.resumed)
        made.cancelled.connect(self.cancelled)
        made.dismissed.connect(self.dismissed)
        self._lines.addWidget(made)
