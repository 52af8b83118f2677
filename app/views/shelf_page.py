"""The page of models: what is on this computer, what could be, and how it fits."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.controllers.shelf import ShelfController
from app.controllers.shown import ShownShelfModel
from app.views.attachments.pasted import files_in
from app.views.card import headed
from app.views.controls import column, label, row
from app.views.drop_veil import FOLDER, DropVeil
from app.views.page import InLine, Page
from app.views.shelf.fetch_strip import FetchStrip
from app.views.shelf.hub import HubSection
from app.views.shelf.model_row import ModelRow
from app.views.shelf.offer import Offer
from app.views.shelf.places import FoldersSection, MachineSection
from app.views.shelf.rows import Rows
from app.views.shelf.tools import ToolLine
from app.views.shelf.words import ABOUT, HERE, has

WIDEST = 820
NONE_HERE = "None yet. Fetch one below, or name a folder that has some."
LOOKING = "Looking around on this computer…"
NO_WORDS = "Nothing on this shelf has these words."
SOON_MS = 20  # changes that come together are shown together


class ShelfPage(Page):
    def __init__(self, shelf: ShelfController) -> None:
        self._shelf, self.job = shelf, "talk"
        self._asked: tuple[str, str] | None = None  # words and job the hub was asked for
        self.tools, self.strip, self.offer = ToolLine(), FetchStrip(), Offer()
        self.about = label("", "soft", wrap=True)
        self.here, self.offered = Rows("On this computer"), Rows("To fetch")
        self.nothing = label("", "soft", wrap=True)
        self.hub = HubSection(shelf.hub_place)
        self.folders, self.machine = FoldersSection(), MachineSection()
        super().__init__("Models", self._inside())
        self.setAcceptDrops(True)
        self._veil = DropVeil(self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._foot = QTimer(self, singleShot=True, interval=0)
        self._put_above()
        self._connect()

    def _inside(self) -> QWidget:
        self._here, self._offered, self._recommended = QWidget(), QWidget(), QWidget()
        self._recommended.setLayout(column(self.offer, margins=(0, 0, 0, 24)))
        self.nothing.setContentsMargins(4, 0, 0, 0)
        self._here.setLayout(headed("On this computer", self.nothing, self.here))
        self._offered.setLayout(headed("To fetch", self.offered))
        inside = QWidget()
        self.about.setContentsMargins(4, 0, 0, 0)
        sections = (self._here, self._offered, self.hub, self.folders, self.machine)
        inside.setLayout(column(self.about, 16, self._recommended, *sections, gap=0))
        return inside

    def _put_above(self) -> None:
        """The line of tools and what is being fetched stay while the rest scrolls."""
        body, layout = self.area.widget(), self.layout()
        assert body and isinstance(layout, QBoxLayout)
        inside = self.about.parentWidget()
        assert inside
        inside.setMaximumWidth(WIDEST)
        above = QWidget()
        above.setMaximumWidth(WIDEST)
        above.setLayout(column(self.tools, self.strip, gap=12))
        line = row(None, above, None, margins=(24, 16, 24, 4))
        line.setStretch(1, 1000)
        layout.insertLayout(1, line)
        InLine(line, self.area)

    def _connect(self) -> None:
        shelf = self._shelf
        for rows in (self.here, self.offered, self.hub.rows):
            rows.used.connect(shelf.use)
            rows.fetched.connect(shelf.fetch)
            rows.removed.connect(shelf.remove)
            rows.opened.connect(self._open)
            rows.asked.connect(self._ask)
        self.tools.job_chosen.connect(self.show_job)
        self.tools.field.textChanged.connect(self._on_words)
        self.tools.field.returnPressed.connect(self.search)
        self.tools.field.down.connect(self._enter_rows)
        self.hub.asked.connect(self.search)
        self.offer.fetched.connect(shelf.fetch)
        self.offer.used.connect(shelf.use)
        self.folders.added.connect(shelf.add_folder)
        self.folders.forgotten.connect(shelf.forget_folder)
        self.machine.again.clicked.connect(shelf.measure)
        self.strip.paused.connect(shelf.fetches.pause)
        self.strip.resumed.connect(shelf.fetches.resume)
        self.strip.cancelled.connect(shelf.fetches.cancel)
        self.strip.dismissed.connect(shelf.fetches.dismiss)
        shelf.changed.connect(self._soon.start)
        shelf.choices_changed.connect(self._show_choices)
        shelf.fetches.changed.connect(self._show_fetches)
        self._soon.timeout.connect(self.refresh)
        self._foot.timeout.connect(self._show_foot)

    def enter(self) -> None:
        super().enter()
        self._shelf.look()
        self._show_fetches()
        self.refresh()
        self.tools.field.setFocus()

    # What the controller tells

    @Slot()
    def refresh(self) -> None:
        if not self.isVisible():
            return
        words = self.tools.field.text().casefold().split()
        models = [one for one in self._shelf.shown(self.job) if has(one, words)]
        here = [one for one in models if one.state in HERE]
        rest = [one for one in models if one.state not in HERE]
        self.about.setText(ABOUT[self.job])
        self._show_offer(bool(words))
        self.here.show_all(here)
        self.offered.show_all(rest)
        self.here.setVisible(bool(here))
        self._offered.setVisible(bool(rest))
        looked = self._shelf.looked
        self.nothing.setText(LOOKING if not looked else NO_WORDS if words else NONE_HERE)
        self.nothing.setVisible(not looked or (not here and (not words or not rest)))
        self._here.setVisible(bool(here) or not words or not rest)
        self._show_hub()
        for section in (self.folders, self.machine):
            section.setVisible(not words)
        self._foot.start()

    @Slot()
    def _show_foot(self) -> None:
        self.folders.show_folders(self._shelf.folders())
        self.machine.show_machine(self._shelf.machine())

    def _show_offer(self, sought: bool) -> None:
        one = None if sought else self._shelf.recommended()
        self.offer.show_model(one if one and one.job == self.job else None)
        self._recommended.setVisible(self.offer.model is not None)

    def _show_hub(self) -> None:
        words, searching = self.tools.field.text().strip(), self._shelf.searching
        fits = self._asked == (words, self.job)
        self.hub.show_words(words, searching and fits)
        results: tuple[ShownShelfModel, ...] = self._shelf.results() if fits else ()
        self.hub.show_results(results, self._shelf.problem if fits and not searching else "")

    @Slot()
    def _show_fetches(self) -> None:
        if self.isVisible():
            self.strip.show_fetches(self._shelf.fetches.shown())

    @Slot(str)
    def _show_choices(self, key: str) -> None:
        for one in self._rows_of(key):
            one.show_choices(self._shelf.choices(key))

    # What the person does

    @Slot(str)
    def show_job(self, job: str) -> None:
        if job != self.job:
            self.job = job
            self.tools.show_job(job)
            self.area.verticalScrollBar().setValue(0)
            self.refresh()

    @Slot()
    def _on_words(self) -> None:
        self._soon.start()

    @Slot()
    def search(self) -> None:
        words = self.tools.field.text().strip()
        if not words:
            return
        self._asked = (words, self.job)
        self._shelf.search(words, self.job)
        self.refresh()
        QTimer.singleShot(0, self._show_asked)

    @Slot()
    def _show_asked(self) -> None:
        self.area.ensureWidgetVisible(self.hub, 0, 0)

    @Slot(str)
    def _open(self, key: str) -> None:
        """The details of a row are shown; the hub is asked for its packings where it may be."""
        for one in self._rows_of(key):
            if one.model.choices and not self._shelf.choices(key):
                self._ask(key)
            elif one.model.choices:
                one.show_choices(self._shelf.choices(key))

    @Slot(str)
    def _ask(self, key: str) -> None:
        """Only a click leads here."""
        for one in self._rows_of(key):
            one.wait()
        self._shelf.ask(key)

    def _rows_of(self, key: str) -> list[ModelRow]:
        made = (rows.made(key) for rows in (self.here, self.offered, self.hub.rows))
        return [one for one in made if one]

    @Slot()
    def _enter_rows(self) -> None:
        for rows in (self.here, self.offered, self.hub.rows):
            if rows.isVisible() and rows.keys and (one := rows.made(rows.keys[0])):
                one.body.setFocus()
                return

    @Slot()
    def open_find(self) -> None:
        self.tools.field.setFocus()
        self.tools.field.selectAll()

    # What Qt tells

    def keyPressEvent(self, event: QKeyEvent) -> None:
        field = self.tools.field
        if event.key() == Qt.Key.Key_Escape and field.text() and field.hasFocus():
            field.clear()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._folders(event):
            self._veil.invite([], FOLDER)
            event.acceptProposedAction()
        else:
            event.ignore()  # a model or a voice is for the window

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._veil.hide()
        for folder in self._folders(event):
            self._shelf.add_folder(folder)
        event.acceptProposedAction()

    @staticmethod
    def _folders(event: QDropEvent) -> list[str]:
        return [str(one) for one in files_in(event.mimeData()) if one.is_dir()]
