"""What the sections of the editor have in common: they show a draft, and change it."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.variant_data import Variant
from app.views.controls import column, label, row
from app.views.variants.draft import Draft
from app.views.variants.steps import Steps, Work

W = TypeVar("W", bound=QWidget)
SIDE = 20  # space left and right of what a row holds


class Shows(Protocol):
    def show_value(self, value: Any, /) -> None: ...


S = TypeVar("S", bound=Shows)


class FieldCard(QFrame):
    """A soft card to which rows are added one by one, with a fine line between those shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._lines = column(margins=(0, 4, 0, 4), gap=0)
        self.setLayout(self._lines)
        self._rules: dict[QWidget, QFrame] = {}  # the line above each row
        self.hide()

    @property
    def rows(self) -> list[QWidget]:
        return list(self._rules)

    def add(self, made: W) -> W:
        rule, line = QFrame(), QFrame()
        rule.setObjectName("rule")
        line.setLayout(row(rule, margins=(SIDE, 0, SIDE, 0)))
        line.setVisible(False) if not self._rules else None
        self._lines.addWidget(line)
        self._lines.addWidget(made)
        self._rules[made] = line
        self.show()
        return made

    def show_row(self, one: QWidget, shown: bool) -> None:
        one.setVisible(shown)
        first = True
        for made, line in self._rules.items():
            line.setVisible(not made.isHidden() and not first)
            first = first and made.isHidden()

    def take_out(self, one: QWidget) -> None:
        for gone in (self._rules.pop(one), one):
            self._lines.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        if self._rules:
            self.show_row(next(iter(self._rules)), True)
        else:
            self.hide()

    def clear(self) -> None:
        for one in self.rows:
            self.take_out(one)


class Section(QWidget):
    """Made when it is first looked at, and then in small steps."""

    file_asked = Signal(str, str, str)  # title of a dialog, its filter, kind of what is added
    made = Signal()

    def __init__(self, draft: Draft, *, fixed: bool) -> None:
        """fixed: it can only be looked at."""
        super().__init__()
        self.draft, self.fixed, self.ready = draft, fixed, False
        self.steps = Steps(self)
        self._bound: list[tuple[Shows, Callable[[Variant], Any]]] = []
        self._layout = column(None, gap=0)
        self.setLayout(self._layout)
        draft.replaced.connect(self._on_replaced)

    def begin(self) -> None:
        """Make what is in it."""
        self.steps.add(self._work())

    def _work(self) -> Work:
        yield from self.build()
        self.ready = True
        self.refresh()
        self.made.emit()

    @property
    def variant(self) -> Variant:
        return self.draft.variant

    def put(self, name: str, value: Any) -> None:
        self.draft.set(**{name: value})

    def bind(self, field: S, get: Callable[[Variant], Any]) -> S:
        """What get finds in the draft is shown in it, now and whenever it is another."""
        self._bound.append((field, get))
        field.show_value(get(self.variant))
        return field

    def put_widget(self, widget: QWidget, below: int = 8) -> None:
        place = self._layout.count() - 1
        self._layout.insertWidget(place, widget)
        self._layout.insertSpacing(place + 1, below)
        if not isinstance(widget, FieldCard):  # which is seen when there is something in it
            widget.show()

    def put_heading(self, title: str, about: str = "") -> None:
        for words, role in ((title, "section"), (about, "second")):
            if words:
                made = label(words, role, wrap=role != "section")
                made.setContentsMargins(4, 0, 0, 0)
                self.put_widget(made)

    def put_card(self, title: str, about: str = "") -> FieldCard:
        """A heading and an empty card below it."""
        self.put_heading(title, about)
        card = FieldCard()
        card.setEnabled(not self.fixed)
        self.put_widget(card, 20)
        return card

    @Slot()
    def _on_replaced(self) -> None:
        if self.ready:
            self.refresh()

    def build(self) -> Work:
        """Yields between two widgets."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what stands in the draft."""
        for field, get in self._bound:
            field.show_value(get(self.variant))
