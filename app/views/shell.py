"""The window's inside: a sidebar that stands beside the page, or over it where there is no room."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

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

    def __init__(self, sidebar: QWidget, page: QWidget, status: QWidget) -> None:
        super().__init__()
        self._sidebar, self._page, self._status = sidebar, page, status
        self._scrim = Scrim(self)
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
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()  # addresses on the network are left out
        self.files_dropped.emit([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])
        event.acceptProposedAction()
