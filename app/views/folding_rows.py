"""A section of what brings tools, plugins or programs: a row each, and a panel to add one."""

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.controllers.toolbox import ToolboxController
from app.views.card import Card, headed
from app.views.controls import Button, label, row
from app.views.folding_row import FoldingRow


class FoldingRows(QWidget):
    """Whoever is one sets panel, then calls put."""

    panel: Any

    def __init__(self, controller: Any, toolbox: ToolboxController, nothing: str, add: str) -> None:
        super().__init__()
        self._controller, self._toolbox = controller, toolbox
        self.rows: dict[str, Any] = {}
        self.card = Card()
        self.nothing = label(nothing, "soft")
        self.add = Button(add, picture="plus")

    def put(self, title: str, about: str, *more: QWidget) -> None:
        """more: what stands below the sentences about them."""
        words = label(about, "second", wrap=True)
        for one in (words, *more, self.nothing):
            one.setContentsMargins(4, 0, 0, 0)
        below = QWidget()
        below.setLayout(row(self.add, None))
        self.setLayout(headed(title, words, *more, self.nothing, self.card, self.panel, below))
        self.panel.closed.connect(self._closed)
        self._controller.changed.connect(self._on_change)

    @abstractmethod
    def _new(self, one: Any) -> FoldingRow:
        """Its row."""

    @Slot()
    def refresh(self) -> None:
        """Rows that stay keep the keyboard, and stay unfolded."""
        shown = {one.key: one for one in self._controller.rows()}
        if list(shown) != list(self.rows):
            unfolded = [key for key, one in self.rows.items() if not one.inside.isHidden()]
            self.rows = {key: self._row(one) for key, one in shown.items()}
            self.card.show_rows(list(self.rows.values()))
            for key in unfolded:
                if key in self.rows and self.rows[key].inside.isHidden():
                    self.rows[key].fold()
        for key, one in shown.items():
            self.rows[key].show_one(one)
        self.nothing.setVisible(not shown and self.panel.isHidden())

    def _row(self, one: Any) -> FoldingRow:
        made = self._new(one)
        made.switched.connect(self._toolbox.set_on)
        return made

    @Slot()
    def _on_change(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot()
    def _closed(self) -> None:
        self.add.show()
        self.add.setFocus()
        self.refresh()
