"""The section of the person's own programs that speak MCP."""

from PySide6.QtCore import Slot

from app.controllers.programs import ProgramsController
from app.controllers.shown import ShownProgram
from app.controllers.toolbox import ToolboxController
from app.views.folding_rows import FoldingRows
from app.views.program_panel import AddPanel
from app.views.program_row import ProgramRow

ABOUT = (
    "Other people's programs can bring tools too, if they speak MCP. Each runs locked in: without "
    "the network, and with no folder but its own, until you allow more. What you hand them (keys, "
    "for instance) is kept in Parley's settings, which only you can read."
)
NOTHING = "None yet."


class ProgramsSection(FoldingRows):
    def __init__(self, programs: ProgramsController, toolbox: ToolboxController) -> None:
        super().__init__(programs, toolbox, NOTHING, "Add a program…")
        self._programs = programs
        self.panel = AddPanel(programs)
        self.put("Programs that speak MCP", ABOUT)
        self.add.clicked.connect(self._open)

    def _new(self, one: ShownProgram) -> ProgramRow:
        return ProgramRow(self._programs, one)

    @Slot()
    def _open(self) -> None:
        self.add.hide()
        self.panel.open_panel()
        self.refresh()
