"""The page of sound files: which there are, and what is said in the one that is looked at."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.controllers.arrivals import SOUNDS
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice, ShownSoundFile
from app.controllers.sound_files import SoundFilesController
from app.controllers.subtitles import Line
from app.views.controls import Button, IconButton, Menu, column, label, row
from app.views.facts import Elided
from app.views.find_bar import FindBar
from app.views.page import Page
from app.views.sound_file_list import HEIGHT, SoundFileList
from app.views.sound_text import SoundText
from app.views.tool_rows import Drawing

ABOUT = (
    "Drop recordings, interviews or films on the window. What is said in them is written down "
    "with its times, here on this computer. The files stay where they are."
)
WIDEST, LIST_WIDTH = 1100, 252
NARROW = 800  # of the page
MOST = 16_777_215  # what Qt calls no limit
FILES = f"Sound and films ({' '.join('*' + one for one in SOUNDS)});;All files (*)"
NOBODY = "Nobody is heard in this file."
EXPORTS = (  # form, words in the menu, suffix
    ("txt", "Text…", "txt"),
    ("timed", "Text with times…", "txt"),
    ("srt", "Subtitles, SRT…", "srt"),
    ("vtt", "Subtitles, WebVTT…", "vtt"),
)


class Nothing(QWidget):
    """What the page shows before there is a file."""

    def __init__(self) -> None:
        super().__init__()
        self.open = Button("Open sound files…", "primary")
        title, about = label("No sound files yet", "heading"), label(ABOUT, "soft", wrap=True)
        for words in (title, about):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = QWidget()
        middle.setMaximumWidth(460)
        picture, button = row(None, Drawing("sound", 40), None), row(None, self.open, None)
        middle.setLayout(column(picture, 8, title, about, 12, button))
        line = row(None, middle, None)
        line.setStretch(1, 100)
        self.setLayout(column(None, line, None, None, gap=0))


class SoundFilePanel(QWidget):
    """One file: how far it is, what can be done with it, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.key: int | None = None
        self.name, self.title = Elided("", "title"), Elided("", "second")
        self.words = label("", "second")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.trouble, self.hint = label("", "danger", wrap=True), label("", "second", wrap=True)
        self.go = Button("", picture="square")
        self.hush = Button("Silence", picture="x")
        self.hush.hide()
        self.copy = Button("Copy", picture="copy")
        self.export = Button("Export", picture="download")
        self.ask = Button("Ask about it", picture="message-circle-question-mark")
        self.remove = IconButton("trash-2", "Remove from the list", "Del")
        self.text = SoundText()
        self.find_bar = FindBar(self.text, "Find in this text")
        whole = QFrame()
        whole.setObjectName("card")
        whole.setLayout(column(self.find_bar, self.text, margins=(4, 12, 4, 12)))
        buttons = row(self.go, self.hush, self.copy, self.export, self.ask, None, self.remove)
        told = column(self.trouble, self.hint, gap=2)
        head = column(self.name, self.title, self.words, 4, self.bar, told, 6, buttons, gap=4)
        rest = QWidget()  # keeps the head in its place where there is no text
        rest.setLayout(column(whole))
        inside = column(head, rest, gap=12)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self._whole = whole

    def show_file(self, one: ShownSoundFile) -> None:
        self.key = one.key
        for part, text in ((self.name, one.name), (self.title, one.title)):
            part.setText(text)
            part.setToolTip(one.path if part is self.name else text)
        self.title.setVisible(bool(one.title))
        self.words.setText(one.words)
        self.bar.setVisible(one.state in ("writing", "held", "stopped"))
        self.bar.setAccessibleName(one.words)
        unknown = one.share < 0 and one.state == "writing"
        self.bar.setRange(0, 0 if unknown else 1000)
        self.bar.setValue(round(max(0.0, one.share) * 1000))
        for part, text in ((self.trouble, one.trouble), (self.hint, one.hint)):
            part.setText(text)
            part.setVisible(bool(text))
        runs = one.state in ("writing", "held", "waiting")
        self.go.setText("Stop" if runs else "Continue" if one.text else "Try again")
        self.go.show_picture("square" if runs else "rotate-ccw")
        self.go.setAccessibleName(f"{self.go.text()}: {one.name}")
        self.go.setVisible(one.state != "done")
        for part in (self.copy, self.export, self.ask):
            part.setEnabled(one.text)
        self._whole.setVisible(one.text or runs)
        self.text.setPlaceholderText("" if one.state != "done" else NOBODY)


