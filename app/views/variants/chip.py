"""The chip beside the model: the variant that answers in this conversation."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent

from app.controllers.shown_variants import ShownVariant
from app.views import icons, style
from app.views.controls import Button
from app.views.variants import portrait

NONE = "Variant"
LONGEST = 160  # pixels of its name
FACE, GAP = 18, 6


class VariantChip(Button):
    asked = Signal(object)  # the button itself, for the panel to open beside

    def __init__(self) -> None:
        self._one = ShownVariant("", NONE)
        super().__init__(NONE, "pill")
        self.clicked.connect(self._ask)
        self.show_variant(self._one)

    def show_variant(self, one: ShownVariant) -> None:
        self._one = one
        name = one.name if one.key else ""
        said = f"Variant: {name}" if name else "No variant"
        self.setAccessibleName(f"{said}. Choose another")
        self.setToolTip(f"{name}: {one.line}" if name and one.line else f"{said}  (Ctrl+J)")
        self._draw()

    def _draw(self) -> None:
        one = self._one
        self.setIconSize(QSize(FACE + GAP, FACE))
        if one.key:
            middle = Qt.TextElideMode.ElideRight
            self.setText(self.fontMetrics().elidedText(one.name, middle, LONGEST))
            self.setIcon(portrait.icon(one, FACE, GAP))
        else:
            self.setText(NONE)
            self.setIcon(icons.icon("shapes", style.current().text_2, FACE, gap=GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            down = icons.pixmap("chevron-down", style.current().muted, 14, self.devicePixelRatioF())
            painter.drawPixmap(self.width() - 24, (self.height() - 14) // 2, down)

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(self)
