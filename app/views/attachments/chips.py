"""What goes with the message, above it: chips in lines; more than two lines scroll."""

from time import monotonic

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget
from shiboken6 import isValid

from app.controllers.attaching import AttachController
from app.controllers.shown import ShownAttachment
from app.views.attachments.chip import HIGH, Chip
from app.views.controls import Switch
from app.views.notice import announce
from app.views.transcript.pictures import Key, Pictures

BETWEEN = 8  # pixels between chips
LINES = 2.4  # at most; the cut one tells that there is more
TURN_MS, TURN_SECONDS = 50, 1.4  # of the ring while something is read


class ChipStrip(QScrollArea):
    opened = Signal(str)  # key of a chip
    emptied = Signal()  # the chip with the keyboard went, and there is no other

    def __init__(self, attaching: AttachController) -> None:
        super().__init__()
        self._attaching = attaching
        self._first = QWidget(self)  # never seen: what the order of Tab begins with
        self._first.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._first.hide()
        self._chips: dict[str, Chip] = {}
        self._pictures = Pictures(self._on_picture)
        self._page = QWidget()
        self._turning = QTimer(self, interval=TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.setObjectName("chips")
        self.setAccessibleName("Attached to the message")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._page)
        self.destroyed.connect(self._pictures.stop)
        attaching.changed.connect(self.show_chips)
        self.show_chips()

    def chips(self) -> list[Chip]:
        return list(self._chips.values())

    @Slot()
    def show_chips(self) -> None:
        shown = {one.key: one for one in self._attaching.shown()}
        held = self._place_of_keyboard()
        for key in [key for key in self._chips if key not in shown]:
            chip = self._chips.pop(key)
            chip.hide()
            chip.deleteLater()
        for key, one in shown.items():
            self._show(key, one)
        self._chips = {key: self._chips[key] for key in shown}
        self._order()
        self.setVisible(bool(shown))
        self._arrange()
        self._keep_keyboard(held)
        waits = any(chip.waits for chip in self.chips())
        self._turning.start() if waits and Switch.moves else self._turning.stop()

    def _show(self, key: str, one: ShownAttachment) -> None:
        chip = self._chips.get(key)
        if chip is None:
            chip = self._chips[key] = Chip(one, self._pictures, self._page)
            chip.opened.connect(self.opened)
            chip.removed.connect(self._attaching.remove)
            chip.retried.connect(self._attaching.retry)
            chip.went.connect(self._go)
            chip.show()
        elif chip.shown != one:
            before, _ = chip.shown.state, chip.become(one)
            if one.state != before and one.state in ("ready", "failed"):
                announce(self, chip.accessibleName(), urgent=one.state == "failed")

    # the keyboard

    def _order(self) -> None:
        """Tab goes through the chips to the message, which follows this strip."""
        before = self._first
        for chip in self.chips():
            for part in (chip, chip.again, chip.cross):
                QWidget.setTabOrder(before, part)
                before = part

    def _place_of_keyboard(self) -> int:
        """Which chip has it, itself or in its buttons; -1: none."""
        focused = QApplication.focusWidget()
        for place, chip in enumerate(self.chips()):
            if focused is not None and (chip is focused or chip.isAncestorOf(focused)):
                return place
        return -1

    def _keep_keyboard(self, held: int) -> None:
        """The chip that stands where one with the keyboard was removed gets it."""
        if held < 0 or self._place_of_keyboard() >= 0:
            return
        if chips := self.chips():
            chips[min(held, len(chips) - 1)].setFocus()
        else:
            self.emptied.emit()

    @Slot(int)
    def _go(self, way: int) -> None:
        chips, here = self.chips(), self._place_of_keyboard()
        if here < 0:
            return
        there = max(0, min(len(chips) - 1, here + way))
        if way:
            chips[there].setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(chips[there], 0, 4)

    # where they stand

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """From the left, as many in a line as fit."""
        room = self.viewport().width()
        x = y = 0
        for chip in self.chips():
            if x and x + chip.width() > room:
                x, y = 0, y + HIGH + BETWEEN
            chip.move(x, y)
            x += chip.width() + BETWEEN
        self._page.resize(room, y + HIGH)
        high = min(y + HIGH, round(LINES * (HIGH + BETWEEN)))
        if self.height() != high:
            self.setFixedHeight(high)

    def sizeHint(self) -> QSize:
        return QSize(200, HIGH)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, HIGH)

    # what moves

    @Slot()
    def _turn(self) -> None:
        phase = (monotonic() / TURN_SECONDS) % 1.0
        for chip in self.chips():
            if chip.waits:
                chip.phase = phase
                chip.update()

    def _on_picture(self, key: Key) -> None:
        if isValid(self):
            for chip in self.chips():
                if chip.shown.preview == key.path:
                    chip.update()
