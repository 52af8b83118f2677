"""The section of plugins: those that are here, and what one would be allowed before it is added."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from app.controllers.plugins import PluginsController
from app.controllers.shown import ShownPlan
from app.controllers.shown_plugins import ShownPlugin
from app.controllers.toolbox import ToolboxController
from app.views.controls import Button, column, label, row
from app.views.facts import empty
from app.views.folding_rows import FoldingRows
from app.views.notice import announce
from app.views.plugin_row import PluginRow
from app.views.program_panel import PlanCard

ABOUT = (
    "A plugin is a folder with a few functions in Python that become tools. Its tools run locked "
    "in: they reach no network and no file of yours, but for what you allow here."
)
NOTHING = "None yet. Drop its folder or ZIP file here."
TRUST = (
    "Nothing of it has run. It is allowed as it is now: when a file of it changes, you are asked "
    "again."
)
FILTER = "Plugins (plugin.toml *.zip)"


class PluginPanel(QFrame):
    """What was looked at: the person says yes or no."""

    closed = Signal()

    def __init__(self, plugins: PluginsController) -> None:
        super().__init__()
        self._plugins = plugins
        self.setObjectName("card")
        self.problem = label("", "danger", wrap=True)
        self.trust = label(TRUST, "second", wrap=True)
        self.add = Button("Add and allow", "primary")
        self.cancel = Button("Cancel", "quiet")
        self._plan = QVBoxLayout()
        parts = (label("Add a plugin", "title"), self.problem, self._plan, self.trust, 4)
        buttons = row(self.add, self.cancel, None)
        self.setLayout(column(*parts, buttons, margins=(20, 16, 20, 18), gap=10))
        self.add.clicked.connect(self._add)
        self.cancel.clicked.connect(self.close_panel)
        self.hide()

    def show_looked(self, looked: ShownPlan | str) -> None:
        empty(self._plan)
        plan = looked if isinstance(looked, ShownPlan) else None
        self.problem.setText("" if plan else str(looked))
        self.problem.setVisible(plan is None)
        self.trust.setVisible(plan is not None)
        self.add.setVisible(plan is not None)
        self.cancel.setText("Cancel" if plan else "Close")
        self.cancel.setAccessibleName(self.cancel.text())
        if plan:
            self._plan.addWidget(PlanCard(plan))
        self.show()
        (self.add if plan else self.cancel).setFocus()
        announce(self, f"Ready to add: {plan.name}." if plan else str(looked))

    @Slot()
    def close_panel(self) -> None:
        self._plugins.leave()
        self.hide()
        self.closed.emit()

    @Slot()
    def _add(self) -> None:
        self._plugins.add()
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)


class PluginsSection(FoldingRows):
    shown = Signal(QWidget)  # it is to be seen: the page scrolls there

    def __init__(self, plugins: PluginsController, toolbox: ToolboxController) -> None:
        super().__init__(plugins, toolbox, NOTHING, "Add a plugin…")
        self._plugins = plugins
        self.unusable = label(plugins.unusable, "danger", wrap=True)
        self.unusable.setVisible(bool(plugins.unusable))
        self.panel = PluginPanel(plugins)
        self.put("Plugins", ABOUT, self.unusable)
        self.add.clicked.connect(self._choose)
        plugins.looked.connect(self._on_looked)

    def enter(self) -> None:
        """The page was opened: see what is there now."""
        self._plugins.look()
        self.refresh()

    def _new(self, one: ShownPlugin) -> PluginRow:
        return PluginRow(self._plugins, one)

    @Slot(object)
    def _on_looked(self, looked: ShownPlan | str) -> None:
        self.add.hide()
        self.panel.show_looked(looked)
        self.refresh()
        self.shown.emit(self.panel)

    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self, "Add a plugin", "", FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._plugins.look_at)
        dialog.open()
