"""The panel of the chip: another variant for this conversation, and the scales of its adapters."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.controllers.shown_variants import ShownVariant
from app.controllers.variants import VariantsController
from app.views.controls import Button, column, label, row
from app.views.facts import empty
from app.views.option_controls import Slide
from app.views.popover import Popover
from app.views.search_field import SearchField
from app.views.variants.choice import HIGH, VariantChoice
from app.views.variants.steps import Steps, Work

TITLE = "Variant of this conversation"
FIELD = "Find a variant"
WIDTH = 348
SEEN = 7  # choices before the list scrolls
MOST = 80  # choices in the list; words find the others
SCALES = "Adapters in this conversation"
STEPS = 100  # of the slider to 1
STRONGEST = 2.0


class AdapterSlide(QWidget):
    """How strongly one adapter is applied, from none to twice."""

    moved = Signal(str, float)  # SHA-256, scale

    def __init__(self, title: str, sha256: str, scale: float) -> None:
        super().__init__()
        self.sha256 = sha256
        self.slider, self.value = Slide(f"How strongly {title} is applied"), label("", "second")
        low = -STRONGEST if scale < 0 else 0.0
        self.slider.setRange(round(low * STEPS), round(STRONGEST * STEPS))
        self.slider.setSingleStep(5)
        self.slider.setPageStep(25)
        self.slider.setFixedWidth(132)
        self.value.setFixedWidth(36)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = row(label(title, "value"), self.slider, self.value, gap=10)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.show_scale(scale)
        self.slider.valueChanged.connect(self._on_value)
        self.slider.sliderReleased.connect(self._tell)

    def show_scale(self, scale: float) -> None:
        self.value.setText(f"{scale:.2f}")
        if not self.slider.isSliderDown() and round(scale * STEPS) != self.slider.value():
            self.slider.blockSignals(True)
            self.slider.setValue(round(scale * STEPS))
            self.slider.blockSignals(False)

    @Slot(int)
    def _on_value(self, place: int) -> None:
        self.value.setText(f"{place / STEPS:.2f}")
        if not self.slider.isSliderDown():
            self._tell()

    @Slot()
    def _tell(self) -> None:
        self.moved.emit(self.sha256, self.slider.value() / STEPS)


class SwitchPanel(Popover):
    all_asked = Signal()  # the page Variants

    def __init__(self, variants: VariantsController, parent: QWidget) -> None:
        super().__init__(TITLE, parent)
        self._variants = variants
        self.field = SearchField(FIELD, clears=False)
        self.choices: list[VariantChoice] = []
        self._steps = Steps(self)
        self.slides: list[AdapterSlide] = []
        self._shown: list[ShownVariant] = []
        self._lines, self._scales = QVBoxLayout(), QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2)
        self._area = QScrollArea()
        self.all = Button("All variants", "link", "shapes", "link")
        self._lay_out()
        self.field.textChanged.connect(self._fill)
        self.field.down.connect(self._enter)
        self.field.returnPressed.connect(self._take_first)
        self.all.clicked.connect(self._show_all)
        variants.changed.connect(self._on_changed)

    def _lay_out(self) -> None:
        inside = QWidget()
        lines = QVBoxLayout()
        lines.setContentsMargins(0, 0, 4, 0)
        lines.addLayout(self._lines)
        lines.addStretch(1)
        inside.setLayout(lines)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self._area.setFixedWidth(WIDTH)
        self._scales.setSpacing(6)
        foot = row(self.all, None)
        title = row(label(TITLE, "title"), None, margins=(6, 0, 0, 0))
        parts = (title, self.field, self._area, self._scales, foot)
        self.card.setLayout(column(*parts, margins=(12, 14, 12, 10), gap=10))

    def open_at(self, anchor: QWidget) -> None:
        self.field.clear()
        self._fill()
        self._show_scales()
        super().open_at(anchor)
        self.field.setFocus()

    @Slot()
    def _on_changed(self) -> None:
        if not self.isHidden():
            if self._shown != self._found():
                self._fill()
            self._show_scales()

    def _found(self) -> list[ShownVariant]:
        words = self.field.text().strip()
        found = self._variants.find(words) if words else self._variants.all()
        plain = [] if words else [one for one in (self._variants.shown(""),) if one]
        return [*plain, *found][:MOST]

    @Slot()
    def _fill(self) -> None:
        empty(self._lines)
        found = self._shown = self._found()
        self.choices = []
        self._steps.drop()
        for one in found[: SEEN + 1]:
            self._add(one)
        self._steps.add(self._add_all(found[SEEN + 1 :]))
        if not found:
            self._lines.addWidget(label("No variant has these words.", "soft"))
        rows = min(SEEN, max(1, len(found)))
        self._area.setFixedHeight(rows * (HIGH + 2) + (HIGH // 2 if len(found) > SEEN else 0))
        if not self.isHidden():
            QTimer.singleShot(0, self.place)

    def _add_all(self, found: list[ShownVariant]) -> Work:
        for one in found:
            self._add(one)
            yield

    def _add(self, one: ShownVariant) -> None:
        made = VariantChoice(one)
        made.clicked.connect(self._choose)
        made.stepped.connect(self._step)
        self._lines.addWidget(made)
        self.choices.append(made)

    def _show_scales(self) -> None:
        adapters = self._variants.adapters()
        known = [one[1] for one in adapters]
        if known != [slide.sha256 for slide in self.slides]:
            empty(self._scales)
            self.slides = [
                AdapterSlide(title, sha256, scale) for title, sha256, scale, _ in adapters
            ]
            if self.slides:
                rule = QFrame()
                rule.setObjectName("rule")
                self._scales.addWidget(rule)
                self._scales.addLayout(row(label(SCALES, "section"), margins=(6, 4, 0, 0)))
            for one in self.slides:
                one.setContentsMargins(6, 0, 6, 0)
                one.moved.connect(self._variants.set_scale)
                self._scales.addWidget(one)
            if not self.isHidden():
                QTimer.singleShot(0, self.place)
        for slide, adapter in zip(self.slides, adapters, strict=True):
            slide.show_scale(adapter[2])

    # What the person does

    @Slot()
    def _choose(self) -> None:
        choice = self.sender()
        assert isinstance(choice, VariantChoice)
        self._take(choice)

    def _take(self, choice: VariantChoice) -> None:
        """It stays open where there are scales to set."""
        self._variants.use(choice.variant.key)
        if not self._variants.adapters():
            self.close_panel()

    @Slot()
    def _take_first(self) -> None:
        if self.choices and self.field.text().strip():
            self._take(self.choices[0])

    @Slot()
    def _enter(self) -> None:
        if self.choices:
            self.choices[0].setFocus()

    @Slot(int)
    def _step(self, by: int) -> None:
        sender = self.sender()
        there = next(p for p, one in enumerate(self.choices) if one is sender) + by
        if 0 <= there < len(self.choices):
            self.choices[there].setFocus()
            self._area.ensureWidgetVisible(self.choices[there], 0, 8)
        elif there < 0:
            self.field.setFocus()

    @Slot()
    def _show_all(self) -> None:
        self.close_panel()
        self.all_asked.emit()
