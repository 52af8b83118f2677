"""Models of the hub: asked for only by a click or Enter, because a search leaves this computer."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.controllers.shown import ShownShelfModel
from app.views.card import headed
from app.views.controls import Button, label, row
from app.views.shelf.rows import Rows

TITLE = "On Hugging Face"
ABOUT = "There are many thousands more. A search asks {}, and opens the network seal for that."
TYPE = "Type what you look for above."
ASKING = "Being asked…"
LONGEST = 40  # letters of the words on the button


class HubSection(QWidget):
    asked = Signal()

    def __init__(self, place: str) -> None:
        """place: host of the hub."""
        super().__init__()
        self.ask = Button("", picture="globe")
        self.words = label("", "second", wrap=True)
        self.problem = label("", "danger", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(ASKING)
        self.rows = Rows(TITLE)
        self._place = place
        self.rows.hide()
        self.bar.hide()
        self.problem.hide()
        self.words.setContentsMargins(4, 0, 0, 0)
        line = QWidget()
        line.setLayout(row(self.ask, self.bar, None, gap=12))
        self.setLayout(headed(TITLE, self.words, line, self.problem, self.rows))
        self.ask.clicked.connect(self.asked)

    def show_words(self, words: str, searching: bool) -> None:
        """words: in the field; searching: the hub is being asked for them."""
        short = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
        self.ask.setText(f"Search for “{short}”")
        self.ask.setAccessibleName(f"Search Hugging Face for “{words}”")
        self.ask.setEnabled(not searching)
        self.ask.setVisible(bool(words))
        self.bar.setVisible(searching)
        about = ABOUT.format(self._place)
        self.words.setText(about if words else f"{about} {TYPE}")

    def show_results(self, results: Sequence[ShownShelfModel], problem: str) -> None:
        """problem: why there is none, in words."""
        self.rows.show_all(results)
        self.rows.setVisible(bool(results))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
