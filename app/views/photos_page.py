"""The page of photos: a field to say what is in one, and the grid of what was found."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.controllers.extras import ExtrasController
from app.controllers.photos import PhotosController
from app.controllers.shown import ShownPhoto
from app.views.controls import Button, IconButton, Menu, column, label, row
from app.views.notice import announce
from app.views.page import Page
from app.views.photo_bar import PhotoBar
from app.views.photo_folders import FoldersView, NoFolders
from app.views.photo_grid import PhotoGrid
from app.views.search_field import SearchField

WIDEST = 1600
PICTURES = (
    "Pictures (*.jpg *.jpeg *.png *.webp *.gif *.heic *.heif *.avif *.tif *.tiff *.bmp *.svg)"
)
FIELD = "A red bicycle, beach 2019, …"
NONE, GRID, FOLDERS = range(3)  # what the page shows


class PhotosPage(Page):
    def __init__(self, photos: PhotosController, extras: ExtrasController) -> None:
        self._photos, self._wanted = photos, photos.asked_for
        self.field = SearchField(FIELD)
        self.field.setAccessibleName("Find photos")
        self.by_picture = IconButton("image-plus", "Find photos that look like a picture…")
        self.state, self.bar = label("", "caption"), QProgressBar()
        self.anyway = Button("Go on", "link")
        self.heading = label("", "strong")
        self.clear = IconButton("x", "Show all photos", "Esc", side=28, color="muted")
        self.eyes = label("", "caption", wrap=True)
        self.other_eyes = Button("Choose other eyes…", "link")
        self.grid = PhotoGrid(photos.photo)
        self.chosen = PhotoBar()
        self.nothing, self.places = NoFolders(), FoldersView(photos, extras)
        self.folders = Button("Folders", picture="folder-open")
        self._stack = QStackedWidget()
        for one in (self.nothing, self._found(), self.places):
            self._stack.addWidget(one)
        super().__init__("Photos", self._stack, self.folders)
        self.setAcceptDrops(True)
        self._fill_page()
        self._connect()

    def _found(self) -> QWidget:
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        whole = QWidget()
        top = row(self.field, self.by_picture)
        far = row(self.bar, self.state, self.anyway, gap=8)
        head = row(self.heading, self.clear, None, far, margins=(4, 0, 4, 0), gap=4)
        head.setSpacing(4)
        self._about = QWidget()
        about = row(self.eyes, self.other_eyes, margins=(4, 0, 0, 0), gap=4)
        about.setStretch(0, 1)
        self._about.setLayout(about)
        inside = column(top, 4, head, self._about, self.grid, self.chosen, gap=6)
        inside.setStretchFactor(self.grid, 1)
        whole.setLayout(inside)
        return whole

    def _fill_page(self) -> None:
        """Unlike other pages this one is as high as the window: its grid scrolls by itself."""
        self._stack.setMaximumWidth(WIDEST)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        body = self.area.widget()
        layout = body.layout() if body else None
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(0, 1000)

    def _connect(self) -> None:
        photos, grid = self._photos, self.grid
        photos.changed.connect(self.refresh)
        photos.found.connect(self._on_found)
        photos.known.connect(self._on_known)
        self.field.textChanged.connect(photos.search)
        self.field.returnPressed.connect(photos.search_now)
        self.field.down.connect(grid.enter)
        grid.left_above.connect(self.field.setFocus)
        grid.opened.connect(photos.open)
        grid.chosen.connect(self._show_chosen)
        grid.menu_asked.connect(self._show_menu)
        self.by_picture.clicked.connect(self.choose_picture)
        self.clear.clicked.connect(self.show_all)
        self.anyway.clicked.connect(photos.keeping.go_on)
        self.folders.clicked.connect(self.toggle_folders)
        self.other_eyes.clicked.connect(self.toggle_folders)
        self.nothing.granted.connect(self.grant)
        self.places.granted.connect(self.grant)
        self.places.eyes_asked.connect(photos.choose_eyes)
        self.chosen.open.clicked.connect(self._open)
        self.chosen.folder.clicked.connect(self._show_folder)
        self.chosen.like.clicked.connect(self._more_like)
        self.chosen.ask.clicked.connect(self._ask)

    def enter(self) -> None:
        super().enter()
        self.nothing.prepare()
        self._photos.enter()
        self.refresh()
        self._on_found()
        if self._stack.currentIndex() == GRID:
            self.field.setFocus()

    # What the controller tells

    @Slot()
    def refresh(self) -> None:
        if not self.isVisible():
            return
        one = self._photos.status()
        here = self._stack.currentIndex()
        shown = NONE if one.state == "none" else FOLDERS if here == FOLDERS else GRID
        self._stack.setCurrentIndex(shown)
        self.folders.setVisible(shown != NONE)
        self.folders.setText("Photos" if shown == FOLDERS else "Folders")
        self.folders.show_picture("image" if shown == FOLDERS else "folder-open")
        self.folders.setAccessibleName(self.folders.text())
        if shown == FOLDERS:
            self.places.refresh()
        self.state.setText(one.words)
        self.bar.setVisible(one.share >= 0 or one.state == "looking")
        self.bar.setRange(0, 0 if one.share < 0 else 1000)
        self.bar.setValue(round(max(0.0, one.share) * 1000))
        self.bar.setAccessibleName(one.words)
        self.anyway.setVisible(one.state in ("battery", "failed"))
        self.anyway.setText("Go on" if one.state == "battery" else "Try again")
        self.anyway.setAccessibleName(self.anyway.text())
        self.heading.setText(one.heading)
        self.clear.setVisible(self._photos.searched)
        self.eyes.setText(one.eyes)
        self._about.setVisible(bool(one.eyes))
        self.other_eyes.setVisible(one.own_eyes)
        self.grid.setAccessibleDescription(one.heading)

    @Slot()
    def _on_found(self) -> None:
        wanted = self._photos.asked_for
        again, self._wanted = wanted == self._wanted, wanted
        self.grid.show_keys(self._photos.keys, top=not again)
        if self._photos.searched and not again and self.isVisible():
            announce(self.grid, f"{self._photos.status().heading}: {len(self._photos.keys)}")
        self._show_chosen()

    @Slot(object)
    def _on_known(self, keys: set[int]) -> None:
        self.grid.tell(keys)
        if keys.intersection(self.grid.chosen_keys()):
            self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        keys = self.grid.chosen_keys()
        self.chosen.setVisible(bool(keys))
        if keys:
            self.chosen.show_photo(self._photos.photo(keys[0]), len(keys))

    # What the person does

    @Slot(str)
    def grant(self, path: str) -> None:
        first = self._stack.currentIndex() == NONE
        trouble = self._photos.grant(path)
        self.nothing.complain(trouble)
        self.places.complain(trouble)
        self.refresh()
        if first and not trouble:
            self.field.setFocus()

    @Slot()
    def toggle_folders(self) -> None:
        self._stack.setCurrentIndex(GRID if self._stack.currentIndex() == FOLDERS else FOLDERS)
        self.places.extras.look()
        self.refresh()

    @Slot()
    def open_find(self) -> None:
        if self._stack.currentIndex() == FOLDERS:
            self.toggle_folders()
        self.field.setFocus()
        self.field.selectAll()

    @Slot()
    def choose_picture(self) -> None:
        dialog = QFileDialog(self, "Find photos that look like a picture", "", PICTURES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.look_like)
        dialog.open()

    @Slot(str)
    def look_like(self, path: str) -> None:
        self._empty_field()
        self._photos.search_picture(path)

    @Slot()
    def show_all(self) -> None:
        self._empty_field()
        self._photos.show_all()
        self.field.setFocus()

    def _empty_field(self) -> None:
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)

    def _one(self) -> ShownPhoto | None:
        keys = self.grid.chosen_keys()
        return self._photos.photo(keys[0]) if keys else None

    @Slot()
    def _open(self) -> None:
        if one := self._one():
            self._photos.open(one.key)

    @Slot()
    def _show_folder(self) -> None:
        if one := self._one():
            self._photos.show_folder(one.key)

    @Slot()
    def _more_like(self) -> None:
        if one := self._one():
            self._empty_field()
            self._photos.more_like(one.key)

    @Slot()
    def _ask(self) -> None:
        self._photos.ask(self.grid.chosen_keys())

    @Slot(object)
    def _show_menu(self, place: QPoint) -> None:
        menu = Menu(parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("What to do with it")
        many = len(self.grid.chosen_keys()) > 1
        entries = ((self.chosen.ask.text(), self._ask), ("More like this", self._more_like))
        entries = (*entries, ("Open", self._open), ("Show in its folder", self._show_folder))
        for words, do in entries[:1] if many else entries:
            menu.addAction(words).triggered.connect(do)
        menu.popup(place)

    # What Qt tells

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := dropped(event.mimeData()):
            event.acceptProposedAction()
            if Path(path).is_dir():
                self.grant(path)
            elif self._stack.currentIndex() != NONE:
                self._stack.setCurrentIndex(GRID)
                self.look_like(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._stack.currentIndex() == FOLDERS:
            self.toggle_folders()
        elif event.key() == Qt.Key.Key_Escape and self._photos.searched:
            self.show_all()
        else:
            super().keyPressEvent(event)


def dropped(data: QMimeData) -> str:
    """A single file or folder of this computer; "" for anything else."""
    urls = data.urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
