"""The keyboard for a widget that was just made: what is hidden takes none."""

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QScrollArea, QWidget


class _OnceShown(QObject):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._enter)  # its place is known then
        return False

    @Slot()
    def _enter(self) -> None:
        self._widget.setFocus()
        reveal(self._widget)
        self.deleteLater()


def enter(widget: QWidget) -> None:
    """Give it the keyboard, and scroll to it, now or as soon as it is shown."""
    if widget.isVisible():
        widget.setFocus()
        reveal(widget)
    else:
        _OnceShown(widget)


def reveal(one: QWidget) -> None:
    """Scroll so far that it is seen whole."""
    area = one.parentWidget()
    while area and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area:
        area.ensureWidgetVisible(one, 0, 24)
