"""The person's photos: whose folders they lie in, what is looked for, and what was found."""

import os
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.background import Background
from app.controllers.originals import failure, whole
from app.controllers.photo_keeping import PhotoKeeping
from app.controllers.photo_words import heading, said, shown, status
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice, ShownPhoto, ShownPhotoFolder, ShownPhotos
from app.controllers.undo import UndoStack
from app.resting import Resting
from engines.messages import (
    ENDINGS,
    Event,
    Failed,
    FindPhotos,
    Photo,
    PhotosFound,
    ShowPhotos,
)
from engines.vision.photo_index.thumbs import place
from engines.vision.photo_index.walking import SUFFIXES, suffix

COUNT = 300  # photos of one answer
PART = 120  # photos that are asked about at once
KEPT = 4_000  # photos of which the facts are remembered
TYPING = 180  # ms of quiet before words are looked for
AWAY = "This photo is away: its drive or folder is not there now."
CONFIG = "open_clip_config.json"
NO_PROGRAM = "No program of this computer opens this photo."


class PhotosController(QObject):
    changed = Signal()  # status() or folders()
    found = Signal()  # keys are other ones now
    known = Signal(object)  # set of keys of which more is known now
    asked = Signal(list)  # paths: the person wants to ask about these
    notice = Signal(object)

    def __init__(
        self,
        keeping: PhotoKeeping,
        finder: Resting,
        preferences: PreferencesController,
        background: Background,
        undo: UndoStack,
        thumbs: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.keeping, self._finder, self._preferences = keeping, finder, preferences
        self._background, self._undo, self._thumbs = background, undo, thumbs
        self.keys: Sequence[int] = ()
        self.words = ""  # what is looked for
        self._wanted = FindPhotos()
        self._like = ""  # name of the picture the others look like
        self._like_preview = ""
        self._model = ""  # whose eyes found keys
        self._job, self._open = -1, False
        self._asking: dict[int, tuple[int, ...]] = {}  # jobs that ask about photos
        self._wanting: dict[int, None] = {}  # photos to be asked about, in order
        self._photos: OrderedDict[int, ShownPhoto] = OrderedDict()
        self._old: set[int] = set()  # photos of which something may have changed
        # a path -> whether a program took it; given by whoever has a screen
        self.open_with: Callable[[str], bool] = lambda path: False
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._typing.timeout.connect(self._find)
        self._ask_soon = QTimer(self, singleShot=True, interval=0)
        self._ask_soon.timeout.connect(self._ask_about)
        finder.link.event.connect(self._on_event)
        keeping.changed.connect(self.changed)
        keeping.more.connect(self._on_more)
        preferences.photos_changed.connect(self._on_more)
        preferences.changed.connect(self._on_setting)

    def start(self) -> None:
        """After the window is up."""
        self.keeping.start()

    def stop(self) -> None:
        self.keeping.stop()
        self._typing.stop()
        self._finder.link.stop()

    def give_way(self, who: str, held: bool) -> None:
        """Somebody needs the processor: looking waits."""
        self.keeping.hold(who, held)

    # What the page shows

    def enter(self) -> None:
        """The page is looked at: have what finds ready, and all photos in the grid."""
        if self.keeping.state == "failed":
            self.keeping.go_on()  # what was missing may be there by now
        if self._preferences.photo_folders:
            self._open = True
            self._find()

    def leave(self) -> None:
        self._open = False

    def status(self) -> ShownPhotos:
        words, share = status(self.keeping)
        eyes, own = said(self._model, not self._preferences.settings.eyes)
        about = heading(self.words, self._like, len(self.keys))
        state = self.keeping.state if self._preferences.photo_folders else "none"
        return ShownPhotos(
            *(state, words, share, about, eyes if self.searched else "", own),
            *(self._like_preview, self._job >= 0),
        )

    @property
    def searched(self) -> bool:
        """The grid shows what was looked for, not all."""
        return bool(self.words.strip() or self._like)

    @property
    def asked_for(self) -> FindPhotos:
        """The same while the same is looked for."""
        return self._wanted

    @property
    def eyes_folder(self) -> str:
        """Of the model photos are looked at with; "" for Parley's own."""
        return self._preferences.settings.eyes

    def folders(self) -> list[ShownPhotoFolder]:
        told = {one[0]: one for one in self.keeping.folders}
        return [
            ShownPhotoFolder(path, *self._about(*told.get(path, (path, -1, 0, True))))
            for path in self._preferences.photo_folders
        ]

    def _about(self, _path: str, seen: int, broken: int, there: bool) -> tuple[str, bool]:
        parts = [] if seen < 0 else [f"{seen:,} photo{'s' * (seen != 1)}"]
        parts += [f"{broken:,} could not be read"] if broken else []
        parts += [] if there else ["not there now; what is known of it is kept"]
        return " · ".join(parts) or "To be looked at", there

    def photo(self, key: int) -> ShownPhoto:
        """What is known of it by now; more is told by known."""
        one = self._photos.get(key)
        if one is None or key in self._old:
            self._wanting[key] = None
            self._ask_soon.start()
        if one is None:
            return ShownPhoto(key)
        self._photos.move_to_end(key)
        return one

    # What the person looks for

    @Slot(str)
    def search(self, words: str) -> None:
        """As they type; "" shows all."""
        if words != self.words:
            self.words, self._like, self._like_preview = words, "", ""
            self._wanted = FindPhotos(words, count=COUNT)
            self._typing.start()

    @Slot()
    def search_now(self) -> None:
        if self._typing.isActive():
            self._find()

    @Slot(object)
    def more_like(self, key: int) -> None:
        one = self.photo(key)
        self._look_like(one.name or "this photo", one.preview, FindPhotos(like=key, count=COUNT))

    @Slot(str)
    def search_picture(self, path: str) -> None:
        """Photos that look like a picture from anywhere."""
        name = Path(path).name
        self._background.run(
            lambda _: whole(Path(path)),
            partial(self._search_data, name, path),
            partial(self._unread, name),
        )

    def _search_data(self, name: str, path: str, data: bytes) -> None:
        self._look_like(name, "", FindPhotos(picture=data, count=COUNT))

    def _unread(self, name: str, error: Exception) -> None:
        why = failure(name, error)
        self.notice.emit(Notice(why.message, why.hint, why.detail, kind="error"))

    def _look_like(self, name: str, preview: str, wanted: FindPhotos) -> None:
        self.words, self._like, self._like_preview = "", name, preview
        self._wanted = wanted
        self._find()

    @Slot()
    def show_all(self) -> None:
        self.words, self._like, self._like_preview = "", "", ""
        self._wanted = FindPhotos()
        self._find()

    @Slot()
    def _find(self) -> None:
        self._typing.stop()
        if not self._open:
            return
        self._finder.warm()
        if self._job >= 0:
            self._finder.link.cancel(self._job)
        self._job = self._finder.link.submit(self._wanted)
        self.changed.emit()

    @Slot()
    def _on_more(self) -> None:
        """What is known grew: what is on screen is looked for again, unless that goes on."""
        self._old = set(self._photos)
        if not self._preferences.photo_folders:
            self._show((), "")
        elif self._open and self._job < 0:
            self._find()
        self.changed.emit()

    @Slot(str, object)
    def _on_setting(self, name: str, _value: object) -> None:
        if name == "eyes":
            self.keeping.renew()
            self._finder.renew()
            self.changed.emit()

    # What the engine says

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if job == self._job and job >= 0:
            self._on_found(event)
        elif job in self._asking:
            if isinstance(event, Photo):
                self._take(event)
            elif isinstance(event, ENDINGS):
                self._told(self._asking.pop(job))

    def _on_found(self, event: Event) -> None:
        if isinstance(event, PhotosFound):
            keys = array("Q", event.keys)
            self._show(keys, event.model)
        elif isinstance(event, ENDINGS):
            self._job = -1
            if isinstance(event, Failed):
                self.notice.emit(Notice(event.message, event.hint, event.detail, kind="error"))
            self.changed.emit()

    def _show(self, keys: Sequence[int], model: str) -> None:
        self._model = model
        if list(keys[:PART]) != list(self.keys[:PART]) or len(keys) != len(self.keys):
            self.keys = keys
            self.found.emit()
        self.changed.emit()

    @Slot()
    def _ask_about(self) -> None:
        """Of those that were wanted last first: they are on screen now."""
        wanted = list(self._wanting)[-PART:]
        self._wanting.clear()
        if wanted and self._open:
            self._finder.warm()
            self._asking[self._finder.link.submit(ShowPhotos(tuple(wanted)))] = tuple(wanted)

    def _take(self, photo: Photo) -> None:
        """The process that finds reads no folder: what it says of one is checked."""
        one = shown(photo, str(place(self._thumbs, photo.key)))
        path = Path(one.path)
        inside = any(path.is_relative_to(folder) for folder in self._preferences.photo_folders)
        if inside and ".." not in path.parts and suffix(photo.path.lower()) in SUFFIXES:
            self._photos[photo.key] = one

    def _told(self, keys: Iterable[int]) -> None:
        self._old.difference_update(keys)
        while len(self._photos) > KEPT:
            self._photos.popitem(last=False)
        self.known.emit(set(keys))

    # What the person does with photos

    def paths(self, keys: Iterable[int]) -> list[str]:
        """Of those that are there."""
        found = [self.photo(key) for key in keys]
        return [one.path for one in found if one.path and one.there]

    @Slot(list)
    def ask(self, keys: Iterable[int]) -> None:
        if paths := self.paths(keys):
            self.asked.emit(paths)
        else:
            self.notice.emit(Notice(AWAY, kind="error"))

    @Slot(object)
    def open(self, key: int) -> None:
        """In the program the person has for pictures."""
        self._hand_over(self.photo(key), lambda path: path)

    @Slot(object)
    def show_folder(self, key: int) -> None:
        self._hand_over(self.photo(key), os.path.dirname)

    def _hand_over(self, one: ShownPhoto, what: Callable[[str], str]) -> None:
        if not one.path or not one.there:
            self.notice.emit(Notice(AWAY, kind="error"))
        elif not self.open_with(what(one.path)):
            self.notice.emit(Notice(NO_PROGRAM, one.path, kind="error"))

    # Folders

    def grant(self, path: str) -> str:
        """Look at the photos in a folder. Returns "" or, in words, why it cannot be."""
        trouble = self._preferences.grant_photos(path)
        if not trouble and not self._open:
            self.enter()
        return trouble

    @Slot(str)
    def choose_eyes(self, path: str) -> None:
        """Look with the model in this folder, or with Parley's own where it is "". All anew."""
        if path and not (Path(path) / CONFIG).is_file():
            words = f"{Path(path).name} is no folder of a CLIP model."
            hint = f"Choose one that has {CONFIG} in it."
            self.notice.emit(Notice(words, hint, kind="error"))
        elif trouble := self._preferences.set("eyes", path):
            self.notice.emit(Notice(trouble, kind="error"))

    @Slot(str)
    def revoke(self, path: str) -> None:
        self._preferences.revoke_photos(path)
        self._undo.push("Remove folder of photos", partial(self._preferences.grant_photos, path))
        words = f"Parley no longer looks at {path}, and forgets its photos."
        self.notice.emit(Notice(words, "The photos themselves stay as they are.", action="Undo"))
