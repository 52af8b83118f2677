"""What an empty conversation shows: a greeting, what will answer, and things to ask."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QScrollArea, QWidget

from app.controllers.shown import ShownModel, ShownShelfModel
from app.controllers.shown_variants import ShownVariant
from app.views import icons, style
from app.views.badge import Badge
from app.views.controls import column, label, row
from app.views.shelf.offer import Offer
from app.views.variants.portrait import Portrait

EXAMPLES = (  # icon, what it is for, what is asked
    ("calculator", "Calculate", "What is 17.5 % of 2480?"),
    ("chart-line", "Draw", "Plot sin x from 0 to 10"),
    ("bell", "Remember", "Remind me in 20 minutes to stretch"),
    ("message-circle-question-mark", "Get to know it", "What can you do?"),
)
NARROW = 560
GREETING = "What shall we look at?"
OPENING = "message-circle-question-mark"  # its drawing
MOST_OPENINGS = 6
LONGEST_GREETING = 200  # letters
OFFER = "Knows far more than the starter, and suits this computer"


class Example(QAbstractButton):
    """A card with an example; a click puts the question into the message."""

    def __init__(self, picture: str, title: str, question: str) -> None:
        super().__init__()
        self.question = question
        self._picture = picture
        self.setAccessibleName(f"{title}: {question}" if title else question)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(QSize(200, 72))
        asked = label(question, "second" if title else "", wrap=not title)
        words = column(*([label(title, "strong")] if title else []), asked, gap=3)
        self._line = row(44, words, *([None] if title else []), margins=(12, 12, 16, 12), gap=4)
        self.setLayout(self._line)
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return self._line.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, box = style.current(), self.rect().adjusted(1, 1, -1, -1)
        lit = self.underMouse() or self.isDown()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = theme.border_strong if lit else theme.border
            painter.setPen(QPen(theme.color("accent"), 2) if self.hasFocus() else QColor(edge))
            painter.setBrush(theme.color("panel" if lit else "surface"))
            painter.drawRoundedRect(box, 14, 14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            top = (self.height() - 36) // 2
            painter.drawRoundedRect(14, top, 36, 36, 10, 10)
            drawing = icons.pixmap(self._picture, theme.soft_text, 18, self.devicePixelRatioF())
            painter.drawPixmap(23, top + 9, drawing)


class Welcome(QScrollArea):
    asked = Signal(str)  # the question of an example

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._badge, self._face = Badge(56), Portrait(ShownVariant("", ""), 56)
        self._face.hide()
        self._greeting = label(GREETING, "greeting", wrap=True)
        self._line = label("", "soft", wrap=True)
        self._line.hide()
        self._openings: tuple[str, ...] = ()
        self._model = label("", "soft", wrap=True)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self.examples = [Example(*example) for example in EXAMPLES]
        for example in self.examples:
            example.clicked.connect(self._ask)
        self.offer = Offer(OFFER, with_more=True)
        self._variant = False  # one answers
        self._starter = False  # it is what answers
        self._recommended: ShownShelfModel | None = None
        self._across = 0
        self.setWidget(self._body())
        self._arrange(2)

    def _body(self) -> QWidget:
        for part in (self._greeting, self._line, self._model):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = QWidget()
        middle.setMaximumWidth(640)
        badge = row(None, self._badge, self._face, None)
        parts = (badge, 12, self._greeting, self._line, self._model, 20, self._grid, 4, self.offer)
        middle.setLayout(column(*parts, gap=8))
        body = QWidget()
        body.setObjectName("body")
        line = row(None, middle, None, margins=(24, 0, 24, 0))
        line.setStretch(1, 100)
        body.setLayout(column(None, line, None, margins=(0, 16, 0, 16)))
        return body

    def show_model(self, model: ShownModel) -> None:
        """Say in a line what will answer."""
        facts = dict(model.facts)
        parts = (model.name, facts.get("Size", ""), "on this computer")
        self._model.setText(" · ".join(part for part in parts if part))
        self._model.setVisible(bool(model.name))
        self._starter = model.starter
        self.offer.show_model(self._recommended if self._starter else None)

    def show_variant(self, one: ShownVariant, openings: tuple[str, ...], greeting: str) -> None:
        """Who answers, where it is a variant, and its own openings in place of the examples."""
        self._face.show_variant(one)
        self._variant = bool(one.key)
        self._show_badge()
        self._greeting.setText(one.name if one.key else GREETING)
        line = greeting if 0 < len(greeting) <= LONGEST_GREETING else one.line
        self._line.setText(line if one.key else "")
        self._line.setVisible(bool(one.key and line))
        if openings != self._openings:
            self._openings = openings
            self._show_openings()

    def _show_openings(self) -> None:
        for example in self.examples:
            self._grid.removeWidget(example)
            example.hide()
            example.deleteLater()
        shown = [Example(OPENING, "", text) for text in self._openings[:MOST_OPENINGS]]
        self.examples = shown or [Example(*example) for example in EXAMPLES]
        for example in self.examples:
            example.clicked.connect(self._ask)
        self._across, across = 0, self._across
        self._arrange(across)

    def show_recommended(self, one: ShownShelfModel | None) -> None:
        """The model that would suit this computer, offered as long as the starter answers."""
        self._recommended = one
        self.offer.show_model(one if self._starter else None)

    @Slot()
    def _ask(self) -> None:
        example = self.sender()
        if isinstance(example, Example):
            self.asked.emit(example.question)

    def _arrange(self, across: int) -> None:
        if across != self._across:
            self._across = across
            for place, example in enumerate(self.examples):
                self._grid.addWidget(example, place // across, place % across)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(1 if self.width() < NARROW else 2)
        self._show_badge()

    def _show_badge(self) -> None:
        high = self.height() > 320
        self._badge.setVisible(high and not self._variant)
        self._face.setVisible(high and self._variant)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
