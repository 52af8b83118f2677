"""A window of another program from which files are dragged: run as a process, fed with paths.

    python -m tests.data.dragging X Y      a small square there; each line of its input is a path

Pressing the mouse on it begins a drag with the last path that was read, as a file manager does it.
"""

import sys
import threading

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

SIDE = 40  # pixels


class Source(QWidget):
    def __init__(self, x: int, y: int) -> None:
        over = Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, over | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setGeometry(x, y, SIDE, SIDE)
        self.path = ""

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self._from = _event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        away = event.position().toPoint() - self._from
        if self.path and QPoint(away).manhattanLength() > 4:
            drag, data = QDrag(self), QMimeData()
            data.setUrls([QUrl.fromLocalFile(self.path)])
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)


def main() -> None:
    app = QApplication(sys.argv[:1])
    source = Source(int(sys.argv[1]), int(sys.argv[2]))

    def read() -> None:
        for line in sys.stdin:
            source.path = line.rstrip("\n")
            print("ready", flush=True)  # noqa: T201
        app.quit()

    source.show()
    threading.Thread(target=read, daemon=True).start()
    app.exec()


if __name__ == "__main__":
    main()
