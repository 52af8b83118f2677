"""One plugin: how it is, and unfolded what it may and can do, or what is to be allowed first."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.controllers.plugins import PluginsController
from app.controllers.shown_plugins import ShownPlugin, ShownPluginFolder
from app.views.controls import Button, column, label, row
from app.views.facts import Elided, empty
from app.views.folder_dialog import choose_folder
from app.views.folding_row import FoldingRow
from app.views.program_panel import PlanCard
from app.views.program_row import Seconds

ASKING = ("new", "changed")
VERBS = {"new": "Allow it", "changed": "Allow it as it is now"}


class PluginRow(FoldingRow):
    def __init__(self, plugins: PluginsController, plugin: ShownPlugin) -> None:
        self.line = label(plugin.line, "second", wrap=True)
        super().__init__(plugin.name, self.line, "code", plugin.on)
        self._plugins, self.key = plugins, plugin.key
        self._shown: ShownPlugin | None = None
        self.folders, self.asking = QVBoxLayout(), QVBoxLayout()
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.can = QWidget()
        about_folders = label("Folders", "section")
        self.may = QWidget()
        self.may.setLayout(column(6, about_folders, self.folders, self.problem, gap=6))
        self.seconds = Seconds(plugin.seconds, plugin.name)
        waits = row(label("Seconds one use may take", "value"), None, self.seconds)
        self.network = QWidget()
        self.places = label("", "value", wrap=True)
        self.network.setLayout(column(6, label("Network", "section"), self.places, gap=6))
        parts = (label("Tools", "section"), self.tools, self.may, self.network, 6, waits)
        self.can.setLayout(column(*parts, gap=6))
        self.remove = Button("Remove this plugin", "link")
        self.again = Button("Look for changes", "link")
        self.fill(self.asking, self.can, 4, row(self.again, self.remove, None))
        self.switch.clicked.connect(self._switch)
        self.retry.clicked.connect(self._retry)
        self.seconds.chosen.connect(self._wait)
        self.again.clicked.connect(plugins.look)
        self.remove.clicked.connect(self._remove)
        self.show_one(plugin)

    def show_one(self, plugin: ShownPlugin) -> None:
        """What did not change stays, and keeps the keyboard."""
        before, self._shown = self._shown, plugin
        self.name.setText(plugin.name)
        self.line.setText(plugin.line)
        self.line.setVisible(bool(plugin.line))
        self.show_state(plugin.state, plugin.words, plugin.on, plugin.retry)
        self.switch.setEnabled(plugin.can_be_on)
        for button, verb in ((self.remove, "Remove"), (self.again, "Look for changes of")):
            button.setAccessibleName(f"{verb} {plugin.name}")
        self.can.setVisible(plugin.plan is None and plugin.state != "broken")
        self.show_tools(plugin.tools)
        self.seconds.show_value(plugin.seconds)
        self.may.setVisible(bool(plugin.folders))
        self.network.setVisible(bool(plugin.network))
        self.places.setText(plugin.network)
        if before is None or before.folders != plugin.folders:
            self._show_folders(plugin)
        if before is None or (before.plan, before.digest) != (plugin.plan, plugin.digest):
            self._show_plan(plugin)

    def _show_plan(self, plugin: ShownPlugin) -> None:
        """What it would be allowed: unfolded by itself, because it waits for an answer."""
        empty(self.asking)
        if plugin.plan is None:
            return
        self.allow = Button(VERBS[plugin.state], "primary")
        self.allow.setAccessibleName(f"{self.allow.text()}: {plugin.name}")
        self.allow.clicked.connect(partial(self._plugins.allow, self.key, plugin.digest))
        self.asking.addWidget(PlanCard(plugin.plan))
        self.asking.addLayout(row(self.allow, None, margins=(0, 4, 0, 4)))
        if self.inside.isHidden():
            self.fold()

    def _show_folders(self, plugin: ShownPlugin) -> None:
        empty(self.folders)
        for one in plugin.folders:
            self.folders.addLayout(self._folder(one))

    def _folder(self, folder: ShownPluginFolder):
        choose = Button("Choose another…" if folder.path else "Choose a folder…", "link")
        choose.setAccessibleName(f"{choose.text()} {folder.words}")
        choose.clicked.connect(partial(self._choose, folder.name))
        about = column(label(folder.words, "value", wrap=True), gap=1)
        buttons = [choose]
        if folder.path:
            about.addWidget(Elided(folder.path, "second"))
            take = Button("Take back", "link")
            take.setAccessibleName(f"Take back {folder.path}")
            take.clicked.connect(partial(self._plugins.take_folder, self.key, folder.name))
            buttons.append(take)
        if folder.trouble:
            about.addWidget(label(folder.trouble, "danger", wrap=True))
        line = row(about, *buttons, gap=4)
        line.setStretch(0, 1)
        return line

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self._plugins.set_on(self.key, on)

    @Slot(int)
    def _wait(self, seconds: int) -> None:
        self._plugins.set_seconds(self.key, seconds)

    @Slot()
    def _retry(self) -> None:
        self._plugins.retry(self.key)

    @Slot()
    def _remove(self) -> None:
        self._plugins.remove(self.key)

    def _choose(self, name: str) -> None:
        choose_folder(self, "A folder for this plugin", partial(self.grant, name))

    def grant(self, name: str, path: str) -> None:
        trouble = self._plugins.choose_folder(self.key, name, path)
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))
