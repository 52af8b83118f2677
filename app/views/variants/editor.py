"""The editor of a variant: its sections, and beside them the preview."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QStackedWidget, QWidget

from app.controllers.variant_data import Variant
from app.views.controls import Button, IconButton, Segments, column, label, row
from app.views.entering import enter
from app.views.facts import Elided
from app.views.notice import announce
from app.views.page import scrolled
from app.views.variants.abilities_section import AbilitiesSection
from app.views.variants.about_section import AboutSection
from app.views.variants.answers_section import AnswersSection
from app.views.variants.desk import Desk
from app.views.variants.draft import Draft
from app.views.variants.portrait import Portrait
from app.views.variants.preview import WIDTH, Preview
from app.views.variants.section import Section
from app.views.variants.tests_section import OwnTests
from app.views.variants.words import caption
from app.views.variants.words_section import WordsSection

ABOUT, WORDS, ABILITIES, ANSWERS, TESTS = "about", "words", "abilities", "answers", "tests"
SECTIONS = (ABOUT, WORDS, ABILITIES, ANSWERS, TESTS)
FIXED = "It comes with Parley and stays as it is. Make a copy, and change that."
SAVED, UNSAVED = "Saved", "Not saved yet"
ROOM = 860  # pixels; where there is less the preview stands in place of the sections


class Editor(QWidget):
    left = Signal()
    menu_asked = Signal(str, object)  # key, the widget it opens at
    copy_asked = Signal(str)

    def __init__(self, desk: Desk, key: str, variant: Variant) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.key, self._desk = key, desk
        self.fixed = desk.shown(key).built_in
        self.draft = Draft(variant, self)
        self.face, self.name = Portrait(desk.shown(key), 48), Elided("", "heading")
        self.about, self.state = Elided("", "caption"), label("", "caption")
        self.use, self.save = Button("Use"), Button("Save", "primary")
        self.copy = Button("Make a copy", "primary", "copy", "on_accent")
        self.more = IconButton("ellipsis", "More", side=36)
        self.try_it = Button("Try it", picture="message-circle-question-mark")
        self.problem, self.abandon = label("", "danger", wrap=True), Button("Leave anyway", "link")
        self.tabs = Segments(SECTIONS, ABOUT, "Section")
        self.preview: Preview | None = None  # made after the rest
        self._made: dict[str, Section] = {}
        self._naming = False  # as soon as there is a field for it
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_draft()
        self.show_section(ABOUT)
        QTimer.singleShot(0, self._add_preview)

    def _variant(self) -> Variant:
        return self.draft.variant

    # How it is laid out

    def _lay_out(self) -> None:
        self.try_it.setCheckable(True)
        self.save.setToolTip("Save  (Ctrl+S)")
        names = column(self.name, self.about, gap=0)
        actions = (self.state, self.try_it, self.use, self.save, self.copy, self.more)
        top = row(self.face, names, *actions, gap=10)
        top.setStretch(1, 1)
        top.insertSpacing(1, 4)
        fixed = label(FIXED, "second", wrap=True)
        trouble = row(self.problem, self.abandon, None, gap=8)
        parts = (top, fixed, trouble, row(self.tabs, None))
        head = column(*parts, margins=(24, 18, 24, 12), gap=10)
        rule = QFrame()
        rule.setObjectName("rule")
        left = column(head, rule, self._stack, gap=0)
        left.setStretch(2, 1)
        self._form = QWidget()
        self._form.setLayout(left)
        self._whole = row(self._form, gap=0)
        self._whole.setStretch(0, 1)
        self.setLayout(self._whole)
        fixed.setVisible(self.fixed)
        self.save.setVisible(not self.fixed)
        self.copy.setVisible(self.fixed)
        self.problem.hide()
        self.abandon.hide()

    def _connect(self) -> None:
        self.tabs.chosen.connect(self.show_section)
        self.save.clicked.connect(self.keep)
        self.copy.clicked.connect(self._copy)
        self.use.clicked.connect(self._use)
        self.more.clicked.connect(self._more)
        self.try_it.toggled.connect(self._place)
        self.abandon.clicked.connect(self._abandon)
        self.draft.changed.connect(self._show_draft)
        self._desk.variants.changed.connect(self.refresh)
        self._desk.tests.results_changed.connect(self._on_results)
        self._desk.tests.running_changed.connect(self._on_running)

    @Slot()
    def _add_preview(self) -> None:
        self.preview = Preview(self._desk.preview, self._variant)
        self.preview.setFixedWidth(WIDTH)
        self.preview.greet()
        self._whole.addWidget(self.preview)
        self._order_tab()
        self._place()

    @Slot()
    def _place(self) -> None:
        """Beside the sections where there is room, else in their place."""
        if self.preview is None:
            return
        narrow = self.width() < ROOM
        self.try_it.setVisible(narrow)
        shown = not narrow or self.try_it.isChecked()
        self.preview.setVisible(shown)
        if narrow:
            self.preview.setFixedWidth(min(WIDTH, self.width()))
            self._form.setVisible(self.width() - WIDTH > 320 or not shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # What it shows

    @Slot(str)
    def show_section(self, name: str) -> None:
        """Each is made when it is first looked at."""
        if name not in self._made:
            made = self._made[name] = self._make(name)
            made.file_asked.connect(self._ask_file)
            made.made.connect(self._on_made)
            self._stack.addWidget(scrolled(made))
            made.begin()
        self.tabs.show_value(name)
        self._stack.setCurrentIndex(list(self._made).index(name))
        self._show_results()

    @Slot()
    def _on_made(self) -> None:
        self._show_draft()
        self._show_results()
        self._order_tab()
        if self._naming and isinstance(about := self._made.get(ABOUT), AboutSection):
            self._naming = False
            about.name.field.selectAll()
            enter(about.name.field)

    def _order_tab(self) -> None:
        """Tab goes through the section and then to the preview, whichever was made first."""
        inside = self._stack.findChildren(QWidget)
        tab, window = Qt.FocusPolicy.TabFocus, self.window()  # lists of drop-downs have their own
        halts = [one for one in inside if one.focusPolicy() & tab and one.window() is window]
        last = halts[-1] if halts else self.tabs
        for stop in self.preview.stops() if self.preview else ():
            QWidget.setTabOrder(last, stop)
            last = stop

    def section(self, name: str) -> Section | None:
        """Where it was made already."""
        return self._made.get(name)

    def _make(self, name: str) -> Section:
        desk, draft, fixed = self._desk, self.draft, self.fixed
        if name == ABOUT:
            return AboutSection(draft, desk.bases(), fixed=fixed)
        if name == WORDS:
            return WordsSection(draft, fixed=fixed)
        if name == ABILITIES:
            able = AbilitiesSection(draft, desk.toolbox.everything(), desk.voices(), fixed=fixed)
            able.granted.connect(self._grant)
            return able
        if name == ANSWERS:
            return AnswersSection(draft, fixed=fixed)
        made = OwnTests(draft, desk.tools(), fixed=fixed)
        made.run_asked.connect(self.run)
        made.stop_asked.connect(desk.tests.stop_tests)
        made.proof_asked.connect(desk.tests.look_over)
        desk.tests.looked_over.connect(made.show_flaws)
        return made

    @Slot()
    def refresh(self) -> None:
        """What is kept may be another one now."""
        kept = self._desk.variants.variant(self.key)
        if kept is None:
            self.left.emit()
            return
        self.draft.take(kept)
        self._show_draft()
        self._show_results()

    @Slot()
    def _show_draft(self) -> None:
        shown, one = self._desk.shown(self.key), self.draft.variant
        self.name.setText(one.name)
        self.name.setToolTip(one.name)
        self.about.setText(caption(shown))
        self.face.show_variant(shown)
        self.use.setText("In use" if shown.in_use else "Use")
        self.use.setEnabled(not shown.in_use)
        self.use.setAccessibleName(f"{self.use.text()} in this conversation")
        self.save.setEnabled(self.draft.dirty)
        self.state.setText(UNSAVED if self.draft.dirty else "")
        if not self.draft.dirty:
            self._say("")
        if isinstance(about := self._made.get(ABOUT), AboutSection):
            about.show_face(shown)
        if isinstance(able := self._made.get(ABILITIES), AbilitiesSection):
            able.show_wishes(shown.wishes)
        if self.preview:
            self.preview.greet()

    def _show_results(self) -> None:
        tests = self._made.get(TESTS)
        if isinstance(tests, OwnTests):
            tests.show_variant(self._desk.shown(self.key))
            tests.show_running(self._desk.tests.running == self.key)
            tests.show_results(self._desk.tests.results(self.key, self.draft.variant))

    @Slot(str)
    def _on_results(self, key: str) -> None:
        if key == self.key:
            self._show_results()

    @Slot(str)
    def _on_running(self, key: str) -> None:
        self._show_results()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.abandon.hide()
        if problem:
            announce(self, problem, urgent=True)

    # What the person does

    def begin(self) -> None:
        """A new one is named first."""
        self._naming = True

    @Slot()
    def keep(self) -> bool:
        """Save it. False where that cannot be, which is said then."""
        if not self.draft.dirty:
            return True
        trouble = self._desk.variants.save(self.key, self.draft.variant)
        if trouble:
            self._say(trouble)
            return False
        self.draft.keep()
        self.state.setText(SAVED)
        announce(self, SAVED)
        return True

    def may_leave(self) -> bool:
        """What was changed is saved; where it cannot be the person is asked."""
        if self.fixed or self.keep():
            return True
        self.abandon.show()
        enter(self.abandon)
        return False

    @Slot()
    def _abandon(self) -> None:
        self.draft.take_back()
        self.left.emit()

    @Slot()
    def run(self) -> None:
        if self.fixed or self.keep():
            self._desk.tests.run_tests(self.key)

    @Slot()
    def _use(self) -> None:
        if self.fixed or self.keep():
            self._desk.variants.use(self.key)

    @Slot(str, bool)
    def _grant(self, wish: str, granted: bool) -> None:
        self._desk.variants.grant(self.key, wish, granted)

    @Slot()
    def _copy(self) -> None:
        self.copy_asked.emit(self.key)

    @Slot()
    def _more(self) -> None:
        if self.fixed or self.keep():
            self.menu_asked.emit(self.key, self.more)

    @Slot(str, str, str)
    def _ask_file(self, title: str, kinds: str, kind: str) -> None:
        if not self.keep():
            return
        dialog = QFileDialog(self, title, "", kinds)
        many = kind == "knowledge"
        files = QFileDialog.FileMode
        dialog.setFileMode(files.ExistingFiles if many else files.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setProperty("kind", kind)
        dialog.filesSelected.connect(self._add_files)
        dialog.open()

    @Slot(list)
    def _add_files(self, paths: list[str]) -> None:
        self.add_files(paths, self.sender().property("kind"))

    def add_files(self, paths: list[str], kind: str) -> None:
        """kind: picture, knowledge or adapter."""
        for path in paths:
            self._desk.variants.add_file(self.key, path, kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_S and control:
            self.keep()
        else:
            super().keyPressEvent(event)
