"""The page of tools: which there are, what they may read, and what the person allowed."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.everyone import Controllers
from app.controllers.shown import Notice, ShownToolSetting
from app.views.card import Card, headed
from app.views.controls import Button, column, label, row
from app.views.folder_dialog import choose_folder
from app.views.options_form import OptionsForm
from app.views.page import Page
from app.views.plugins import PluginsSection
from app.views.programs import ProgramsSection
from app.views.slices import forget, later
from app.views.tool_rows import EntryRow, ToolRow

ABOUT = (
    "With tools a model looks things up and works them out instead of guessing. What only "
    "calculates or reads goes ahead by itself; what writes, runs or sends asks you first, inside "
    "the conversation."
)
REMOVE = ("Remove", "folder-open")
ASKING = ("writes", "runs", "sends")
FOLDERS = (
    "Tools read files only in folders that you name here, and change nothing in them. Parley's own "
    "folder cannot be named."
)
REMINDERS = "They are told while Parley is open; one that was missed is told at the next start."
NOTES = (
    "Notes the model wrote down for you are plain text files. You can read and change them with "
    "any editor."
)
ALLOWED = (
    "Answers of yours that last. Each holds for the tool as it was then: if a word of it changes, "
    "you are asked again."
)


class ToolsSection(QWidget):
    """A switch for every tool, those that ask apart from those that do not."""

    def __init__(self, everyone: Controllers) -> None:
        super().__init__()
        self._toolbox = everyone.toolbox
        self.quiet, self.asking = Card(), Card()
        quiet = headed("Go ahead by themselves", self.quiet)
        self.setLayout(column(quiet, headed("Ask you first", self.asking), gap=0))
        self._tools: dict[ShownToolSetting, ShownToolSetting] = {}  # by the tool as if it were off
        self._rows: dict[ShownToolSetting, ToolRow] = {}  # alike; made one by one
        self._toolbox.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Rows that stay keep the keyboard."""
        before = list(self._tools)
        self._tools = {replace(one, on=False): one for one in self._toolbox.tools()}
        if list(self._tools) != before:
            self._begin()
        for plain, one in self._rows.items():
            one.switch.setChecked(self._tools[plain].on)

    def _begin(self) -> None:
        forget(self)
        self._rows = {}
        for card in (self.quiet, self.asking):
            card.show_rows([])
        later(self, [partial(self._add, plain) for plain in self._tools])

    def _add(self, plain: ShownToolSetting) -> None:
        made = self._rows[plain] = ToolRow(self._tools[plain])
        made.switched.connect(self._toolbox.set_on)
        (self.asking if plain.effect in ASKING else self.quiet).add_row(made)


class ListSection(QWidget):
    """Entries the person may take away, or words when there are none."""

    def __init__(self, title: str, about: str, nothing: str, *below: QWidget) -> None:
        super().__init__()
        self.card = Card()
        self.nothing = label(nothing, "soft")
        self.nothing.setContentsMargins(4, 0, 0, 0)
        words = label(about, "second", wrap=True)
        words.setContentsMargins(4, 0, 0, 0)
        self.setLayout(headed(title, words, self.nothing, self.card, *below))

    def show_entries(self, rows: Sequence[EntryRow], taken: Callable[[Any], None]) -> None:
        for one in rows:
            one.asked.connect(taken)
        self.card.show_rows(rows)
        self.nothing.setVisible(not rows)


class FoldersSection(ListSection):
    def __init__(self, everyone: Controllers) -> None:
        self.add = Button("Add a folder…", picture="plus")
        self.problem = label("", "danger", wrap=True)
        below = QWidget()
        below.setLayout(column(row(self.add, None), self.problem))
        super().__init__("Folders tools may read", FOLDERS, "None yet.", below)
        self.problem.hide()
        self._preferences, self._undo = everyone.preferences, everyone.undo
        self._notice = everyone.chat.notice
        self.add.clicked.connect(self._choose)
        self._preferences.folders_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        rows = [
            EntryRow(path, path, "" if Path(path).is_dir() else "Not there now.", *REMOVE)
            for path in self._preferences.folders
        ]
        self.show_entries(rows, self._remove)

    @Slot()
    def _choose(self) -> None:
        choose_folder(self, "A folder tools may read", self.grant)

    @Slot(str)
    def grant(self, path: str) -> None:
        trouble = self._preferences.grant_folder(path)
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))

    @Slot(object)
    def _remove(self, path: str) -> None:
        self._preferences.revoke_folder(path)
        self._undo.push("Remove folder", partial(self._preferences.grant_folder, path))
        words = f"Tools can no longer read {path}."
        self._notice.emit(Notice(words, action="Undo"))


class RemindersSection(ListSection):
    def __init__(self, everyone: Controllers) -> None:
        super().__init__("Reminders", REMINDERS, "None is waiting.")
        self._reminders = everyone.reminders
        self._reminders.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        rows = [
            EntryRow(one.key, one.about or "Time is up", one.when, "Cancel", "bell")
            for one in self._reminders.reminders()
        ]
        self.show_entries(rows, self._reminders.cancel)


class NotesSection(QWidget):
    def __init__(self, everyone: Controllers) -> None:
        super().__init__()
        self.open = Button("Open the notes folder", picture="folder-open")
        words = label(NOTES, "second", wrap=True)
        words.setContentsMargins(4, 0, 0, 0)
        below = QWidget()
        below.setLayout(row(self.open, None))
        self.setLayout(headed("Notes", words, below))
        self.open.clicked.connect(everyone.acting.open_notes)


class AllowedSection(ListSection):
    def __init__(self, everyone: Controllers) -> None:
        super().__init__("What you allowed or forbade", ALLOWED, "Nothing yet.")
        self._consent = everyone.consent
        self._consent.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        rows = []
        for one in self._consent.permissions():
            where = f" · {one.where}" if one.where else ""
            words = f"{one.words}{where} · since {one.since}"
            rows.append(EntryRow(one.key, one.tool, words, "Take back", "lock-open"))
        self.show_entries(rows, self._consent.forget)


class ToolsPage(Page):
    def __init__(self, everyone: Controllers) -> None:
        self.tools = ToolsSection(everyone)
        self.folders = FoldersSection(everyone)
        self.reminders = RemindersSection(everyone)
        self.notes = NotesSection(everyone)
        self.allowed = AllowedSection(everyone)
        self.programs = ProgramsSection(everyone.programs, everyone.toolbox)
        self.plugins = PluginsSection(everyone.plugins, everyone.toolbox)
        self.forms = home_forms(everyone)
        inside = QWidget()
        about = label(ABOUT, "soft", wrap=True)
        lists = (self.plugins, self.programs, self.reminders, self.notes, self.allowed)
        parts = (self.tools, self.folders, *self.forms.values(), *lists)
        inside.setLayout(column(about, 16, *parts, gap=0))
        super().__init__("Tools", inside)
        self.plugins.shown.connect(self._see)

    def enter(self) -> None:
        super().enter()
        for one in (self.tools, self.folders, self.programs, self.reminders, self.allowed):
            one.refresh()
        self.plugins.enter()

    @Slot(QWidget)
    def _see(self, part: QWidget) -> None:
        """Once it has its place."""
        QTimer.singleShot(0, part, lambda: self.area.ensureWidgetVisible(part))


def home_forms(everyone: Controllers) -> dict[str, OptionsForm]:
    """A form for every home of tools with something to choose, by the name of the home."""
    preferences = everyone.preferences
    return {
        name: OptionsForm(options, partial(preferences.set_option, name), title)
        for name, title, options in preferences.home_options()
    }
