"""Opens what is attached in the viewer, and brings what is asked about it to the message."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.attaching import AttachController
from app.controllers.shown import Part
from app.views.transcript.picture_files import PictureFiles
from app.views.transcript.view import Transcript
from app.views.viewer.viewer import Viewer

IN_MESSAGE = -1  # in place of the key of a turn


class Looking(QObject):
    left = Signal()  # the message has the next word

    def __init__(
        self,
        attaching: AttachController,
        transcript: Transcript,
        pictures: PictureFiles,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._attaching, self._transcript = attaching, transcript
        self._pictures, self._page = pictures, page
        self._turn = IN_MESSAGE
        self._viewer: Viewer | None = None
        transcript.attached_opened.connect(self.open_turn)

    @property
    def viewer(self) -> Viewer:
        """Made when something is looked at first."""
        if self._viewer is None:
            made = self._viewer = Viewer(self._page.window())
            made.asked.connect(self._ask)
            made.copied.connect(self._pictures.copy)
            made.saved.connect(self._pictures.save)
            made.write_down_asked.connect(self._attaching.write_down)
        return self._viewer

    @Slot(int, str)
    def open_turn(self, turn: int, key: str) -> None:
        number = self._transcript.row_of(turn)
        if number >= 0:
            items = self._transcript.stack.rows[number].turn.attachments
            self._open(items, key, turn)

    @Slot(str)
    def open_chip(self, key: str) -> None:
        self._open(tuple(self._attaching.shown()), key, IN_MESSAGE)

    def _open(self, items: tuple, key: str, turn: int) -> None:
        keys = [one.key for one in items]
        if key in keys:
            self._turn = turn
            self.viewer.open_at(items, keys.index(key), turn == IN_MESSAGE)

    @Slot(str, object)
    def _ask(self, key: str, part: Part) -> None:
        self.close()
        if self._turn == IN_MESSAGE:
            self._attaching.box(key, part)
        else:
            self._attaching.ask_about(self._turn, key, part)
        self.left.emit()

    @Slot()
    def close(self) -> None:
        if self._viewer:
            self._viewer.close_viewer()
