"""Something that brings tools: how it is and its switch, and unfolded what it may and can do."""

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from app.controllers.shown import ShownToolSetting
from app.views.controls import Button, IconButton, Switch, column, label, restyle, row
from app.views.facts import empty
from app.views.tool_rows import Drawing

NO_TOOLS = "It has not said yet what it can do."
ROLES = {"failed": "danger", "broken": "danger", "changed": "danger"}  # by state
EFFECTS = {"pure": "only calculates"}  # where the word itself does not say it
INDENT = (52, 0, 20, 16)


class ToolLine(QFrame):
    """One of its tools, with what it says of it."""

    switched = Signal(str, bool)

    def __init__(self, tool: ShownToolSetting) -> None:
        super().__init__()
        self._name = tool.name
        self.switch = Switch(tool.on, tool.title)
        words = label(tool.words, "second", wrap=True)
        effect = EFFECTS.get(tool.effect, tool.effect)
        about = column(label(f"{tool.title} · {effect}", "value"), words, gap=1)
        line = row(about, self.switch, gap=16)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.switch.clicked.connect(self._tell)

    @Slot(bool)
    def _tell(self, on: bool) -> None:
        self.switched.emit(self._name, on)


class FoldingRow(QFrame):
    switched = Signal(str, bool)  # name of a tool, whether it is offered

    def __init__(self, name: str, about: QWidget, picture: str, on: bool) -> None:
        """about: the line below its name."""
        super().__init__()
        self._plain: list[ShownToolSetting] | None = None  # the tools as if they were off
        self._lines: list[ToolLine] = []
        self.name = label(name, "strong")
        self.state = label("", "second", wrap=True)
        self.switch = Switch(on, name)
        self.retry = Button("", "link")
        self.more = IconButton("chevron-right", f"Show more of {name}", side=32)
        self.tools, self.inside = QVBoxLayout(), QWidget()
        self.tools.setSpacing(10)
        self.inside.hide()
        words = column(self.name, about, self.state, gap=2)
        line = row(Drawing(picture), words, self.retry, self.more, self.switch, gap=12)
        line.setContentsMargins(20, 12, 20, 12)
        line.setStretch(1, 1)
        self.setLayout(column(line, self.inside, gap=0))
        self.more.clicked.connect(self.fold)

    def fill(self, *parts: QWidget | QLayout | int | None) -> None:
        """What is seen when it is unfolded."""
        self.inside.setLayout(column(*parts, margins=INDENT, gap=6))

    def show_state(self, state: str, words: str, on: bool, retry: str) -> None:
        self.state.setText(words)
        if self.state.property("role") != ROLES.get(state, "second"):
            restyle(self.state, role=ROLES.get(state, "second"))
        self.switch.setChecked(on)
        self.retry.setText(retry)
        self.retry.setAccessibleName(f"{retry}: {self.name.text()}")
        self.retry.setVisible(bool(retry))

    def show_tools(self, tools: Sequence[ShownToolSetting]) -> None:
        """What did not change stays, and keeps the keyboard."""
        plain = [replace(one, on=False) for one in tools]
        if plain != self._plain:
            empty(self.tools)
            self._plain, self._lines = plain, [ToolLine(one) for one in tools]
            for one in self._lines:
                one.switched.connect(self.switched)
                self.tools.addWidget(one)
            if not tools:
                self.tools.addWidget(label(NO_TOOLS, "second"))
        for one, tool in zip(self._lines, tools, strict=True):
            one.switch.setChecked(tool.on)

    @Slot()
    def fold(self) -> None:
        """Show what it may and can do, or no more."""
        shown = self.inside.isHidden()
        self.inside.setVisible(shown)
        verb = "less" if shown else "more"
        self.more.show_picture("chevron-down" if shown else "chevron-right")
        self.more.rename(f"Show {verb} of {self.name.text()}")
