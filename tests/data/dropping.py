"""Files dropped on a widget, and menus clicked through, as a hand does it."""

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(widget, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, copy = QPointF(200, 200), Qt.DropAction.CopyAction
    entry = where if qVersion() >= "6.12" else where.toPoint()
    QApplication.sendEvent(widget, QDragEnterEvent(entry, copy, data, LEFT, NONE))
    QApplication.sendEvent(widget, QDropEvent(where, copy, data, LEFT, NONE))


def pick(qtbot, *names):
    """Click an entry of the menu that is open, and of its submenus."""
    for name in names:
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entry = next(one for one in menu.actions() if one.text() == name)
        QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(entry).center())
        if isinstance(below := entry.menu(), QMenu):
            qtbot.waitUntil(below.isVisible)