class SoundFilesPage(Page):
    ask_asked = Signal()  # the text goes into the message: show the conversation

    def __init__(self, files: SoundFilesController, preferences: PreferencesController) -> None:
        self._files, self._preferences = files, preferences
        self._shown: int | None = None  # the file whose text is on screen
        self._loaded = False  # and whether its first lines are there
        self.list, self.panel, self.nothing = SoundFileList(), SoundFilePanel(), Nothing()
        self.open = Button("Open…", picture="plus")
        both = QWidget()
        self._line = row(self.list, self.panel, gap=20)
        self._line.setStretch(1, 1)
        both.setLayout(self._line)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(both)
        self._stack.setMinimumHeight(360)
        super().__init__("Sound files", self._stack, self.open)
        self._fill_page()
        self._connect()

    def _fill_page(self) -> None:
        """Unlike other pages this one is as high as the window: its parts scroll by themselves."""
        self._stack.setMaximumWidth(WIDEST)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        body = self.area.widget()
        layout = body.layout() if body else None
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(0, 1000)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list stands beside the text, or above it where there is no room."""
        super().resizeEvent(event)
        beside = self.width() >= NARROW
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._line.setDirection(direction)
        wide, high = (LIST_WIDTH, MOST) if beside else (MOST, 2 * HEIGHT)
        self.list.setMinimumWidth(LIST_WIDTH if beside else 0)
        self.list.setMaximumSize(wide, high)

    def _connect(self) -> None:
        files, panel = self._files, self.panel
        files.changed.connect(self.refresh)
        files.given.connect(self.look_at)
        files.lines_added.connect(self._on_lines)
        self.list.chosen.connect(self._choose)
        self.list.remove_asked.connect(self._remove)
        self.open.clicked.connect(self.choose_files)
        self.nothing.open.clicked.connect(self.choose_files)
        panel.go.clicked.connect(self._go)
        panel.copy.clicked.connect(self._copy)
        panel.export.clicked.connect(self._export)
        panel.ask.clicked.connect(self._ask)
        panel.remove.clicked.connect(self._remove)
        panel.hush.clicked.connect(files.silence)
        panel.find_bar.closed.connect(panel.text.setFocus)
        panel.text.can_play = files.can_hear
        panel.text.time_asked.connect(self._hear)
        files.hearing.connect(self._on_hearing)
        self._preferences.changed.connect(self._on_setting)
        self._on_setting()

    def enter(self) -> None:
        super().enter()
        self.refresh()
        if self.list.rows.files:
            self.list.setFocus()

    # What the controller tells

    @Slot()
    def refresh(self) -> None:
        if not self.isVisible():
            return
        files = self._files.files()
        self._stack.setCurrentIndex(1 if files else 0)
        self.open.setVisible(bool(files))
        self.list.show_files(files)
        if one := next((one for one in files if one.key == self.list.key), None):
            self.panel.show_file(one)

    @Slot(object)
    def look_at(self, key: int) -> None:
        self.refresh()
        self.list.look_at(key)

    @Slot(object)
    def _choose(self, key: int | None) -> None:
        if key == self._shown:
            return
        self._shown, self._loaded = key, False
        self.panel.find_bar.close_bar()
        self.panel.text.set_lines([])
        if key is not None:
            self.refresh()
            self._files.lines(key, partial(self._show_lines, key))

    def _show_lines(self, key: int, lines: list[Line]) -> None:
        if key == self._shown and not self._loaded:
            self._loaded = True
            self.panel.text.set_lines(lines)

    @Slot(int, object)
    def _on_lines(self, key: int, lines: Sequence[Line]) -> None:
        if key == self._shown and self._loaded:
            self.panel.text.add_lines(lines)

    @Slot(object, float)
    def _on_hearing(self, key: int | None, seconds: float) -> None:
        heard = key is not None and key == self._shown
        self.panel.text.show_playing(seconds if heard else -1.0)
        self.panel.hush.setVisible(key is not None)

    @Slot()
    def _on_setting(self, *_: object) -> None:
        self.panel.text.set_text_size(self._preferences.settings.text_size)

    # What the person does

    @Slot()
    def choose_files(self) -> None:
        dialog = QFileDialog(self, "Open sound files", "", FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._files.add)
        dialog.open()

    @Slot()
    def _go(self) -> None:
        key = self.panel.key
        one = next((one for one in self.list.rows.files if one.key == key), None)
        if one is None:
            return
        if one.state in ("writing", "held", "waiting"):
            self._files.halt(one.key)
        else:
            self._files.go_on(one.key)

    @Slot(float)
    def _hear(self, seconds: float) -> None:
        """From there; again on the paragraph that is heard: silence."""
        text = self.panel.text
        if self._shown is None:
            return
        if text.playing >= 0 and text.paragraph_at(seconds) == text.playing:
            self._files.silence()
        else:
            self._files.hear(self._shown, seconds)

    @Slot()
    def _copy(self) -> None:
        if self._shown is not None:
            self._files.text(self._shown, self._copied)

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.notices.show_notice(Notice("The text is copied."))

    @Slot()
    def _export(self) -> None:
        menu = Menu(parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Export")
        for form, words, suffix in EXPORTS:
            menu.addAction(words).triggered.connect(partial(self.choose_place, form, suffix))
        menu.popup(self.panel.export.mapToGlobal(self.panel.export.rect().bottomLeft()))

    def choose_place(self, form: str, suffix: str) -> None:
        key = self._shown
        one = next((one for one in self.list.rows.files if one.key == key), None)
        if one is None:
            return
        dialog = QFileDialog(self, "Export the text", str(Path(one.path).parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilter(f"*.{suffix}")
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{Path(one.path).stem}.{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._files.export(one.key, Path(name), form))
        dialog.open()

    @Slot()
    def open_find(self) -> None:
        if self.panel.text.isVisible():
            self.panel.find_bar.open_bar()

    @Slot()
    def _ask(self) -> None:
        if self._shown is not None:
            self._files.ask(self._shown)

    @Slot()
    def _remove(self) -> None:
        if self.list.key is not None:
            self._files.remove(self.list.key)
