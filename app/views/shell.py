"""The window's inside: a sidebar that stands beside the page, or over it where there is no room."""

from PySide6.QtCore import Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from app.views.attachments.pasted import droppable, files_in, picture_in
from app.views.drop_veil import DropVeil

NARROW = 900  # below this width the sidebar lies over the page


class Scrim(QWidget):
    """Dims the page under the sidebar; a click on it closes the sidebar."""

    pressed = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(10, 10, 20, 110))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()


class Shell(QWidget):
    sidebar_shown = Signal(bool)
    files_dropped = Signal(list)  # list[Path]
    picture_dropped = Signal(object)  # Given, of another program

    def __init__(self, sidebar: QWidget, page: QWidget, status: QWidget) -> None:
        super().__init__()
        self._sidebar, self._page, self._status = sidebar, page, status
        self._scrim, self.veil = Scrim(self), DropVeil(self)
        for part in (sidebar, page, status):  # also the order of Tab
            part.setParent(self)
        self._scrim.raise_()
        sidebar.raise_()
        self.wanted = True  # beside the page, where there is room
        self._over = False  # over the page, where there is none
        self._scrim.pressed.connect(self.close_over)
        self.setAcceptDrops(True)
        self._place()

    @property
    def narrow(self) -> bool:
        return self.width() < NARROW

    @property
    def shows_sidebar(self) -> bool:
        return self._over if self.narrow else self.wanted

    @property
    def lies_over(self) -> bool:
        return self.narrow and self._over

    def toggle(self) -> None:
        self.show_sidebar(not self.shows_sidebar)

    def show_sidebar(self, shown: bool) -> None:
        if self.narrow:
            self._over = shown
        else:
            self.wanted = shown
        self._place()

    def set_wanted(self, wanted: bool) -> None:
        """Whether the sidebar stands beside the page, where there is room."""
        self.wanted = wanted
        self._place()

    def close_over(self) -> None:
        """Put away a sidebar that hides the page."""
        if self.lies_over:
            self._over = False
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.narrow:
            self._over = False
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        side = self._sidebar.maximumWidth()
        shown = self.shows_sidebar
        left = side if shown and not self.narrow else 0
        bottom = self._status.height()
        self._sidebar.setGeometry(0, 0, side, height)
        self._page.setGeometry(left, 0, width - left, height - bottom)
        self._status.setGeometry(left, height - bottom, width - left, bottom)
        self._scrim.setGeometry(self.rect())
        self._scrim.setVisible(self.lies_over)
        if self._sidebar.isVisibleTo(self) != shown:
            self._sidebar.setVisible(shown)
        self.sidebar_shown.emit(shown)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if droppable(event.mimeData()):
            self.veil.invite(files_in(event.mimeData()))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.veil.hide()
        mime = event.mimeData()
        if files := files_in(mime):
            self.files_dropped.emit(files)
        elif (picture := picture_in(mime)) is not None:
            self.picture_dropped.emit(picture)
        event.acceptProposedAction()
