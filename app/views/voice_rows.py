"""The rows of the page Voice: a setting with its control, a model that hears, the talk key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLayout, QProgressBar, QWidget

from app.controllers.shown import ShownDevice, ShownSource
from app.hotkeys.keys import Key
from app.hotkeys.strokes import code_of, held_with, key_of, modifier_of
from app.views.controls import Button, column, label, row
from app.views.facts import Elided
from app.views.option_controls import Calm

MARGINS = (20, 14, 20, 14)
LEVELS = 1000  # steps of the meter
WIDE = 280  # of a list of devices
PRESS = "Press a key…"
NAMELESS = "Parley has no name for this key. Take another one."
LEFT = "begins many shortcuts. Take the right one, or a key such as F8 or Pause."


class Line(QFrame):
    """Words on the left, what belongs to them on the right, a problem and more below."""

    def __init__(
        self, title: str, words: str, *controls: QWidget, below: QWidget | QLayout | None = None
    ) -> None:
        super().__init__()
        self.words = label(words, "second", wrap=True)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        about = column(label(title, "strong"), self.words, self.problem, gap=3)
        line = row(about, *controls, margins=MARGINS, gap=16)
        line.setStretch(0, 1)
        if isinstance(below, QWidget):
            about.addWidget(below)
        elif below is not None:
            about.addLayout(below)
        self.setLayout(line)
        self.say(words)

    def say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def complain(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))


class DeviceList(Calm):
    """Microphones or loudspeakers; stays as it is while the person has it open."""

    device_chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__((), name)
        self._shown: Sequence[ShownDevice] = ()
        self.setFixedWidth(WIDE)
        self.activated.connect(self._tell)

    def show_devices(self, devices: Sequence[ShownDevice]) -> None:
        if devices == self._shown:
            return
        self._shown = devices
        self.clear()
        for place, one in enumerate(devices):
            self.addItem(one.name)
            self.setItemData(place, one.name, Qt.ItemDataRole.ToolTipRole)
            if one.chosen:
                self.setCurrentIndex(place)
        self.setVisible(bool(devices))

    @Slot(int)
    def _tell(self, place: int) -> None:
        self.device_chosen.emit(self._shown[place].id)


class LevelMeter(QProgressBar):
    """How loud it is, from 0 to 1."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setRange(0, LEVELS)
        self.setTextVisible(False)
        self.setAccessibleName(name)

    @Slot(float)
    def show_level(self, level: float) -> None:
        self.setValue(round(LEVELS * level**0.5))  # quiet speech should be seen, too


class SourceRow(QFrame):
    """Something that hears or speaks: what it is, and the button that takes it into use."""

    asked = Signal(str)

    def __init__(self, source: ShownSource) -> None:
        super().__init__()
        self._value = source.value
        self.use = Button("Use")
        self.use.setAccessibleName(f"Use {source.name}")
        self.use.setEnabled(not source.problem)
        used = label("In use", "second")
        (self.use if source.chosen else used).hide()
        about = column(label(source.name, "strong"), gap=3)
        if source.words:
            about.addWidget(label(source.words, "second", wrap=True))
        if source.value:
            about.addWidget(Elided(source.value, "caption"))
        if source.problem:
            about.addWidget(label(source.problem, "danger", wrap=True))
        line = row(about, used, self.use, margins=MARGINS, gap=16)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.setAccessibleName(f"{source.name}{', in use' if source.chosen else ''}")
        self.use.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.asked.emit(self._value)


class KeyEdit(Button):
    """Shows a key; pressed, it waits for another one. Esc or leaving keeps the one before."""

    waiting = Signal(bool)
    given = Signal(str)  # name of a key
    refused = Signal(str)  # why it was none
    on = False  # it waits for a key

    def __init__(self) -> None:
        super().__init__("", picture="keyboard")
        self.setMinimumWidth(160)
        self._name = ""
        self._key: Key | None = None
        self.clicked.connect(self._begin)

    def show_key(self, name: str) -> None:
        self._name = name
        if not self.on:
            self._write(name)

    def _write(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text if self.on else f"Talk key: {text}. Change it")

    @Slot()
    def _begin(self) -> None:
        self.on, self._key = True, None
        self.setFocus()
        self._write(PRESS)
        self.waiting.emit(True)

    def _end(self) -> None:
        if self.on:
            self.on = False
            self._write(self._name)
            self.waiting.emit(False)

    def event(self, event: QEvent) -> bool:
        """All keys are ours while it waits, also Tab and those of the window's shortcuts."""
        if self.on and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self.on and event.type() == QEvent.Type.KeyPress:
            self.keyPressEvent(event)  # type: ignore[arg-type]
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.on:
            return super().keyPressEvent(event)
        modifier, key = modifier_of(event), key_of(event)
        if event.isAutoRepeat():
            return None
        if event.key() == Qt.Key.Key_Escape and not held_with(event):
            return self._end()
        if modifier:
            self._key = key
            self._write("+".join(dict.fromkeys((*held_with(event), modifier))) + "+…")
            return None
        if key is None:
            return self._refuse(NAMELESS)
        return self._take(key)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.on:
            return super().keyReleaseEvent(event)
        if modifier := modifier_of(event):
            code = code_of(event)
            if self._key is not None and code == self._key.code:
                self._take(self._key)  # Right Ctrl by itself
            elif not held_with(event) or held_with(event) == (modifier,):
                self._refuse(f"{modifier} {LEFT}")
        return None

    def _take(self, key: Key) -> None:
        self._end()
        self.given.emit(key.name)

    def _refuse(self, why: str) -> None:
        self._end()
        self.refused.emit(why)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._end()
        super().focusOutEvent(event)
