"""The page Variants: those that are here as cards, the editor, the comparison, and shelves."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QStackedWidget, QWidget

from app.views.attachments.pasted import files_in
from app.views.card import headed
from app.views.controls import Button, column, label, row
from app.views.drop_veil import VARIANT, DropVeil
from app.views.page import InLine, Page
from app.views.variants.cards import Cards
from app.views.variants.compare import Compare
from app.views.variants.desk import Desk
from app.views.variants.editor import Editor
from app.views.variants.menu import FORMATS, menu_of
from app.views.variants.shelves import OffersSection, ShelvesSection
from app.views.variants.tool_line import ToolLine
from app.views.variants.words import counted, has

WIDEST = 860
TITLE, COMPARE = "Variants", "Compare two"
ABOUT = (
    "A variant makes the model fit one purpose: what it is told, which tools it may use, how it "
    "answers and looks, with tests that show how well it does here."
)
NOTHING = "Nothing yet. Make one, copy one of those below, or drop a file here."
NO_WORDS = "No variant has these words."
MARK = "variant.toml"  # of a folder that is one variant
SOON_MS = 20  # changes that come together are shown together
FILES = (
    "Variants (*.parley *.json *.png *.charx *.yaml *.yml *.ini Modelfile* *.modelfile *.txt)"
    ";;All files (*)"
)


class VariantsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self._desk, self._variants = desk, desk.variants
        self.tools = ToolLine()
        self.about = label(ABOUT, "soft", wrap=True)
        self.own, self.built_in = Cards("Yours"), Cards("With Parley")
        self.nothing = label(NOTHING, "soft", wrap=True)
        self.hidden = Button("", "link")
        self.offers, self.shelves = OffersSection(), ShelvesSection()
        super().__init__(TITLE, self._inside())
        self.setAcceptDrops(True)
        self.stack = QStackedWidget()
        self.editor: Editor | None = None
        self.compare: Compare | None = None
        self._foot = QTimer(self, singleShot=True, interval=0)
        self._veil = DropVeil(self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._put_stack()
        self._connect()

    def _inside(self) -> QWidget:
        self._own, self._built_in = QWidget(), QWidget()
        for one in (self.nothing, self.about):
            one.setContentsMargins(4, 0, 0, 0)
        self._own.setLayout(headed("Yours", self.nothing, self.own))
        below = QWidget()
        below.setLayout(row(self.hidden, None))
        self._built_in.setLayout(headed("With Parley", self.built_in, below))
        inside = QWidget()
        parts = (self._own, self._built_in, self.offers, self.shelves)
        inside.setLayout(column(self.about, 16, *parts, gap=0))
        return inside

    def _put_stack(self) -> None:
        """The cards, and in their place the editor or the comparison."""
        layout, inside = self.layout(), self.about.parentWidget()
        assert isinstance(layout, QBoxLayout) and inside
        inside.setMaximumWidth(WIDEST)
        self.tools.setMaximumWidth(WIDEST)
        above = row(None, self.tools, None, margins=(24, 16, 24, 4))
        above.setStretch(1, 1000)
        InLine(above, self.area)
        layout.replaceWidget(self.area, self.stack)
        whole, lines = QWidget(), column(above, self.area, gap=0)
        lines.setStretch(1, 1)
        whole.setLayout(lines)
        self._list = whole
        self.stack.addWidget(whole)

    def _connect(self) -> None:
        variants = self._variants
        self.back.clicked.disconnect(self.left)
        self.back.clicked.connect(self.go_back)
        for cards in (self.own, self.built_in):
            cards.opened.connect(self.open_variant)
            cards.used.connect(variants.use)
            cards.menu_asked.connect(self.open_menu)
            cards.removed.connect(variants.remove)
        self.tools.field.textChanged.connect(self._soon.start)
        self.tools.field.down.connect(self._enter_cards)
        self.tools.new.clicked.connect(self.make)
        self.tools.bring.clicked.connect(self.choose_files)
        self.tools.compare.clicked.connect(self.open_compare)
        self.hidden.clicked.connect(self._show_hidden)
        variants.changed.connect(self._soon.start)
        self._soon.timeout.connect(self.refresh)
        self._foot.timeout.connect(self._show_foot)
        self.offers.fetched.connect(variants.fetch)
        self.shelves.added.connect(variants.add_shelf)
        self.shelves.forgotten.connect(variants.forget_shelf)
        self.shelves.look_asked.connect(variants.look_at_shelf)

    def enter(self) -> None:
        super().enter()
        self._desk.voicing.look()
        self._variants.look_at_folders()
        self.refresh()
        if self.stack.currentWidget() is self._list:
            self.tools.field.setFocus()

    # What the controller tells

    @Slot()
    def refresh(self) -> None:
        if not self.isVisible():
            return
        words = self.tools.field.text().casefold().split()
        shown = self._variants.all()
        found = [one for one in shown if has(one, words)]
        own = [one for one in found if not one.built_in]
        ours = [one for one in found if one.built_in]
        self.own.show_all(own)
        self.built_in.show_all(ours)
        self.own.setVisible(bool(own))
        self._own.setVisible(bool(own) or not words or not ours)
        self.nothing.setText(NO_WORDS if words else NOTHING)
        self.nothing.setVisible(not own and (not words or not ours))
        hidden = len(self._variants.hidden())
        self._built_in.setVisible(bool(ours) or (bool(hidden) and not words))
        words_of_hidden = f"Show {counted(hidden, 'hidden one')} again"
        self.hidden.setText(words_of_hidden)
        self.hidden.setAccessibleName(words_of_hidden)
        self.hidden.setVisible(bool(hidden) and not words)
        self.tools.compare.setEnabled(bool(shown))
        for section in (self.offers, self.shelves):
            section.setVisible(not words)
        self._foot.start()

    @Slot()
    def _show_foot(self) -> None:
        """What stands below the cards, after them."""
        self.offers.show_offers(self._variants.offers())
        self.shelves.show_shelves(self._variants.shelves())

    # What the person does

    @Slot(str)
    def open_variant(self, key: str, section: str = "") -> None:
        variant = self._variants.variant(key)
        if variant is None or not self._leave_editor():
            return
        self.editor = Editor(self._desk, key, variant)
        self.editor.left.connect(self._close_editor)
        self.editor.menu_asked.connect(self.open_menu)
        self.editor.copy_asked.connect(self._copy)
        self._desk.preview.clear_preview()
        if section:
            self.editor.show_section(section)
        self._go_to(self.editor, f"{TITLE}  ›  {variant.name}")
        self.editor.setFocus()  # Tab leads on to the first control

    @Slot()
    def make(self) -> None:
        self.open_variant(self._variants.make())
        if self.editor:
            self.editor.begin()

    @Slot(str)
    def _copy(self, key: str) -> None:
        if copy := self._variants.duplicate(key):
            self.open_variant(copy)

    @Slot()
    def open_compare(self, first: str = "") -> None:
        if not self._leave_editor():
            return
        if self.compare is None:
            self.compare = Compare(self._desk)
        self._go_to(self.compare, f"{TITLE}  ›  {COMPARE}")
        keys = [one.key for one in self._variants.all()]
        self.compare.begin(first or self._variants.in_force() or (keys[0] if keys else ""))

    def _go_to(self, view: QWidget, title: str) -> None:
        if self.stack.indexOf(view) < 0:
            self.stack.addWidget(view)
        self.stack.setCurrentWidget(view)
        self.title.setText(title)
        self.back.rename("Back to all variants", "Esc")

    @Slot()
    def go_back(self) -> None:
        """To the cards, and from there to the conversation."""
        if self.stack.currentWidget() is self._list:
            self.left.emit()
        elif self._leave_editor():
            self._desk.compare.stop_comparing()
            self._go_to(self._list, TITLE)
            self.back.rename("Back to the conversation", "Esc")
            self.refresh()
            self.tools.field.setFocus()

    @Slot()
    def _close_editor(self) -> None:
        if self.editor and self.stack.currentWidget() is self.editor:
            self.go_back()

    def _leave_editor(self) -> bool:
        """False where what was changed could not be saved: the editor says why."""
        if self.editor is None:
            return True
        if not self.editor.may_leave():
            return False
        gone, self.editor = self.editor, None
        self._desk.preview.stop_preview()
        self.stack.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
        return True

    @Slot(str, object)
    def open_menu(self, key: str, anchor: QWidget) -> None:
        if one := self._variants.shown(key):
            menu = menu_of(one, lambda verb, about: self._do(key, verb, about), self)
            menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

    def _do(self, key: str, verb: str, about: str) -> None:
        one = self._desk.shown(key)
        if verb == "open":
            self.open_variant(key)
        elif verb == "use":
            self._variants.use(key)
        elif verb == "default":
            self._variants.set_default("" if one.default else key)
        elif verb == "duplicate":
            self._variants.duplicate(key)
        elif verb == "compare":
            self.open_compare(key)
        elif verb == "export":
            self.ask_export(key, about)
        elif verb == "update":
            self._variants.update(key)
        elif verb == "remove":
            self._variants.remove(key)

    def ask_export(self, key: str, format: str) -> None:
        """Where it goes is asked in the system's own dialog."""
        one = self._desk.shown(key)
        ending = next(end for name, _, end in FORMATS if name == format)
        name = "".join(c if c.isalnum() or c in " -_" else "_" for c in one.name)
        dialog = QFileDialog(self, f"Export {one.name}", f"{name}.{ending}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._variants.export(key, path, format))
        dialog.open()

    @Slot()
    def choose_files(self) -> None:
        dialog = QFileDialog(self, "Import variants", "", FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._variants.look_at)
        dialog.open()

    @Slot()
    def _show_hidden(self) -> None:
        for one in self._variants.hidden():
            self._variants.show_again(one.key)

    @Slot()
    def _enter_cards(self) -> None:
        for cards in (self.own, self.built_in):
            if cards.isVisible() and cards.keys and (one := cards.made(cards.keys[0])):
                one.body.setFocus()
                return

    @Slot()
    def open_find(self) -> None:
        if self.stack.currentWidget() is self._list:
            self.tools.field.setFocus()
            self.tools.field.selectAll()

    # What Qt tells

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.stack.currentWidget() is not self._list:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files := files_in(event.mimeData()):
            self._veil.invite(files, VARIANT)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """A folder is a shelf, unless it is one variant itself."""
        self._veil.hide()
        found = files_in(event.mimeData())
        whole = [one for one in found if not one.is_dir() or (one / MARK).is_file()]
        for folder in (one for one in found if one not in whole):
            self._variants.add_shelf(str(folder))
        if whole:
            self._variants.look_at([str(one) for one in whole])
        event.acceptProposedAction()
