"""Whose photos can be searched: the folders, what they are given for, and the eyes that look."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.extras import ExtrasController
from app.controllers.photos import PhotosController
from app.views.card import Card, headed
from app.views.controls import Button, column, label, row
from app.views.extras_card import ExtrasCard
from app.views.folder_dialog import choose_folder
from app.views.tool_rows import Drawing, EntryRow

CONSENT = (
    "Name a folder, and Parley looks at every photo in it and in the folders below, here on this "
    "computer. It keeps a small copy of each and what it saw. Nothing leaves this computer, "
    "nothing in the folder is changed, and no model reads it by itself."
)
ABOUT = (
    "Say what is in a photo, and when or where it was: Parley finds it. Or find everything that "
    "looks like a picture you have at hand."
)
EYES = (
    "Parley's own eyes are small: they know shapes, colours, signs and symbols, not real photos. "
    "For photos choose the folder of a CLIP model, as open_clip writes it."
)
OTHERS = "Photos are looked at with the model in {}."
TITLE = "A folder with photos"
PICTURES = {True: "folder-open", False: "hard-drive"}  # of a folder that is there, or away


def pictures_folder() -> str:
    """The person's own folder of pictures; "" where there is none."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return place if place and Path(place) != Path.home() and Path(place).is_dir() else ""


class NoFolders(QWidget):
    """What the page shows before a folder is named."""

    granted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.usual = Button("Look at my Pictures folder", "primary")
        self.other = Button("Choose a folder…", "primary")
        self.problem = label("", "danger", wrap=True)
        title = label("Find the photo with the red bicycle", "heading")
        about, consent = label(ABOUT, "soft", wrap=True), label(CONSENT, "caption", wrap=True)
        for words in (title, about, consent, self.problem):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = QWidget()
        middle.setMaximumWidth(480)
        picture = row(None, Drawing("image", 40), None)
        buttons = row(None, self.usual, self.other, None)
        parts = (picture, 8, title, about, 14, buttons, self.problem, 10, consent)
        middle.setLayout(column(*parts))
        line = row(None, middle, None)
        line.setStretch(1, 100)
        self.setLayout(column(None, line, None, None, gap=0))
        self.problem.hide()
        self.usual.clicked.connect(lambda: self.granted.emit(pictures_folder()))
        self.other.clicked.connect(lambda: choose_folder(self, TITLE, self.granted.emit))

    def prepare(self) -> None:
        usual = bool(pictures_folder())
        self.usual.setVisible(usual)
        self.other.setProperty("kind", "" if usual else "primary")
        self.other.style().unpolish(self.other)
        self.other.style().polish(self.other)

    def complain(self, trouble: str) -> None:
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))


class FoldersView(QWidget):
    """The folders, and the eyes."""

    granted = Signal(str)
    eyes_asked = Signal(str)  # path of a model's folder; "" for those that came with Parley

    def __init__(self, photos: PhotosController, extras: ExtrasController) -> None:
        super().__init__()
        self._photos, self.extras = photos, ExtrasCard(extras)
        self.card = Card()
        self.add = Button("Add a folder…", picture="plus")
        self.problem = label("", "danger", wrap=True)
        self.eyes = label("", "second", wrap=True)
        self.choose = Button("Choose a CLIP model…", picture="scan-search")
        self.own = Button("Use Parley's own", "quiet")
        consent = label(CONSENT, "second", wrap=True)
        for words in (consent, self.eyes):
            words.setContentsMargins(4, 0, 0, 0)
        buttons, below = QWidget(), QWidget()
        buttons.setLayout(column(row(self.add, None), self.problem))
        below.setLayout(row(self.choose, self.own, None))
        folders = headed("Folders with photos", consent, self.card, buttons)
        inside = QWidget()
        inside.setMaximumWidth(720)
        inside.setLayout(
            column(folders, headed("Eyes", self.eyes, below, self.extras), None, gap=0)
        )
        line = row(None, inside, None)
        line.setStretch(1, 100)
        self.setLayout(column(line, gap=0))
        self.problem.hide()
        self.add.clicked.connect(lambda: choose_folder(self, TITLE, self.granted.emit))
        words = "The folder of a CLIP model"
        self.choose.clicked.connect(lambda: choose_folder(self, words, self.eyes_asked.emit))
        self.own.clicked.connect(partial(self.eyes_asked.emit, ""))

    @Slot()
    def refresh(self) -> None:
        rows = [
            EntryRow(one.path, one.path, one.words, "Remove", PICTURES[one.there])
            for one in self._photos.folders()
        ]
        for one in rows:
            one.asked.connect(self._photos.revoke)
        self.card.show_rows(rows)
        folder = self._photos.eyes_folder
        self.eyes.setText(OTHERS.format(folder) if folder else EYES)
        self.own.setVisible(bool(folder))

    def complain(self, trouble: str) -> None:
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))
