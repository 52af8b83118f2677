"""The fields of the editor: a line, a box, a choice, a number that may be left to the model."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from app.views.controls import Button, IconButton, Segments, column, label, row
from app.views.entering import enter
from app.views.facts import empty
from app.views.long_lines import LongLines
from app.views.option_controls import Calm

MARGINS = (20, 12, 20, 14)
LINE = 20  # height of a line in a box


class Field(QFrame):
    """A name, a word of help below it, and the control beside them or under them."""

    def __init__(self, title: str, help_text: str, control: QWidget, *, under: bool) -> None:
        super().__init__()
        words = column(label(title, "strong"), gap=2)
        if help_text:
            words.addWidget(label(help_text, "second", wrap=True))
        if under:
            self.setLayout(column(words, control, margins=MARGINS, gap=8))
        else:
            line = row(words, control, margins=MARGINS, gap=24)
            line.setStretch(0, 1)
            self.setLayout(line)


class LineField(Field):
    edited = Signal(str)

    def __init__(
        self, title: str, help_text: str = "", hint: str = "", wide: int = 0, longest: int = 500
    ) -> None:
        """wide: pixels of the field beside the words; 0: under them, as wide as there is room."""
        self.field = QLineEdit()
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(hint)
        self.field.setMaxLength(longest)
        if wide:
            self.field.setFixedWidth(wide)
        super().__init__(title, help_text, self.field, under=not wide)
        self.field.textEdited.connect(self.edited)

    def show_value(self, value: str) -> None:
        if value != self.field.text():
            self.field.setText(value)
            self.field.setCursorPosition(0)  # its beginning is what one wants to read


class Box(LongLines):
    """A box for words; Tab leads out of it."""

    def __init__(self, name: str, hint: str = "", lines: int = 3) -> None:
        super().__init__()
        self.setProperty("kind", "box")
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedHeight(lines * LINE + 20)

    def show_value(self, value: str) -> None:
        if value != self.text():
            self.blockSignals(True)
            self.set_text(value)
            self.blockSignals(False)


class BoxField(Field):
    edited = Signal(str)

    def __init__(self, title: str, help_text: str = "", hint: str = "", lines: int = 3) -> None:
        self.box = Box(title, hint, lines)
        super().__init__(title, help_text, self.box, under=True)
        self.box.textChanged.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.box.text())

    def show_value(self, value: str) -> None:
        self.box.show_value(value)


class ChoiceField(Field):
    """One of a few: value -> words. Up to three stand side by side."""

    chosen = Signal(str)

    def __init__(
        self, title: str, help_text: str, choices: dict[str, str], *, drop_down: bool = False
    ) -> None:
        self._choices = choices
        words = tuple(choices.values())
        self._told = ""
        self.control: Segments | Calm
        if len(choices) <= 3 and not drop_down:
            self.control = Segments(words, words[0], title)
            self.control.chosen.connect(self._tell)
        else:
            self.control = Calm(words, title)
            self.control.setMinimumWidth(200)
            self.control.textActivated.connect(self._tell)
        super().__init__(title, help_text, self.control, under=False)

    def show_value(self, value: str) -> None:
        words = self._choices.get(value, "")
        self.control.blockSignals(True)
        if isinstance(self.control, Segments):
            self.control.show_value(words)
        else:
            self.control.setCurrentText(words)
        self.control.blockSignals(False)

    @Slot(str)
    def _tell(self, words: str) -> None:
        self.chosen.emit(next(value for value, said in self._choices.items() if said == words))


class Spin(QDoubleSpinBox):
    """A number, or below its smallest: words for none."""

    def __init__(
        self, name: str, low: float, high: float, step: float, none: str, decimals: int = 2
    ) -> None:
        super().__init__()
        self._none = low - step
        self.setDecimals(decimals)
        self.setRange(self._none, high)
        self.setSingleStep(step)
        self.setSpecialValueText(none)
        self.setKeyboardTracking(False)
        self.setGroupSeparatorShown(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(150)
        self.lineEdit().setTextMargins(0, 0, 8, 0)
        self.lineEdit().setAccessibleName(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def number(self) -> float | None:
        return None if self.value() <= self._none else self.value()

    def show_number(self, value: float | None) -> None:
        self.blockSignals(True)
        self.setValue(self._none if value is None else value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberField(Field):
    chosen = Signal(object)  # float, or None for what stands in words

    def __init__(
        self,
        title: str,
        help_text: str,
        between: tuple[float, float],
        step: float,
        none: str,
        decimals: int = 2,
    ) -> None:
        self.spin = Spin(title, *between, step, none, decimals)
        super().__init__(title, help_text, self.spin, under=False)
        self.spin.valueChanged.connect(self._tell)

    def show_value(self, value: float | None) -> None:
        self.spin.show_number(value)

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.spin.number())


class LinesField(QFrame):
    """A list of short texts, one field each; an empty one at its end is the way to add."""

    edited = Signal(tuple)  # tuple[str, ...]

    def __init__(self, title: str, help_text: str, add: str, hint: str = "") -> None:
        super().__init__()
        self._name, self._hint = title, hint
        self.fields: list[QLineEdit] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        self.add = Button(add, "link", "plus", "link")
        words = column(label(title, "strong"), label(help_text, "second", wrap=True), gap=2)
        self.setLayout(column(words, self._lines, row(self.add, None), margins=MARGINS, gap=8))
        self.add.clicked.connect(self._add)

    def values(self) -> tuple[str, ...]:
        return tuple(text for one in self.fields if (text := one.text().strip()))

    def show_value(self, values: tuple[str, ...]) -> None:
        if values != self.values():
            empty(self._lines)
            self.fields = []
            for value in values:
                self._make(value)

    def _make(self, value: str) -> QLineEdit:
        field = QLineEdit(value)
        field.setPlaceholderText(self._hint)
        field.setAccessibleName(f"{self._name}, {len(self.fields) + 1}")
        field.textEdited.connect(self._tell)
        remove = IconButton("x", f"Remove from {self._name}", side=30, color="muted")
        remove.clicked.connect(self._remove)
        line = QWidget()
        line.setLayout(row(field, remove, gap=4))
        self._lines.addWidget(line)
        self.fields.append(field)
        return field

    @Slot()
    def _add(self) -> None:
        enter(self._make(""))

    @Slot()
    def _remove(self) -> None:
        button = self.sender()
        assert isinstance(button, QWidget)
        line = button.parentWidget()
        assert line
        field = line.findChild(QLineEdit)
        self.fields = [one for one in self.fields if one is not field]
        self._lines.removeWidget(line)
        line.hide()
        line.deleteLater()
        (self.fields[-1] if self.fields else self.add).setFocus()
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.values())
