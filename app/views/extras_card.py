"""The card that fetches what other CLIP models need: one click, progress, and a way to stop it."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from app.controllers.extras import ExtrasController, ShownExtra
from app.views.card import Card
from app.views.controls import Button
from app.views.voice_rows import Line

STEPS = 1000
TITLE = "What CLIP models need"


class ExtrasCard(Card):
    def __init__(self, extras: ExtrasController) -> None:
        self.fetch = Button("Fetch what CLIP models need", "primary")
        self.cancel = Button("Stop")
        self.remove = Button("Remove")
        self.cancel.setAccessibleName("Stop fetching")
        self.remove.setAccessibleName("Remove what CLIP models need")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How far the fetching is")
        self.progress.setTextVisible(False)
        buttons = (self.fetch, self.cancel, self.remove)
        self.line = Line(TITLE, "", *buttons, below=self.progress)
        super().__init__((self.line,))
        self._extras = extras
        self._sought = f"{TITLE} clip torch open_clip fetch pictures eyes".casefold()
        self.fetch.clicked.connect(extras.fetch)
        self.cancel.clicked.connect(extras.cancel)
        self.remove.clicked.connect(extras.remove)
        extras.changed.connect(self._show)
        self._show(extras.shown)

    def look(self) -> None:
        self._extras.look()

    def narrow_to(self, words: list[str]) -> bool:
        found = all(word in self._sought for word in words)
        self.setVisible(found)
        return found

    @Slot(object)
    def _show(self, shown: ShownExtra) -> None:
        self.line.say(shown.words or "Looking what is here…")
        self.line.complain(f"{shown.trouble} {shown.hint}".strip())
        self.line.problem.setToolTip(shown.detail)
        for widget, states in self._when():
            widget.setVisible(shown.state in states)
        self.progress.setRange(0, STEPS if shown.share >= 0 else 0)
        self.progress.setValue(round(STEPS * max(0.0, shown.share)))

    def _when(self) -> tuple[tuple[QWidget, tuple[str, ...]], ...]:
        return (
            (self.fetch, ("missing",)),
            (self.cancel, ("fetching",)),
            (self.remove, ("ready",)),
            (self.progress, ("fetching",)),
        )
