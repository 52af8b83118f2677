"""Facts as rows of label and value; a hash can be copied."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLayout, QSizePolicy, QWidget

from app.views.controls import IconButton, label

LABEL_WIDTH = 112


class Elided(QLabel):
    """One line that leaves out its middle when there is no room; the tooltip has all of it."""

    def __init__(self, text: str, role: str = "") -> None:
        super().__init__(text)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            middle = Qt.TextElideMode.ElideMiddle
            text = self.fontMetrics().elidedText(self.text(), middle, self.width())
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), int(self.alignment()), text)


class CopyButton(IconButton):
    """Puts one value on the clipboard and says so with a check mark."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__("copy", f"Copy {name}", side=20, color="muted")
        self._value = value
        self.clicked.connect(self._copy)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)
        self.show_picture("check", "ok")


def facts_grid(rows: Iterable[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    for place, (name, value) in enumerate(rows):
        grid.addWidget(label(name, "second"), place, 0, Qt.AlignmentFlag.AlignTop)
        is_hash = "SHA-256" in name and len(value) == 64
        grid.addWidget(_value(value, is_hash), place, 1)
        if is_hash:
            grid.addWidget(CopyButton(name, value), place, 2)
    return grid


def _value(value: str, is_hash: bool) -> QWidget:
    if is_hash or "/" in value or "\\" in value:  # hashes and paths have no spaces to wrap at
        return Elided(value, "code" if is_hash else "value")
    shown = label(value, "value", wrap=True)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return shown


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while item := layout.takeAt(0):
        if inner := item.layout():
            empty(inner)
        elif widget := item.widget():
            widget.hide()
            widget.deleteLater()
