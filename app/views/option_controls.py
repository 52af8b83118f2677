"""One control for each kind of option: a switch, a choice, a number, a text."""

import math
from dataclasses import Field
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QWidget,
)

from app.views.controls import DropDown, Segments, Switch, row
from app.views.long_lines import LongLines

PAUSE_MS = 400
WIDE = 1000  # a range wider than this slides by factors: memory sizes, lengths, minutes
STEPS = 1000  # places on a slider
SIDE_BY_SIDE = 3  # more choices than this become a drop-down
ANY = 2_000_000_000


class OptionControl(QWidget):
    """Shows one value; chosen tells what the person made of it."""

    chosen = Signal(object)

    def show_value(self, value: Any) -> None:
        raise NotImplementedError


class OnOff(OptionControl):
    def __init__(self, value: bool, name: str) -> None:
        super().__init__()
        self.switch = Switch(value, name)
        self.setLayout(row(self.switch))
        self.switch.clicked.connect(self._tell)

    @Slot(bool)
    def _tell(self, on: bool) -> None:
        self.chosen.emit(on)

    def show_value(self, value: bool) -> None:
        self.switch.setChecked(value)


class OneOf(OptionControl):
    """A few short choices stand side by side, others in a drop-down."""

    def __init__(self, choices: tuple[str, ...], value: str, name: str) -> None:
        super().__init__()
        self._choices = choices
        if len(choices) <= SIDE_BY_SIDE:
            self._control: Segments | DropDown = Segments(choices, value, name)
            self._control.chosen.connect(self._tell)
        else:
            self._control = Calm(choices, name)
            self._control.textActivated.connect(self._tell)
            self._control.setCurrentText(value)
        self.setLayout(row(self._control))

    @Slot(str)
    def _tell(self, choice: str) -> None:
        self.chosen.emit(choice)

    def show_value(self, value: str) -> None:
        if isinstance(self._control, Segments):
            self._control.show_value(value)
        else:
            self._control.setCurrentIndex(self._choices.index(value))


