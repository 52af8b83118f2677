"""One program that speaks MCP: what it runs and how it is, and unfolded what it may and can do."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from app.controllers.programs import ProgramsController
from app.controllers.shown import ShownProgram
from app.views.controls import Button, Switch, column, label, row
from app.views.facts import Elided, empty
from app.views.folder_dialog import choose_folder
from app.views.folding_row import FoldingRow
from app.views.program_panel import breakable

NETWORK = (
    "Off: it reaches nothing but this computer. On: each use asks you with the seal, and it runs "
    "only while the seal is open for it."
)
ELSEWHERE = "A server at an address: the seal opens for each use you allow."
NO_FOLDERS = "None but a folder of its own."
SHORT = 60  # letters that fit the line of a row


class ProgramRow(FoldingRow):
    def __init__(self, programs: ProgramsController, program: ShownProgram) -> None:
        self.runs = Elided(program.runs, "code")
        picture = "globe" if program.elsewhere else "wrench"
        super().__init__(program.name, self.runs, picture, program.on)
        self._programs, self.key = programs, program.key
        self._shown: ShownProgram | None = None
        self._make_inside(program)
        self._connect()
        self.show_one(program)

    def _make_inside(self, program: ShownProgram) -> None:
        self.folders = QVBoxLayout()
        self.folders.setSpacing(6)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.network = Switch(program.network, f"Network for {program.name}")
        self.add_folder = Button("Let it read a folder…", "link")
        self.add_folder.setAccessibleName(f"Let {program.name} read a folder")
        self.remove = Button("Remove this program", "link")
        self.remove.setAccessibleName(f"Remove {program.name}")
        self.seconds = Seconds(program.seconds, program.name)
        parts: list[Any] = [self.command(program), label("Tools", "section"), self.tools, 6]
        if program.elsewhere:
            parts += [label(ELSEWHERE, "second", wrap=True)]
        else:
            about = column(label("May use the network", "value"), label(NETWORK, "second", True))
            line = row(about, self.network, gap=16)
            line.setStretch(0, 1)
            parts += [label("Folders", "section"), self.folders, self.problem]
            parts += [row(self.add_folder, None), 6, line]
        waits = row(label("Seconds one use may take", "value"), None, self.seconds)
        self.fill(*parts, 6, waits, 4, row(self.remove, None))

    def command(self, program: ShownProgram) -> QWidget:
        """All of what is run: the line above may have no room for it."""
        whole = label(breakable(program.runs), "code", wrap=True)
        whole.setAccessibleName(program.runs)
        whole.setVisible(len(program.runs) > SHORT)
        handed = label(f"Is handed: {', '.join(program.handed)}", "second", wrap=True)
        handed.setVisible(bool(program.handed))
        made = QWidget()
        made.setLayout(column(whole, handed, gap=4))
        return made

    def _connect(self) -> None:
        self.switch.clicked.connect(self._switch)
        self.network.clicked.connect(self._open_network)
        self.seconds.chosen.connect(self._wait)
        self.retry.clicked.connect(self._retry)
        self.remove.clicked.connect(self._remove)
        self.add_folder.clicked.connect(self._choose)

    def show_one(self, program: ShownProgram) -> None:
        """What did not change stays, and keeps the keyboard."""
        before, self._shown = self._shown, program
        self.show_state(program.state, program.words, program.on, program.retry)
        self.network.setChecked(program.network)
        self.seconds.show_value(program.seconds)
        self.show_tools(program.tools)
        if before is None or before.folders != program.folders:
            self._show_folders(program)

    def _show_folders(self, program: ShownProgram) -> None:
        empty(self.folders)
        for path, words, write in program.folders:
            change = Button("Only let it read" if write else "Let it change files", "link")
            change.setAccessibleName(f"{change.text()}: {path}")
            change.clicked.connect(partial(self._change, path, not write))
            take = Button("Remove", "link")
            take.setAccessibleName(f"Remove {path}")
            take.clicked.connect(partial(self._take, path))
            about = column(Elided(path, "value"), label(words, "second"), gap=1)
            line = row(about, change, take, gap=4)
            line.setStretch(0, 1)
            self.folders.addLayout(line)
        if not program.folders:
            self.folders.addWidget(label(NO_FOLDERS, "second"))

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self._programs.set_on(self.key, on)

    @Slot(bool)
    def _open_network(self, network: bool) -> None:
        self._programs.set_network(self.key, network)

    @Slot(int)
    def _wait(self, seconds: int) -> None:
        self._programs.set_seconds(self.key, seconds)

    @Slot()
    def _retry(self) -> None:
        self._programs.retry(self.key)

    @Slot()
    def _remove(self) -> None:
        self._programs.remove(self.key)

    def _change(self, path: str, write: bool) -> None:
        self._programs.set_write(self.key, path, write)

    def _take(self, path: str) -> None:
        self._programs.remove_folder(self.key, path)

    @Slot()
    def _choose(self) -> None:
        choose_folder(self, "A folder it may read", self.grant)

    @Slot(str)
    def grant(self, path: str) -> None:
        trouble = self._programs.add_folder(self.key, path)
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))


class Seconds(QSpinBox):
    """A number that counts when the person leaves it or presses Enter."""

    chosen = Signal(int)

    def __init__(self, value: int, name: str) -> None:
        super().__init__()
        self._told = value
        self.setRange(1, 600)
        self.setFixedWidth(72)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setKeyboardTracking(False)
        self.setAccessibleName(f"Seconds one use of {name} may take")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setValue(value)
        self.editingFinished.connect(self._tell)

    def show_value(self, value: int) -> None:
        self._told = value
        if not self.hasFocus():
            self.setValue(value)

    def wheelEvent(self, event) -> None:
        event.ignore()  # scrolling over the page changes nothing

    @Slot()
    def _tell(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.chosen.emit(self._told)
