"""What an answer must fulfil, as the editor shows it: a line for each check."""

from collections.abc import Mapping

from msgspec.structs import replace
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app.controllers.shown import title_of
from app.controllers.variant_data import Check
from app.views.controls import Button, IconButton, column, label, row
from app.views.entering import enter
from app.views.facts import empty
from app.views.option_controls import Calm
from app.views.variants.fields import Box, Spin

KINDS = {  # kind -> words, what stands in the empty field
    "contains": ("Contains", "some words"),
    "lacks": ("Does not contain", "some words"),
    "equals": ("Is exactly", "the whole answer"),
    "one of": ("Contains one of these", "one in each line"),
    "matches": ("Matches the pattern", "a regular expression"),
    "number": ("Its last number is", "42"),
    "json": ("Is JSON of this shape", '{"type": "object"}'),
    "tool": ("Used the tool", ""),
    "no tool": ("Used no tool", ""),
    "longest": ("Has at most so many words", "50"),
    "shortest": ("Has at least so many words", "5"),
    "asks": ("Ends in a question", ""),
    "language": ("Is written in", "en"),
}
LONG = ("one of", "json")  # read in several lines
BARE = ("asks",)  # nothing more to say
WITH_TOOL = ("tool", "no tool")
ANY_TOOL = "any at all"


def words_of(check: Check) -> str:
    """A check in a few words: "Contains “42”"."""
    words, _ = KINDS[check.kind]
    if check.kind == "no tool" and check.text:
        return f"Did not use {title_of(check.text)}"
    if check.kind in BARE or not check.text.strip():
        return words
    text = title_of(check.text) if check.kind in WITH_TOOL else " / ".join(check.text.split("\n"))
    return f"{words} “{text if len(text) < 60 else text[:58] + '…'}”"


class CheckRow(QWidget):
    changed = Signal()
    removed = Signal()

    def __init__(self, check: Check, tools: Mapping[str, str]) -> None:
        """tools: name -> title."""
        super().__init__()
        self.check = check
        self._tools = {"": ANY_TOOL, **tools}
        self.kind = Calm(tuple(words for words, _ in KINDS.values()), "Kind of check")
        self.kind.setFixedWidth(228)
        self.text, self.long = QLineEdit(), Box("What the check looks for", lines=3)
        self.tool = Calm(tuple(self._tools.values()), "Tool of the check")
        self.near = Spin("Tolerance of the number", 0.0, 1e9, 0.01, "exactly")
        self.near.setMinimum(0.0)
        self.near.setFixedWidth(116)
        self.remove = IconButton("x", "Remove this check", side=30, color="muted")
        self.text.setAccessibleName("What the check looks for")
        self.text.setMaxLength(2000)
        line = row(self.kind, self.text, self.tool, self.near, None, self.remove, gap=8)
        line.setStretch(1, 1000)
        self.setLayout(column(line, self.long, gap=6))
        self.show_check()
        self.kind.activated.connect(self._set_kind)
        self.text.textEdited.connect(self._set_text)
        self.long.textChanged.connect(self._on_long)
        self.tool.activated.connect(self._set_tool)
        self.near.valueChanged.connect(self._set_near)
        self.remove.clicked.connect(self.removed)

    def stops(self) -> list[QWidget]:
        return [self.kind, self.text, self.tool, self.near, self.remove, self.long]

    def show_check(self) -> None:
        one, kinds = self.check, list(KINDS)
        self.kind.setCurrentIndex(kinds.index(one.kind))
        long, tool = one.kind in LONG, one.kind in WITH_TOOL
        plain = not long and not tool and one.kind not in BARE
        for widget, shown in ((self.text, plain), (self.long, long), (self.tool, tool),
                              (self.near, one.kind == "number")):  # fmt: skip
            widget.setVisible(shown) if self.isVisible() or not shown else widget.show()
        self.text.setPlaceholderText(KINDS[one.kind][1])
        self.long.setPlaceholderText(KINDS[one.kind][1])
        if self.text.text() != one.text:
            self.text.setText(one.text)
        self.long.show_value(one.text)
        if tool:
            if one.text not in self._tools:
                self._tools[one.text] = title_of(one.text)
                self.tool.addItem(self._tools[one.text])
            self.tool.setCurrentIndex(list(self._tools).index(one.text))
        self.near.show_number(one.tolerance)

    def _change(self, **fields: object) -> None:
        self.check = replace(self.check, **fields)
        self.changed.emit()

    @Slot(int)
    def _set_kind(self, place: int) -> None:
        kind = list(KINDS)[place]
        tool = kind in WITH_TOOL
        keeps = tool == (self.check.kind in WITH_TOOL) and kind not in BARE
        first = next((name for name in self._tools if name), "") if kind == "tool" else ""
        text = self.check.text if keeps and (self.check.text or not tool) else first
        self._change(kind=kind, text=text, tolerance=0.0)
        self.show_check()

    @Slot(str)
    def _set_text(self, text: str) -> None:
        self._change(text=text)

    @Slot()
    def _on_long(self) -> None:
        if self.check.kind in LONG:
            self._change(text=self.long.text())

    @Slot(int)
    def _set_tool(self, place: int) -> None:
        self._change(text=list(self._tools)[place])

    @Slot()
    def _set_near(self) -> None:
        self._change(tolerance=self.near.value())


class ChecksField(QFrame):
    edited = Signal(tuple)  # tuple[Check, ...]

    def __init__(self, checks: tuple[Check, ...], tools: Mapping[str, str]) -> None:
        super().__init__()
        self._tools = tools
        self.rows: list[CheckRow] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        self.add = Button("Add a check", "link", "plus", "link")
        name = label("The answer", "second")
        self.setLayout(column(name, self._lines, row(self.add, None), gap=6))
        for one in checks:
            self._make(one)
        self.add.clicked.connect(self._add)

    def values(self) -> tuple[Check, ...]:
        return tuple(one.check for one in self.rows)

    def show_value(self, checks: tuple[Check, ...]) -> None:
        if checks != self.values():
            empty(self._lines)
            self.rows = []
            for one in checks:
                self._make(one)

    def _make(self, one: Check) -> CheckRow:
        made = CheckRow(one, self._tools)
        made.changed.connect(self._tell)
        made.removed.connect(self._remove)
        self._lines.addWidget(made)
        self.rows.append(made)
        return made

    @Slot()
    def _add(self) -> None:
        enter(self._make(Check("contains")).text)
        self._tell()

    @Slot()
    def _remove(self) -> None:
        gone = self.sender()
        assert isinstance(gone, CheckRow)
        self.rows = [one for one in self.rows if one is not gone]
        self._lines.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
        (self.rows[-1].kind if self.rows else self.add).setFocus()
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.values())
