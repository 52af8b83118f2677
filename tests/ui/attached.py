"""Stands in for the controller of what is attached: the test says what is shown, and sees verbs."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from app.controllers.attaching import NOT_READ
from app.controllers.shown import Notice, ShownAttachment


class Attached(QObject):
    changed = Signal()
    settled = Signal()
    notice = Signal(object)
    sounds = Signal(list)

    def __init__(self):
        super().__init__()
        self.pending = False
        self.asked = []  # (verb, what it was given)
        self._shown = []

    def shown(self):
        return self._shown

    def show(self, *shown):
        self._shown = list(shown)
        self.pending = any(one.state in ("reading", "looking") for one in shown)
        self.changed.emit()
        if not self.pending:
            self.settled.emit()

    def why_not(self):
        failed = next((one for one in self._shown if one.state == "failed"), None)
        return failed and Notice(f"{failed.name}: {failed.words}", NOT_READ, kind="error")

    def take(self, paths):
        self.asked.append(("take", list(paths)))

    def take_picture(self, data, name):
        self.asked.append(("take_picture", data, name))

    def remove(self, key):
        self.asked.append(("remove", key))
        self.show(*(one for one in self._shown if one.key != key))

    def retry(self, key):
        self.asked.append(("retry", key))

    def box(self, key, box):
        self.asked.append(("box", key, box))

    def ask_about(self, turn_key, place, box):
        self.asked.append(("ask_about", turn_key, place, box))

    def write_down(self, key):
        self.asked.append(("write_down", key))


def preview(path, width=640, height=400, first="#f2b05e", second="#4b3f8f"):
    """A picture as Parley keeps its previews: a file without a suffix."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        way = QLinearGradient(0, 0, width, height)
        way.setColorAt(0, QColor(first))
        way.setColorAt(1, QColor(second))
        painter.fillRect(image.rect(), way)
        painter.setBrush(QColor("#d94f3d"))
        painter.drawEllipse(width // 5, height // 4, height // 2, height // 2)
    assert image.save(str(path), "JPEG", 90)
    return str(path)


def picture(key, path="", name="harbour.jpg", **more):
    about = {"words": "1,920 × 1,200", "width": 1920, "height": 1200, "preview": path} | more
    return ShownAttachment(key, "picture", name, **about)
