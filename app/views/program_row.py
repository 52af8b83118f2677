"""One program that speaks MCP: what it runs and how it is, and unfolded what it may and can do."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QSpinBox, QVBoxLayout, QWidget

from app.controllers.programs import ProgramsController
from app.controllers.shown import ShownProgram, ShownToolSetting
from app.views.controls import Button, IconButton, Switch, column, label, restyle, row
from app.views.facts import Elided, empty
from app.views.folder_dialog import choose_folder
from app.views.program_panel import breakable
from app.views.tool_rows import Drawing

NETWORK = (
    "Off: it reaches nothing but this computer. On: each use asks you with the seal, and it runs "
    "only while the seal is open for it."
)
ELSEWHERE = "A server at an address: the seal opens for each use you allow."
NO_TOOLS = "It has not said yet what it can do."
NO_FOLDERS = "None but a folder of its own."
ROLES = {"failed": "danger"}
SHORT = 60  # letters that fit the line of a row
INDENT = (52, 0, 20, 16)


class ProgramTool(QFrame):
    """One of its tools, with what the program says of it."""

    switched = Signal(str, bool)

    def __init__(self, tool: ShownToolSetting) -> None:
        super().__init__()
        self._name = tool.name
        self.switch = Switch(tool.on, tool.title)
        words = label(tool.words, "second", wrap=True)
        about = column(label(f"{tool.title} · {tool.effect}", "value"), words, gap=1)
        line = row(about, self.switch, gap=16)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.switch.clicked.connect(self._tell)

    @Slot(bool)
    def _tell(self, on: bool) -> None:
        self.switched.emit(self._name, on)


class ProgramRow(QFrame):
    switched = Signal(str, bool)  # name of a tool, whether it is offered

    def __init__(self, programs: ProgramsController, program: ShownProgram) -> None:
        super().__init__()
        self._programs, self.key = programs, program.key
        self._shown: ShownProgram | None = None
        self._plain: list[ShownToolSetting] | None = None  # the tools as if they were off
        self._tools: list[ProgramTool] = []
        self.name = label(program.name, "strong")
        self.runs = Elided(program.runs, "code")
        self.state = label("", "second", wrap=True)
        self.switch = Switch(program.on, program.name)
        self.retry = Button("", "link")
        self.more = IconButton("chevron-right", f"Show more of {program.name}", side=32)
        self._make_inside(program)
        words = column(self.name, self.runs, self.state, gap=2)
        picture = Drawing("globe" if program.elsewhere else "wrench")
        line = row(picture, words, self.retry, self.more, self.switch, gap=12)
        line.setContentsMargins(20, 12, 20, 12)
        line.setStretch(1, 1)
        self.setLayout(column(line, self.inside, gap=0))
        self._connect()
        self.show_program(program)

    def _make_inside(self, program: ShownProgram) -> None:
        self.tools, self.folders = QVBoxLayout(), QVBoxLayout()
        self.tools.setSpacing(10)
        self.folders.setSpacing(6)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.network = Switch(program.network, f"Network for {program.name}")
        self.add_folder = Button("Let it read a folder…", "link")
        self.add_folder.setAccessibleName(f"Let {program.name} read a folder")
        self.remove = Button("Remove this program", "link")
        self.remove.setAccessibleName(f"Remove {program.name}")
        self.seconds = Seconds(program.seconds, program.name)
        self.inside = QWidget()
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
        parts += [6, waits, 4, row(self.remove, None)]
        self.inside.setLayout(column(*parts, margins=INDENT, gap=6))
        self.inside.hide()

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
        self.more.clicked.connect(self.fold)
        self.add_folder.clicked.connect(self._choose)

    def show_program(self, program: ShownProgram) -> None:
        """What did not change stays, and keeps the keyboard."""
        before, self._shown = self._shown, program
        self.state.setText(program.words)
        if self.state.property("role") != ROLES.get(program.state, "second"):
            restyle(self.state, role=ROLES.get(program.state, "second"))
        self.switch.setChecked(program.on)
        self.network.setChecked(program.network)
        self.seconds.show_value(program.seconds)
        self.retry.setText(program.retry)
        self.retry.setAccessibleName(f"{program.retry}: {program.name}")
        self.retry.setVisible(bool(program.retry))
        self._show_tools(program.tools)
        if before is None or before.folders != program.folders:
            self._show_folders(program)

    def _show_tools(self, tools: Sequence[ShownToolSetting]) -> None:
        plain = [replace(one, on=False) for one in tools]
        if plain != self._plain:
            empty(self.tools)
            self._plain, self._tools = plain, [ProgramTool(one) for one in tools]
            for one in self._tools:
                one.switched.connect(self.switched)
                self.tools.addWidget(one)
            if not tools:
                self.tools.addWidget(label(NO_TOOLS, "second"))
        for one, tool in zip(self._tools, tools, strict=True):
            one.switch.setChecked(tool.on)

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

    @Slot()
    def fold(self) -> None:
        """Show what it may and can do, or no more."""
        shown = self.inside.isHidden()
        self.inside.setVisible(shown)
        verb = "less" if shown else "more"
        self.more.show_picture("chevron-down" if shown else "chevron-right")
        self.more.rename(f"Show {verb} of {self.name.text()}")

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