class Calm(DropDown):
    """A drop-down that scrolling over the page does not change."""

    def __init__(self, choices: tuple[str, ...], name: str) -> None:
        super().__init__()
        self.addItems(choices)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Slide(QSlider):
    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, STEPS)
        self.setSingleStep(STEPS // 100)
        self.setPageStep(STEPS // 10)
        self.setFixedWidth(160)
        self.setAccessibleName(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Number(OptionControl):
    """A slider for the rough place and a field for the exact number.

    It tells a value when the slider is let go or rests, because every change of an engine's
    option loads the model anew.
    """

    def __init__(self, about: Field[Any], value: float, name: str) -> None:
        super().__init__()
        self._whole = isinstance(about.default, int)
        between = about.metadata["between"]
        self._low, self._high = between or (-ANY, ANY)
        self._wide = self._high - self._low > WIDE
        self.spin = self._make_spin(about.metadata["unit"], name)
        self.slider = Slide(f"{name}, slider")
        if not between:
            self.slider.hide()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self.setLayout(row(self.slider, self.spin, gap=12))
        self.show_value(value)
        self._told = value
        self.slider.valueChanged.connect(self._on_slide)
        self.slider.sliderReleased.connect(self._tell)
        self.spin.editingFinished.connect(self._tell)
        self.spin.valueChanged.connect(self._on_spin)
        self._pause.timeout.connect(self._tell)

    def _make_spin(self, unit: str, name: str) -> QSpinBox | QDoubleSpinBox:
        spin: QSpinBox | QDoubleSpinBox = QSpinBox() if self._whole else QDoubleSpinBox()
        spin.setRange(self._low, self._high)
        if isinstance(spin, QDoubleSpinBox):
            spin.setDecimals(2)
            spin.setSingleStep(0.05)
        spin.setKeyboardTracking(False)
        spin.setGroupSeparatorShown(True)
        spin.setSuffix(f" {unit}" if unit else "")
        spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        spin.setFixedWidth(136)
        spin.lineEdit().setTextMargins(0, 0, 8, 0)
        spin.lineEdit().setAccessibleName(name)
        spin.setAccessibleName(name)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return spin

    def show_value(self, value: float) -> None:
        self._told = value
        self.spin.blockSignals(True)
        self.spin.setValue(value)  # type: ignore[arg-type] # each kind of field gets its own
        self.spin.blockSignals(False)
        self._place_slider(value)

    def _place_slider(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(self._share(value) * STEPS))
        self.slider.blockSignals(False)

    def _share(self, value: float) -> float:
        value, whole = value - self._low, self._high - self._low
        return math.log1p(value) / math.log1p(whole) if self._wide else value / whole

    @Slot(int)
    def _on_slide(self, place: int) -> None:
        share, whole = place / STEPS, self._high - self._low
        value = self._low + (math.expm1(share * math.log1p(whole)) if self._wide else share * whole)
        if self._wide and 0 < place < STEPS:
            value = max(self._low, float(f"{value:.2g}"))  # round numbers
        self.spin.blockSignals(True)
        self.spin.setValue(round(value) if self._whole else round(value, 2))  # type: ignore[arg-type]
        self.spin.blockSignals(False)
        if not self.slider.isSliderDown():
            self._pause.start()

    @Slot()
    def _on_spin(self) -> None:
        self._place_slider(self.spin.value())
        self._pause.start()

    @Slot()
    def _tell(self) -> None:
        self._pause.stop()
        if self.spin.value() != self._told:
            self._told = self.spin.value()
            self.chosen.emit(self._told)


class Words(LongLines):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Text(OptionControl):
    """A box for words of any length; they count when the person pauses or leaves."""

    LINES = 4

    def __init__(self, value: str, name: str) -> None:
        super().__init__()
        self.box = Words()
        self.box.setProperty("kind", "box")
        self.box.setAccessibleName(name)
        self.box.setTabChangesFocus(True)
        self.box.setFrameShape(QFrame.Shape.NoFrame)
        self.box.setFixedHeight(self.LINES * 20 + 20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayout(row(self.box))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._told = value
        self.show_value(value)
        self.box.textChanged.connect(self._on_text)
        self.box.left.connect(self._tell)
        self._pause.timeout.connect(self._tell)

    def show_value(self, value: str) -> None:
        if value != self.box.text():
            self._told = value
            self.box.set_text(value)

    @Slot()
    def _on_text(self) -> None:
        self._pause.start()

    @Slot()
    def _tell(self) -> None:
        self._pause.stop()
        if self.box.text() != self._told:
            self._told = self.box.text()
            self.chosen.emit(self._told)


class Line(OptionControl):
    """A short text; it counts when the person leaves it or presses Enter."""

    WIDTH = 320

    def __init__(self, value: str, name: str, secret: bool) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setAccessibleName(name)
        self.field.setFixedWidth(self.WIDTH)
        if secret:
            self.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.setLayout(row(self.field))
        self._told = value
        self.show_value(value)
        self.field.editingFinished.connect(self._tell)

    def show_value(self, value: str) -> None:
        self._told = value
        self.field.setText(value)

    @Slot()
    def _tell(self) -> None:
        if self.field.text() != self._told:
            self._told = self.field.text()
            self.chosen.emit(self._told)


def control_for(about: Field[Any], value: Any) -> OptionControl:
    """The control that fits an option's type and limits."""
    name = about.metadata["label"]
    if isinstance(about.default, bool):
        return OnOff(value, name)
    if about.metadata["among"]:
        return OneOf(about.metadata["among"], value, name)
    if isinstance(about.default, (int, float)):
        return Number(about, value, name)
    if shape := about.metadata["shape"]:
        return Line(value, name, shape == "secret")
    return Text(value, name)
