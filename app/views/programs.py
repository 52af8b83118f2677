"""The section of the person's own programs that speak MCP."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.controllers.programs import ProgramsController
from app.controllers.toolbox import ToolboxController
from app.views.card import Card, headed
from app.views.controls import Button, label, row
from app.views.program_panel import AddPanel
from app.views.program_row import ProgramRow

ABOUT = (
    "Other people's programs can bring tools too, if they speak MCP. Each runs locked in: without "
    "the network, and with no folder but its own, until you allow more. What you hand them (keys, "
    "for instance) is kept in Parley's settings, which only you can read."
)
NOTHING = "None yet."


class ProgramsSection(QWidget):
    def __init__(self, programs: ProgramsController, toolbox: ToolboxController) -> None:
        super().__init__()
        self._programs, self._toolbox = programs, toolbox
        self.rows: dict[str, ProgramRow] = {}
        self.card = Card()
        self.nothing = label(NOTHING, "soft")
        self.add = Button("Add a program…", picture="plus")
        self.panel = AddPanel(programs)
        about = label(ABOUT, "second", wrap=True)
        for one in (about, self.nothing):
            one.setContentsMargins(4, 0, 0, 0)
        below = QWidget()
        below.setLayout(row(self.add, None))
        title = "Programs that speak MCP"
        self.setLayout(headed(title, about, self.nothing, self.card, self.panel, below))
        self.add.clicked.connect(self._open)
        self.panel.closed.connect(self._closed)
        programs.changed.connect(self._on_change)

    @Slot()
    def refresh(self) -> None:
        """Rows that stay keep the keyboard, and stay unfolded."""
        shown = {one.key: one for one in self._programs.rows()}
        if list(shown) != list(self.rows):
            unfolded = [key for key, one in self.rows.items() if not one.inside.isHidden()]
            self.rows = {key: self._row(one) for key, one in shown.items()}
            self.card.show_rows(list(self.rows.values()))
            for key in unfolded:
                self.rows[key].fold() if key in shown else None
        for key, one in shown.items():
            self.rows[key].show_program(one)
        self.nothing.setVisible(not shown and self.panel.isHidden())

    def _row(self, program) -> ProgramRow:
        made = ProgramRow(self._programs, program)
        made.switched.connect(self._toolbox.set_on)
        return made

    @Slot()
    def _on_change(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot()
    def _open(self) -> None:
        self.add.hide()
        self.panel.open_panel()
        self.refresh()

    @Slot()
    def _closed(self) -> None:
        self.add.show()
        self.add.setFocus()
        self.refresh()
