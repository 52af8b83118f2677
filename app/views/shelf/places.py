"""Where models are looked for, and what this computer is: the foot of the page Models."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.controllers.shown import ShownMachine, ShownShelfFolder
from app.views.card import Card, headed
from app.views.controls import Button, column, label, row
from app.views.facts import Elided, empty, facts_grid
from app.views.folder_dialog import choose_folder
from app.views.tool_rows import Drawing

TITLE = "A folder with models"
ABOUT = (
    "Models of other programs are used where they lie: nothing of them is copied, moved or changed."
)
MEASURING = "Being measured, to say what fits and how fast it would be…"
MARGINS = (20, 12, 20, 12)


class FolderRow(QFrame):
    forgotten = Signal(str)

    def __init__(self, one: ShownShelfFolder) -> None:
        super().__init__()
        self._path = one.path
        self.forget = Button("Remove", "link")
        self.forget.setAccessibleName(f"Look no longer for models in {one.path}")
        if not one.removable:
            self.forget.hide()
        words = one.words if one.there else "Not there now"
        head = row(label(one.source, "strong"), label(words, "second"), None, gap=10)
        about = column(head, Elided(one.path, "second"), gap=2)
        picture = Drawing("folder-open" if one.there else "hard-drive")
        line = row(picture, about, self.forget, margins=MARGINS, gap=16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.forget.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.forgotten.emit(self._path)


class FoldersSection(QWidget):
    added = Signal(str)  # path
    forgotten = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.card = Card()
        self.add = Button("Add a folder…", picture="plus")
        self._shown: tuple[ShownShelfFolder, ...] = ()
        about, below = label(ABOUT, "second", wrap=True), QWidget()
        about.setContentsMargins(4, 0, 0, 0)
        below.setLayout(row(self.add, None))
        self.setLayout(headed("Where models are looked for", about, self.card, below))
        self.add.clicked.connect(self._choose)

    def show_folders(self, folders: tuple[ShownShelfFolder, ...]) -> None:
        if folders == self._shown:
            return
        self._shown = folders
        rows = [FolderRow(one) for one in folders]
        for one in rows:
            one.forgotten.connect(self.forgotten)
        self.card.show_rows(rows)

    @Slot()
    def _choose(self) -> None:
        choose_folder(self, TITLE, self.added.emit)


class MachineSection(QWidget):
    """What was measured of this computer, for those who ask how the page knows what fits."""

    def __init__(self) -> None:
        super().__init__()
        self._facts, self._shown = QVBoxLayout(), ShownMachine()
        self.words = label("", "second", wrap=True)
        inside = QFrame()
        inside.setLayout(column(self._facts, margins=(20, 10, 20, 10)))
        self.card = Card((inside,))
        self.card.hide()
        self.again = Button("Measure again", picture="refresh-cw")
        self.words.setContentsMargins(4, 0, 0, 0)
        below = QWidget()
        below.setLayout(row(self.again, None))
        self.setLayout(headed("This computer", self.words, self.card, below))

    def show_machine(self, machine: ShownMachine) -> None:
        if machine == self._shown:
            return
        self._shown = machine
        self.words.setText(MEASURING if machine.measuring else machine.words)
        self.again.setEnabled(not machine.measuring)
        empty(self._facts)
        self._facts.addLayout(facts_grid(machine.facts))
        self.card.setVisible(bool(machine.facts))
