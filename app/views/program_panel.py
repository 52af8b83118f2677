"""The panel in which settings of programs are pasted: says what they would start, and starts it."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.controllers.programs import ProgramsController
from app.controllers.shown import ShownPlan
from app.views.controls import Button, column, label, row
from app.views.facts import empty
from app.views.long_lines import LongLines
from app.views.notice import announce
from app.views.tool_rows import Drawing

PAUSE_MS = 250
HIGH = 148
CODE = ("Runs", "Which is", "Connects to")  # rows shown as code
LABELS = 104  # width of the left column
EXAMPLE = """{
  "mcpServers": {
    "time": { "command": "python", "args": ["-m", "mcp_server_time"] }
  }
}"""
ABOUT = (
    "Paste the settings that the program's makers give for other assistants. Nothing is started "
    "before you have seen here what it would be."
)
TRUST = (
    "It runs as you see it here. Start only what you trust: what it answers is told to the model, "
    "and each use of its tools asks you first."
)


def breakable(text: str) -> str:
    """A text that may be broken after every sign, so that no long path hides its end."""
    for sign in "/\\=-_.,:@&?":
        text = text.replace(sign, f"{sign}\u200b")
    return text


class PlanCard(QFrame):
    """What one program would be: shown whole, nothing left out."""

    def __init__(self, plan: ShownPlan) -> None:
        super().__init__()
        self.setObjectName("card")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, LABELS)
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(plan.rows):
            grid.addWidget(label(name, "second"), place, 0, Qt.AlignmentFlag.AlignTop)
            shown = label(breakable(value), "code" if name in CODE else "value", wrap=True)
            shown.setAccessibleName(f"{name}: {value}")
            grid.addWidget(shown, place, 1)
        inside = column(label(plan.name, "strong"), grid, margins=(20, 14, 20, 16), gap=10)
        for words in plan.warnings:
            sign = Drawing("triangle-alert", 16)
            line = row(sign, label(words, "danger", wrap=True), gap=8)
            line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
            line.setStretch(1, 1)
            inside.addLayout(line)
        self.setLayout(inside)


class AddPanel(QFrame):
    closed = Signal()

    def __init__(self, programs: ProgramsController) -> None:
        super().__init__()
        self._programs, self._shown = programs, ""
        self.setObjectName("card")
        self.box = LongLines()
        self.box.setProperty("kind", "box")
        self.box.setAccessibleName("Settings of the program")
        self.box.setPlaceholderText(EXAMPLE)
        self.box.setTabChangesFocus(True)
        self.box.setFrameShape(QFrame.Shape.NoFrame)
        self.box.setFixedHeight(HIGH)
        self.problem = label("", "danger", wrap=True)
        self.trust = label(TRUST, "second", wrap=True)
        self.add = Button("Add and start", "primary")
        self.cancel = Button("Cancel", "quiet")
        self._plans = QVBoxLayout()
        self._plans.setSpacing(8)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        title = label("Add a program", "title")
        about = label(ABOUT, "second", wrap=True)
        parts = (title, about, self.box, self.problem, self._plans, self.trust)
        buttons = row(self.add, self.cancel, None)
        self.setLayout(column(*parts, 4, buttons, margins=(20, 16, 20, 18), gap=10))
        self.box.textChanged.connect(self._wait)
        self._pause.timeout.connect(self._read)
        self.add.clicked.connect(self._add)
        self.cancel.clicked.connect(self.close_panel)
        self.hide()

    def open_panel(self) -> None:
        self.box.set_text("")
        self._show("", ())
        self.show()
        self.box.setFocus()

    @Slot()
    def close_panel(self) -> None:
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _wait(self) -> None:
        """What stands here now has not been explained yet, and cannot be started."""
        self.add.setEnabled(False)
        self._pause.start()

    @Slot()
    def _read(self) -> None:
        text = self.box.text()
        if text.strip():
            self._shown = text
            trouble, plans = self._programs.read(text)
            self._show(trouble, plans)
            names = ", ".join(plan.name for plan in plans)
            announce(self, trouble or f"Ready to add: {names}.")
        else:
            self._show("", ())

    def _show(self, trouble: str, plans: tuple[ShownPlan, ...]) -> None:
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))
        empty(self._plans)
        for plan in plans:
            self._plans.addWidget(PlanCard(plan))
        self.trust.setVisible(bool(plans))
        self.add.setEnabled(bool(plans))
        self.add.setText(f"Add and start all {len(plans)}" if len(plans) > 1 else "Add and start")

    @Slot()
    def _add(self) -> None:
        trouble = self._programs.add(self._shown)
        if trouble:
            self._show(trouble, ())
        else:
            self.close_panel()
