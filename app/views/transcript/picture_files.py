"""What a person does with a picture of an answer: open it, save it, copy it."""

import re
import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.background import Task
from app.controllers.shown import Notice
from app.views.transcript.offthread import background
from app.views.transcript.pictures import GONE, JPEG, read_preview

_UNFIT = re.compile(r"[^\w .,+=()^-]+")


class PictureFiles(QObject):
    """Files are copied and read beside the GUI thread; notice tells how it went."""

    notice = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._folder: TemporaryDirectory[str] | None = None  # of copies for other programs

    @Slot(str)
    def open(self, path: str) -> None:
        """Show a copy in the person's own program: pictures are kept without a suffix."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="parley-", ignore_cleanup_errors=True)
            self.destroyed.connect(self._folder.cleanup)
        copy = Path(self._folder.name) / f"{Path(path).stem[:16]}.{ending(path)}"
        background().run(partial(_copy, path, copy), self._show, self._failed)

    def _show(self, copy: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(copy))

    @Slot(str, str)
    def save(self, path: str, title: str) -> None:
        end = ending(path)
        kinds = f"{'PNG' if end == 'png' else 'JPEG'} pictures (*.{end})"
        dialog = QFileDialog(self._page, "Save the picture", "", kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(end)
        name = _UNFIT.sub(" ", Path(title).stem if Path(title).suffix else title)
        dialog.selectFile(f"{name.strip(' .')[:60] or 'Picture'}.{end}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._save_as, path))
        dialog.open()

    def _save_as(self, path: str, name: str) -> None:
        background().run(partial(_copy, path, Path(name)), self._saved, self._failed)

    def _saved(self, copy: Path) -> None:
        self.notice.emit(Notice("Picture saved.", str(copy)))

    @Slot(str)
    def copy(self, path: str) -> None:
        background().run(partial(_decode, path), self._copied, self._failed)

    def _copied(self, picture: QImage) -> None:
        QGuiApplication.clipboard().setImage(picture)
        self.notice.emit(Notice("Picture copied."))

    def _failed(self, error: Exception) -> None:
        gone = isinstance(error, FileNotFoundError)
        message = GONE if gone else "The picture could not be written there."
        hint = "Ask for it again." if gone else "Choose another folder."
        self.notice.emit(Notice(message, hint, str(error), kind="error"))


def ending(path: str) -> str:
    """Pictures are kept without one: tools' are PNG, previews may be JPEG."""
    try:
        with Path(path).open("rb") as file:
            return "jpg" if file.read(3) == JPEG else "png"
    except OSError:
        return "png"


def _copy(source: str, target: Path, _task: Task) -> Path:
    """Whole or not at all, also over a file that is there."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    return target


def _decode(path: str, _task: Task) -> QImage:
    picture = read_preview(path)
    if picture.isNull():
        raise FileNotFoundError(path)
    return picture
