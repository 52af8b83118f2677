"""A picture over the whole window, and the part of it that is asked about."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.controllers.shown import ShownAttachment
from app.views import style
from app.views.attachments.groups import icon_of, spoken, title_of
from app.views.controls import Button, IconButton, SoftCard, column, label, row
from app.views.facts import Elided
from app.views.notice import announce
from app.views.viewer.stage import Stage
from app.views.viewer.strip import Strip

ASK, CHOOSE = "Ask about this part", "Select a part"
HINT = "Draw a box to ask about a part of it"
ASIDE = 44  # side of the buttons that lead to other pictures
NEAR = 10  # pixels between the part and what asks about it


class Viewer(QWidget):
    """Covers the window until Esc; only what it is given is shown, nothing is decided here."""

    asked = Signal(str, object)  # key of what is shown, the part of it
    copied = Signal(str)  # path of the preview
    saved = Signal(str, str)  # path and title
    write_down_asked = Signal(str)  # key of a film or sound

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._items: Sequence[ShownAttachment] = ()
        self._at = 0
        self._in_message = False
        self._before: QWidget | None = None  # where the keyboard was
        self.setAccessibleName("Picture")
        self.stage, self.strip = Stage(), Strip()
        self._title, self._about = Elided("", "title"), label("", "second")
        self._hint = label(HINT, "caption")
        self._number = label("", "second")
        self.ask = Button(ASK, "primary", "square-dashed", "on_accent")
        self.write_down = Button("Write down what is said", "", "type")
        self._make_buttons()
        self._arrange()
        self._connect()
        self.hide()

    def _make_buttons(self) -> None:
        self.choose = IconButton("square-dashed", CHOOSE, "B")
        self.choose.setCheckable(True)
        self.out = IconButton("zoom-out", "Smaller", "-")
        self.fit = IconButton("maximize", "Whole picture", "0")
        self.closer = IconButton("zoom-in", "Larger", "+")
        self.copy = IconButton("copy", "Copy the picture", "Ctrl+C")
        self.save = IconButton("download", "Save the picture as…", "Ctrl+S")
        self.close_button = IconButton("x", "Close", "Esc")
        self.earlier = IconButton("chevron-left", "Picture before", "Left", side=ASIDE)
        self.later = IconButton("chevron-right", "Next picture", "Right", side=ASIDE)

    def _arrange(self) -> None:
        words = column(self._title, self._about, gap=2)
        tools = (self.choose, 8, self.out, self.fit, self.closer, 8, self.copy, self.save)
        head = row(words, 12, self._number, 12, *tools, 8, self.close_button, gap=2)
        head.setStretch(0, 1)
        head.setContentsMargins(20, 12, 12, 8)
        foot = row(None, self.write_down, self._hint, None, margins=(16, 0, 16, 0))
        whole = column(head, self.stage, self.strip, foot, margins=(0, 0, 0, 14), gap=6)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._card = SoftCard(14, self)
        self._card.setLayout(row(self.ask, margins=(6, 6, 6, 6)))
        for button in (self.earlier, self.later):
            button.setObjectName("aside")
            button.setParent(self)

    def _connect(self) -> None:
        stage = self.stage
        stage.part_changed.connect(self._place_ask)
        stage.asked.connect(self._ask)
        stage.turned.connect(self.turn)
        self.strip.chosen.connect(self.show_at)
        self.ask.clicked.connect(self._ask)
        self.write_down.clicked.connect(self._write_down)
        self.choose.toggled.connect(self._choose)
        self.out.clicked.connect(stage.farther)
        self.fit.clicked.connect(stage.fit)
        self.closer.clicked.connect(stage.closer)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.close_button.clicked.connect(self.close_viewer)
        self.earlier.clicked.connect(self._turn_back)
        self.later.clicked.connect(self._turn_on)

    # what is shown

    @property
    def shown(self) -> ShownAttachment | None:
        return self._items[self._at] if self._items and self.isVisible() else None

    def open_at(self, items: Sequence[ShownAttachment], at: int, in_message: bool) -> None:
        """in_message: they are not sent yet."""
        if self.isHidden():
            self._before = self._window.focusWidget()
        self._items, self._in_message = items, in_message
        self._window.installEventFilter(self)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.show_at(at)
        self.stage.setFocus()

    @Slot(int)
    def show_at(self, at: int) -> None:
        self._at = at
        one = self._items[at]
        several = len(self._items) > 1
        self._title.setText(title_of(one))
        self._title.setToolTip(title_of(one))
        self._about.setText("  ·  ".join(part for part in (one.words, one.hint) if part))
        self._number.setText(f"{at + 1} of {len(self._items)}" if several else "")
        self.strip.show_items(self._items, at)
        for button, there in ((self.earlier, at > 0), (self.later, at + 1 < len(self._items))):
            button.setVisible(several)
            button.setEnabled(there)
        seen = bool(one.preview)
        for button in (self.choose, self.out, self.fit, self.closer, self.copy, self.save):
            button.setEnabled(seen)
        self.choose.setChecked(False)
        self._hint.setVisible(seen)
        self.write_down.setVisible(self._in_message and one.kind in ("film", "sound"))
        self.stage.setAccessibleName(f"{spoken(one)}. {HINT}" if seen else spoken(one))
        self.stage.show_picture(one.preview, QSizeF(one.width, one.height), icon_of(one))
        announce(self, spoken(one))
        self._place_aside()

    @Slot(int)
    def turn(self, way: int) -> None:
        there = self._at + way
        if 0 <= there < len(self._items):
            self.show_at(there)

    @Slot()
    def _turn_back(self) -> None:
        self.turn(-1)

    @Slot()
    def _turn_on(self) -> None:
        self.turn(1)

    @Slot()
    def close_viewer(self) -> None:
        if self.isHidden():
            return
        self._window.removeEventFilter(self)
        self.hide()
        self.stage.show_picture("", QSizeF(), "image")
        if self._before is not None and isValid(self._before):
            self._before.setFocus()

    # what is asked for

    @Slot(bool)
    def _choose(self, on: bool) -> None:
        self.stage.choosing = on

    @Slot()
    def _ask(self) -> None:
        if (one := self.shown) and self.stage.part:
            self.asked.emit(one.key, self.stage.part)

    @Slot()
    def _write_down(self) -> None:
        if one := self.shown:
            self.close_viewer()
            self.write_down_asked.emit(one.key)

    @Slot()
    def _copy(self) -> None:
        if (one := self.shown) and one.preview:
            self.copied.emit(one.preview)

    @Slot()
    def _save(self) -> None:
        if (one := self.shown) and one.preview:
            self.saved.emit(one.preview, title_of(one))

    # where things are

    @Slot()
    def _place_ask(self) -> None:
        """Below the part, or above it where there is no room; never outside."""
        box = self.stage.box
        self._card.setVisible(box is not None)
        self._hint.setText("Enter asks about it, Esc drops it" if box is not None else HINT)
        if box is None:
            return
        corner = self.stage.mapTo(self, QPoint(0, 0))
        size, (left, top, right, bottom) = self._card.sizeHint(), SoftCard.MARGIN
        spot = box.translated(corner.x(), corner.y()).toRect()
        x = spot.center().x() - size.width() // 2
        y = spot.bottom() + NEAR - top
        lowest = corner.y() + self.stage.height() - size.height() + bottom
        if y > lowest:
            y = spot.top() - NEAR - size.height() + bottom
        y = max(corner.y() - top, min(y, lowest))
        x = max(4 - left, min(x, self.width() - 4 - size.width() + right))
        self._card.setGeometry(x, y, size.width(), size.height())
        self._card.raise_()

    def _place_aside(self) -> None:
        stage = self.stage.geometry()
        y = stage.center().y() - ASIDE // 2
        self.earlier.move(stage.left() + 12, y)
        self.later.move(stage.right() - 12 - ASIDE, y)
        for button in (self.earlier, self.later):
            button.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        layout = self.layout()
        assert layout
        layout.activate()
        self._place_aside()
        self._place_ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:  # of the window
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            ground = QColor(style.current().background)
            painter.fillRect(self.rect(), ground)

    # keys

    def event(self, event: QEvent) -> bool:
        """Ctrl+C is for the picture here, not for what is selected below."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            copies = event.matches(QKeySequence.StandardKey.Copy)
            event.setAccepted(copies)
            return copies
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.matches(QKeySequence.StandardKey.Save):
            self._save()
        else:
            event.accept()  # nothing below is meant while this lies over it

    def _leave(self) -> None:
        if self.stage.part:
            self.stage.choose(None)
        else:
            self.close_viewer()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside as long as it is open."""
        inside = [
            child
            for child in self.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus
            and child.isVisibleTo(self)
            and child.isEnabled()
        ]
        now = QApplication.focusWidget()
        here = inside.index(now) if now in inside else (-1 if forward else 0)
        inside[(here + (1 if forward else -1)) % len(inside)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True
