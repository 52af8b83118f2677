"""The ways a picture or a file gets to the message: chosen, pasted, or of the screen."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from app.background import Task
from app.controllers.arrivals import ArrivalController
from app.controllers.attaching import AttachController
from app.controllers.shown import Notice
from app.screenshot.system import Screenshot
from app.screenshot.ways import screenshot
from app.views.attachments.pasted import Given
from app.views.transcript.offthread import background

PASTED, DROPPED, OF_SCREEN = "Pasted picture", "Dropped picture", "Screenshot"
QUICK = 80  # as Qt counts quality: PNG loses nothing, this only says how long it packs
FILTERS = (
    "Everything that can be attached (*)",
    "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.heic *.heif *.avif *.tif *.tiff *.bmp *.svg)",
    "Documents (*.pdf *.docx *.xlsx *.pptx *.odt *.ods *.odp *.txt *.md *.csv)",
    "Films (*.mp4 *.mkv *.mov *.webm *.avi *.m4v)",
)
UNREADABLE = Notice("This picture could not be taken.", "Save it as a file, and drop that here.")


class Giving(QObject):
    notice = Signal(object)
    came_back = Signal()  # from the desktop: the message gets the keyboard

    def __init__(
        self, attaching: AttachController, arrivals: ArrivalController, page: QWidget
    ) -> None:
        super().__init__(page)
        self._attaching, self._arrivals, self._page = attaching, arrivals, page
        self._screenshot: Screenshot | None = None

    @Slot(list)
    def take_files(self, files: list[Path]) -> None:
        self._arrivals.take([str(file) for file in files])

    @Slot(object)
    def take_picture(self, given: Given, name: str = PASTED) -> None:
        """Pixels become a file beside the GUI thread."""
        if isinstance(given, bytes):
            self._attaching.take_picture(given, name)
            return

        def encoded(data: bytes) -> None:
            if isValid(self):
                self._attaching.take_picture(data, name)

        background().run(lambda task: png_of(given, task), encoded, self._failed)

    def _failed(self, error: Exception) -> None:
        if isValid(self):
            self.notice.emit(UNREADABLE)

    @Slot()
    def take_screenshot(self) -> None:
        """The person draws a part of the screen, or chooses it in their desktop's tool."""
        if self._screenshot is None:
            made = self._screenshot = screenshot(background(), parent=self)
            made.taken.connect(self._on_screenshot)
            made.failed.connect(self.notice)
            for signal in (made.taken, made.failed, made.left):
                signal.connect(self._come_back)
        self._screenshot.take()

    @Slot(object)
    def _on_screenshot(self, given: Given) -> None:
        self.take_picture(given, OF_SCREEN)

    @Slot()
    def _come_back(self) -> None:
        self._page.window().activateWindow()
        self.came_back.emit()

    @Slot()
    def choose(self) -> None:
        dialog = QFileDialog(self._page, "Attach a file")
        dialog.setNameFilters(FILTERS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(list)
    def _on_chosen(self, names: list[str]) -> None:
        self.take_files([Path(name) for name in names])


def png_of(picture: QImage, _task: Task | None = None) -> bytes:
    """The picture as a PNG file; other threads run meanwhile."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setQuality(QUICK)
    if not writer.write(picture):
        raise ValueError(writer.errorString())
    return bytes(data.data())
